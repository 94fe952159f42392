"""The ball in which an epoch map contracts, and what is proved of it in rigorous balls.

The theorem stands in :mod:`marginproof.theory.proofs.runs.constant_step`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from marginproof.theory.number_systems import (
    Array,
    NumberSystem,
    UndecidedSignError,
    balls,
    decide_sign,
    dyadic,
)
from marginproof.theory.proofs.balls import (
    all_finite,
    bounds,
    midpoints,
    surely_positive_definite,
    to_array,
    to_matrix,
)
from marginproof.theory.proofs.runs.epoch import Epoch
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun

BITS = 192
"""Working precision of the contraction's balls."""
ROOM = 1.25
"""How much wider than its balls the checker's intervals may be; its own verdict is what counts."""


@dataclass(frozen=True)
class Contraction:
    """The ball in which the epoch map contracts.

    Attributes:
      chart, free, rest: p, the other rows of the support, the rows off it.
      centre: y, exact dyadics, shape (m,).
      basis: W, upper triangular, exact dyadics, shape (m, m).
      factor: q < 1.
      others: r̄_j for the rows in ``rest``.
      spectral_radius: of DΦ at the fixed point, float64, not proved.
    """

    chart: int
    free: tuple[int, ...]
    rest: tuple[int, ...]
    centre: tuple[Fraction, ...]
    basis: tuple[tuple[Fraction, ...], ...]
    factor: Fraction
    others: tuple[Fraction, ...]
    spectral_radius: float

    def plain(self) -> dict[str, Any]:
        """Plain JSON values, exact."""
        texts = {name: [str(v) for v in getattr(self, name)] for name in ("centre", "others")}
        rows = [[str(v) for v in row] for row in self.basis]
        numbers = {"factor": str(self.factor), "spectral_radius": self.spectral_radius}
        return {"rows": [self.chart, list(self.free), list(self.rest)], "basis": rows} | texts | numbers

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> Contraction:
        """From :meth:`plain`."""
        chart, free, rest = plain["rows"]
        centre, others = (tuple(Fraction(v) for v in plain[name]) for name in ("centre", "others"))
        basis = tuple(tuple(Fraction(v) for v in row) for row in plain["basis"])
        factor, radius = Fraction(plain["factor"]), plain["spectral_radius"]
        return cls(chart, tuple(free), tuple(rest), centre, basis, factor, others, radius)


