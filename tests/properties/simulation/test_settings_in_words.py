"""One wording of settings for tables, figures and the command line."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.simulation.batching import Cyclic, Full, Reshuffled, WithReplacement
from marginproof.properties.simulation.optimizers import (
    GD,
    Adam,
    AdamProxy,
    NormalisedGD,
    Optimizer,
    RMSProp,
    SignGD,
    Signum,
)
from marginproof.properties.simulation.schedules import Power, Table
from marginproof.properties.simulation.settings_in_words import FULL, NAMES, field_in_words, in_words
from marginproof.theory.optimizers import Optimizer as Named


@pytest.mark.parametrize(
    ("optimizer", "batching", "words"),
    [
        (Adam(0.9, 0.95), Cyclic(1), "Inc-Adam, β₁ = 0.9, β₂ = 0.95"),
        (Adam(0.9, 0.95), Cyclic(2), "Inc-Adam, b = 2, β₁ = 0.9, β₂ = 0.95"),
        (Adam(0.9, 0.95), Full(), "full-batch Adam, β₁ = 0.9, β₂ = 0.95"),
        (Adam(0.9, 0.99), Reshuffled(1), "reshuffled Adam, b = 1, β₁ = 0.9, β₂ = 0.99"),
        (Adam(0.9, 0.99), WithReplacement(3), "Adam with replacement, b = 3, β₁ = 0.9, β₂ = 0.99"),
        (
            Adam(0.9, 0.999, 1e-8, True),
            Cyclic(1, (1, 0)),
            "Inc-Adam, order 1,0 (rows counted from 0), β₁ = 0.9, β₂ = 0.999, ε = 1e-08, bias correction",
        ),
        (Signum(0.99), Full(), "Signum, β = 0.99"),
        (Signum(0.99), Cyclic(1), "Signum, b = 1, β = 0.99"),
        (RMSProp(0.9), Full(), "full-batch RMSProp, β₂ = 0.9"),
        (GD(), Full(), "GD"),
        (GD(), Cyclic(3), "SGD, b = 3"),
        (NormalisedGD(), Full(), "normalised GD"),
        (SignGD(), Full(), "sign descent"),
        (SignGD(), Cyclic(1), "SignSGD, b = 1"),
        (AdamProxy(), Full(), "AdamProxy"),
    ],
)
def test_an_optimizer_in_the_papers_words(optimizer, batching, words):
    assert in_words(optimizer, batching) == words


def test_every_optimizer_has_a_name():
    assert set(NAMES) == set(FULL) == set(Optimizer.__subclasses__())


def test_a_long_order_is_cut_off():
    words = in_words(Adam(), Cyclic(1, tuple(range(10))), betas=False)
    assert words == "Inc-Adam, order 0,1,2,3,4,5,6,7,… (rows counted from 0)"


def test_step_sizes():
    assert in_words(schedule=Power(0.1, 0.5)) == "η_t = 0.1 (t + 2)^-0.5"
    assert in_words(schedule=Power(0.02), loss="logistic", seed=3) == "η = 0.02, logistic loss, seed 3"
    assert in_words(schedule=Table(np.ones(4))) == "4 given step sizes"


@pytest.mark.parametrize(
    ("named", "words"),
    [
        (Named("signum", 1), "Signum, b = 1, β → 1"),
        (Named("signum", 1, beta=Fraction(1, 2)), "Signum, b = 1, β = 0.5"),
        (Named("adam", 2, "reshuffle"), "reshuffled Adam, b = 2, β₂ → 1"),
        (Named("adam", 4, "replacement"), "Adam with replacement, b = 4, β₂ → 1"),
        (Named("adam", 4, "reshuffle"), "full-batch Adam, β₁ = 0.9, β₂ = 0.95"),
    ],
)
def test_a_field_says_which_limit_it_is_of(named, words):
    assert field_in_words(named, 4) == words
