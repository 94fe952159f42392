"""What benchmarks/other_packages.json says, as the rows of docs/conformance.md; the packages are not needed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from benchmarks.expected_conformance import ids

KEPT = 140
"""Letters of a package's error that are kept."""
STORED = Path(__file__).with_name("other_packages.json")


def stored() -> dict[str, Any]:
    """The values measured so far."""
    return json.loads(STORED.read_text(encoding="utf-8")) if STORED.is_file() else {"packages": {}}


def followed(name: str, seen: dict[str, Any]) -> str:
    """The row of an optimizer that follows a law."""
    law = seen["says"].removeprefix("follows ").rpartition(": ")[0]
    broken = "; ".join(f"{check}: {text}" for check, text in seen["broken"].items())
    return f"| {name} | {law} | {ids(seen['kept'])} | {broken or '–'} |"


def other(name: str, seen: dict[str, Any]) -> str:
    """The row of one that follows none."""
    nearest = seen["says"].partition("the nearest is ")[2] or seen["says"]  # it never moved
    return f"| {name} | {nearest} |"


WRAPPED = re.compile(r"(MarginproofError: optimizer=[^:]*: |OptimizerRaisedError: the optimizer raised )*")
ADVICE = re.compile(r"\.?;( i?| it.*)?$")
"""The end of marginproof's own message, cut anywhere: "; it must be constructed at its defaults, …"."""


def reason(says: str) -> str:
    """What the package itself raised, as code; with dots where it is longer than was kept.

    Example:
      >>> reason("MarginproofError: optimizer=A: OptimizerRaisedError: the optimizer raised ValueError: no x; it must be constr")
      '`ValueError: no x`'
    """
    raised = WRAPPED.sub("", says.strip(), count=1)
    whole = ADVICE.sub("", raised).replace("`", "'")
    cut = "…" if whole == raised and len(says.partition(": ")[2]) >= KEPT else ""
    return f"`{whole}{cut}`"


def _each() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{package} {home['version']} {name}", seen)
        for package, home in stored()["packages"].items()
        for name, seen in home["optimizers"].items()
    ]


def tables() -> tuple[list[str], list[str], list[str]]:
    """Rows of those that follow a law, of those that follow none, and of those that could not be run."""
    none = [other(name, seen) for name, seen in _each() if seen["law"] == "none of these"]
    not_run = [f"| {name} | {reason(seen['says'])} |" for name, seen in _each() if seen["law"] == "not run"]
    return [followed(n, s) for n, s in _each() if s["law"] not in ("none of these", "not run")], none, not_run


def markdown() -> str:
    """The date and the three tables."""
    kinds = tables()
    heads = ("| optimizer | follows | keeps | breaks |\n|---|---|---|---|",
             "| optimizer | nearest law, and where it is left |\n|---|---|", "| not run | why |\n|---|---|")  # fmt: skip
    kept = stored()
    beside = ", ".join(f"{name} {number}" for name, number in kept["with"].items())
    return "\n\n".join(
        (
            f"Measured on {kept['date']} beside {beside}.",
            *("\n".join([head, *rows]) for head, rows in zip(heads, kinds, strict=True) if rows),
        )
    )


if __name__ == "__main__":
    print(markdown())
