"""Rows that are too many for memory: a few of them are worked on, all are read again to see whether more are needed.

:func:`violated` decides for every row, by a rounding bound and exactly where that leaves it open, whether its margin is
below a level; the rows found join the working set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from scipy.sparse import issparse

from marginproof.theory.margins.integers import common_integers
from marginproof.theory.number_systems import Array

if TYPE_CHECKING:
    from marginproof.theory.margins.floats import FloatMargin

NEARLY, ROUNDS = 1 - 1e-12, 100
"""A row below this part of a margin in floating point joins the working set; and how often the set may change for it."""
CELLS = 2**21
"""Entries of the rows that one pass may add to the working set; 1,000 rows at most, 50 at least."""


MANY_CELLS = 2**20
"""Entries of a float64 array from which a working set is tried first: integers of all of them take some 250 bytes an entry."""


def is_many(X: Any) -> bool:
    """Whether X is an array in float64 of :data:`MANY_CELLS` entries or more, and far more rows than columns."""
    plain = type(X) is np.ndarray and X.dtype == np.float64 and X.ndim == 2
    return plain and X.size >= MANY_CELLS and len(X) >= 20 * X.shape[1] and bool(np.isfinite(X).all())


class BlockedRows(Protocol):
    """Rows with labels folded in, read again and again a block at a time."""

    @property
    def n_samples(self) -> int:
        """N."""
        ...

    @property
    def n_features(self) -> int:
        """d."""
        ...

    def blocks(self) -> Iterator[tuple[int, Array]]:
        """(number of the first row, rows in float64, shape (B, d)), all rows in order."""
        ...


@dataclass(frozen=True)
class Blocks:
    """Rows in memory, dense or sparse, of which ``size`` are looked at together: :data:`CELLS` / 4 dense entries by default."""

    rows: Any
    size: int | None = None

    @property
    def n_samples(self) -> int:
        """N."""
        return int(self.rows.shape[0])

    @property
    def n_features(self) -> int:
        """d."""
        return int(self.rows.shape[1])

    def blocks(self) -> Iterator[tuple[int, Array]]:
        """As of :class:`BlockedRows`."""
        size = self.size or max(1, CELLS // 4 // self.n_features)
        for first in range(0, self.n_samples, size):
            part = self.rows[first : first + size]
            yield first, part.toarray() if issparse(part) else part


@dataclass
class WorkingSet:
    """Rows in memory, with their numbers.

    Attributes:
      index: shape (n,); rows: shape (n, d).
      passes: how often all rows were read.
    """

    index: Array
    rows: Array
    passes: int = 1

    @classmethod
    def spread(cls, data: BlockedRows) -> WorkingSet:
        """A start: rows at equal distances."""
        found = cls(np.zeros(0, dtype=np.intp), np.zeros((0, data.n_features)))
        step = max(1, data.n_samples // most_rows(data.n_features))
        parts, numbers = [], []
        for first, block in data.blocks():
            chosen = np.arange(-first % step, len(block), step)
            parts.append(block[chosen])
            numbers.append(first + chosen)
        found.add(np.concatenate(numbers), np.concatenate(parts))
        return found

    def add(self, index: Array, rows: Array) -> None:
        """More rows; equal ones are told apart by their numbers."""
        self.index, self.rows = np.r_[self.index, index], np.vstack([self.rows, rows])

    def keep_lowest(self, direction: Array) -> None:
        """Only the rows whose products with ``direction`` are smallest, as many as may matter."""
        near = max(500, 4 * self.rows.shape[1])
        chosen = np.sort(np.argsort(self.rows @ direction, kind="stable")[:near])
        self.index, self.rows = self.index[chosen], self.rows[chosen]


def most_rows(n_features: int) -> int:
    """How many rows one pass may add."""
    return min(1_000, max(50, CELLS // n_features))


@dataclass(frozen=True)
class Violations:
    """What one pass found.

    Attributes:
      index, rows: the lowest rows below the level, as many as one pass may add.
      on_boundary: rows that lie in the span of the boundary, counted; first: the numbers of some of them.
    """

    index: Array
    rows: Array
    on_boundary: int = 0
    first: tuple[int, ...] = ()

    @property
    def none(self) -> bool:
        """Whether no row is below the level."""
        return len(self.index) == 0


def violated(
    data: BlockedRows,
    working: WorkingSet,
    w: Any,
    level: Fraction = Fraction(0),
    *,
    strict: bool = False,
    normals: Any = None,
    modulo: bool = False,
) -> Violations:
    """The rows with x_i·w below the level, decided exactly; of equal ones at most one, and none equal to a row of the working set.

    Arguments:
      w: integers, shape (d,).
      strict: also rows with x_i·w equal to the level.
      normals: integers, shape (d, r): rows x with xᵀ normals = 0 lie on the boundary and are counted instead.
      modulo: take rows for equal that differ by a combination of boundary rows.
    """
    working.passes += 1
    project = normals if modulo else None
    known = {_key(row, project) for row in working.rows}
    most, size = most_rows(data.n_features), max(1, *(abs(int(v)) for v in w))
    unit, bar = np.array([int(v) / size for v in w]), level / size
    found: list[tuple[float, int, Array]] = []
    boundary: list[int] = []
    decided: dict[bytes, str] = {}
    for first, block in data.blocks():
        scores = block @ unit
        # sums of d products in any order, the rounding of w and of the level included
        slack = (data.n_features + 4) * 2.0**-52 * (np.abs(block) @ np.abs(unit) + abs(float(bar)))
        below = scores + slack < float(bar)
        lowest = np.flatnonzero(below)
        if len(lowest) > most:
            lowest = lowest[np.argpartition(scores[lowest], most)[:most]]
        for i in np.r_[lowest, np.flatnonzero(~below & (scores - slack <= float(bar)))]:
            row = block[i]
            key = row.tobytes()
            if key not in decided or below[i]:
                decided[key] = "below" if below[i] else _decided(row, w, level, strict, normals)
            if decided[key] == "boundary":
                boundary.append(first + int(i))
            elif decided[key] == "below" and (same := _key(row, project)) not in known:
                known.add(same)
                found.append((float(scores[i]), first + int(i), row))
        found = sorted(found, key=lambda item: item[:2])[:most]
    rows = np.array([row for _, _, row in found]).reshape(len(found), data.n_features)
    index = np.array([i for _, i, _ in found], dtype=np.intp)
    return Violations(index, rows, len(boundary), tuple(boundary[:100]))


def margin_of_few(
    data: BlockedRows, working: WorkingSet, solve: Callable[[Array], FloatMargin]
) -> FloatMargin:
    """The margin of a working set, which rows below it join and rows far above leave until none of ``data`` is below.

    Returns:
      The margin of the rows that ``working`` then holds: of all rows, unless it is not positive or :data:`ROUNDS` did not do.
    """
    for _ in range(ROUNDS):
        found = solve(working.rows)
        if not found.lower > 0:
            break
        w, denominator = common_integers(found.direction)
        level = Fraction(found.lower * NEARLY) * denominator
        missing = violated(data, working, w.tolist(), level)
        if missing.none:
            break
        working.keep_lowest(found.direction)
        working.add(missing.index, missing.rows)
    return found


def _key(row: Array, normals: Any) -> object:
    return row.tobytes() if normals is None else tuple(_products(row, normals))


def _decided(row: Array, w: Any, level: Fraction, strict: bool, normals: Any) -> str:
    """``boundary``, ``below`` or ``above``, exactly."""
    score = _products(row, np.array(w, dtype=object)[:, None])[0]
    if not (score <= level if strict else score < level):
        return "above"
    return "boundary" if normals is not None and not any(_products(row, normals)) else "below"


def _products(row: Array, columns: Array) -> list[Fraction]:
    integers, denominator = common_integers(row)
    return [Fraction(int(v), denominator) for v in integers.astype(object) @ columns]
