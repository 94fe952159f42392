"""ε in limit claims: runs are cut at a stated fraction of √v, and what it moves is the law's own difference."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.eps_cut import FRACTION, cut_note, eps_moves, eps_share, farthest, law_run
from marginproof.properties.checks.running import drive
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import PlainAdam, PlainEpsAdam
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckStatus, run_check
from marginproof.theory.batching import Cyclic

ROWS = ((Fraction(1), Fraction(-2)), (Fraction(3), Fraction(1)))


def case(eta0: Fraction) -> Case:
    return Case(ROWS, {"beta1": Fraction(1, 2), "beta2": Fraction(3, 4)}, eta0, steps=100, batching=Cyclic(1))


def test_the_law_s_run_is_the_optimizer_s() -> None:
    for cls in (PlainAdam, PlainEpsAdam):
        subject, example = subject_of(cls), case(Fraction(1, 256))
        assert subject.declared is not None
        assert np.allclose(
            law_run(subject.declared, example), drive(subject, example).run.W, rtol=1e-13, atol=1e-15
        )


def test_at_the_cut_the_share_is_the_fraction_and_the_move_is_below_what_a_longer_run_shows() -> None:
    subject, example = subject_of(PlainEpsAdam), case(Fraction(1, 512))
    reach = farthest(subject, example.hyper, example.X, 1)
    radius = 4.0
    at_cut = case(Fraction(reach / radius / 100))
    assert eps_share(subject, at_cut) <= FRACTION * (1 + 1e-12)
    assert 0 < eps_moves(subject, at_cut) < eps_moves(subject, case(Fraction(1, 16)))
    assert eps_moves(subject_of(PlainAdam), example) == 0 and cut_note(subject_of(PlainAdam)) == ""
    assert "1/64" in cut_note(subject)


@pytest.mark.parametrize("check", ["L2.direction", "L4.direction", "L8.direction"])
def test_a_correct_eps_keeps_the_limit_claims_and_one_that_steps_backwards_does_not(check: str) -> None:
    class Backwards(PlainEpsAdam):
        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return 2 * w - super().step(w, grad, lr)

    kept = run_check(BY_ID[check], subject_of(PlainEpsAdam), fixed_seed=4, examples=1)
    assert kept.status is CheckStatus.HELD, kept.report
    assert "1/64" in kept.reason
    if check == "L2.direction":
        assert (
            run_check(BY_ID[check], subject_of(Backwards), fixed_seed=4, examples=2).status
            is CheckStatus.FAILED
        )
