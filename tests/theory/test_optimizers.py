"""From an optimizer and its batches to its field, by name as the command line does, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import marginproof as mp
from marginproof.properties.simulation.trajectories import simulate, trace
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    LionField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
)
from marginproof.theory.laws import Hyper
from marginproof.theory.number_systems import RATIONALS
from marginproof.theory.optimizers import OPTIMIZERS, Adam, Lion, Optimizer, RMSProp, SignGD, optimizer_of
from marginproof.theory.prediction import predict
from marginproof.theory.schedules import Power
from tests.reference.oracle import run_at_many_digits

HALF = Fraction(1, 2)
BATCHES = ("batch_size", "sampling", "order")


def chosen(name: str, n: int, **settings: Any) -> tuple[Optimizer, Batching]:
    """As the command line's options choose them: Signum without β is the limit β → 1."""
    batches = {key: value for key, value in settings.items() if key in BATCHES}
    own = {key: value for key, value in settings.items() if key not in BATCHES}
    optimizer = optimizer_of(name, **({"beta": None} if name == "signum" else {}) | own)
    return optimizer, optimizer.batching(n, **batches)


def field_of(name: str, n: int, **settings: Any) -> Field:
    optimizer, batching = chosen(name, n, **settings)
    return optimizer.field(n, batching)


@pytest.mark.parametrize(
    ("name", "settings", "expected"),
    [
        ("gd", {}, GradientField()),
        ("gd", {"batch_size": 2, "sampling": "reshuffle"}, GradientField()),
        ("signgd", {}, SignField()),
        ("signgd", {"batch_size": 2}, SignumField(2, None, Fraction(0))),
        ("signgd", {"batch_size": 1, "sampling": "replacement"}, SignumField(1, None, Fraction(0))),
        ("signum", {}, SignField()),
        ("signum", {"batch_size": 2, "sampling": "reshuffle"}, SignField()),
        ("signum", {"beta": HALF}, SignField()),
        ("signum", {"batch_size": 2, "beta": HALF}, SignumField(2, None, HALF)),
        ("lion", {}, SignField()),
        (
            "lion",
            {"batch_size": 2, "beta1": HALF, "beta2": Fraction(3, 4)},
            LionField(2, None, HALF, Fraction(3, 4)),
        ),
        ("adamproxy", {}, AdamProxyField()),
        ("adam", {}, IncAdamField(1, None, Fraction(9, 10), Fraction(19, 20))),
        (
            "adam",
            {"batch_size": 2, "beta1": HALF, "beta2": HALF, "order": (5, 4, 3, 2, 1, 0)},
            IncAdamField(2, (5, 4, 3, 2, 1, 0), HALF, HALF),
        ),
        ("adam", {"batch_size": 6}, SignField()),
        ("adam", {"batch_size": 6, "sampling": "reshuffle"}, SignField()),
        ("adam", {"batch_size": 6, "sampling": "replacement"}, ReplacementField(6)),
        ("adam", {"batch_size": 4, "sampling": "reshuffle"}, ReshuffledField(4)),
        ("adam", {"batch_size": 4, "sampling": "replacement"}, ReplacementField(4)),
    ],
)
def test_field_of_each_line_of_the_table(name: str, settings: dict[str, Any], expected: Field) -> None:
    assert field_of(name, 6, **settings) == expected


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_each_is_public_and_its_field_stands_in_the_table_of_the_docs(kind: type[Optimizer]) -> None:
    assert getattr(mp, kind.__name__) is kind
    page = Path(__file__).parents[2] / "docs" / "explanation" / "one-equation.md"
    assert f"fields.{type(kind().field(6)).__name__}`" in page.read_text(encoding="utf-8")


