"""Measure which checks the optimizers of torch and optax keep; prints the broken ones, as the table of docs/conformance.md.

Run: python -m benchmarks.conformance_table [EXAMPLES]

What the suite expects stands in benchmarks/expected_conformance.py; ``make real`` compares.
"""

from __future__ import annotations

import sys

from hypothesis import Phase, settings

from benchmarks.expected_conformance import EXAMPLES, SEED, TABLE
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.profiles import DEFAULT
from marginproof.properties.conformance.suite import CHECKS, CheckStatus, run_check


def main() -> None:
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("measured", settings.get_profile(DEFAULT), database=None, phases=phases)
    settings.load_profile("measured")
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else EXAMPLES
    for known in TABLE:
        subject, kept, broken = subject_of(known.factory()), [], []
        for check in CHECKS:
            result = run_check(check, subject, examples, SEED)
            if result.status is CheckStatus.HELD:
                kept.append(check.id)
            elif result.status is CheckStatus.FAILED:
                text = result.report.splitlines()[-2].strip()
                broken.append(f"{check.id} ({text[:90]})")
        print(f"| {known.name} | {', '.join(kept)} | {'; '.join(broken) or '-'} |", flush=True)


if __name__ == "__main__":
    main()
