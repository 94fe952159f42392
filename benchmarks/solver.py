"""The fast solver against the paper's Algorithm 3 (cvxpy, DPP, Clarabel at 1e-13), interleaved, to residual 1e-10.

    python benchmarks/solver.py [--rounds 5] [--large]

Prints per size the median times, the median of the ratios taken round by round, and the ratio of the
fastest rounds.  ``--large``
adds one solve of 1000 × 10000 with its peak memory.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable

import numpy as np

from theory.fields import AdamProxy
from theory.limit.algorithm3 import DualMap, algorithm3
from theory.limit.equation import LimitProblem, residual
from theory.limit.solve import solve

SIZES = ((10, 50, 100), (50, 200, 70), (200, 1000, 100))
TOLERANCE = 1e-10


def seconds(call: Callable[[], object], repeat: int = 1) -> float:
    begin = time.perf_counter()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - begin) / repeat


def compare(n: int, d: int, rounds: int) -> str:
    X = np.random.default_rng(0).standard_normal((n, d))
    problem = LimitProblem(X, AdamProxy())
    T = DualMap(X)
    limit, reference = solve(problem), algorithm3(problem, T=T)
    assert limit.residual <= TOLERANCE and reference.residual <= TOLERANCE
    assert residual(problem, limit.weights) <= TOLERANCE
    fast: list[float] = []
    slow: list[float] = []
    whole: list[float] = []
    for _ in range(rounds):
        slow.append(seconds(lambda: algorithm3(problem, T=T)))
        whole.append(seconds(lambda: algorithm3(problem)))
        fast.append(seconds(lambda: solve(LimitProblem(X, AdamProxy())), max(1, 2000 // (n * 2))))
    ratio = statistics.median(s / f for s, f in zip(slow, fast, strict=True))
    from_data = statistics.median(s / f for s, f in zip(whole, fast, strict=True))
    return (
        f"fast {statistics.median(fast) * 1e3:8.2f} ms  Algorithm 3 {statistics.median(slow) * 1e3:9.1f} ms  "
        f"ratio {ratio:6.0f}, of the fastest {min(slow) / min(fast):6.0f}, "
        f"with cvxpy's compilation {from_data:6.0f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--large", action="store_true")
    options = parser.parse_args()
    for n, d, demanded in SIZES:
        print(f"{n:5} x {d:5}  {compare(n, d, options.rounds)}  (demanded {demanded})")
    if options.large:
        X = np.random.default_rng(0).standard_normal((1000, 10000))
        begin = time.perf_counter()
        limit = solve(LimitProblem(X, AdamProxy()))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(
            f" 1000 x 10000  {time.perf_counter() - begin:.1f} s, residual {limit.residual:.1e}, peak {peak:.2f} GiB"
        )


if __name__ == "__main__":
    main()
