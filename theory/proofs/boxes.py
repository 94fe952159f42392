"""Boxes of the branch and bound: batches on their way, and the leaves that record each box's fate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np

from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.intervals import Interval


class LeafKind(Enum):
    """Why a box needed no further splitting; :mod:`marginproof.theory.proofs.branch_and_bound` says how each is proved."""

    UNDERCUT = "undercut"
    """No solution: a row that carries weight in the whole box is surely undercut."""
    REDUCED = "reduced"
    """A row is surely undercut whose weight reaches down to 0: only that face is kept."""
    NO_ZERO = "no_zero"
    """No solution: the equations of the free rows have no zero in the box."""
    UNIQUE = "unique"
    """Exactly one zero of these equations in an inflated box, hence at most one in the box."""
    VERTEX = "vertex"
    """The box is a vertex, and a solution."""
    TIED_VERTEX = "tied_vertex"
    """A vertex where rows are tied is the only solution in the box."""
    UNDECIDED = "undecided"
    """Too narrow to be halved again, and nothing proved."""


@dataclass(frozen=True)
class Leaf:
    """One box of the search and its fate.

    Attributes:
      kind: the fate.
      chart: i, the row with r_i = 1.
      lower, upper: the box in r, shape (G,); end points are exact dyadics.
      row: l, the row surely undercut (UNDERCUT, REDUCED), else -1.
      by: j, the row that undercuts it, else -1.
      inflated_lower, inflated_upper: for UNIQUE, the box that holds exactly one zero.
      guess: for UNIQUE and the vertices, an approximate r, shape (G,); ``None`` elsewhere.
    """

    kind: LeafKind
    chart: int
    lower: Array
    upper: Array
    row: int = -1
    by: int = -1
    inflated_lower: Array | None = None
    inflated_upper: Array | None = None
    guess: Array | None = None

    @property
    def support(self) -> tuple[int, ...]:
        """Rows that may carry weight in the box."""
        return tuple(int(i) for i in np.flatnonzero(self.upper > 0))


@dataclass(frozen=True)
class Search:
    """The outcome of a branch and bound.

    Attributes:
      leaves: the decided boxes in the order found; those that were split are not listed.
      boxes: how many boxes were looked at.
      finished: whether every box was decided within the budget.
      reason: why not, one clause.
    """

    leaves: tuple[Leaf, ...]
    boxes: int
    finished: bool
    reason: str = ""

    def count(self, kind: LeafKind) -> int:
        """How many leaves are of that kind."""
        return sum(leaf.kind is kind for leaf in self.leaves)


@dataclass(frozen=True)
class Boxes:
    """A batch: charts (B,), lower and upper ends (B, G)."""

    chart: Array
    lower: Array
    upper: Array

    def __len__(self) -> int:
        return len(self.chart)

    def where(self, chosen: Array) -> Boxes:
        """The chosen boxes, by mask or by index."""
        return Boxes(self.chart[chosen], self.lower[chosen], self.upper[chosen])

    def split(self, head: int) -> tuple[Boxes, Boxes]:
        """The last ``head`` boxes and the rest: depth before breadth keeps the stack short."""
        cut = max(len(self) - head, 0)
        every = np.arange(len(self))
        return self.where(every[cut:]), self.where(every[:cut])

    def columns(self) -> Array:
        """c as an object array of G intervals, each over the batch."""
        out = np.empty(self.lower.shape[1], dtype=object)
        for n in range(len(out)):
            out[n] = Interval(self.lower[:, n], self.upper[:, n])
        return out


def join(stack: list[Boxes]) -> Boxes:
    """Several batches as one."""
    if len(stack) == 1:
        return stack[0]
    return Boxes(*(np.concatenate([getattr(b, name) for b in stack]) for name in ("chart", "lower", "upper")))
