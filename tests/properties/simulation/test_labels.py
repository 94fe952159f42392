"""One wording of settings for tables, figures and the command line."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.simulation.labels import label_of
from marginproof.theory.batching import Cyclic, Full, Reshuffled, WithReplacement
from marginproof.theory.optimizers import (
    GD,
    OPTIMIZERS,
    Adam,
    AdamProxy,
    NormalisedGD,
    RMSProp,
    SignGD,
    Signum,
)
from marginproof.theory.schedules import Power, StepTable


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
    assert label_of(optimizer, batching) == words


@pytest.mark.parametrize("kind", OPTIMIZERS.values())
def test_every_optimizer_has_names_of_its_own(kind):
    others = [other for other in OPTIMIZERS.values() if other is not kind]
    for batching in (Full(), Cyclic(1)):
        assert kind().label(batching) not in [other().label(batching) for other in others]
    assert kind.symbols and kind.name == kind.name.lower()


def test_a_long_order_is_cut_off():
    words = label_of(Adam(), Cyclic(1, tuple(range(10))), betas=False)
    assert words == "Inc-Adam, order 0,1,2,3,4,5,6,7,… (rows counted from 0)"


def test_step_sizes():
    assert label_of(schedule=Power(0.1, 0.5)) == "η_t = 0.1 (t + 2)^-0.5"
    assert label_of(schedule=Power(0.02), loss="logistic", seed=3) == "η = 0.02, logistic loss, seed 3"
    assert label_of(schedule=StepTable(np.ones(4))) == "4 given step sizes"


@pytest.mark.parametrize(
    ("optimizer", "batching", "words"),
    [
        (Signum(None), Cyclic(1), "Signum, b = 1, β → 1"),
        (Signum(Fraction(1, 2)), Cyclic(1), "Signum, b = 1, β = 0.5"),
        (Adam(), Reshuffled(2), "reshuffled Adam, b = 2, β₂ → 1"),
        (Adam(), WithReplacement(4), "Adam with replacement, b = 4, β₂ → 1"),
        (Adam(), Adam().batching(4, 4, "reshuffle"), "full-batch Adam, β₁ = 0.9, β₂ = 0.95"),
    ],
)
def test_a_field_says_which_limit_it_is_of(optimizer, batching, words):
    assert optimizer.field_label(4, batching) == words
