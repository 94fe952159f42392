"""B8 on runs: correct ε's pass to the hand-over and through it, misplaced and wrong ones are caught."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import PlainAdam, PlainCorrectedAdam, PlainEpsAdam
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckResult, CheckStatus, run_check
from marginproof.theory.laws.catalogue import Course
from marginproof.theory.laws.settings import read


def adam(text: str, said: str = "") -> type:
    """Adam by ``text``, which says ``said`` of itself."""
    follows = read(text)

    class Adam:
        law = said or text

        def __init__(self, dim: int, beta1: float, beta2: float) -> None:
            self.course = Course(follows, {"beta1": beta1, "beta2": beta2})

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> Any:
            return w - lr * np.nan_to_num(self.course.direction(grad, w, lr))

    return Adam


def handed_over(factory: Any, examples: int = 24) -> CheckResult:
    return run_check(BY_ID["B8.handover"], subject_of(factory), examples, 5)


RIGHT = ("adam:eps=0.001", "adam:eps=0.001,corrected=yes", "adam:eps=0.001,corrected=yes,eps_placement=uncorrected",
         "adam:eps=1e-6,corrected=yes,eps_placement=inside")  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_a_correct_eps_hands_over_as_said(text: str) -> None:
    result = handed_over(adam(text))
    assert result.status is CheckStatus.HELD, result.report
    assert result.strong


@pytest.mark.parametrize(
    ("text", "said"),
    [("adam:eps=0.002", "adam:eps=0.001"), ("adam:eps=0.0005", "adam:eps=0.001"), ("adam", "adam:eps=0.001"),
     ("adam:eps=0.001,eps_placement=inside", "adam:eps=0.001"), ("adam:eps=0.001", "adam:eps=0.001,eps_placement=inside")],
)  # fmt: skip
def test_another_eps_or_another_place_is_caught(text: str, said: str) -> None:
    result = handed_over(adam(text, said))
    assert result.status is CheckStatus.FAILED
    assert "B8 at step" in result.report


def test_the_reference_with_an_eps_hands_over_and_one_that_forgets_it_does_not() -> None:
    class Forgets(PlainEpsAdam):
        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return PlainCorrectedAdam.step(self, w, grad, lr)

    assert handed_over(PlainEpsAdam).status is CheckStatus.HELD
    assert handed_over(Forgets).status is CheckStatus.FAILED


def test_without_an_eps_there_is_nothing_to_hand_over() -> None:
    assert "ε = 0" in handed_over(PlainAdam).reason
    assert handed_over(adam("adam:eps=0.001,weight_decay=0.1")).status is CheckStatus.SKIPPED
