"""A data set: rows x_i with labels folded in, exact where given exactly, and a float64 view.

The paper's setting has N rows x_i in R^d, the label y_i multiplied in.  A :class:`Dataset` keeps
the entries as they were given (exact rationals, or float64, which are dyadic rationals), so that a
certificate can be about the very numbers the user wrote, while the fast solvers use ``X``.

Example:
  >>> data = Dataset.of([["5", "1"], ["1", "1/3"]], name="two rows")
  >>> data.exact[1, 1], data.X.shape
  (Fraction(1, 3), (2, 2))
"""

from __future__ import annotations

import reprlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from marginproof.constructions.adopt import adopt, former_order, signs_of
from marginproof.constructions.entries import entries_of, fractions
from marginproof.constructions.labels import bias_name, constant_notice, no_bias
from marginproof.theory.errors import MarginproofError
from marginproof.theory.notebook import table

PAPER_ASSUMES_NO_ZERO = "the paper assumes that no entry is zero"
SHOWN = 8
"""Names that a notice lists."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Rows with labels folded in.  Build one with :meth:`of`; equality compares exact entries and labels.

    Attributes:
      name: for messages and tables.
      entries: y_i x_i, shape (N, d): float64, or an object array of Fractions; read-only.
      labels: y_i in {-1, +1}, or ``None`` when rows came already folded (then a bias column cannot be added).
      row_names, column_names: of lengths N and d.
      notices: sentences on what was changed or departs from the paper's assumptions.
      provenance: where the data come from.
    """

    name: str
    entries: np.ndarray
    labels: tuple[int, ...] | None = None
    row_names: tuple[str, ...] = ()
    column_names: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    provenance: str = field(default="", compare=False)

    @classmethod
    @former_order
    def of(
        cls,
        rows: Any,
        labels: Any = None,
        name: str = "data",
        *,
        row_names: Sequence[str] | None = None,
        column_names: Sequence[str] | None = None,
        provenance: str = "",
    ) -> Dataset:
        """A data set from rows x_i and labels y_i, or from rows y_i x_i when ``labels`` is ``None``.

        Arguments:
          rows: shape (N, d).  A float array stays float64; integers, Fractions, decimal or ``"p/q"``
            strings and nested sequences are kept exactly (up to :data:`marginproof.constructions.entries.EXACT_CELLS` entries).
            A frame of pandas or polars, a sparse matrix of scipy and a tensor are taken too; a data set is returned as it is.
          labels: N values of two kinds, of which the larger is +1; or the name of a frame's column.
          name: for messages; the former order ``of(rows, name, labels)`` is taken too.

        All-zero columns are dropped with a notice: no optimizer ever moves along them.  Other zeros
        stay, with a notice that the paper assumes none.

        Raises:
          MarginproofError: ragged or empty rows, an entry that is no finite number, a masked or missing one, labels not of two kinds.
        """
        if not isinstance(name, str):
            raise MarginproofError(
                f"name={reprlib.repr(name)} is not a text; give labels as the second argument, or as labels="
            )
        if isinstance(rows, Dataset):
            if labels is not None:
                raise MarginproofError(f"data={rows.name} has its labels folded in; give no others")
            return rows
        given = adopt(rows, labels, name)
        entries = entries_of(given.rows, name)
        n, d = entries.shape
        signs = None if given.labels is None else signs_of(given.labels, n, name)
        column_names, row_names = column_names or given.columns, row_names or given.names
        if signs is not None:
            entries = entries * np.array(signs, dtype=entries.dtype)[:, None] + 0  # + 0 turns -0.0 into 0.0
        columns = tuple(column_names) if column_names else tuple(f"feature{k + 1}" for k in range(d))
        kept, notices = _inspect_zeros(entries, columns, name)
        return cls(
            name=name,
            entries=read_only(entries[:, kept]),
            labels=signs,
            row_names=tuple(row_names) if row_names else tuple(f"x{i + 1}" for i in range(n)),
            column_names=tuple(columns[k] for k in kept),
            notices=notices,
            provenance=provenance,
        )

    @property
    def n_samples(self) -> int:
        """N."""
        return int(self.entries.shape[0])

    @property
    def n_features(self) -> int:
        """d."""
        return int(self.entries.shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether entries were given as rationals; float64 entries are exact too, as dyadics."""
        return bool(self.entries.dtype == object)

    @cached_property
    def X(self) -> np.ndarray:
        """The rows in float64, each entry correctly rounded, shape (N, d), read-only."""
        if not self.is_exact:
            return self.entries
        return read_only(self.entries.astype(np.float64) + 0.0)

    @cached_property
    def exact(self) -> np.ndarray:
        """The rows as an object array of Fractions, shape (N, d), read-only; built on first use."""
        if self.is_exact:
            return self.entries
        return read_only(fractions(self.entries.tolist(), self.name))

    @cached_property
    def rounded(self) -> bool:
        """Whether ``X`` differs from ``exact`` anywhere (decimals such as 0.1 are no dyadics)."""
        return self.is_exact and any(
            Fraction(x) != e for x, e in zip(self.X.flat, self.exact.flat, strict=True)
        )

    def with_bias(self) -> Dataset:
        """The same data with one more column: ones before labels are folded in, y_i after.

        Raises:
          MarginproofError: when the labels are not known (rows came already folded).
        """
        if self.labels is None:
            raise no_bias(self.name, "give the labels, or add the column y_i yourself")
        column = np.array(self.labels, dtype=self.entries.dtype)[:, None]
        if self.is_exact:
            column = fractions(column.tolist(), self.name)
        unfolded = self.entries * column
        constant = np.flatnonzero((unfolded == unfolded[:1]).all(axis=0)).tolist()
        return replace(
            self,
            name=f"{self.name}+bias",
            entries=read_only(np.hstack([self.entries, column])),
            column_names=(*self.column_names, bias_name(self.column_names)),
            notices=(*self.notices, *constant_notice(self.column_names, constant)),
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        if self.labels != other.labels or not np.array_equal(self.X, other.X):
            return False
        both_float = not self.is_exact and not other.is_exact
        return both_float or bool((self.exact == other.exact).all())

    def __hash__(self) -> int:
        return hash((self.labels, self.X.shape, self.X.tobytes()))

    def _repr_html_(self) -> str:
        """A table, for notebooks: the size, the first columns, the notices."""
        labels = self.labels or ()
        more = f", … {self.n_features} in all" if self.n_features > SHOWN else ""
        rows = [
            ("rows × features", f"{self.n_samples} × {self.n_features}"),
            ("classes", f"{labels.count(1)} of +1, {labels.count(-1)} of -1" if labels else "folded in"),
            ("features", ", ".join(self.column_names[:SHOWN]) + more),
            ("entries", "exact" if self.is_exact else "float64"),
            *(("notice", notice) for notice in self.notices),
        ]
        return table(rows, caption=self.name)

    def __repr__(self) -> str:
        return f"Dataset({self.name!r}, n_samples={self.n_samples}, n_features={self.n_features})"


def _inspect_zeros(
    entries: np.ndarray, columns: tuple[str, ...], name: str
) -> tuple[list[int], tuple[str, ...]]:
    """The columns to keep, and the notices that zero entries call for."""
    zero = np.asarray(entries == 0, dtype=bool)
    dropped = np.flatnonzero(zero.all(axis=0)).tolist()
    kept = np.flatnonzero(~zero.all(axis=0)).tolist()
    nonzero = zero.size - int(zero.sum())
    return kept, on_zeros([columns[k] for k in dropped], zero.shape[0] * len(kept), nonzero, name)


def on_zeros(dropped: Sequence[str], cells: int, nonzero: int, name: str) -> tuple[str, ...]:
    """The notices on all-zero columns, which were dropped, and on zeros among the other cells.

    Raises:
      MarginproofError: no entry but zeros.
    """
    if not nonzero:
        raise MarginproofError(f"data={name} has only zero entries; nothing can be learned from it")
    notices = []
    if dropped:
        names = ", ".join(dropped[:SHOWN])
        more = f", … {len(dropped)} in all" if len(dropped) > SHOWN else ""
        notices.append(f"dropped {len(dropped)} all-zero column(s), which no step moves along: {names}{more}")
    if nonzero < cells:
        notices.append(f"{cells - nonzero} of {cells} entries are zero; {PAPER_ASSUMES_NO_ZERO}")
    return tuple(notices)


def read_only(array: np.ndarray) -> np.ndarray:
    """The array, laid out by rows, protected from writing."""
    array = np.ascontiguousarray(array)
    array.setflags(write=False)
    return array
