"""How many faults are planted in each law, how many are caught, and by how small an example (seed 7).

Run: python -m tests.meta.fault_table, which prints the table of docs/conformance.md (some seconds).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from broken_optimizers import FAULTS
from law_faults import LAW_FAULTS
from reported_faults import REPORTED

from marginproof.properties.checks.cases import Case
from marginproof.theory.laws.catalogue import LAWS

HEAD = ("| law | faults planted | caught | by at most 3 × 3 |", "|---|---|---|---|")


def by_law() -> dict[str, list[type]]:
    """Every fault under the law that it claims to follow, AdamProxy's under ``adamproxy``."""
    found: dict[str, list[type]] = {name: [] for name in (*LAWS, "adamproxy")}
    for base, faults in LAW_FAULTS.items():
        found[base.law] += faults  # type: ignore[attr-defined]
    for fault in REPORTED:
        found[fault.law].append(fault)  # type: ignore[attr-defined]
    for fault in FAULTS:
        found[str(getattr(fault, "law", None) or fault.family)].append(fault)
    return found


def row(law: str, faults: list[type], cases: list[Case | None]) -> str:
    """One line; ``None`` for a fault that was not caught."""
    caught = [case for case in cases if case is not None]
    small = sum(case.n <= 3 and case.d <= 3 for case in caught)
    return f"| {law} | {len(faults)} | {len(caught)} | {small} |"


def cases_of(faults: list[type]) -> Iterator[Case | None]:
    """What caught each."""
    import test_faults
    import test_law_faults

    for fault in faults:
        search = test_faults if fault in FAULTS else test_law_faults
        result = search.first_failure(fault)
        yield None if result is None else result.case


def main() -> None:
    from hypothesis import settings

    from marginproof.properties.conformance.profiles import DEFAULT, register_profiles

    register_profiles()
    settings.register_profile("seeded", settings.get_profile(DEFAULT), database=None)
    settings.load_profile("seeded")
    print(*HEAD, sep="\n", flush=True)
    for law, faults in by_law().items():
        print(row(law, faults, list(cases_of(faults))), flush=True)


if __name__ == "__main__":
    main()
