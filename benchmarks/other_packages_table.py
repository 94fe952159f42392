"""What benchmarks/other_packages.json says, as the rows of docs/other-packages.md; the packages are not needed."""

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


APART = re.compile(r"(\S+) (against|>) (\S+)")
"""Both sides of a check that failed."""
NEAREST = re.compile(r"the nearest is (\w+).* left at step (\d+) by (\S+)")


def apart(left: float, right: float) -> tuple[str, str]:
    """Two numbers with as many digits as tell them apart, at least three.

    Example:
      >>> apart(0.05263158679, 0.05263157807), apart(-10.0, -12.648310691266751)
      (('0.05263159', '0.05263158'), ('-10', '-12.6'))
    """
    digits = next((n for n in range(3, 17) if f"{left:.{n}g}" != f"{right:.{n}g}"), 17)
    return f"{left:.{digits}g}", f"{right:.{digits}g}"


def failure(text: str) -> str:
    """What a failed check found, for a cell.

    Example:
      >>> failure("step against I1's law: -10.0 against -12.648 +- 6.53e-13 at (3, 0) (step, coordinate)")
      'a step of -10, where the law has -12.6'
    """
    found = APART.search(text.partition(":")[2])
    if found is None:
        return text
    left, right = apart(float(found[1]), float(found[3]))
    return f"a step of {left}, where the law {'has' if found[2] == 'against' else 'allows'} {right}"


def broke(seen: dict[str, Any], among: list[str]) -> str:
    """The checks broken, and what the first of each claim found."""
    claims: dict[str, list[str]] = {}
    for check in seen["broken"]:
        claims.setdefault(check.partition(".")[0], []).append(check)
    return "; ".join(f"{ids(names, among)}: {failure(seen['broken'][names[0]])}" for names in claims.values())


def followed(name: str, seen: dict[str, Any]) -> str:
    """The row of an optimizer that follows a law."""
    law = seen["says"].removeprefix("follows ").rpartition(": ")[0]
    among = [*seen["kept"], *seen["broken"]]
    return f"| {name} | {law} | {ids(seen['kept'], among)} | {broke(seen, among) or '–'} |"


def other(name: str, seen: dict[str, Any]) -> str:
    """The row of one that follows none: the nearest law, the step that leaves it, and by how much of the largest step."""
    near = NEAREST.search(seen["says"])
    return f"| {name} | {near[1]} | {near[2]} | {near[3]} |" if near else f"| {name} | {seen['says']} | | |"


WRAPPED = re.compile(r"(MarginproofError: optimizer=[^:]*: |(OptimizerRaisedError: )?the optimizer raised )*")
ADVICE = re.compile(r"\.?;( [if]?| it.*| fi.*)?$")
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
             "| optimizer | nearest law | left at step | by, of the largest step |\n|---|---|---|---|", "| not run | why |\n|---|---|")  # fmt: skip
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
