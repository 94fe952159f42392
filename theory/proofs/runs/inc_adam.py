"""Inc-Adam on exact data: what a certified run is about.

Exponential loss, cyclic batches, no stability constant, no bias correction, zero moments at the start.
With c_i = e^{-x_i·w} and minus the gradient of a batch, G = Σ_{i in B} c_i x_i (its common factor does not
matter), a step is

    m ← β1 m + (1-β1) G,   v ← β2 v + (1-β2) G∘G,   w ← w + η m/√v.

Everything is measured in units of one row's weight c_p, which the step changes by e^{-η x_p·u}: the
state is (r, M, V) with r = c/c_p, M = m/c_p, V = v/c_p².  No step has a discretisation error in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.number_systems import Array, exact


@dataclass(frozen=True)
class IncAdamRun:
    """The algorithm, its data and its start.

    Attributes:
      X: exact rows with labels folded in, shape (N, d), object array of Fractions.
      field: Inc-Adam's momenta (β1² < β2 < 1), batch size and order.
      start: w_0, exact, shape (d,).

    Raises:
      MarginproofError: momenta outside their range, a batch size that does not divide N, a start of the wrong
        length, or a first row with a zero entry, at which the first step is 0/0.
    """

    X: Array
    field: IncAdamField
    start: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        beta1, beta2 = self.field.beta1, self.field.beta2
        if not (beta1 >= 0 and beta1**2 < beta2 < 1):
            raise MarginproofError(f"beta1={beta1}, beta2={beta2}: a certified run needs beta1² < beta2 < 1")
        if len(self.start) != self.X.shape[1]:
            raise MarginproofError(
                f"start has {len(self.start)} entries for {self.X.shape[1]} features; give one a feature"
            )
        first = self.batches[0]
        if len(first) == 1 and not all(self.X[first[0]] != 0):
            raise MarginproofError(
                f"row {first[0] + 1} has a zero entry and is visited first, so the first step is 0/0; "
                "let the epoch begin with a row without zero entries (--order)"
            )

    @cached_property
    def batches(self) -> tuple[tuple[int, ...], ...]:
        """Rows of each batch, in the order of an epoch."""
        member = self.field.membership(len(self.X))
        order = range(len(self.X)) if self.field.order is None else self.field.order
        return tuple(tuple(i for i in order if member[i] == j) for j in range(int(member.max()) + 1))

    @property
    def n_steps(self) -> int:
        """K, steps an epoch."""
        return len(self.batches)

    @cached_property
    def equal_rows(self) -> tuple[tuple[int, int], ...]:
        """(first, other) of rows that are equal, numbers from 0."""
        seen: dict[tuple[Any, ...], int] = {}
        pairs = [(seen.setdefault(tuple(row), i), i) for i, row in enumerate(self.X)]
        return tuple(pair for pair in pairs if pair[0] != pair[1])


def inc_adam_run(X: Any, field: IncAdamField, start: Sequence[Any] | None = None) -> IncAdamRun:
    """An :class:`IncAdamRun` from rows and a start that :func:`marginproof.theory.number_systems.exact` reads.

    Arguments:
      X: rows, shape (N, d), or a data set.  start: w_0, default 0.

    Example:
      >>> inc_adam_run([[5, 1], [1, 4]], IncAdamField()).batches
      ((0,), (1,))
    """
    rows = np.array([[exact(v) for v in row] for row in getattr(X, "exact", X)], dtype=object)
    w0 = [0] * rows.shape[1] if start is None else start
    return IncAdamRun(rows, field, tuple(exact(v) for v in w0))
