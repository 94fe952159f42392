"""`marginproof identify`: every law is named from its steps, and what is none of them is said to be none."""

from __future__ import annotations

import functools
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.conformance.candidates import candidates
from marginproof.properties.conformance.identify import (
    against,
    diagnosis,
    identify,
    with_diagnosis,
    without_idle_decay,
)
from marginproof.properties.conformance.probes import traced
from marginproof.properties.conformance.reference import PlainGD, PlainSignum
from marginproof.properties.conformance.suite import (
    BY_ID,
    CheckResult,
    CheckStatus,
    NonconformingError,
    check_optimizer,
    parametrize_with_claims,
)
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import LAWS, Course
from marginproof.theory.laws.settings import read

FOLLOWED = (
    "gd", "momentum", "momentum:dampening=0.9", "nesterov", "signgd", "signum", "lion:weight_decay=0.01", "adam", "adam:eps=1e-8,corrected=yes",
    "adam:eps=3.21e-7,corrected=yes,eps_placement=uncorrected", "adam:eps=1e-8,corrected=yes,eps_placement=inside", "adam:v0=1",
    "adam:corrected=yes,weight_decay=0.02,decoupled=no", "amsgrad:corrected=yes,eps=1e-8", "amsgrad:corrected=yes,eps=1e-8,maximum=after",
    "nadam:eps=1e-8", "nadam:eps=1e-8,momentum_decay=0.004", "radam:eps=1e-8", "adamax:eps=1e-8", "rmsprop:eps=1e-8", "rmsprop:v0=1",
    "rmsprop_centered:eps=1e-8", "adagrad:eps=1e-10", "adadelta", "yogi:eps=1e-3,corrected=yes", "adabelief:eps=1e-8", "adafactor", "lamb:eps=1e-6",
    "normalised_gd",
)  # fmt: skip


def following(text: str, beta1: float = 0.85, beta2: float = 0.9725) -> type:
    """A plain class that follows a law and does not say so."""
    declared = read(text)
    hyper = {name: beta2 if name == "beta2" else beta1 for name in LAWS[declared.name].hyper}

    class Nameless:
        def __init__(self, dim: int) -> None:
            self.course = Course(declared, hyper)

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> Any:
            with np.errstate(all="ignore"):
                return w - lr * np.nan_to_num(self.course.direction(grad, w, lr))

    return Nameless


QUICK = (
    "gd",
    "momentum",
    "signum",
    "adam",
    "rmsprop:v0=1",
    "adafactor",
    "normalised_gd",
    "lion:weight_decay=0.01",
)


@pytest.mark.parametrize(
    "text", [t if t in QUICK else pytest.param(t, marks=pytest.mark.slow) for t in FOLLOWED]
)
def test_every_law_is_named_with_its_settings(text: str) -> None:
    found, meant = identify(following(text)), read(text)
    assert found.law == meant.name, found.text
    assert found.agrees_to < 1e-7
    expected = {
        n: getattr(meant.settings, n) for n in ("eps", "weight_decay", "v0") if getattr(meant.settings, n)
    }
    for name, value in expected.items():
        assert found.settings[name] == pytest.approx(value, rel=5e-3), found.text
    for name in LAWS[meant.name].hyper:
        assert found.settings[name] == pytest.approx(0.9725 if name == "beta2" else 0.85, abs=1e-6), (
            found.text
        )


UNHINTED = {
    "adam:v0=1": (0.85, 0.9725), "adam:eps=1e-3,corrected=yes": (0.3, 0.6), "adam:eps=1e-8,corrected=yes": (0.95, 0.9999),
    "amsgrad:eps=1e-6": (0.2, 0.999), "adabelief:eps=1e-8": (0.5, 0.9), "nadam:eps=1e-5": (0.75, 0.96875), "yogi:eps=1e-3,corrected=yes": (0.85, 0.9725),
    "rmsprop:v0=1": (0.0, 0.9), "adamax:eps=1e-8": (0.875, 0.99), "lamb:eps=1e-6": (0.8, 0.98),
}  # fmt: skip
"""Laws in classes without defaults, and the averaging constants that must be found."""


