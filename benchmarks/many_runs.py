"""Many independent runs at once: data × starts × step sizes on all cores against the same runs one after another.

Run: ``python -m benchmarks.many_runs [--rounds R]``.  Prints the median over interleaved rounds of (time in sequence / time
on two processes); the processes stand and have compiled before.
"""

from __future__ import annotations

import statistics
import sys
import time

import numpy as np

from marginproof.properties.simulation.many import grid, simulate_many
from marginproof.theory.optimizers import Adam

STEPS = 1_000_000
"""Of each run: about a tenth of a second at 10 × 50."""


def main() -> None:
    rounds = int(sys.argv[sys.argv.index("--rounds") + 1]) if "--rounds" in sys.argv else 5
    random = np.random.default_rng(0)
    starts = [random.standard_normal(50) for _ in range(4)]
    data = [random.standard_normal((10, 50)) for _ in range(4)]
    jobs = grid(
        data=data, optimizer=[Adam()], start=starts, schedule=[1e-4, 2e-4], steps=[STEPS], checkpoints=[1]
    )

    def seconds(workers: int) -> float:
        began = time.perf_counter()
        simulate_many(jobs, n_jobs=workers)
        return time.perf_counter() - began

    seconds(2), seconds(1)
    ratios = [seconds(1) / seconds(2) for _ in range(rounds)]
    print(
        f"{len(jobs)} runs of {STEPS} steps: {statistics.median(ratios):.2f} times faster on two processes, {min(ratios):.2f} … {max(ratios):.2f}"
    )


if __name__ == "__main__":
    main()
