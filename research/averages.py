"""Where w/‖w‖ goes along the 3 x 5 cycle: a box around the averaged direction, proved in intervals.

The checker accepts an annulus that the flow never leaves; potentials bound ℓ·u + dV/dτ on all of it for
ℓ = ±e_k and for the rate γ̄ of the margins, which encloses every limit point of w(T)/T and of w/‖w‖; and
the solution's direction u(c*)/‖u(c*)‖, in balls, lies outside.  See :mod:`research.average`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import flint
import numpy as np
from matplotlib.path import Path

from marginproof.constructions.paper import cycle_3x5
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField, Field
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, decide_sign
from marginproof.theory.proofs.annulus import SHARES, Annulus
from marginproof.theory.proofs.certificates.cycle import limit_cycle
from marginproof.theory.proofs.intervals import Interval
from marginproof.theory.proofs.krawczyk import certify
from research.average import (
    SLACK,
    STEEPEST,
    direction_box,
    find_potential,
    positive_on_annulus,
)
from research.potential import Exponents, exponents

POWERS = ((0, 0.25, 0.5, 1, 2), (0, 1, 2, 3, 4))
"""Exponents of c_1, which falls to 1e-6 along the cycle, and of c_3."""


def sample(annulus: Annulus, size: int = 320) -> Array:
    """Points of the annulus and of its edges, as the two ratios, shape (·, 2)."""
    outer, inner = (
        np.array([[float(v) for v in p] for p in ring]) for ring in (annulus.outer, annulus.inner)
    )
    axes = [
        np.r_[np.geomspace(lo, hi, size // 2), np.linspace(lo, hi, size // 2)]
        for lo, hi in zip(outer.min(axis=0), outer.max(axis=0), strict=True)
    ]
    grid = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2)
    between = Path(outer).contains_points(grid) & ~Path(inner).contains_points(grid)
    even = np.linspace(0, 1, 12)[:, None]
    edges = [
        a + even * (b - a) for ring in (outer, inner) for a, b in zip(ring, np.roll(ring, -1, 0), strict=True)
    ]
    return np.vstack([grid[between], *edges])


def average_of(
    problem: LimitProblem, annulus: Annulus, functional: Sequence[Any], powers: Any = POWERS, size: int = 320
) -> tuple[Interval, int]:
    """Proved bounds of ℓ·ū for every limit point ū of w(T)/T from a start in the annulus, and the boxes used.

    Raises:
      marginproof.theory.errors.MarginproofError: a bound could not be proved.
    """
    points, boxes = sample(annulus, size), 0
    ends: list[float] = []
    powers = exponents(annulus.chart, *powers)
    for sign in (1, -1):
        along = [sign * v for v in functional]
        for slack in (SLACK, 2 * SLACK, 4 * SLACK):
            found = find_potential(problem, annulus.chart, points, along, powers, slack)
            used = positive_on_annulus(problem, annulus.chart, annulus.outer, annulus.inner, found)
            if used:
                break
        else:
            raise MarginproofError(
                f"bound={found.bound}: not proved with the boxes allowed; use fewer powers"
            )
        ends, boxes = [*ends, sign * found.bound], boxes + used
    return Interval(*ends), boxes


def average_box(field: Field = AdamProxyField(), share: float = 0.2) -> bool:  # noqa: B008 (frozen)
    """Prove the box and print each part; some minutes.  Whether it excludes the solution's direction."""
    X: Any = cycle_3x5().exact
    made, annulus = limit_cycle(LimitProblem(X, field), None, shares=(share,))
    verdict, _ = made.verdict()
    print(f"annulus, {len(annulus.outer)} + {len(annulus.inner)} edges: {verdict} by the checker")
    problem = LimitProblem(X, field)
    axes = np.eye(X.shape[1])
    bounds = []
    # x_i·ū is the same for every row, since the log-ratios stay bounded: γ̄, the rate of all margins
    for name, functional in zip(["γ̄", "ū_1", "ū_2", "ū_3", "ū_4", "ū_5"], [X[0], *axes], strict=True):
        bound, boxes = average_of(problem, annulus, functional)
        print(f"  {name} in [{bound.lo:.6f}, {bound.hi:.6f}] ({boxes} boxes)", flush=True)
        bounds.append(bound)
    directions = direction_box(bounds[1:])
    solution = solution_direction(problem, made.witness["points"][0])
    apart = False
    for k, (box, value) in enumerate(zip(directions, solution, strict=True)):
        low, high = (value - flint.arb(float(end)) for end in (box.lo, box.hi))
        outside = decide_sign(high) == 1 or decide_sign(low) == -1
        apart |= outside
        print(f"  w_{k + 1}/‖w‖ in [{box.lo:.6f}, {box.hi:.6f}]; the solution's {value.str(8, radius=False)}: "
              f"{'outside' if outside else 'inside'}")  # fmt: skip
    print("  the average's direction is not the solution's:", verdict == "VALID" and apart)
    return verdict == "VALID" and apart


def widths() -> None:
    """How narrowly potentials keep ū_4, by linear programs on samples alone: float64, nothing is proved."""
    X: Any = cycle_3x5().exact
    problem, roots = LimitProblem(X, AdamProxyField()), (0, 0.25, 0.5, 1, 2)
    whole = {n: [e for e in product(range(n + 1), repeat=2) if 0 < sum(e) <= n] for n in (2, 4, 6, 8)}
    bases: dict[str, list[Exponents]] = {
        f"degree {n}": [(float(a), 0.0, float(b)) for a, b in pairs] for n, pairs in whole.items()
    }
    for name, first in (("halves", (0, 0.5, 1, 2)), ("quarters", roots), ("eighths", (0.125, *roots))):
        bases[f"{name} of c_1"] = exponents(1, first, range(5))
    for label, shares in (("the theorem's annulus", (0.2,)), ("the corpus's annulus", SHARES)):
        points = sample(limit_cycle(LimitProblem(X, AdamProxyField()), claim=None, shares=shares)[1], 200)
        for name, powers in bases.items():
            for steepest in (STEEPEST, 1000.0):
                ends = [find_potential(problem, 1, points, [0, 0, 0, sign, 0], powers, 0.0, steepest).bound * sign
                        for sign in (1, -1)]  # fmt: skip
                print(f"  {label}, {name}, coefficients to {steepest:.0f} spreads: ū_4 in [{ends[0]:.4f}, {ends[1]:.4f}], "
                      f"width {ends[1] - ends[0]:.4f}", flush=True)  # fmt: skip


def solution_direction(problem: LimitProblem, point: dict[str, Any]) -> list[Any]:
    """u(c*)/‖u(c*)‖ at the interior solution of a certificate's point, in balls."""
    c = np.ones(3)
    for i, (lo, hi) in zip(point["support"][1:], point["box"], strict=True):
        c[i] = float((lo + hi) / 2)
    solution = certify(problem, c / c.sum(), range(3))
    if not solution.certified:
        raise MarginproofError("solution=interior: its enclosure failed; use more digits")
    return list(solution.direction)