def polished(
    run: IncAdamRun, lr: Fraction, chart: int, free: tuple[int, ...], s: Array, slope: Array, digits: int
) -> tuple[Fraction, ...]:
    """The fixed point to ``digits`` + 5 digits: chord Newton on midpoints of balls."""
    bits = math.ceil((digits + 15) * math.log2(10)) + BITS
    numbers = balls(bits)
    inverse = np.linalg.inv(np.eye(len(s)) - slope)
    with numbers.working():
        epoch = Epoch(run, numbers.convert(lr), chart, free, numbers)
        point = numbers.array(s)
        G = numbers.array(inverse)
        for _ in range(2 + digits // 6):
            point = np.array([v.mid() for v in point + G @ (epoch(point).state - point)], dtype=object)
        width = math.ceil((digits + 8) * math.log2(10))
        return tuple(Fraction(math.floor(_exactly(v) * 2**width), 2**width) for v in point)


def _exactly(ball: flint.arb) -> Fraction:
    return bounds(ball)[0]


def contracts(run: IncAdamRun, lr: Fraction, trap: Contraction) -> bool:
    """Whether conditions 2–4 of the theorem hold, decided in balls."""
    numbers = balls(BITS)
    with numbers.working():
        try:
            return _contracts(Epoch(run, numbers.convert(lr), trap.chart, trap.free, numbers), trap)
        except UndecidedSignError:
            return False


def fitted(run: IncAdamRun, lr: Fraction, trap: Contraction) -> tuple[Fraction, ...]:
    """r̄_j so small, if they are not, that what the rows off the support move takes at most half of condition 3's room."""
    if not trap.rest:
        return ()
    numbers = balls(BITS)
    with numbers.working():
        try:
            moved = _moved(Epoch(run, numbers.convert(lr), trap.chart, trap.free, numbers), trap)
        except UndecidedSignError:
            return trap.others
        share = float((2 * moved.sqrt() / (1 - numbers.convert(trap.factor))).abs_upper())
    return (
        trap.others if not 1 < share < math.inf else tuple(dyadic(float(v) / share, 8) for v in trap.others)
    )


def _moved(epoch: Epoch, trap: Contraction) -> flint.arb:
    """|W⁻¹(Φ(y, R) - y)|² for the R in their box."""
    y = epoch.numbers.array(np.array(trap.centre, dtype=object))
    W = to_matrix(epoch.numbers.array(np.array(trap.basis, dtype=object)))
    z = to_array(W.solve(to_matrix((epoch(y, _ratios(epoch, trap)).state - y)[:, None])))[:, 0]
    return sum((v * v for v in z), flint.arb(0))


def _ratios(epoch: Epoch, trap: Contraction) -> Array:
    """The box of R."""
    others = epoch.numbers.array(np.zeros(len(epoch.X), dtype=int))
    for j, bound in zip(trap.rest, trap.others, strict=True):
        half = epoch.numbers.convert(bound) / 2
        others[j] = half + flint.arb(0, half)
    return others


def _contracts(epoch: Epoch, trap: Contraction) -> bool:
    numbers = epoch.numbers
    W, y = (
        numbers.array(np.array(trap.basis, dtype=object)),
        numbers.array(np.array(trap.centre, dtype=object)),
    )
    others = _ratios(epoch, trap)
    reach = [flint.arb(0, sum((w * w for w in row), flint.arb(0)).sqrt().abs_upper()) for row in W]
    whole = epoch(y + np.array(reach, dtype=object), others, along=W)
    assert whole.slope is not None
    if not (all_finite(whole.slope) and all_finite(whole.travelled)):
        return False
    factor = numbers.convert(trap.factor)
    E = to_matrix(W).solve(to_matrix(whole.slope))
    if not _norm_below(E, factor, numbers):
        return False
    falls = epoch.above[list(trap.rest)] @ whole.travelled if trap.rest else []
    if not all(decide_sign(v) == 1 for v in falls):
        return False
    slack = 1 - factor
    return decide_sign(slack * slack - _moved(epoch, trap)) == 1


def _norm_below(E: flint.arb_mat, factor: flint.arb, numbers: NumberSystem) -> bool:
    """Whether |E|_2 < factor: the middle of factor² - EᵀE, less the Frobenius norm of its radii, is positive definite."""
    eye = numbers.array(np.eye(E.nrows(), dtype=int))
    gap = to_array(to_matrix(eye * (factor * factor)) - E.transpose() * E)
    spread = sum((v.rad() * v.rad() for v in gap.flat), flint.arb(0)).sqrt()
    return surely_positive_definite(to_matrix(midpoints(gap) - eye * spread * ROOM))


def in_trap(trap: Contraction, r: list[flint.arb], M: list[flint.arb], V: list[flint.arb]) -> bool:
    """Condition 1, decided in balls at the working precision."""
    numbers = balls(flint.ctx.prec)
    s = [r[i] for i in trap.free] + M + V
    if not all(v.is_finite() for v in s):
        return False
    offset = np.array(s, dtype=object) - numbers.array(np.array(trap.centre, dtype=object))
    W = to_matrix(numbers.array(np.array(trap.basis, dtype=object)))
    z = to_array(W.solve(to_matrix(offset[:, None])))[:, 0]
    low = all(
        decide_sign(numbers.convert(b) - r[j]) == 1 for j, b in zip(trap.rest, trap.others, strict=True)
    )
    return low and decide_sign(1 - sum((v * v for v in z), flint.arb(0))) == 1
