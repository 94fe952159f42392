"""The table from an optimizer's settings to its field, and the settings it refuses."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

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
from marginproof.theory.optimizers import FIELDS, Optimizer, field_of

HALF = Fraction(1, 2)


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
        for name in FIELDS
        for b in (1, 2, 6)
        for sampling in ("cyclic", "reshuffle", "replacement")
        if Optimizer(name, b, sampling).beta2_to_one(6)
    ]
    assert random == [
        ("adam", 1, "reshuffle"),
        ("adam", 1, "replacement"),
        ("adam", 2, "reshuffle"),
        ("adam", 2, "replacement"),
        ("adam", 6, "replacement"),
    ]
    for name, b, sampling in random:  # the field knows no β
        chosen = [
            Optimizer(name, b, sampling, beta2=beta2).field(6)
            for beta2 in (Fraction(9, 10), Fraction(99, 100))
        ]
        assert chosen[0] == chosen[1]
    assert Optimizer(beta2=HALF, beta1=HALF, name="adam").field(6) != Optimizer("adam").field(6)


@pytest.mark.parametrize("name", FIELDS)
def test_one_sample_is_a_full_batch_for_every_optimizer(name: str) -> None:
    """N = 1: each field points along the single row, or along its signs."""
    u = field_of(name, 1)(np.array([[3.0, -4.0]]), np.array([1.0]))
    assert np.sign(u).tolist() == [1.0, -1.0]


def test_default_batch_sizes() -> None:
    assert {name: Optimizer(name).batch(6) for name in FIELDS} == {
        "gd": 6,
        "signgd": 6,
        "signum": 6,
        "adamproxy": 1,
        "adam": 1,
    }


def test_the_signsgd_field_of_single_samples_needs_no_cycle() -> None:
    """b = 1, β = 0: Σ sign(c_i x_i) is the mean direction of any way of drawing single samples."""
    X = np.array([[1.0, -0.1], [1.0, -0.2], [-0.1, 1.0]])
    for sampling in ("cyclic", "reshuffle", "replacement"):
        u = field_of("signgd", 3, 1, sampling)(X, np.ones(3) / 3)
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
    assert Optimizer("adam", beta1=HALF, beta2=HALF).field(3) == IncAdamField(1, None, HALF, HALF)
