"""What the terminal shows: the list of checks, the coverage table, the versions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from marginproof.properties.conformance.results import CheckResult, CheckStatus
from marginproof.properties.conformance.selection import CHECKS, select


def table(results: list[CheckResult]) -> list[str]:
    """The coverage table, one line a check, and a line of totals."""
    lines = [f"{'check':17}{'status':18}{'examples':>9}{'vacuous':>9}{'strong':>8}  why"]
    for r in results:
        counts = (
            f"{r.examples:9}{r.vacuous:9}{strong(r):>8}" if r.status is not CheckStatus.SKIPPED else " " * 26
        )
        lines.append(f"{r.check.id:17}{r.status.value:18}{counts}  {r.reason}".rstrip())
    ran = [r for r in results if r.status is not CheckStatus.SKIPPED]
    claims = sorted({r.check.claim for r in ran})
    resumed = sum(r.resumed for r in ran)
    if resumed:
        lines.append(f"{resumed} of the examples were made by an earlier run and taken from its file")
    lines.append(
        f"{len(ran)} of {len(CHECKS)} checks ran, on claims {', '.join(claims) or 'none'}; "
        f"{sum(r.examples for r in ran)} examples, {sum(r.vacuous for r in ran)} vacuous; "
        "strong: a bound of at least half its best value, or a limit reached"
    )
    return lines


def strong(result: CheckResult) -> str:
    """The count, or a dash for checks that are no bounds."""
    return "-" if result.strong is None else str(result.strong)


def listing(claims: str | None) -> list[str]:
    """What ``--marginproof-list`` prints."""
    return [f"{check.id:16}{','.join(check.families):18}{check.sentence}" for check in select(claims)]


def versions() -> str:
    """Versions of what a result may depend on."""
    found = []
    for name in ("numpy", "hypothesis", "torch", "optax", "jax"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join(found)
