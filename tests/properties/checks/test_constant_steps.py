"""B7 and the increments at constant steps: correct Adams pass, a β that is off by 0.01 and faster ones do not."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.constant_steps import CHECKS
from marginproof.properties.conformance.engine_subjects import Adam as EngineAdam
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import PlainAdam as Adam
from marginproof.properties.conformance.reference import PlainCorrectedAdam as CorrectedAdam
from marginproof.properties.conformance.suite import CheckStatus, run_check
from marginproof.theory.batching import Cyclic

BY_ID = {check.id: check for check in CHECKS}


class HigherBeta2(Adam):
    def __init__(self, dim: int, beta1: float, beta2: float) -> None:
        super().__init__(dim, beta1, beta2 + 0.01)


class LowerBeta2(Adam):
    def __init__(self, dim: int, beta1: float, beta2: float) -> None:
        super().__init__(dim, beta1, beta2 - 0.01)


class HigherBeta1(Adam):
    def __init__(self, dim: int, beta1: float, beta2: float) -> None:
        super().__init__(dim, beta1 + 0.01, beta2)


class LongerSteps(Adam):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return super().step(w, grad, 1.001 * lr)


class Forgetful(Adam):
    """Its v forgets twice as fast as it says: margins may grow at twice the speed."""

    def __init__(self, dim: int, beta1: float, beta2: float) -> None:
        super().__init__(dim, min(beta1, beta2**2), beta2**2)


class KeepsItsSpeed(Adam):
    """Steps of one size, whatever the gradients' past."""

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return w - lr * np.sign(grad)


@pytest.mark.parametrize("check", [check.id for check in CHECKS])
@pytest.mark.parametrize("optimizer", [Adam, CorrectedAdam, EngineAdam], ids=["plain", "corrected", "engine"])
def test_correct_optimizers_pass_and_not_vacuously(check: str, optimizer: object) -> None:
    examples = {"L2.increment": 12, "L4.increment": 20, "L8.increment": 12, "L9.increment": 12}.get(check, 25)
    result = run_check(BY_ID[check], subject_of(optimizer), fixed_seed=5, examples=examples)
    assert result.status is CheckStatus.HELD, result.report
    assert result.examples - result.vacuous >= 3


BETAS = {"beta1": Fraction(1, 2), "beta2": Fraction(3, 4)}
CASES = {
    "L4.increment": ((-2, 1, -3, 1, 2, -5), (-4, -5, 5, 5, 2, 3), (4, 2, 5, -1, -5, -4)),
    "L9.increment": ((1, 1, 1, 2, -3, 2), (1, 2, -4, 2, 5, -3), (-1, -5, 5, -4, -1, -4)),
    "L2.increment": ((1, 1, 1, 1), (-2, 2, 2, -2)),
    "L8.increment": ((2, 1, 1), (1, 5, 1), (1, 1, 8)),
}


def case_for(check: str) -> Case:
    rows = tuple(tuple(Fraction(x) for x in row) for row in CASES[check])
    return Case(rows=rows, hyper=BETAS, eta0=Fraction(1, 32), steps=1200, batching=Cyclic(1))


def test_where_beta2_to_one_has_the_same_limit_l4_says_nothing() -> None:
    """Scaled Rademacher data: L9 is decided, and no own field is seen."""
    case = case_for("L2.increment")
    assert not BY_ID["L9.increment"].compare(subject_of(Adam), case).vacuous
    assert BY_ID["L4.increment"].compare(subject_of(Adam), case).vacuous


@pytest.mark.parametrize("fault", [HigherBeta2, LowerBeta2, HigherBeta1, LongerSteps])
@pytest.mark.parametrize("check", CASES)
def test_small_changes_of_the_settings_are_noticed(check: str, fault: type) -> None:
    correct = BY_ID[check].compare(subject_of(Adam), case_for(check))
    assert correct.holds and not correct.vacuous, correct.text
    assert not BY_ID[check].compare(subject_of(fault), case_for(check)).holds


@pytest.mark.parametrize("fault", [Forgetful, KeepsItsSpeed])
@pytest.mark.parametrize("check", ["B7.step", "B7.ceiling"])
def test_a_faster_optimizer_breaks_the_speed_limit(check: str, fault: type) -> None:
    result = run_check(BY_ID[check], subject_of(fault), fixed_seed=5, examples=100)
    assert result.status is CheckStatus.FAILED


def test_torch_s_adam_agrees_to_1e_9_before_anything_underflows() -> None:
    torch = pytest.importorskip("torch")
    from marginproof.theory.fields import IncAdamField
    from marginproof.theory.limit.problem import LimitProblem
    from marginproof.theory.limit.steps.constant import solve_constant

    X = np.random.default_rng(0).standard_normal((6, 20))
    field = IncAdamField(1, None, Fraction(9, 10), Fraction(19, 20))
    found = solve_constant(LimitProblem(X, field), 0.02)
    w = torch.zeros(20, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([w], lr=0.02, betas=(0.9, 0.95), eps=0.0)
    rows, ends = torch.tensor(X), []
    for step in range(6 * 1200):
        adam.zero_grad()
        torch.exp(-(rows[step % 6] @ w)).backward()
        adam.step()
        if step % 6 == 5:
            ends.append(w.detach().numpy().copy())
    margins = X @ np.array(ends).T
    last = int(np.argmax(margins.min(axis=0) > 80))
    moved = ends[last] - ends[last - 1]
    assert np.linalg.norm(moved / np.linalg.norm(moved) - found.limit.direction) < 1e-9
    assert (X @ moved).min() == pytest.approx(found.growth, rel=1e-9)
