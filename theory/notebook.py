"""Predictions and other answers as small HTML tables, for notebooks: plain HTML, every text escaped, no scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marginproof.theory.prediction import Prediction
    from marginproof.theory.proofs.fixed_points import Enumeration

MOST = 8
"""Entries of a vector that are shown."""
LEFT = "style='text-align:left'"


NAMES = {"l2": "ℓ₂", "linf": "ℓ∞", "adamproxy": "Mahalanobis"}
"""The reference directions, as people read them."""


def prediction_table(found: Prediction) -> str:
    """The limit, how it compares with the max-margin directions, and what was proved; plain HTML without scripts."""
    limit, digits = found.limit, found.digits
    rows: list[tuple[str, str]] = [
        ("outcome", limit.outcome.value + (f": {limit.reason}" if limit.reason else "")),
        ("direction", vector(digits.direction if digits else limit.direction)),
        ("loss weights", vector(digits.weights if digits else limit.weights)),
        ("support (rows from 0)", vector(limit.support)),
        ("stability", limit.stability.value),
        *((f"angle to {NAMES[key]}", _degrees(value)) for key, value in found.angles.items()),
        *((f"{NAMES[key]} margin / largest", _entry(value)) for key, value in found.margin_ratios.items()),
        ("ℓ₂ margin", f"{found.l2.value:.6g}"),
        ("ℓ∞ margin", f"{found.linf.value:.6g}"),
        ("proof", found.proof or "floating-point evidence"),
    ]
    return table(rows)


def enumeration_table(found: Enumeration) -> str:
    """The fixed points, and whether they are all."""
    rows = [
        (
            str(i),
            vector(point.direction),
            vector(point.weights),
            f"{point.gamma:.6g}",
            point.stability.value,
            "proved" if point.certified else "floating-point evidence",
        )
        for i, point in enumerate(found.points, 1)
    ]
    scope = "these are all" if found.complete else f"there may be more: {found.reason}"
    heads = ("", "direction", "loss weights", "γ", "stability", "existence")
    return table(rows, heads, f"{len(rows)} fixed point{'s' * (len(rows) != 1)}; {scope}")


def table(rows: Sequence[Sequence[str]], heads: Sequence[str] = (), caption: str = "") -> str:
    """Rows of texts, whose first cell names the row, under heads and a caption if there are any."""
    top = f"<caption {LEFT}>{escape(caption)}</caption>" if caption else ""
    lines = [_line(heads, "th")] if heads else []
    return f"<table>{top}{''.join(lines + [_line(row, 'td') for row in rows])}</table>"


def _line(cells: Sequence[str], tag: str) -> str:
    tags = ["th", *[tag] * (len(cells) - 1)]
    return f"<tr>{''.join(f'<{t} {LEFT}>{escape(cell)}</{t}>' for t, cell in zip(tags, cells, strict=True))}</tr>"


def _degrees(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}°"


def _entry(value: Any) -> str:
    if isinstance(value, (str, int)):
        return str(value)
    return "-" if value is None else f"{float(value):.6g}"


def vector(values: Iterable[Any]) -> str:
    """The first entries, and how many there are."""
    entries = [_entry(getattr(value, "item", lambda value=value: value)()) for value in values]
    shown = ", ".join(entries[:MOST])
    return f"({shown}, … {len(entries)} in all)" if len(entries) > MOST else f"({shown})"
