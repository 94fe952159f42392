"""Every solution of the limit equation, by interval branch and bound over the simplex and its faces.

The field is homogeneous, so c is scaled to largest entry 1: N charts r_i = 1, the other r_j in
[0, 1].  A row l that some row j surely undercuts, F_j < F_l on the whole box, carries no weight in
a solution.  So, box by box:

* ``UNDERCUT``: such a row l has r_l > 0 throughout: no solution in the box;
* ``REDUCED``: such a row l has r_l reaching down to 0: only the face r_l = 0 is kept;
* ``NO_ZERO``: every free r_j is positive, so F_j = F_i there, but Krawczyk's operator maps the box
  off itself: no solution;
* ``UNIQUE``: the same operator maps an inflated box into its interior: exactly one zero of the
  face's equations in the inflated box, hence at most one in the box;
* ``VERTEX``: the box is the vertex r = e_i and every other F_j exceeds F_i: a solution;
* ``TIED_VERTEX``: every free side of the box starts at the vertex r = e_i, where F_j = F_i exactly for
  the free rows j (:mod:`marginproof.theory.proofs.ties`), and every principal minor of ∂(F_j - F_i)/∂r over the box is
  surely not zero: then g(r) = M r with M in that enclosure has no other zero on any face, so that the
  vertex is the only solution in the box;
* otherwise the widest side is halved, down to :data:`SMALLEST` (``UNDECIDED``).

Enclosures come from :mod:`marginproof.theory.proofs.forms`: the natural form of F_j - F_l = (x_j - x_l)·u first, the
mean-value form second.  A batch of boxes moves through each step at once.

Reference: A. Neumaier, Interval methods for systems of equations (1990), chapter 5.
"""

from __future__ import annotations

import numpy as np

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.boxes import Boxes, Leaf, LeafKind, Search, join
from marginproof.theory.proofs.forms import Forms
from marginproof.theory.proofs.interval_newton import krawczyk_image, pick, surely_no_zero_minor
from marginproof.theory.proofs.intervals import INTERVALS
from marginproof.theory.proofs.ties import vertex_slacks

SMALLEST = 2.0**-34
"""Boxes narrower than this are left undecided.  F_j - F_i is enclosed to a few hundred ulps, about
1e-13 relative, so signs and slopes of order one are still decided on boxes of this width (6e-11);
what is not decided by then is a degenerate solution or one within 1e-10 of a face."""

CHUNK = 2048
"""Boxes treated at once: enough to drown the interpreter's cost, small enough for the cache."""


def search(problem: LimitProblem, *, max_boxes: int = 200_000, max_undecided: int = 100) -> Search:
    """Decide every box of every chart.

    Arguments:
      problem: exact or float64 data with a smooth homogeneous field.
      max_boxes: the budget; the search stops unfinished when it is spent.
      max_undecided: the search also stops after this many undecided boxes (a degenerate solution
        breeds them without end).
    """
    bounder = _Bounder(problem)
    size = problem.n_unknowns
    charts = np.arange(size)
    stack = [Boxes(charts, np.eye(size), np.ones((size, size)))]
    leaves: list[Leaf] = []
    looked_at = undecided = 0
    with INTERVALS.working():
        while stack:
            batch, rest = join(stack).split(CHUNK)
            stack = [rest] if len(rest) else []
            looked_at += len(batch)
            found, onward = bounder.step(batch)
            leaves += found
            undecided += sum(leaf.kind is LeafKind.UNDECIDED for leaf in found)
            stack += onward
            if looked_at > max_boxes and stack:
                return Search(tuple(leaves), looked_at, False, f"max_boxes={max_boxes} were not enough")
            if undecided > max_undecided:
                return Search(tuple(leaves), looked_at, False, _degenerate(undecided))
    return Search(tuple(leaves), looked_at, undecided == 0, _degenerate(undecided) if undecided else "")


def _degenerate(undecided: int) -> str:
    return (
        f"{undecided} boxes of width {SMALLEST:.1e} stay undecided: a degenerate solution "
        "(F_j = γ off the support, a double root, a continuum) or q_k = 0 is near"
    )


