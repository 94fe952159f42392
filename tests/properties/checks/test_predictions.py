"""Limit predictions of the correct optimizers and the engine, and a prediction seen to fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.predictions import CHECKS, OptimizerFlow, direction, flow_of, linf_margin
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.engine_subjects import ENGINE
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT, PlainAdam
from marginproof.properties.conformance.suite import CheckStatus, run_check
from marginproof.theory.batching import Cyclic, Full
from marginproof.theory.fields import AdamProxyField, GradientField
from marginproof.theory.losses import Loss

SUBJECTS = [subject_of(cls) for cls in CORRECT] + list(ENGINE)
PAIRS = [(s, c) for s in SUBJECTS for c in CHECKS if not c.reason_to_skip(s)]


@pytest.mark.parametrize(("subject", "check"), PAIRS, ids=lambda x: getattr(x, "origin", "") or x.id)
def test_correct_optimizers_go_where_predicted(subject: OptimizerUnderTest, check: Check) -> None:
    result = run_check(check, subject)
    assert result.status is CheckStatus.HELD, result.report
    assert result.examples > result.vacuous


ROWS = ((Fraction(5), Fraction(1)), (Fraction(1), Fraction(4)))
CASE = Case(
    rows=ROWS,
    hyper={"beta1": Fraction(1, 2), "beta2": Fraction(3, 4)},
    eta0=Fraction(1, 256),
    steps=1000,
    batching=Cyclic(1),
)


def test_a_wrong_flow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What ε moves is looked at only where it can decide."""
    adam, looked = subject_of(PlainAdam), []

    def moves(subject: OptimizerUnderTest, case: Case) -> float:
        looked.append(case)
        return 0.0

    monkeypatch.setattr("marginproof.properties.checks.predictions.eps_moves", moves)
    assert direction(adam, CASE).holds and not looked
    monkeypatch.setattr(
        "marginproof.properties.checks.predictions.flow_of",
        lambda subject, case: OptimizerFlow(GradientField(), 1.0),
    )
    assert not direction(adam, CASE).holds and len(looked) == 1


def test_a_margin_above_the_maximum_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    adam, case = subject_of(PlainAdam), replace(CASE, batching=Full(), steps=4000)
    assert linf_margin(adam, case).holds
    monkeypatch.setattr("marginproof.properties.checks.predictions.linf_lower", lambda case: 5.6)
    assert not linf_margin(adam, case).holds


def test_the_flow_keeps_the_proxys_pace() -> None:
    """For one sample the proxy's field is the sign vector, so w(τ) = τ sign(x) exactly."""
    path = OptimizerFlow(AdamProxyField(), 1.0).path(np.array([[2.0, -3.0]]), Loss.EXPONENTIAL, 4.0, 8)
    assert path[-1] == pytest.approx([4.0, -4.0], rel=1e-14)
    assert flow_of(subject_of(PlainAdam), replace(CASE, batching=Cyclic(2))).speed == pytest.approx(1.0)
