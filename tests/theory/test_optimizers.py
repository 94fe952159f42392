"""From an optimizer and its batches to its field, by name as the command line does, and what is refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
)
from marginproof.theory.optimizers import OPTIMIZERS, Adam, Optimizer, RMSProp, SignGD, optimizer_of

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
    for wrong in (1, -0.5, float("nan"), "a"):
        with pytest.raises(MarginproofError, match=r"beta1=.* is outside \[0, 1\)"):
            Adam(wrong)
    with pytest.raises(MarginproofError, match="eps=-1 is not a finite number >= 0"):
        Adam(eps=-1)
    with pytest.raises(
        MarginproofError, match=r"beta2=0\.5 belongs to adam and rmsprop, not to optimizer=gd"
    ):
        optimizer_of("gd", beta2=0.5)
