"""L5 on runs: Adam with reshuffled batches follows the θ-field as η/(1-β2) → 0 and β2 → 1.

The direction differs from the flow's by O(η/(1-β2)), what v remembers of the start, and by O(1-β2), what v
knows of the order of the batches.  So η is halved twice at the first β2, and 1-β2 twice at the last
η/(1-β2), each run with a shuffling of its own.  A halving of an error of first order moves the direction by as much
as is left of it: what is left at the end is the last move, or half of the one before.  The tolerance is twice the larger of
these, for each of the two, plus the Runge–Kutta method's own change under halving, plus rounding.
A batch of everything is not reshuffled Adam but L1's; so b < N.  At b = 1 every θ-field is AdamProxy's, so most
cases have b >= 2; on :func:`telling_case` the tolerance is small enough to refuse θ ± 0.05 and θ = 0.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from marginproof.constructions.strategies import small_integers, witnessed
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.finite_time import dyadic_below
from marginproof.properties.checks.flows import OptimizerFlow, flow_of, second_half
from marginproof.properties.checks.predictions import against_the_flow
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.batching import Reshuffled
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.fields import ThetaField
from marginproof.theory.losses import Loss

STEPS = 400
MEMORY = Fraction(1, 8)
"""1-β2 of the first run."""
TELLING_ROWS = (
    (4, 1, 2, -1, 1, 2),
    (1, 5, -1, 2, 3, -2),
    (-1, 2, 6, 1, -2, 3),
    (3, 3, 1, -1, -1, 2),
    (1, -2, 2, 3, 1, 1),
    (2, 2, 1, 1, 5, -1),
)
LEVELS = ((1, 1), (2, 1), (4, 1), (4, 2), (4, 4))
"""Divisors of η/(1-β2) and of 1-β2."""


def nearer(case: Case, drift: int, memory: int) -> Case:
    """The case with η/(1-β2) divided by ``drift`` and 1-β2 by ``memory``, over the same Σ η."""
    beta2 = 1 - (1 - case.hyper["beta2"]) / memory
    return replace(
        case,
        hyper={**case.hyper, "beta2": beta2},
        eta0=case.eta0 / (drift * memory),
        steps=case.steps * drift * memory,
        seed=case.seed + 16 * drift + memory,
    )


def measured(subject: OptimizerUnderTest, case: Case) -> tuple[np.ndarray, float]:
    """The direction of the last level, and what is left of both errors there, from the moves."""
    found = []
    for level in LEVELS:
        run = nearer(case, *level)
        epoch = run.n // run.b
        half = run.steps // 2 // epoch * epoch
        found.append(second_half(drive(subject, run).run.W, half, 2 * half))
    moves = [float(np.linalg.norm(b - a)) for a, b in pairwise(found)]
    return found[-1], max(moves[0] / 2, moves[1]) + max(moves[2] / 2, moves[3])


def theta_direction(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The measured direction against the θ-flow's, and the flow's against the θ-field's fixed point."""
    direction, left = measured(subject, case)
    return against_the_flow(subject, case, flow_of(subject, case), _length(case), direction, 2 * left)


def tells_theta_apart(subject: OptimizerUnderTest, b: int) -> list[tuple[str, bool]]:
    """On :func:`telling_case`, whether the stated θ is confirmed, and θ ± 0.05 and θ = 0 are refused, each labelled."""
    case = telling_case(b)
    direction, left = measured(subject, case)
    speed, theta = flow_of(subject, case).speed, Fraction(b - 1, case.n - 1)
    cases = []
    for wrong in (Fraction(0), Fraction(-1, 20), Fraction(1, 20), -theta):
        flow = OptimizerFlow(ThetaField(theta + wrong), speed)
        seen = against_the_flow(subject, case, flow, _length(case), direction, 2 * left)
        label = f"θ + {float(wrong):.3g} at b={b}: {seen.text}"
        cases.append((label, seen.holds == (wrong == 0) and not seen.vacuous))
    return cases


def telling_case(b: int) -> Case:
    """Six rows on which every θ has a direction of its own: 0.05 of θ turn it by 0.012 or more."""
    radius = max(sum(map(abs, row)) for row in TELLING_ROWS)
    return Case(
        rows=tuple(tuple(map(Fraction, row)) for row in TELLING_ROWS),
        hyper={"beta1": Fraction(1, 2), "beta2": 1 - MEMORY},
        eta0=dyadic_below(float(MEMORY) / 8 / radius),
        steps=16 * STEPS,
        batching=Reshuffled(b),
        seed=3,
    )


def _length(case: Case) -> float:
    return float(case.eta0) * case.steps


@st.composite
def reshuffled_cases(draw: st.DrawFn, subject: OptimizerUnderTest) -> Case:
    """Small integer data without zeros, b < N, b >= 2 in three cases of four; R η = (1-β2)/8."""
    n, b = draw(st.sampled_from([(4, 2), (6, 2), (6, 3), (3, 1)]))
    drawn = draw(witnessed.separable(st.just(n), st.integers(1, 3), small_integers(3), keep_nonzero=True))
    data = drawn.dataset
    radius = float(np.abs(data.X).sum(axis=1).max())
    return Case(
        rows=tuple(map(tuple, data.exact.tolist())),
        hyper={"beta1": draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(3, 4)])), "beta2": 1 - MEMORY},
        eta0=dyadic_below(float(MEMORY) / 8 / radius),
        steps=STEPS,
        batching=Reshuffled(b),
        seed=draw(st.integers(0, 255)),
        loss=draw(st.sampled_from(Loss)),
        witness=drawn.separator,
    )  # fmt: skip


def needs_free_memory(subject: OptimizerUnderTest) -> str:
    """β2 → 1 needs a β2 that can be chosen."""
    return "the grid fixes β2, which this check lets tend to 1" if subject.grid else ""


CHECKS = (
    Check("L5.direction", "L5", ("adam",),
          "Adam with reshuffled batches, β2 near 1, tends to the fixed point of the θ-field, each b < N.",
          reshuffled_cases, theta_direction, share=0.25, skip=needs_free_memory),
)  # fmt: skip
"""Checks on reshuffled runs."""