def test_only_adam_with_random_batches_is_known_as_beta2_to_one_alone() -> None:
    random = [
        (name, b, sampling)
        for name in OPTIMIZERS
        for b in (1, 2, 6)
        for sampling in ("cyclic", "reshuffle", "replacement")
        if (name, b > 1) != ("adamproxy", True)
        if (one := chosen(name, 6, batch_size=b, sampling=sampling))[0].beta2_to_one(6, one[1])
    ]
    assert random == [
        (name, b, sampling)
        for name in ("adam", "rmsprop")
        for b, sampling in (
            (1, "reshuffle"),
            (1, "replacement"),
            (2, "reshuffle"),
            (2, "replacement"),
            (6, "replacement"),
        )
    ]
    for name, b, sampling in random:  # the field knows no β
        low, high = (
            field_of(name, 6, batch_size=b, sampling=sampling, beta2=beta2)
            for beta2 in (Fraction(9, 10), Fraction(99, 100))
        )
        assert low == high
    assert Adam(HALF, HALF).field(6) != Adam().field(6)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_one_sample_is_a_full_batch_for_every_optimizer(name: str) -> None:
    """N = 1: each field points along the single row, or along its signs."""
    u = field_of(name, 1)(np.array([[3.0, -4.0]]), np.array([1.0]))
    assert np.sign(u).tolist() == [1.0, -1.0]


def test_default_batch_sizes() -> None:
    assert {name: kind().batching(6) for name, kind in OPTIMIZERS.items()} == {
        "gd": Full(),
        "normalised_gd": Full(),
        "signgd": Full(),
        "signum": Full(),
        "lion": Full(),
        "adamproxy": Full(),
        "adam": Cyclic(1),
        "rmsprop": Cyclic(1),
    }


