"""What is said of the separation of a data set: as JSON, as a sentence, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marginproof.constructions.builtin import BIAS
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.sparse import SparseDataset
from marginproof.properties.presentation.names import listed as and_listed
from marginproof.theory.margins.collinear import collinear
from marginproof.theory.margins.diverging import diverging
from marginproof.theory.margins.separability import decide
from marginproof.theory.margins.separation import (
    Separation,
    Status,
    rows_whose_loss_separates,
    separation,
)

MANY_CELLS = 200_000
"""Entries of a data set above which no rows are tried one by one."""
SHOWN = 8
"""Rows that a sentence names."""
INTERCEPT = "(intercept)"
"""What a table calls the column of ones that it adds."""


def described(dataset: Dataset | SparseDataset) -> tuple[dict[str, Any], Separation]:
    """The separation of a data set as JSON, and itself.

    Keys: ``status``, ``direction`` (exact, or ``None``), ``rows_on_boundary`` (counted from 0), ``features`` (for each name ``finite``,
    ``+inf`` or ``-inf``), ``weights`` (exact, positive on the boundary), ``collinear`` (columns that are combinations of others, with
    these; ``None`` where that is not decided, as for more columns than rows), ``with_intercept`` (the same six keys with a column of
    ones; ``None`` where the labels are not known), ``data``, ``n_samples`` and ``n_features``.
    """
    result, found = _answer(dataset)
    intercept = None
    if dataset.labels is not None:
        intercept = dict(result) if dataset.name.endswith(BIAS) else _answer(dataset.with_bias())[0]
    size = {"data": dataset.name, "n_samples": dataset.n_samples, "n_features": dataset.n_features}
    return size | result | {"with_intercept": intercept}, found


def _answer(dataset: Dataset | SparseDataset) -> tuple[dict[str, Any], Separation]:
    found = separation(dataset.entries)
    limits = diverging(dataset.entries, found)
    result = {
        "status": found.status,
        "direction": found.direction,
        "rows_on_boundary": found.boundary,
        "features": dict(zip(dataset.column_names, limits, strict=True)),
        "weights": found.weights,
        "collinear": by_name(collinear(dataset.entries), dataset.column_names),
    }
    return result, found


def by_name(found: dict[int, tuple[int, ...]] | None, names: Sequence[str]) -> dict[str, list[str]] | None:
    """Columns that are combinations of others, with these, under their names."""
    return None if found is None else {names[k]: [names[i] for i in others] for k, others in found.items()}


def unidentified(result: dict[str, Any]) -> list[str]:
    """Sentences on coefficients that the likelihood does not identify, without and with an intercept; none where it identifies all."""
    own, d, n = result["collinear"], len(result["features"]), result["n_samples"]
    intercept = result.get("with_intercept") or result
    if own is None:
        more = f"{d} columns on {n} rows depend on each other" if d > n else "columns depend on each other"
        return [more + _shown_instead(result["status"])]
    lines = [_combined(own) + _shown_instead(result["status"])] if own else []
    told = dict.fromkeys(list(intercept["features"])[d:], INTERCEPT)  # as the table calls it
    new = {
        told.get(name, name): [told.get(other, other) for other in others]
        for name, others in (intercept["collinear"] or {}).items()
        if name not in own
    }
    both = f"with an intercept, {_combined(new)}{_shown_instead(intercept['status'])}"
    return [*lines, both] if new else lines


def _shown_instead(status: Status) -> str:
    """Which of the many coefficients are shown: a fit exists where the classes overlap only."""
    shown = (
        "is the fit of least norm" if status is Status.OVERLAP else "are the limits of those of least norm"
    )
    return f", so the likelihood does not identify their coefficients; what is shown {shown}"


def _combined(found: dict[str, list[str]]) -> str:
    parts = []
    for name, others in list(found.items())[:SHOWN]:
        of = and_listed(others[:SHOWN]) + f" and {len(others) - SHOWN} more" * (len(others) > SHOWN)
        parts.append(f"column {name} is {f'a combination of {of}' if others else 'zero'}")
    return "; ".join(parts) + f"; … {len(found)} in all" * (len(found) > SHOWN)


def with_intercept(dataset: Dataset | SparseDataset, found: Separation) -> Status | None:
    """The status once a column of ones is added; ``None`` where the labels are not known."""
    if dataset.labels is None:
        return None
    if found.status is Status.COMPLETE:
        return found.status
    return separation(dataset.with_bias().entries).status


def meaning(dataset: Dataset | SparseDataset, found: Separation, identified: bool = True) -> str:
    """One sentence: what the status is, and what it means for a logistic fit.

    Arguments:
      identified: no column is a combination of others.
    """
    if found.status is Status.COMPLETE:
        return (
            "Complete separation, by exact arithmetic: the direction has every margin positive, so the maximum-likelihood "
            "fit does not exist and the coefficients marked inf diverge."
        )
    if found.status is Status.OVERLAP:
        fit = "the maximum-likelihood fit exists and every coefficient is finite."
        if not identified:
            fit = "maximum-likelihood fits exist, many with the same fitted values, and every coefficient of the one of least norm is finite."
        return f"Overlap, by exact arithmetic: no direction has every margin >= 0 and one positive, so {fit}"
    on, n = len(found.boundary), dataset.n_samples
    return (
        f"Quasi-complete separation, by exact arithmetic: the direction has margin 0 on {on} of {n} rows "
        f"({listed(found.boundary)}) and a positive one on the others, and no direction has all positive; "
        "the coefficients marked inf diverge, the others tend to a finite value."
    )


def listed(rows: tuple[int, ...] | list[int]) -> str:
    """Row numbers, counted from 1, the first few."""
    shown = ", ".join(str(i + 1) for i in rows[:SHOWN])
    more = f", … {len(rows)} in all" if len(rows) > SHOWN else ""
    return f"row{'s' * (len(rows) > 1)} {shown}{more}"


def advice(dataset: Dataset | SparseDataset, found: Separation, intercept: Status | None) -> list[str]:
    """What would make the separation complete: an intercept, one row less."""
    if found.status is Status.COMPLETE:
        return []
    biased = dataset.name.endswith(BIAS)
    lines = [] if biased else [_intercept_advice(found, intercept)]
    if dataset.n_samples * dataset.n_features <= MANY_CELLS:
        rows = rows_whose_loss_separates(dataset.entries, found)
        if rows:
            one = "" if len(rows) == 1 else "any one of "
            lines.append(f"Without {one}{listed(rows)} the separation is complete.")
        elif rows is not None:
            lines.append("Leaving out one row does not make it complete.")
    return lines


def _intercept_advice(found: Separation, intercept: Status | None) -> str:
    if intercept is None:
        return (
            "Whether an intercept would change that is not known, since the rows came with labels folded in."
        )
    if intercept is found.status:
        return f"With an intercept it is {intercept.value} too."
    return f"With an intercept (--bias) it is {intercept.value}."


def refusal(dataset: Dataset | SparseDataset, name: str, ask: str) -> str:
    """Why a command that needs complete separation stops here, and what would help, in one sentence.

    Arguments:
      dataset: data that are not completely separable.
      name: what the user called them.
      ask: the command, or the call, that says more.
    """
    found = separation(dataset.entries)
    _, weights = decide(dataset.entries)
    used = sum(1 for c in weights or () if c)
    kind = {
        Status.QUASI_COMPLETE: "the separation is quasi-complete, so the max-margin is 0",
        Status.OVERLAP: "the classes overlap",
    }[found.status]
    lines = [line.rstrip(".") for line in advice(dataset, found, with_intercept(dataset, found))]
    hints = "".join(f"; {line[0].lower()}{line[1:]}" for line in lines)
    return (
        f"data={name} are not linearly separable: {used} row(s) have a weighted mean of exactly 0, and {kind}{hints}; "
        f"`{ask}` says more"
    )
