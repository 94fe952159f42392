"""Full runs of every check on every law's correct optimizer, in float64 and in float32: how many accuse it?

Run: python -m tests.meta.false_alarms [--seeds 2000-2019] [--record FILE] [--table]

What is finished is a line of FILE, and is not run again.  float64 runs have the number of examples of ``mp-default``; in
float32 the long runs of the limit claims have :data:`LONG` each.  ``--table`` prints what FILE holds, law by law.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

from hypothesis import Phase, settings

sys.path.insert(0, str(Path(__file__).parent))

from law_references import REFERENCES, SINGLES

from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.profiles import DEFAULT, register_profiles
from marginproof.properties.conformance.reference import PlainGD, PlainSignum
from marginproof.properties.conformance.suite import CHECKS, CheckStatus, run_check

LONG = 3
"""Examples of a check on long runs in float32."""
RECORD = Path(".hypothesis/false_alarms.jsonl")
KINDS = {"float64": (PlainGD, PlainSignum, *REFERENCES), "float32": SINGLES}


def law_of(cls: type) -> str:
    """The law that it declares."""
    return str(getattr(cls, "law", None) or cls.family)  # type: ignore[attr-defined]


def full_run(cls: type, kind: str, seed: int) -> dict[str, Any]:
    """Every check that applies: how many ran, on how many examples, and the reports of those that did not hold."""
    subject, begun = subject_of(cls), process_time()
    found: dict[str, Any] = {
        "seed": seed,
        "law": law_of(cls),
        "kind": kind,
        "checks": 0,
        "examples": 0,
        "alarms": [],
    }
    for check in CHECKS:
        examples = LONG if kind == "float32" and check.share < 0.5 else None
        result = run_check(check, subject, fixed_seed=seed, examples=examples)
        if result.status is CheckStatus.SKIPPED:
            continue
        found["checks"] += 1
        found["examples"] += result.examples
        if result.status is not CheckStatus.HELD:
            found["alarms"].append(result.report)
    return {**found, "seconds": round(process_time() - begun, 1)}


def recorded(file: Path) -> list[dict[str, Any]]:
    """The lines of a record; the last may be cut by an interruption."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def run(seeds: Iterable[int], file: Path) -> Iterator[dict[str, Any]]:
    """The runs that the record does not have, each written as it ends."""
    done = {(r["seed"], r["kind"], r["law"]) for r in recorded(file)}
    file.parent.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        for kind, classes in KINDS.items():
            for cls in classes:
                if (seed, kind, law_of(cls)) not in done:
                    line = full_run(cls, kind, seed)
                    with file.open("a", encoding="utf-8") as out:
                        out.write("\n" + json.dumps(line))  # the last line may have been cut
                    yield line


def table(runs: list[dict[str, Any]]) -> list[str]:
    """One line a law: runs, checks, examples and alarms, float64 then float32."""
    rows = ["| law | float64: runs | checks | examples | false alarms | float32: runs | checks | examples | false alarms |",
            "|---|---|---|---|---|---|---|---|---|"]  # fmt: skip
    for law in sorted({r["law"] for r in runs}):
        cells = []
        for kind in KINDS:
            its = [r for r in runs if (r["law"], r["kind"]) == (law, kind)]
            sums = [
                sum(r["checks"] for r in its),
                sum(r["examples"] for r in its),
                sum(len(r["alarms"]) for r in its),
            ]
            cells += [len(its), *sums]
        rows.append(f"| {law} | {' | '.join(f'{n:,}' for n in cells)} |")
    return rows


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", default="2000-2019")
    parser.add_argument("--record", type=Path, default=RECORD)
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    if given.table:
        print(*table(recorded(given.record)), sep="\n")
        return 0
    register_profiles()
    phases = (Phase.explicit, Phase.generate, Phase.shrink)
    settings.register_profile("seeded", settings.get_profile(DEFAULT), database=None, phases=phases)
    settings.load_profile("seeded")
    first, _, last = given.seeds.partition("-")
    alarms = 0
    for line in run(range(int(first), int(last or first) + 1), given.record):
        alarms += len(line["alarms"])
        print(f"seed {line['seed']} {line['kind']} {line['law']}: {line['checks']} checks, {line['examples']} examples, "
              f"{line['seconds']} s", *line["alarms"], sep="\n  ", flush=True)  # fmt: skip
    return int(alarms > 0)


if __name__ == "__main__":
    sys.exit(main())