def test_the_signsgd_field_of_single_samples_needs_no_cycle() -> None:
    """b = 1, β = 0: Σ sign(c_i x_i) is the mean direction of any way of drawing single samples."""
    X = np.array([[1.0, -0.1], [1.0, -0.2], [-0.1, 1.0]])
    for sampling in ("cyclic", "reshuffle", "replacement"):
        u = field_of("signgd", 3, batch_size=1, sampling=sampling)(X, np.ones(3) / 3)
        assert u.tolist() == [1.0, -1.0]


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("sgdm", {}, "optimizer=sgdm is unknown; choose one of gd, "),
        ("gd", {"sampling": "random"}, "sampling=random is unknown"),
        ("adam", {"batch_size": 4}, "batch_size=4 does not divide n_samples=6"),
        ("gd", {"batch_size": 5}, "batch_size=5 does not divide n_samples=6"),
        ("adam", {"batch_size": 0}, "batch_size=0 is outside 1..n_samples=6"),
        ("adam", {"batch_size": 7, "sampling": "replacement"}, "batch_size=7 is outside"),
        ("adam", {"beta1": Fraction(-1, 10)}, "beta1=-1/10 is outside"),
        ("adam", {"beta2": Fraction(1)}, "beta2=1 is outside"),
        ("signum", {"beta": Fraction(3, 2)}, "beta=3/2 is outside"),
        ("adam", {"beta1": Fraction(24, 25)}, "beta1=24/25 exceeds beta2=19/20"),
        ("adam", {"order": (0, 1, 2, 3, 4)}, "order=0,1,2,3,4 is not a permutation of 0..5"),
        ("adam", {"order": (0, 0, 1, 2, 3, 4)}, "is not a permutation"),
        (
            "adam",
            {"order": tuple(range(6)), "sampling": "reshuffle"},
            "means nothing with sampling=reshuffle",
        ),
        ("adamproxy", {"batch_size": 2}, "batch_size=2 for adamproxy"),
        ("signum", {"batch_size": 2, "beta": HALF, "sampling": "reshuffle"}, "no known direction field"),
        ("signgd", {"batch_size": 2, "sampling": "replacement"}, "no known direction field"),
        ("lion", {"batch_size": 2, "sampling": "reshuffle"}, "no known direction field"),
    ],
)
def test_settings_without_a_field_are_refused(name: str, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(MarginproofError) as caught:
        field_of(name, 6, **settings)
    assert message in str(caught.value)


def test_equal_betas_are_allowed() -> None:
    assert Adam(HALF, HALF).field(3) == IncAdamField(1, None, HALF, HALF)


def test_rmsprop_is_adam_without_momentum() -> None:
    for batching in (Cyclic(2), Reshuffled(2), WithReplacement(6), Full()):
        assert RMSProp(HALF).field(6, batching) == Adam(0, HALF).field(6, batching)


def test_drawing_as_many_as_there_are_is_not_the_full_batch() -> None:
    """A sign of a random sum is no sign of the mean gradient."""
    with pytest.raises(MarginproofError, match="no known direction field"):
        SignGD().field(6, WithReplacement(6))


def test_hyper_parameters_are_exact_and_checked_once_for_all() -> None:
    assert Adam(0.9, "19/20") == Adam(Fraction(9, 10), Fraction(19, 20)) == Adam()
    assert repr(Adam(Fraction(1, 3))) == "Adam(beta1='1/3', beta2=0.95, eps=0.0, bias_correction=False)"
    for wrong, says in (
        (1, "is outside"),
        (-0.5, "is outside"),
        (float("nan"), "is outside"),
        ("a", "is not a number"),
    ):
        with pytest.raises(MarginproofError, match=f"beta1=.* {says}"):
            Adam(wrong)  # type: ignore[arg-type]
    with pytest.raises(MarginproofError, match="eps=-1 is not a finite number >= 0"):
        Adam(eps=-1)
    with pytest.raises(
        MarginproofError, match=r"beta2=0\.5 belongs to lion, adam and rmsprop, not to optimizer=gd"
    ):
        optimizer_of("gd", beta2=0.5)


def test_lion_at_equal_betas_is_signum() -> None:
    """β m_{i-1} + (1-β) g_i is m_i itself: the averages are proportional, exactly."""
    X = RATIONALS.array([[1, -2], [3, 1], [2, 5], [4, -1]])
    beta = Fraction(2, 3)
    lion, signum = LionField(1, None, beta, beta), SignumField(1, None, beta)
    G = lion.batch_gradients(X, RATIONALS.array([1, 2, 1, 3]))
    factor = (1 - beta) / (1 - beta**4)
    assert (lion.averages(G, RATIONALS) == factor * signum.averages(G, RATIONALS)).all()


def test_lions_averages_are_what_its_law_comes_to_over_frozen_gradients() -> None:
    beta1, beta2, G = HALF, Fraction(3, 4), [Fraction(1), Fraction(-5), Fraction(2)]
    h, m, seen = Hyper(0.5, 0.75), 0.0, []
    for t in range(300):
        before = m
        m, _, u = Lion(beta1, beta2).law(float(G[t % 3]), m, 0.0, h)
        seen.append((0.5 * before + 0.5 * float(G[t % 3]), u))
    exact = LionField(1, None, beta1, beta2).averages(RATIONALS.array([[g] for g in G]), RATIONALS)[:, 0]
    late = np.array(seen[-3:])
    assert np.abs(late[:, 0] - exact.astype(float)).max() < 1e-14
    assert (late[:, 1] == np.sign(late[:, 0])).all()


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.parametrize("batching", [Cyclic(2), Full()])
def test_the_engine_runs_every_law_as_many_digits_do(name: str, batching: Batching) -> None:
    X = np.array([[2.0, -1.0, 0.5], [1.0, 3.0, -0.25], [0.5, 1.0, 1.0], [1.0, 0.75, -2.0]])
    optimizer = OPTIMIZERS[name]()
    chosen = Full() if optimizer.full_batch_only else batching
    ours = simulate(X, optimizer, batching=chosen, schedule=0.05, steps=150).w
    digits = np.array(
        [float(x) for x in run_at_many_digits(X, optimizer, batching=chosen, schedule=0.05, steps=150)[-1]]
    )
    assert np.abs(ours - digits).max() < 1e-12 * np.abs(digits).max()


@pytest.mark.parametrize("betas", [(0.9, 0.99), (0.99, 0.5), (0.5, 0), (0, 0.9)])
def test_lion_keeps_its_memory_in_the_log_domain(betas: tuple[float, float]) -> None:
    """Gradients fall by e^-3 a step for 600 steps: no memory may be lost to underflow, none kept too long."""
    X = np.array([[2.0, -1.0], [1.0, 3.0]])
    ours = trace(X, Lion(*betas), batching=Cyclic(1), schedule=1.0, steps=600)
    path = run_at_many_digits(X, Lion(*betas), batching=Cyclic(1), schedule=1.0, steps=600)
    assert np.array_equal(ours.W, np.array(path).astype(float))


def test_a_run_of_lion_ends_where_it_is_predicted() -> None:
    X = np.array([[3.0, 1.0, -1.0], [-1.0, 2.0, 1.0], [1.0, -1.0, 4.0]])
    lion, batching = Lion(0.5, 0.75), Cyclic(1)
    limit = predict(X, lion, batching=batching).limit
    run = simulate(X, lion, batching=batching, schedule=Power(0.02, 0.5), steps=200_000)
    assert run.final.gap(limit.direction) < 1e-3
