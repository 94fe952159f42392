"""A failing case made smaller than Hypothesis leaves it: rows and zero columns that play no part are dropped.

A smaller case is kept only where the check fails on it too.  Claims about data of a certain shape (L) keep theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.theory.batching import Full
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError

MOST = 60
"""Cases tried at most."""


def reduced(
    check: Check, case: Case, comparison: Comparison, run: Callable[[Case], Comparison]
) -> tuple[Case, Comparison]:
    """The smallest case found, and its comparison.

    Arguments:
      run: the check on a case.
    """
    if check.claim[0] not in "IB":
        return case, comparison
    tried = 0
    improved = True
    while improved and tried < MOST:
        improved = False
        for smaller in smaller_cases(case, gradients_are_rows(check)):
            tried += 1
            try:
                found = run(smaller)
            except MarginproofError:
                continue
            if not found.holds:
                case, comparison, improved = smaller, found, True
                break
    return case, comparison


def gradients_are_rows(check: Check) -> bool:
    """Whether a case's rows are gradients, one a step, and not data."""
    return check.claim in ("I1", "I2", "I3") and check.id != "I1.run"


def smaller_cases(case: Case, gradients: bool) -> Iterator[Case]:
    """The case without one row, or without one column: any of gradients, of data only one of zeros."""
    for i in range(case.n if case.n > 1 else 0):
        without = _without_row(case, i, gradients)
        if without is not None:
            yield without
    for k in range(case.d if case.d > 1 else 0):
        if gradients or not any(row[k] for row in case.rows):
            yield _without_column(case, k)


def _without_row(case: Case, i: int, gradients: bool) -> Case | None:
    rows = case.rows[:i] + case.rows[i + 1 :]
    if gradients:
        absent = case.absent[: 3 * i] + case.absent[3 * i + 3 :]
        return replace(
            case, rows=rows, absent=absent, steps=len(rows) if case.steps == case.n else case.steps
        )
    if case.b not in (1, case.n):
        return None
    kept = case.b == 1 or isinstance(case.batching, Full)
    batching = case.batching if kept else replace(case.batching, batch_size=len(rows))
    return replace(case, rows=rows, batching=batching)


def _without_column(case: Case, k: int) -> Case:
    def cut(values: tuple[Any, ...]) -> tuple[Any, ...]:
        return values[:k] + values[k + 1 :]

    order = tuple(j - (j > k) for j in case.order if j != k)
    return replace(case, rows=tuple(cut(row) for row in case.rows), order=order, signs=cut(case.signs),
                   powers=cut(case.powers), witness=cut(case.witness))  # fmt: skip