@pytest.mark.parametrize(
    "text", [t if t == "adam:v0=1" else pytest.param(t, marks=pytest.mark.slow) for t in UNHINTED]
)
def test_constants_are_found_without_a_hint_in_ten_seconds_of_cpu(text: str) -> None:
    beta1, beta2 = UNHINTED[text]
    started = time.process_time()
    found, meant = identify(following(text, beta1, beta2)), read(text)
    assert time.process_time() - started < 10
    assert found.law == meant.name, found.text
    for name in LAWS[meant.name].hyper:
        assert found.settings[name] == pytest.approx(beta2 if name == "beta2" else beta1, abs=1e-6)
    for name in ("eps", "v0"):
        assert found.settings.get(name, 0.0) == pytest.approx(getattr(meant.settings, name), rel=1e-3)


@pytest.mark.real
def test_optax_subjects_are_named_functions_and_ready_transformations_alike() -> None:
    optax = pytest.importorskip("optax", reason="install the extra optax: make real")
    assert identify(optax.amsgrad).settings == {
        "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "corrected": True, "maximum": "after"}  # fmt: skip
    assert identify(functools.partial(optax.rmsprop, decay=0.5, initial_scale=1.0)).settings["v0"] == 1
    assert identify(optax.adabelief).settings["eps"] == 1e-16
    found = identify(optax.chain(optax.scale_by_adam(b1=0.8, b2=0.97, eps=3e-7), optax.scale(-1.0)))
    assert found.law == "adam" and found.agrees_to < 1e-12
    assert (found.settings["beta1"], found.settings["beta2"], found.settings["eps"]) == (0.8, 0.97, 3e-7)


class Clipped:
    """Momentum of clipped gradients: no law of the catalogue."""

    law = "momentum"

    def __init__(self, dim: int, momentum: float) -> None:
        self.b, self.momentum = np.zeros(dim), momentum

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        self.b = self.momentum * self.b + np.clip(grad, -1, 1)
        return w - lr * self.b


def test_none_of_these_names_the_step_and_the_size_of_the_departure() -> None:
    found = identify(Clipped)
    assert found.law == "none of these"
    assert found.settings["nearest"] in LAWS
    assert found.witness["step"] >= 1 and found.witness["departs_by"] > 1e-7
    assert "none of these laws" in found.text
    floats = [value for value in found.settings.values() if isinstance(value, float)]
    assert floats and all(value == float(f"{value:.6g}") for value in floats)


def test_a_failure_of_the_law_ends_with_a_diagnosis() -> None:
    class Mislabelled(following("amsgrad:eps=1e-8,corrected=yes")):  # type: ignore[misc]
        law, eps, corrected = "adam", 1e-8, True
        grid = ({"beta1": 0.85, "beta2": 0.9725},)

        def __init__(self, dim: int, beta1: float = 0.85, beta2: float = 0.9725) -> None:
            super().__init__(dim)

    results = check_optimizer(Mislabelled, claims="I1.unrolled", on_fail=None, fixed_seed=1)
    assert "diagnosis: the optimizer follows amsgrad" in results[0].report
    assert diagnosis(Mislabelled).startswith("follows amsgrad")
    marked: Any = parametrize_with_claims([Mislabelled], "I1.unrolled")
    (bound,) = [param.values[0] for param in marked.args[1]]
    with pytest.raises(NonconformingError, match=r"diagnosis: the optimizer follows amsgrad"):
        bound(max_examples=10)


@pytest.mark.parametrize(
    ("check", "said"),
    [
        ("I1.split", "diagnosis: on one tensor, without saved state, the optimizer follows signum"),
        ("I1.run", "diagnosis: the optimizer follows signum"),
    ],
)
def test_a_diagnosis_made_on_one_tensor_says_so(check: str, said: str) -> None:
    failed = CheckResult(BY_ID[check], CheckStatus.FAILED, report="it does not hold")
    assert said in with_diagnosis(failed, PlainSignum).report


def test_the_command_prints_one_line_or_json() -> None:
    name = "marginproof.properties.conformance.reference:PlainSignum"
    said = CliRunner().invoke(main, ["identify", name])
    assert said.exit_code == 0, said.output
    assert "follows signum: beta = 0.9" in said.output
    told = json.loads(CliRunner().invoke(main, ["identify", name, "--json"]).output)
    assert set(told) == {"law", "settings", "agrees_to", "steps", "runner_up", "witness"}
    same = json.loads(CliRunner().invoke(main, ["identify", name, "--against", name, "--json"]).output)
    assert same["agrees_to"] == 0 and same["first_departure"] is None
    assert CliRunner().invoke(main, ["identify", "nowhere:X"]).exit_code == 2


@pytest.mark.parametrize("more", [[], ["--against", "marginproof.properties.conformance.reference:PlainGD"]])
def test_json_goes_to_a_file_as_with_other_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    name = "marginproof.properties.conformance.reference:PlainSignum"
    for _ in range(2):  # over an earlier one too
        done = CliRunner().invoke(main, ["identify", name, *more, "--json", "law.json"])
        assert done.exit_code == 0, done.stderr
        assert done.stdout and "agrees_to" in json.loads((tmp_path / "law.json").read_text())
    first = CliRunner().invoke(main, ["identify", "--json", name, *more])
    assert json.loads(first.stdout) == json.loads((tmp_path / "law.json").read_text())
    (tmp_path / "mine.json").write_text("[1]")
    refused = CliRunner().invoke(main, ["identify", name, *more, "--json", "mine.json"])
    assert refused.exit_code == 2 and "json=mine.json is there already" in refused.stderr
    assert "OPTIMIZER is missing" in CliRunner().invoke(main, ["identify"]).stderr


def test_two_implementations_are_compared_step_by_step() -> None:
    apart = against(following("adam:eps=1e-8,corrected=yes"), following("amsgrad:eps=1e-8,corrected=yes"))
    assert apart["first_departure"] > 1


class Still:
    """Never moves."""

    def __init__(self, dim: int) -> None:
        pass

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return w


def test_what_never_moves_follows_no_law() -> None:
    found = identify(Still)
    assert (found.law, found.settings) == ("none of these", {}) and "never moved" in found.text


def test_the_next_law_has_another_name() -> None:
    found = identify(following("gd"))
    assert found.law == "gd" and found.runner_up["law"] != "gd"


def test_what_is_not_finite_is_said_so() -> None:
    class Nan(following("gd")):  # type: ignore[misc]
        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> Any:
            return w * np.nan

    with pytest.raises(MarginproofError, match="not finite at step 1"):
        identify(Nan)


class TakesNothing:
    pass


class Forgets:
    """Moves w in place and returns nothing."""

    def __init__(self, dim: int) -> None:
        pass

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> None:
        w -= lr * grad


class Tires:
    """Its third step raises."""

    def __init__(self, dim: int) -> None:
        self.t = 0

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        self.t += 1
        if self.t == 3:
            raise RuntimeError("no more")
        return w - lr * grad


class OnLoss:
    def __init__(self, dim: int) -> None:
        pass

    def step(self, loss: float) -> float:
        return loss


class Shortens(Forgets):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:  # type: ignore[override]
        return w[:2]


class Stepless:
    def __init__(self, dim: int) -> None:
        pass


DEFAULTS = "it must be constructed at its defaults, as cls(dim) (docs/how-to/own-optimizer.md)"


@pytest.mark.parametrize(
    ("factory", "said"),
    [
        (TakesNothing, f" could not be constructed: TypeError: TakesNothing() takes no arguments; {DEFAULTS}"),
        (np.mean, f" could not be constructed: TypeError: mean() got an unexpected keyword argument 'learning_rate'; {DEFAULTS}"),
        (Forgets, ", in step 1: step returned None; return the next iterate"),
        (Shortens, ", in step 1: step returned shape (2,) for w of shape (6,); return the next iterate"),
        (Tires, ", in step 3: the optimizer raised RuntimeError: no more; fix its step"),
        (OnLoss, ", in step 1: the optimizer raised TypeError: OnLoss.step() takes 2 positional arguments but 4 were given; "
                 "it is called as step(w, grad, lr)"),
        (Stepless, " has no step; give it step(w, grad, lr), which returns the next w"),
    ],
)  # fmt: skip
def test_what_cannot_be_driven_is_one_sentence_on_what_applies(factory: Any, said: str) -> None:
    with pytest.raises(MarginproofError) as refused:
        identify(factory)
    assert str(refused.value) == f"optimizer={factory.__name__}{said}"


@pytest.mark.parametrize(("decay", "left"), [(1e-200, 0.0), (0.01, 0.01)])
def test_a_decay_that_changes_nothing_is_not_told(decay: float, left: float) -> None:
    """Where a search ends; one that matters stays."""
    trace = traced(PlainGD)
    momentum = next(c for c in candidates({}) if c.declared.name == "momentum")
    declared = momentum.declared
    ended = replace(
        momentum, declared=replace(declared, settings=replace(declared.settings, weight_decay=decay))
    )
    assert without_idle_decay(ended, trace).declared.settings.weight_decay == left
