"""Enclosures of F_j - F_l over batches of boxes, and which rows they show to be undercut.

The natural form of F_j - F_l = (x_j - x_l)·u, and the mean-value form g(m) + g'(B')(B' - m) of g_j = F_j - F_i
in the chart r_i = 1, both in rigorous intervals (:mod:`marginproof.theory.proofs.intervals`).

Reference: A. Neumaier, Interval methods for systems of equations (1990), chapters 2 and 5.
"""

from __future__ import annotations

import numpy as np

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, exact
from marginproof.theory.proofs.boxes import Boxes
from marginproof.theory.proofs.intervals import INTERVALS, Interval, enclose, exact_number


class Forms:
    """The forms of one problem; every method looks at a whole batch.

    Arguments:
      problem: exact or float64 data with a smooth homogeneous field.
    """

    def __init__(self, problem: LimitProblem) -> None:
        self.lifted = problem.over(INTERVALS)
        rows = problem.X[problem.representatives]
        exact_rows = np.array([[exact(v) for v in row] for row in rows], dtype=object)
        self.size = len(rows)
        self.pairs = [(j, k) for j in range(self.size) for k in range(j)]
        pair_rows = [exact_rows[j] - exact_rows[k] for j, k in self.pairs]
        self.pair_rows = INTERVALS.array(np.array(pair_rows, dtype=object).reshape(-1, exact_rows.shape[1]))
        gaps = exact_rows[None, :, :] - exact_rows[:, None, :]
        enclosed = [enclose(value) for value in gaps.flat]
        self.gap_lower = np.array([i.lo for i in enclosed]).reshape(gaps.shape)
        self.gap_upper = np.array([i.hi for i in enclosed]).reshape(gaps.shape)
        self.gaps_exact = all(i.thin for i in enclosed)

    def natural(self, batch: Boxes) -> Array:
        """undercut[b, l] = a row j with surely F_j < F_l on box b, or -1."""
        u = self.lifted.field(self.lifted.X, self.lifted.expand(batch.columns(), INTERVALS), INTERVALS)
        differences = self.pair_rows @ u if self.pairs else ()  # one row has nobody to undercut it
        by = np.full((len(batch), self.size), -1)
        for (j, k), difference in zip(self.pairs, differences, strict=True):
            by[difference.surely_negative(), k] = j
            by[difference.surely_positive(), j] = k
        return by

    def _gaps(self, batch: Boxes) -> Array:
        """x_j - x_i for each box's chart i, object array (G, d) of intervals over the batch."""
        out = np.empty(self.gap_lower.shape[1:], dtype=object)
        lower = self.gap_lower[batch.chart]
        upper = lower if self.gaps_exact else self.gap_upper[batch.chart]
        for j, k in np.ndindex(out.shape):
            low = np.ascontiguousarray(lower[:, j, k])
            out[j, k] = exact_number(low) if self.gaps_exact else Interval(low, upper[:, j, k])
        return out

    def mean_value(self, batch: Boxes) -> tuple[Boxes, Array, Array, Array]:
        """The inflated box B', its centre m, g(m) and g'(B'), with g_j = F_j - F_i.

        Sides that start above 0 are inflated by a tenth each way, so that a zero on the border of
        two boxes lies inside one of the inflated ones.
        """
        width = batch.upper - batch.lower
        margin = np.where((batch.lower > 0) & (width > 0), 0.1 * width, 0.0)
        box = Boxes(batch.chart, batch.lower - margin, batch.upper + margin)
        middle = 0.5 * (batch.lower + batch.upper)
        centre = np.empty(self.size, dtype=object)
        for n in range(self.size):
            centre[n] = exact_number(np.ascontiguousarray(middle[:, n]))
        gaps, field, X = self._gaps(batch), self.lifted.field, self.lifted.X
        value = gaps @ field(X, self.lifted.expand(centre, INTERVALS), INTERVALS)
        slope = gaps @ self._field_jacobian(box.columns())
        return box, middle, value, slope

    def _field_jacobian(self, y: Array) -> Array:
        """∂u/∂y, shape (d, G), merged rows summed."""
        lifted = self.lifted
        du = lifted.field.jacobian(lifted.X, lifted.expand(y, INTERVALS), INTERVALS)
        if not lifted.merged:
            return du
        shares = [enclose(1) / enclose(int(n)) for n in np.bincount(lifted.groups)]
        parts = [du[:, lifted.groups == g].sum(axis=1) * share for g, share in enumerate(shares)]
        return np.stack(parts, axis=1)

    def from_chart(self, value: Array, slope: Array, box: Boxes, middle: Array) -> Array:
        """The undercutting rule from the mean-value form g(m) + g'(B')(B' - m)."""
        by = np.full((len(box), self.size), -1)
        rows = np.arange(len(box))
        offsets = [
            Interval(box.lower[:, n], box.upper[:, n]) - exact_number(middle[:, n]) for n in range(self.size)
        ]
        for j in range(self.size):
            g = value[j]
            for n in range(self.size):
                g = g + slope[j, n] * offsets[n]
            other = box.chart != j
            above = g.surely_positive() & other
            below = g.surely_negative() & other
            by[above, j] = box.chart[above]
            by[rows[below], box.chart[below]] = j
        return by