class _Bounder:
    """One step of the search for a whole batch."""

    def __init__(self, problem: LimitProblem) -> None:
        self.forms = Forms(problem)
        self.size = self.forms.size
        slacks = [vertex_slacks(problem, i) for i in range(self.size)]
        self.tied = np.array(
            [[slack is not None and slack[j] == 0 for j in range(self.size)] for slack in slacks]
        )

    def step(self, batch: Boxes) -> tuple[list[Leaf], list[Boxes]]:
        """(decided boxes, batches to look at next)."""
        leaves: list[Leaf] = []
        batch = self._drop(batch, self.forms.natural(batch), leaves)[0]
        if not len(batch):
            return leaves, []
        vertex = (batch.upper > 0).sum(axis=1) == 1
        if vertex.any():
            leaves += self._vertices(batch.where(vertex))
            batch = batch.where(~vertex)
            if not len(batch):
                return leaves, []
        box, middle, value, slope = self.forms.mean_value(batch)
        undercut = self.forms.from_chart(value, slope, box, middle)
        batch, kept, reduced = self._drop(batch, undercut, leaves)
        again = batch.where(reduced)
        kept, batch = kept[~reduced], batch.where(~reduced)
        onward = [again] if len(again) else []
        if len(batch):
            part = (box.where(kept), middle[kept], pick(value, kept), pick(slope, kept))
            batch, at_vertex = self._tied_vertices(batch, part[3], leaves)
            if at_vertex.any():
                kept = kept[~at_vertex]
                part = (box.where(kept), middle[kept], pick(value, kept), pick(slope, kept))
            if len(batch):
                rest = self._krawczyk(batch, *part, leaves)
                onward += self._halve(rest, leaves)
        return leaves, onward

    def _drop(self, batch: Boxes, by: Array, leaves: list[Leaf]) -> tuple[Boxes, Array, Array]:
        """Apply the undercutting rule: (boxes that remain, their indices, which of them shrank to a face)."""
        undercut: Array = np.asarray(by >= 0)
        fatal: Array = np.asarray(undercut & (batch.lower > 0))
        dead: Array = np.asarray(fatal.any(axis=1))
        for b in np.flatnonzero(dead):
            row = int(np.argmax(fatal[b]))
            ends = (batch.lower[b], batch.upper[b])
            leaves.append(Leaf(LeafKind.UNDERCUT, int(batch.chart[b]), *ends, row, int(by[b, row])))
        shrink: Array = np.asarray(undercut & (batch.upper > 0) & ~dead[:, None])
        for b, row in np.argwhere(shrink):
            ends = (batch.lower[b], batch.upper[b])
            leaves.append(Leaf(LeafKind.REDUCED, int(batch.chart[b]), *ends, int(row), int(by[b, row])))
        upper = np.where(shrink, 0.0, batch.upper)
        kept = np.flatnonzero(~dead)
        remaining = Boxes(batch.chart, batch.lower, upper).where(kept)
        return remaining, kept, np.asarray(shrink[kept].any(axis=1))

    def _vertices(self, batch: Boxes) -> list[Leaf]:
        """Vertices that the natural form did not drop: solutions where every F_j surely exceeds F_i."""
        by = self.forms.natural(batch)
        others = np.arange(self.size)[None, :] != batch.chart[:, None]
        sure = (by >= 0) | ~others
        kinds = [LeafKind.VERTEX if ok else LeafKind.UNDECIDED for ok in sure.all(axis=1)]
        return [
            Leaf(kind, int(i), lower, upper, guess=upper)
            for kind, i, lower, upper in zip(kinds, batch.chart, batch.lower, batch.upper, strict=True)
        ]

    def _krawczyk(
        self, batch: Boxes, box: Boxes, middle: Array, value: Array, slope: Array, leaves: list[Leaf]
    ) -> Boxes:
        """Decide boxes whose free sides are all positive; returns the undecided rest."""
        free = (batch.upper > batch.lower) & (np.arange(self.size) != batch.chart[:, None])
        inner = ((batch.lower > 0) | ~free).all(axis=1)
        if not inner.any():
            return batch
        where = np.flatnonzero(inner)
        image = krawczyk_image(
            free[where], box.where(where), middle[where], pick(value, where), pick(slope, where)
        )
        lower, upper = image
        inside = ((lower > box.lower[where]) & (upper < box.upper[where])) | ~free[where]
        unique = inside.all(axis=1)
        off = ((upper < batch.lower[where]) | (lower > batch.upper[where])) & free[where]
        gone = off.any(axis=1) & ~unique
        for b in np.flatnonzero(unique | gone):
            n = where[b]
            ends = (int(batch.chart[n]), batch.lower[n], batch.upper[n])
            if gone[b]:
                leaves.append(Leaf(LeafKind.NO_ZERO, *ends))
                continue
            guess = np.where(free[n], 0.5 * (lower[b] + upper[b]), batch.upper[n])
            wide = {"inflated_lower": box.lower[n], "inflated_upper": box.upper[n]}
            leaves.append(Leaf(LeafKind.UNIQUE, *ends, guess=guess, **wide))
        rest = np.ones(len(batch), dtype=bool)
        rest[where[unique | gone]] = False
        return batch.where(rest)

    def _tied_vertices(self, batch: Boxes, slope: Array, leaves: list[Leaf]) -> tuple[Boxes, Array]:
        """Decide boxes at a vertex whose free rows tie there; (the rest, which were decided)."""
        free = (batch.upper > 0) & (np.arange(self.size) != batch.chart[:, None])
        candidates = (~free | (self.tied[batch.chart] & (batch.lower == 0))).all(axis=1)
        done = np.zeros(len(batch), dtype=bool)
        for b in np.flatnonzero(candidates):
            if surely_no_zero_minor(pick(slope, np.array([b])), np.flatnonzero(free[b])):
                i = int(batch.chart[b])
                vertex = np.eye(self.size)[i]
                leaves.append(Leaf(LeafKind.TIED_VERTEX, i, batch.lower[b], batch.upper[b], guess=vertex))
                done[b] = True
        return batch.where(~done), done

    def _halve(self, batch: Boxes, leaves: list[Leaf]) -> list[Boxes]:
        if not len(batch):
            return []
        width = batch.upper - batch.lower
        side = width.argmax(axis=1)
        rows = np.arange(len(batch))
        tiny = width[rows, side] < SMALLEST
        for b in np.flatnonzero(tiny):
            leaves.append(Leaf(LeafKind.UNDECIDED, int(batch.chart[b]), batch.lower[b], batch.upper[b]))
        batch, side = batch.where(~tiny), side[~tiny]
        rows = np.arange(len(batch))
        middle = 0.5 * (batch.lower[rows, side] + batch.upper[rows, side])
        left, right = batch.upper.copy(), batch.lower.copy()
        left[rows, side] = middle
        right[rows, side] = middle
        both = [Boxes(batch.chart, batch.lower, left), Boxes(batch.chart, right, batch.upper)]
        return [half for half in both if len(half)]
