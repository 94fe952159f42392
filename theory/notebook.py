"""A prediction as a small HTML table, for notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from marginproof.theory.prediction import Prediction

MOST = 8
"""Entries of a vector that are shown."""


NAMES = {"l2": "ℓ₂", "linf": "ℓ∞", "adamproxy": "Mahalanobis"}
"""The reference directions, as people read them."""


def prediction_table(found: Prediction) -> str:
    """The limit, how it compares with the max-margin directions, and what was proved; plain HTML without scripts."""
    limit, digits = found.limit, found.digits
    rows: list[tuple[str, str]] = [
        ("outcome", limit.outcome.value + (f": {limit.reason}" if limit.reason else "")),
        ("direction", _vector(digits.direction if digits else limit.direction)),
        ("loss weights", _vector(digits.weights if digits else limit.weights)),
        ("support (rows from 0)", _vector(limit.support)),
        ("stability", limit.stability.value),
        *((f"angle to {NAMES[key]}", _degrees(value)) for key, value in found.angles.items()),
        *((f"{NAMES[key]} margin / largest", _entry(value)) for key, value in found.margin_ratios.items()),
        ("ℓ₂ margin", f"{found.l2.value:.6g}"),
        ("ℓ∞ margin", f"{found.linf.value:.6g}"),
        ("proof", found.proof or "floating-point evidence"),
    ]
    body = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td style='text-align:left'>{escape(text)}</td></tr>"
        for name, text in rows
    )
    return f"<table>{body}</table>"


def _degrees(value: float | None) -> str:
    return "–" if value is None else f"{value:.4g}°"


def _entry(value: Any) -> str:
    if isinstance(value, (str, int)):
        return str(value)
    return "-" if value is None else f"{float(value):.6g}"


def _vector(values: Iterable[Any]) -> str:
    entries = [_entry(getattr(value, "item", lambda value=value: value)()) for value in values]
    shown = ", ".join(entries[:MOST])
    return f"({shown}, … {len(entries)} in all)" if len(entries) > MOST else f"({shown})"
