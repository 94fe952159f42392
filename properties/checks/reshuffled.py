"""L5 on runs: Adam with reshuffled batches follows the θ-field as η/(1-β2) → 0 and β2 → 1.

The direction differs from the flow's by O(η/(1-β2)), what v remembers of the start, and by O(1-β2), what v
knows of the order of the batches.  So η is halved twice at the first β2, and 1-β2 twice at the last
η/(1-β2), each run with a shuffling of its own.  At the end each error is at most about a quarter of what
it was, and each halving moved the direction by half of the error before it or more: the tolerance is four times
the larger of two moves for each, plus the Runge–Kutta method's own change under halving, plus rounding.
A batch of everything is not reshuffled Adam but L1's; so b < N.
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
from marginproof.properties.checks.flows import flow_of, second_half
from marginproof.properties.checks.predictions import against_the_flow
from marginproof.properties.checks.running import drive
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison

STEPS = 400
MEMORY = Fraction(1, 8)
"""1-β2 of the first run."""
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
    """The direction of the last level, and the tolerance's moves: the larger of each pair."""
    found = []
    for level in LEVELS:
        run = nearer(case, *level)
        epoch = run.n // run.b
        half = run.steps // 2 // epoch * epoch
        found.append(second_half(drive(subject, run).run.W, half, 2 * half))
    moves = [float(np.linalg.norm(b - a)) for a, b in pairwise(found)]
    return found[-1], max(moves[:2]) + max(moves[2:])


def theta_direction(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The measured direction against the θ-flow's, and the flow's against the θ-field's fixed point."""
    direction, moved = measured(subject, case)
    length = float(case.eta0) * case.steps
    return against_the_flow(subject, case, flow_of(subject, case), length, direction, 4 * moved)


@st.composite
def reshuffled_cases(draw: st.DrawFn, subject: OptimizerUnderTest) -> Case:
    """Small integer data without zeros, 2 … 4 samples, b < N; R η = (1-β2)/8."""
    n = draw(st.integers(2, 4))
    drawn = draw(witnessed.separable(st.just(n), st.integers(1, 3), small_integers(3), keep_nonzero=True))
    data = drawn.dataset
    radius = float(np.abs(data.X).sum(axis=1).max())
    return Case(
        rows=tuple(map(tuple, data.exact.tolist())),
        hyper={"beta1": draw(st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(3, 4)])), "beta2": 1 - MEMORY},
        eta0=dyadic_below(float(MEMORY) / 8 / radius),
        steps=STEPS,
        batch_size=draw(st.sampled_from([b for b in range(1, n) if n % b == 0])),
        sampling="reshuffle",
        seed=draw(st.integers(0, 255)),
        loss=draw(st.sampled_from(("exponential", "logistic"))),
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
