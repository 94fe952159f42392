"""Does w/‖w‖ on the 3 x 5 cycle tend to another direction than the solution's?  A proof in intervals.

Three parts: the checker accepts an annulus with a tighter inner polygon; a potential proves
ℓ·u + dV/dτ > 0 on all of it; and ℓ·u(c*) < 0 at the only solution c*, in balls.  So no flow from a
start in the annulus has w/‖w‖ → u(c*)/‖u(c*)‖.  See :mod:`theory.enclosures.average`.
"""

from __future__ import annotations

from typing import Any

import flint
import numpy as np
from matplotlib.path import Path

from theory.certificates.cycle import limit_cycle
from theory.checker import check
from theory.enclosures.annulus import Annulus
from theory.enclosures.average import find_potential, positive_on_annulus
from theory.enclosures.krawczyk import certify
from theory.fields import AdamProxy
from theory.limit.equation import LimitProblem
from theory.number_systems import decide_sign, exact

Array = np.ndarray
WIDE_CIRCLE = (
    ("-0.64", "0.43", "-4.25", "0.32", "-0.46"),
    ("-2.78", "-2.89", "-0.48", "-0.13", "-0.004"),
    ("0.116", "-0.2", "-3.95", "1.127", "-0.322"),
)


def sample(annulus: Annulus, size: int = 240) -> Array:
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


def average_elsewhere(degree: int = 2, share: float = 0.2) -> bool:
    """Prove it and print each part; a few minutes.  Whether all three hold."""
    X: Any = np.array([[exact(v) for v in row] for row in WIDE_CIRCLE], dtype=object)
    made, annulus = limit_cycle(X, AdamProxy(), claim=None, shares=(share,))
    verdict, _ = check(made.to_json().encode())
    print(f"annulus, {len(annulus.outer)} + {len(annulus.inner)} edges: {verdict} by the checker")
    problem = LimitProblem(X, AdamProxy())
    point = made.witness["points"][0]
    c = np.ones(3)
    for i, (lo, hi) in zip(point["support"][1:], point["box"], strict=True):
        c[i] = float((lo + hi) / 2)
    c /= c.sum()
    solution = certify(problem, c, range(3))
    potential = find_potential(problem, annulus.chart, sample(annulus), problem.direction(c), degree)
    print(
        f"l = {potential.functional}, V = {potential.terms}, least value on the sample {potential.margin:.4f}"
    )
    along = sum(flint.arb(v) * u for v, u in zip(potential.functional, solution.direction, strict=True))
    apart = solution.certified and decide_sign(along) == -1
    print(f"l·u(c*) < 0: {apart} ({along})")
    boxes = positive_on_annulus(problem, annulus.chart, annulus.outer, annulus.inner, potential)
    print(f"l·u + dV/dτ > 0 on the annulus: {boxes > 0} ({boxes} boxes)")
    return verdict == "VALID" and apart and boxes > 0
