"""R2 about runs: two certificates of one algorithm on one data set, from two starts, with two limits."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

from marginproof.constructions.corpus import FOLDER
from marginproof.theory import checker
from marginproof.theory.claims.claim import Effort, Evidence, EvidenceSource, failed
from marginproof.theory.verdicts import Verdict

PAIRS = (
    ("run-two-starts-zero-constant", "run-two-starts-other-constant"),
    ("run-two-starts-zero", "run-two-starts-other"),
)
"""Certificates of two starts: at a constant step, and with vanishing steps."""
SAME = ("format", "kind", "data", "field")
STEPS = ("lr", "steps")


def differs(first: dict[str, Any], second: dict[str, Any]) -> str:
    """Why two VALID certificates of runs do not show two limits of one algorithm; empty if they do."""
    for key in SAME:
        if first[key] != second[key]:
            return f"{key} differs"
    one, other = first["conclusion"], second["conclusion"]
    if one.keys() != other.keys() or any(one.get(key) != other.get(key) for key in STEPS):
        return "the steps differ"
    if one["start"] == other["start"]:
        return "the starts are equal"
    if not any(_apart(a, b) for a, b in zip(one["direction"], other["direction"], strict=True)):
        return "the boxes of the two limits meet"
    return ""


def _apart(first: list[str], second: list[str]) -> bool:
    low, high = max(Fraction(first[0]), Fraction(second[0])), min(Fraction(first[1]), Fraction(second[1]))
    return high < low


def two_limits(corpus: Path, effort: Effort) -> Evidence:
    """Each pair: both VALID by the checker, one algorithm, two starts, limits in disjoint boxes."""
    pairs = PAIRS[:1] if effort.name == "quick" else PAIRS
    names: list[str] = []
    for pair in pairs:
        texts = [(corpus / f"{name}.json").read_bytes() for name in pair]
        for name, text in zip(pair, texts, strict=True):
            verdict, reason = checker.check(text)
            if verdict != "VALID":
                return failed(f"{name}.json is {verdict}: {reason}")
        if reason := differs(json.loads(texts[0]), json.loads(texts[1])):
            return failed(f"{pair[0]} and {pair[1]}: {reason}")
        names += pair
    paths = tuple(f"constructions/corpus/{name}.json" for name in names)
    return Evidence(
        True, len(pairs), f"{len(pairs)} of {len(PAIRS)} pairs of certified runs: {', '.join(paths)}", paths
    )


SOURCES: tuple[tuple[str, EvidenceSource], ...] = (
    (
        "R2",
        EvidenceSource(
            "two certified runs",
            Verdict.REFUTED,
            "Inc-Adam itself from (0, 0) and (0, .733), constant and vanishing steps; exact, by marginproof.theory.checker",
            lambda formula, effort: two_limits(FOLDER, effort),
        ),
    ),
)
"""The source of evidence here, behind the id of its claim."""
