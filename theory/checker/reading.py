"""Reading a certificate: JSON text, objects with the keys due, exact numbers, row numbers."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from itertools import pairwise
from typing import Any

from .refusals import Clock, can, need

MAX_BYTES = 32_000_000
MAX_SIDE = 10_000
DIGITS = 400
RATIONAL = re.compile(rf"(-?[0-9]{{1,{DIGITS}}})(?:/([0-9]{{1,{DIGITS}}}))?")
Rows = list[list[Fraction]]


def parse(text: bytes) -> Any:
    """The JSON value of a text in UTF-8.  Numbers with a point stay words; an object may not repeat a key."""
    need(len(text) <= MAX_BYTES, f"more than {MAX_BYTES} bytes")
    return json.loads(text.decode(), parse_float=str, parse_constant=str, object_pairs_hook=_object)


def _object(items: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = sorted(key for key, _ in items)
    repeated = any(a == b for a, b in pairwise(keys))
    need(not repeated, "a key is repeated")
    return dict(items)


def take(value: Any, required: str, optional: str = "") -> list[Any]:
    """The values of an object at the required and the optional keys (or None); it must have no others."""
    must = required.split()
    may = optional.split()
    known = isinstance(value, dict) and all(key in must or key in may for key in value)
    need(known and all(key in value for key in must), f"the keys due are {required}")
    return [value.get(key) for key in must + may]


def rational(value: Any) -> Fraction:
    """An exact number from a string ``"p"`` or ``"p/q"``."""
    match = RATIONAL.fullmatch(value) if isinstance(value, str) else None
    need(match, f'a string "p" or "p/q" is due, q > 0, to {DIGITS} digits')
    assert match is not None
    p, q = match.groups()
    below = 1 if q is None else int(q)
    need(below > 0, 'a string "p" or "p/q" is due, q > 0')
    return Fraction(int(p), below)


def vector(value: Any, length: int | None, clock: Clock) -> list[Fraction]:
    """Exact numbers; any count of them if the length is None."""
    need(isinstance(value, list) and length in (None, len(value)), "a list of the length due is missing")
    numbers = []
    for entry in value:
        clock.tick()
        numbers.append(rational(entry))
    return numbers


def matrix(value: Any, height: int | None, width: int | None, clock: Clock) -> Rows:
    """Rows of exact numbers; any count of rows, or of numbers in a row, where None is given."""
    need(isinstance(value, list) and height in (None, len(value)), "a list of the length due is missing")
    return [vector(row, width, clock) for row in value]


def intervals(value: Any, count: int, clock: Clock, unused: int | None = None) -> Rows:
    """Pairs [low, high] of exact numbers, low <= high in each but an entry that no proof uses."""
    pairs = matrix(value, count, 2, clock)
    ordered = all(low <= high or j == unused for j, (low, high) in enumerate(pairs))
    need(ordered, "an interval has low <= high")
    return pairs


def directions(value: Any, count: int, clock: Clock) -> Rows:
    """A box for a direction of length one: intervals with ends in [-2, 2]."""
    pairs = intervals(value, count, clock)
    need(all(-2 <= end <= 2 for pair in pairs for end in pair), "an end of the direction lies in [-2, 2]")
    return pairs


def table(value: Any, clock: Clock) -> Rows:
    """Data: rows of equal length, one at least, of one number at least."""
    need(isinstance(value, list) and value and isinstance(value[0], list) and value[0], "data: rows are due")
    can(len(value) <= MAX_SIDE and len(value[0]) <= MAX_SIDE, f"data: at most {MAX_SIDE} rows and columns")
    rows = []
    for row in value:
        need(isinstance(row, list) and len(row) == len(value[0]), "data: equal rows are due")
        rows.append(vector(row, None, clock))
    return rows


def whole(value: Any, end: int) -> int:
    """An integer in [0, end)."""
    need(type(value) is int and 0 <= value < end, f"a whole number from 0 to {end - 1} is due")
    return int(value)


def indices(value: Any, end: int) -> list[int]:
    """Distinct integers in [0, end)."""
    need(isinstance(value, list) and len(value) <= end, "distinct row numbers are due")
    numbers = [whole(entry, end) for entry in value]
    ordered = sorted(numbers)
    distinct = all(a < b for a, b in pairwise(ordered))
    need(distinct, "distinct row numbers are due")
    return numbers
