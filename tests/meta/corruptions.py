"""Many corrupted certificates: ``python tests/meta/corruptions.py [--count 10000] [--seed 0] [--record FILE] [--seconds S]``.

Each is changed at random from one of the corpus by its own number, so a run can be interrupted: the record holds the
counts and the next number, and the next call goes on from there.  Exit code 0 if none was a false VALID so far.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.meta.test_checker_refusals import corrupted, outcome

EVERY = 25


def main():
    """Go on from the record; print the counts now and then."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--record", type=Path, default=Path("corruptions.json"))
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    said = (
        json.loads(options.record.read_text())
        if options.record.exists()
        else {"seed": options.seed, "next": 0}
    )
    if said["seed"] != options.seed:
        parser.error(
            f"{options.record} is of seed {said['seed']}; give --seed {said['seed']} or another --record"
        )
    seen, end = Counter(said.get("seen", {})), time.monotonic() + options.seconds
    number = said["next"]
    while number < options.count and time.monotonic() < end:
        found = outcome(options.seed, number)
        if found == "false":
            print(json.dumps(corrupted(options.seed, number)[1]), flush=True)
        seen[found] += 1
        number += 1
        if number % EVERY == 0 or number == options.count:
            options.record.write_text(json.dumps({"seed": options.seed, "next": number, "seen": dict(seen)}))
            print(f"seed {options.seed}, {number} of {options.count}: {dict(seen)}", flush=True)
    return bool(seen["false"])


if __name__ == "__main__":
    sys.exit(main())
