"""What the first version offered keeps working, or something says what replaced it."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path

import click
import numpy as np
import pytest

import marginproof as mp
from marginproof.properties.cli import main
from marginproof.properties.conformance.loading import subject_of
from marginproof.pytest_plugin import OPTIONS

ROOT = Path(__file__).resolve().parents[1]
DATA = "bias folded json label"
SETTING = f"{DATA} batch-size beta beta1 beta2 optimizer order sampling start"
COMMANDS = {
    "data": DATA,
    "margins": DATA,
    "predict": f"{SETTING} certify digits",
    "enumerate": f"{SETTING} complete digits max-boxes seed starts",
    "simulate": f"{SETTING} against bias-correction eps loss lr lr-decay lr-offset normalise record resume save seed steps",
    "verify": "claim fresh jobs json profile resume state",
    "explain": "json",
    "mutants": "json",
    "hunt": "backend d jobs json max-entry n out seconds seed state",
    "check": "corpus json seconds",
    "replay": "",
    "report": "bias claims folded jobs label out steps",
    "plot": "",
    "study": "json out steps",
}
"""The options of each command."""
PUBLIC = (
    "AdamProxy CyclicSignum Dataset FLOAT64 GD IncAdam Limit LimitProblem MarginproofError NotSeparableError Outcome "
    "Prediction RATIONALS Replaced Reshuffled SYMBOLS Sign Stability ThetaFamily Verdict balls certify check_optimizer "
    "enumerate_all l2_margin linf_margin load mahalanobis_margin multiprecision parametrize_with_claims polish predict read "
    "residual simulate solve"
)
LIMIT = "outcome weights direction gamma support residual stability reason unique"
KEYWORDS = {
    mp.predict: "start digits proof",
    mp.read: "source label folded bias",
    mp.solve: "problem",
    mp.check_optimizer: "factory claims expected_failed_claims on_fail max_examples fixed_seed",
    mp.parametrize_with_claims: "factories claims",
}
"""Arguments of functions."""
RENAMED = (
    "`predict(X=, field=)`",
    "`enumerate_all(problem=)`",
    "`reference=` of the margins",
    "`foreign.KNOWN` moved",
)
"""What the changelog says of the rest."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_keeps_its_options(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    taken = {
        option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)
    }
    assert {f"--{option}" for option in COMMANDS[name].split()} <= taken


def test_the_plugin_keeps_its_options() -> None:
    assert {"optimizer", "claims", "list", "max_examples", "xfails", "report"} <= set(OPTIONS)


@pytest.mark.parametrize("name", PUBLIC.split())
def test_a_public_name_is_there_or_what_replaced_it_is_said(name: str) -> None:
    if name in mp.__all__:
        assert getattr(mp, name) is not None
        return
    with pytest.raises(AttributeError, match=f"'{name}'; it is marginproof\\.{mp.REPLACED[name]} now"):
        getattr(mp, name)
    assert mp.REPLACED[name] in mp.__all__


def test_functions_keep_their_arguments_and_a_limit_its_parts() -> None:
    assert [item.name for item in fields(mp.Limit)][: len(LIMIT.split())] == LIMIT.split()
    for function, names in KEYWORDS.items():
        assert set(names.split()) <= set(inspect.signature(function).parameters)
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert [said for said in RENAMED if said not in text] == []


def test_fields_and_problems_are_still_taken_in_place_of_optimizers_and_data() -> None:
    X = np.array([[5.0, 1.0], [1.0, 4.0]])
    field = mp.AdamProxyField()
    told = mp.predict(X, field).limit.direction
    assert np.array_equal(told, mp.predict(X, mp.AdamProxy()).limit.direction)
    problem = mp.LimitProblem(X, field)
    assert len(mp.enumerate_all(problem).points) == len(mp.enumerate_all(X, mp.AdamProxy()).points) == 3


@pytest.mark.parametrize(
    ("family", "corrected", "law"),
    [
        ("gd", False, "gd"),
        ("signum", False, "signum"),
        ("adam", False, "adam"),
        ("adam", True, "adam"),
        ("adamproxy", False, None),
    ],
)
def test_the_attributes_of_a_plain_class_are_still_read(
    family: str, corrected: bool, law: str | None
) -> None:
    class Mine:
        def __init__(self, dim: int, **hyper: float) -> None:
            pass

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return w - lr * grad

    settings = {
        "family": family,
        "corrected": corrected,
        "unit": 2.0**-24,
        "per_sample": family == "adamproxy",
    }
    for name, value in settings.items():
        setattr(Mine, name, value)
    found = subject_of(Mine)
    assert (found.family, found.corrected, found.unit, found.per_sample) == tuple(settings.values())
    assert (found.declared.name if found.declared else None) == law


def test_former_arguments_are_taken_or_answered() -> None:
    X = np.array([[5.0, 1.0], [1.0, 4.0]])
    assert mp.predict(X=X, field=mp.AdamProxyField()).limit.gamma == mp.predict(X).limit.gamma  # type: ignore[call-arg]
    assert len(mp.enumerate_all(problem=mp.LimitProblem(X, mp.AdamProxyField())).points) == 3  # type: ignore[call-arg]
    for margin in (mp.l2_margin, mp.linf_margin):
        with pytest.raises(
            mp.MarginproofError, match=r"reference= is no longer an argument .*; .* --reference"
        ):
            margin(X, reference=True)  # type: ignore[call-arg]
    with pytest.raises(
        mp.MarginproofError, match=r"data, optimizer by position and 3 arguments .* its settings"
    ):
        mp.simulate(X, mp.Adam(), mp.Cyclic(1))  # type: ignore[misc]
    with pytest.raises(TypeError):
        mp.predict(X, colour="red")  # type: ignore[call-arg]
