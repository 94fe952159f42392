"""B1–B5 at every step of generated runs, at zero tolerance beyond the derived allowance; Signum in full."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marginproof.constructions.strategies import betas, witnessed
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.finite_time import CHECKS, strong_case
from marginproof.properties.checks.margin_bounds import l2_direction, l2_lower, linf_lower
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.engine_subjects import ENGINE, NormalisedGD, Signum
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT
from marginproof.properties.conformance.suite import BY_ID, CheckStatus, run_case, run_check
from marginproof.theory.batching import SAMPLINGS
from marginproof.theory.bounds.margin_bounds import sign_sides
from marginproof.theory.bounds.signum import (
    delta_cyclic,
    delta_replaced,
    delta_reshuffled,
    norm_sides,
    signum_sides,
)

SUBJECTS = [subject_of(cls) for cls in CORRECT] + list(ENGINE)
PAIRS = [(s, c) for s in SUBJECTS for c in CHECKS if not c.reason_to_skip(s)]
PAIRS += [(NormalisedGD, c) for c in CHECKS if c.claim == "B4"]


@pytest.mark.parametrize(("subject", "check"), PAIRS, ids=lambda x: getattr(x, "origin", "") or x.id)
def test_correct_optimizers_keep_every_bound(subject: OptimizerUnderTest, check: Check) -> None:
    strong = check.id.endswith(".strong")
    result = run_check(check, subject, 160 if strong else None, fixed_seed=11 if strong else None)
    assert result.status is CheckStatus.HELD, result.report
    if strong:
        assert result.strong is not None
        assert 2 * result.strong >= result.examples  # the non-vacuity family reaches half of γ half the time


@settings(max_examples=15)
@given(st.data())
def test_signum_in_full_every_batch_sampling_loss_and_momentum(data: st.DataObject) -> None:
    """Every b | N, cyclic, reshuffled and with replacement; β from 0 to 1 - 2^-14; both losses."""
    case = data.draw(strong_case(Signum))
    n, beta = case.n, data.draw(betas(14))
    for b in [b for b in range(1, n + 1) if n % b == 0]:
        for sampling in ("cyclic", "reshuffle", "replacement"):
            for loss in ("exponential", "logistic"):
                tried = replace(case, batching=SAMPLINGS[sampling](b), loss=loss, hyper={"beta": beta},
                                steps=min(case.steps, 400))  # fmt: skip
                run = drive(Signum, tried).run
                sides = signum_sides(run, float(beta), linf_lower(tried))
                assert sides.holds, sides.text
                assert norm_sides(run).holds


LONG = [
    ("cyclic", 1 - 2.0**-7, 2.0**-17, 1_500_000),
    ("reshuffle", 1 - 2.0**-8, 2.0**-17, 1_500_000),
    ("replacement", 1 - 2.0**-11, 2.0**-20, 8_000_000),
]


@pytest.mark.parametrize(
    ("sampling", "beta", "eta", "steps"), LONG, ids=lambda x: x if isinstance(x, str) else None
)
@pytest.mark.parametrize("loss", ["exponential", "logistic"])
def test_the_limit_margin_is_within_delta_of_the_maximum(
    sampling: str, beta: float, eta: float, steps: int, loss: str
) -> None:
    """L6 on long runs: margin / ‖w‖_∞ >= γ_∞ - R δ(β) - Φ(0)/Σ η - what the step costs, all explicit."""
    rows = tuple(tuple(map(Fraction, row)) for row in ([3, -1], [4, 3], [3, 4], [5, -1]))
    gamma = linf_lower(Case(rows=rows))
    from marginproof.properties.simulation.trajectories import simulate
    from marginproof.theory import optimizers

    case = Case(rows=rows, batching=SAMPLINGS[sampling](1), loss=loss)
    final = simulate(case.X, optimizers.Signum(beta), batching=case.batching, schedule=eta, steps=steps,
                     loss=loss, seed=5, checkpoints=1).final  # fmt: skip
    R, n = 8.0, 4
    delta = {"cyclic": delta_cyclic(beta, n), "reshuffle": delta_reshuffled(beta, n),
             "replacement": delta_replaced(beta, n, 1)}[sampling]  # fmt: skip
    memory = eta * R / (1 - beta)  # how far margins move while m remembers: E grows by about as much
    start = (np.log(2.0**n - 1) + (n * R + gamma) * 8 * eta / (1 - beta)) / final.sum_lr  # until β^t < e^-8
    least = gamma - R * delta - start - 2 * R * 1.5 * memory - eta * R * R
    assert final.margin / final.sum_lr >= least
    assert least > 0.25 * gamma
    assert final.margin_linf <= gamma * (1 + 1e-9)  # B6: nothing beats γ_∞


def test_a_lower_bound_of_gamma_never_exceeds_it() -> None:
    case = Case(rows=((Fraction(5), Fraction(1)), (Fraction(1), Fraction(4))))
    assert 5 - 1e-11 <= linf_lower(case) <= 5
    assert 19 / 5 - 1e-11 <= l2_lower(case) <= 19 / 5
    assert l2_direction(case.X) == pytest.approx([0.6, 0.8], rel=1e-12)


@given(witnessed.degenerate())
def test_lower_bounds_lie_in_the_brackets(drawn: object) -> None:
    """B6 with any weights: γ_∞ <= ‖Xᵀc‖_1, γ_2 <= ‖Xᵀc‖_2."""
    data = drawn.dataset  # type: ignore[attr-defined]
    case = Case(rows=tuple(map(tuple, data.exact.tolist())), witness=drawn.separator)  # type: ignore[attr-defined]
    c = np.full(case.n, 1 / case.n)
    assert 0 < linf_lower(case) <= np.abs(case.X.T @ c).sum() * (1 + 1e-12)
    assert l2_lower(case) <= np.linalg.norm(case.X.T @ c) * (1 + 1e-12)


def test_a_bound_says_what_fails_and_where() -> None:
    class Climber:
        family = "signum"

        def __init__(self, dim: int, beta: float) -> None: ...

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return w + lr * np.sign(grad)

    case = Case(rows=((Fraction(1),),), hyper={"beta": Fraction(0)}, eta0=Fraction(1, 64), steps=8)
    comparison = run_case(BY_ID["B2.margin"], subject_of(Climber), case)
    assert not comparison.holds
    assert "B2 at step" in comparison.text
    assert "min_i x_i·w" in comparison.text
    assert not sign_sides(drive(subject_of(Climber), case).run, 1.0).holds
