"""B6 along runs: kept by the correct optimizers, exact at its ends, and seen to fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.checks.brackets import CHECKS, exact_bracket
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.margin_bounds import l2_lower, linf_lower
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.engine_subjects import ENGINE, NormalisedGD
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT, PlainAdam, PlainGD, PlainSignum
from marginproof.properties.conformance.suite import BY_ID, CheckStatus, run_case, run_check
from marginproof.theory.bounds.margin_bounds import sign_sides
from marginproof.theory.bounds.run_bracket import (
    average_weights,
    loss_weights,
    run_bracket_sides,
    upper_bounds,
)

SUBJECTS = [subject_of(cls) for cls in CORRECT] + [*ENGINE, NormalisedGD]
PAIRS = [(s, c) for s in SUBJECTS for c in CHECKS if not c.reason_to_skip(s)]
BRACKET = BY_ID["B6.bracket"]
ROWS = ((Fraction(5), Fraction(1)), (Fraction(1), Fraction(4)))
ZERO = {"beta1": Fraction(0), "beta2": Fraction(0)}
CASE = Case(rows=ROWS, hyper=ZERO, eta0=Fraction(1, 256), steps=1000)


@pytest.mark.parametrize(("subject", "check"), PAIRS, ids=lambda x: getattr(x, "origin", "") or x.id)
def test_correct_optimizers_close_their_brackets(subject: OptimizerUnderTest, check: object) -> None:
    result = run_check(BRACKET, subject, fixed_seed=11)
    assert result.status is CheckStatus.HELD, result.report
    assert result.strong is not None
    assert 2 * result.strong >= result.examples


def test_the_exact_bracket_holds_the_margins_and_is_as_narrow_as_derived() -> None:
    """γ_∞ = 5 and γ_2 = 19/5 on these data; the width is at most (log 2)/Σ η + ½ η ρ² e^{ηρ}, ρ = 6 and √26."""
    run = drive(subject_of(PlainAdam), CASE).run
    lower, upper = exact_bracket(CASE, run, "inf")
    assert lower <= 5 <= upper
    start = np.log(2) / (1000 / 256)
    assert float(upper - lower) <= start + 0.5 / 256 * 36 * np.exp(6 / 256)
    two = drive(subject_of(PlainGD), replace(CASE, hyper={}), pace="norm").run
    lower, upper = exact_bracket(CASE, two, "2")
    assert lower <= Fraction(19, 5) ** 2 <= upper
    width = float(upper) ** 0.5 - float(lower) ** 0.5
    assert width <= start + 0.5 / 256 * 26 * np.exp(26**0.5 / 256)


@pytest.mark.parametrize("loss", ["exponential", "logistic"])
def test_loss_weights_are_on_the_simplex_and_bound_the_margins(loss: str) -> None:
    run = drive(subject_of(PlainAdam), replace(CASE, loss=loss)).run
    assert loss_weights(run).sum(axis=1) == pytest.approx(np.ones(1000), abs=1e-15)
    assert average_weights(run).sum() == pytest.approx(1, abs=1e-13)
    assert upper_bounds(run, "inf").min() >= linf_lower(CASE)
    assert upper_bounds(run, "2").min() >= l2_lower(CASE)


def test_it_says_more_than_the_margin_bound() -> None:
    """The run's own upper bounds exceed γ, so B6's lower side lies above B5's at every step."""
    run = drive(subject_of(PlainAdam), CASE).run
    gamma = linf_lower(CASE)
    ours, plain = run_bracket_sides(run, "inf", gamma), sign_sides(run, gamma)
    assert (ours.lower[1:] >= plain.lower[1:]).all()
    assert ours.lower[-1] > plain.lower[-1]


class GDStandsStill(PlainGD):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return w


class SignumL2(PlainSignum):
    """Normalised by the l2 norm: an l2 bracket closes, not this one."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        super().step(w, grad, lr)
        return w - lr * self.m / (np.linalg.norm(self.m) or 1.0)


class AdamHalf(PlainAdam):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return super().step(w, grad, lr / 2)


class AdamDiverges(PlainAdam):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return super().step(w, grad, lr) * np.nan


@pytest.mark.parametrize("cls", [GDStandsStill, SignumL2, AdamHalf, AdamDiverges], ids=lambda c: c.__name__)
def test_a_violator_is_refused(cls: type) -> None:
    result = run_check(BRACKET, subject_of(cls), fixed_seed=3)
    assert result.status is CheckStatus.FAILED
    assert result.case is not None
    assert "B6" in result.report
    assert not run_case(BRACKET, subject_of(cls), result.case).holds
