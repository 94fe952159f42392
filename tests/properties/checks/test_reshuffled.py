"""L5 and L8 on runs: each predicted limit against the correct Adam, and against ones that are not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.flows import OptimizerFlow, flow_of
from marginproof.properties.checks.predictions import linf_on_shifted_diagonal
from marginproof.properties.checks.reshuffled import (
    CHECKS,
    LEVELS,
    nearer,
    reshuffled_cases,
    tells_theta_apart,
    theta_direction,
)
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.engine_subjects import ENGINE
from marginproof.properties.conformance.engine_subjects import Adam as EngineAdam
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT, PlainAdam
from marginproof.properties.conformance.suite import BY_ID, CheckStatus, run_check
from marginproof.theory.batching import Cyclic, Reshuffled
from marginproof.theory.fields import GradientField, ReshuffledField, SignField

SUBJECTS = [subject_of(cls) for cls in CORRECT] + list(ENGINE)
PAIRS = [(s, c) for s in SUBJECTS for c in CHECKS if not c.reason_to_skip(s)]
ROWS = tuple(tuple(map(Fraction, row)) for row in ((3, 1, -1), (1, 3, 1), (-1, 1, 2)))
CASE = Case(
    rows=ROWS,
    hyper={"beta1": Fraction(1, 2), "beta2": Fraction(7, 8)},
    eta0=Fraction(1, 512),
    steps=800,
    batching=Reshuffled(1),
)
DIAGONAL = Case(
    rows=tuple(tuple(map(Fraction, row)) for row in ((2, 1, 1), (1, 3, 1), (1, 1, 4))),
    hyper={"beta1": Fraction(1, 2), "beta2": Fraction(3, 4)},
    eta0=Fraction(1, 256),
    steps=4000,
    batching=Cyclic(1),
)


class AdamVarianceOfEverything(PlainAdam):
    """v keeps only the largest square ever seen, so the step's direction forgets the batch."""

    def direction(self, grad: np.ndarray) -> np.ndarray:
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = np.full_like(grad, max(float(self.v.max()) * self.beta2, float((grad**2).max())))
        return self.m / np.sqrt(self.v)


@pytest.mark.parametrize(("subject", "check"), PAIRS, ids=lambda x: getattr(x, "origin", "") or x.id)
def test_correct_optimizers_go_where_predicted(subject: OptimizerUnderTest, check: Check) -> None:
    result = run_check(check, subject, fixed_seed=2)
    assert result.status is CheckStatus.HELD, result.report
    assert 2 * result.vacuous < result.examples
    assert result.strong


def test_the_levels_keep_the_flow_time_and_halve_one_thing_each() -> None:
    for level in LEVELS:
        found = nearer(CASE, *level)
        assert found.eta0 * found.steps == CASE.eta0 * CASE.steps
        memory = 1 - found.hyper["beta2"]
        assert memory * level[1] == Fraction(1, 8)
        assert found.eta0 / memory * level[0] == CASE.eta0 * 8


@pytest.mark.parametrize("field", [GradientField(), SignField(), ReshuffledField(2)], ids=repr)
def test_another_batch_size_s_field_is_refused(field: object, monkeypatch: pytest.MonkeyPatch) -> None:
    adam = subject_of(PlainAdam)
    judged = theta_direction(adam, CASE)
    assert judged.holds
    assert not judged.vacuous
    speed = flow_of(adam, CASE).speed
    monkeypatch.setattr(
        "marginproof.properties.checks.reshuffled.flow_of", lambda subject, case: OptimizerFlow(field, speed)
    )  # type: ignore[arg-type]
    assert not theta_direction(adam, CASE).holds


@pytest.mark.parametrize("b", [2, 3])
def test_theta_off_by_a_twentieth_and_a_prediction_that_ignores_b_are_refused(b: int) -> None:
    assert [label for label, right in tells_theta_apart(EngineAdam, b) if not right] == []


def test_most_cases_have_batches_of_two_or_more() -> None:
    drawn: list[int] = []

    @settings(max_examples=60, database=None, derandomize=True)
    @given(reshuffled_cases(subject_of(PlainAdam)))
    def look(case: Case) -> None:
        drawn.append(case.b)

    look()
    assert 2 * sum(b >= 2 for b in drawn) > len(drawn)


def test_a_wrong_adam_is_refused() -> None:
    assert not theta_direction(subject_of(AdamVarianceOfEverything), CASE).holds


def test_shifted_diagonal_data_end_at_the_l_inf_direction_and_a_wrong_adam_does_not() -> None:
    judged = linf_on_shifted_diagonal(subject_of(PlainAdam), DIAGONAL)
    assert judged.holds
    assert judged.strength == 1
    assert not linf_on_shifted_diagonal(subject_of(AdamVarianceOfEverything), DIAGONAL).holds


def test_the_grid_of_an_optimizer_may_leave_nothing_to_ask() -> None:
    fixed = replace(subject_of(PlainAdam), grid=({"beta1": Fraction(0), "beta2": Fraction(1, 2)},))
    assert "lets tend to 1" in run_check(BY_ID["L5.direction"], fixed).reason
