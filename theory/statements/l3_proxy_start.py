"""L3: AdamProxy tends to the fixed point in whose basin its start lies.

Why. For the exponential loss the flow is the replicator dynamic from softmax(-Xw_0) (I8). For N = 2 it is
one-dimensional, and elimination gives every fixed point and the boundaries of the basins (the unstable
ones) exactly; the prediction is checked against that here, on both sides of every boundary.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import cast

import numpy as np

from marginproof.theory.claims.cases import (
    NONZERO,
    SEPARABLE,
    SMALL_STEPS,
    VANISHING,
    exact_rows,
    uses,
)
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    SignField,
    ThetaField,
)
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.margins.separability import separator
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.two_samples.elimination import ExactRoot, fixed_points
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class StartAware:
    """The formula: the field, and c(0) as a function of z = X w_0."""

    field: Callable[[], Field] = AdamProxyField
    weights: Callable[[Array], Array] = lambda z: np.exp(min(z) - z) / np.exp(min(z) - z).sum()


def attractor(points: tuple[ExactRoot, ...], s: float) -> float | None:
    """Where ds/dτ = -s(1-s)D leads from s: the attracting point not separated from s by an unstable one."""
    for point in points:
        if point.stability is Stability.ATTRACTING:
            low, high = sorted((s, float(point.middle)))
            walls = [float(p.middle) for p in points if p.stability is not Stability.ATTRACTING]
            if not any(low < wall < high for wall in walls):
                return float(point.middle)
    return None


def _start(X: Array, s: float) -> Array:
    """A w_0 with z_1 - z_2 = log((1-s)/s), so that softmax(-Xw_0)_1 = s."""
    gap = X[0] - X[1]
    return cast(Array, gap / (gap @ gap) * np.log((1 - s) / s))


def data_sets(instances: int) -> list[Array]:
    """X = [[5, 1], [1, 4]] and random separable integer 2 × 2 and 2 × 3 data."""
    random, found = Random("303"), [exact_rows([[5, 1], [1, 4]])]
    while len(found) < 2 * instances + 1:
        d = random.choice((2, 3))
        X = exact_rows([[random.choice((-4, -3, -2, -1, 1, 2, 3, 4, 5)) for _ in range(d)] for _ in range(2)])
        if separator(X) is not None and (X[0] != X[1]).any() and not fixed_points(X).continuum:
            found.append(X)
    return found


def basins(formula: StartAware, effort: Effort) -> Evidence:
    """The solver from starts at s = 0.1 … 0.9 and on either side of every boundary between basins, against exact basins."""
    from marginproof.theory.limit.solve import solve

    cases = []
    for X in data_sets(effort.instances):
        floats, points = np.asarray(X, dtype=np.float64), fixed_points(X).points
        walls = [float(p.middle) for p in points if p.stability is not Stability.ATTRACTING and p.interior]
        for s in (0.1, 0.3, 0.5, 0.7, 0.9, *(wall + side for wall in walls for side in (-0.02, 0.02))):
            w = _start(floats, s)
            begun = float(formula.weights(floats @ w)[0])
            cases.append((f"c(0) is not softmax(-Xw_0) at s={s}", abs(begun - s) < 1e-12))
            found = solve(LimitProblem(X, formula.field()), w).weights[0]
            wanted = attractor(points, s)
            label = f"from s={s:.3g} to {found:.6g} instead of {wanted} on X={floats.tolist()}"
            cases.append((label, wanted is not None and abs(found - wanted) < 1e-6))
    return all_of(cases)


F = StartAware()
CLAIM = Claim(
    id="L3",
    title="AdamProxy → start's fixed point",
    plain="AdamProxy, η_0 small enough: w/‖w‖ → u(c*)/‖u(c*)‖, c* the attracting fixed point in whose "
    "basin softmax(-Xw_0) lies, where the flow converges (it need not: R3). A large η_0 may leave that basin: the "
    "point where the run is once the remaining steps are small decides.",
    tex=r"w_t/\|w_t\|\to u(c^\star)/\|u(c^\star)\|,\quad c(0)=\operatorname{softmax}(-Xw_0),\quad\eta_0\le\bar\eta",
    quantifiers="for every separable X with nonzero entries and start whose flow converges to an attracting point "
    "there is η̄ > 0 such that it holds for every vanishing schedule with η_t <= η̄, exponential loss",
    source="paper, Thm 4.8 under its Assumption 4.4; start-aware: derived here",
    proof=__doc__ or "",
    expected=Verdict.OBSERVED,
    hypotheses=(uses("adamproxy"), SEPARABLE, NONZERO, VANISHING, SMALL_STEPS),
    formula=F,
    checks=(EvidenceSource("exact basins for N = 2", SUPPORTS, "float64 flow, exact walls, d <= 3", basins),),
    mutants=changes(
        F,
        sign={"weights": lambda z: np.exp(z - max(z)) / np.exp(z - max(z)).sum()},
        missing_exponential={"weights": lambda z: np.full(len(z), 1 / len(z))},
        doubled={"weights": lambda z: np.exp(2 * (min(z) - z)) / np.exp(2 * (min(z) - z)).sum()},
        sign_field={"field": SignField},
        missing_root={"field": GradientField},
        finite_beta={"field": IncAdamField},
        batched={"field": lambda: ThetaField(Fraction(1, 10))},
    ),
    missing_evidence="simulated runs against the prediction (marginproof.properties.checks.predictions)",
)
