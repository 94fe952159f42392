"""The fast solver against the paper's Algorithm 3 (cvxpy, DPP, Clarabel at 1e-13), interleaved, to residual 1e-10.

The third contender is the same iteration c ← T(c) with scipy's NNLS in place of cvxpy.

    python -m benchmarks.solver [--rounds 9] [--large]
    python -m benchmarks.solver --busy [--rounds 9]

Prints per size the median times, the median and quartiles of the ratios taken round by round, and the ratio
of the fastest rounds; ``--large`` adds one solve of 1000 × 10000 with its peak memory.  Writes
``benchmarks/results/solver.md`` and ``solver.json``.  ``--busy`` compares instead the fast solver with itself
on all BLAS threads, beside two busy loops, and writes ``benchmarks/results/threads.md``.  Environment variables
that set a number of threads change nothing: each side has its own.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.dual_fixed_point_iteration import DualMap, NnlsMap, dual_fixed_point_iteration
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem, residual
from marginproof.theory.limit.solve import solve
from marginproof.theory.threads import single

RESULTS = Path(__file__).parent / "results"
SIZES = ((10, 50, 100), (50, 200, 100), (200, 1000, 100))
TOLERANCE = 1e-10


def seconds(call: Callable[[], object], repeat: int = 1) -> float:
    begin = time.perf_counter()
    for _ in range(repeat):
        call()
    return (time.perf_counter() - begin) / repeat


@dataclass(frozen=True)
class Row:
    """One size: seconds of each round, and the ratios taken round by round."""

    n: int
    d: int
    demanded: int
    fast: list[float]
    slow: list[float]
    whole: list[float]
    nnls: list[float]

    def ratios(self, other: list[float]) -> list[float]:
        """Another contender's times over the fast solver's, a round."""
        return [o / f for o, f in zip(other, self.fast, strict=True)]

    def cells(self) -> list[str]:
        low, middle, high = np.percentile(self.ratios(self.slow), [25, 50, 75])
        compiled, nnls = (statistics.median(self.ratios(other)) for other in (self.whole, self.nnls))
        return [
            f"{self.n} × {self.d}",
            f"{statistics.median(self.fast) * 1e3:.2f}",
            f"{statistics.median(self.slow) * 1e3:.1f}",
            f"{middle:.0f}",
            f"{low:.0f} … {high:.0f}",
            f"{min(self.slow) / min(self.fast):.0f}",
            f"{compiled:.0f}",
            f"{nnls:.1f}",
            str(self.demanded),
        ]


def compare(n: int, d: int, demanded: int, rounds: int) -> Row:
    X = np.random.default_rng(0).standard_normal((n, d))
    problem = LimitProblem(X, AdamProxyField())
    T, S = DualMap(X), NnlsMap(X)
    limit = solve(problem)
    assert limit.residual <= TOLERANCE and residual(problem, limit.weights) <= TOLERANCE
    assert all(dual_fixed_point_iteration(problem, T=map).settled for map in (T, S))
    row = Row(n, d, demanded, [], [], [], [])
    for _ in range(rounds):
        with single():
            row.slow.append(seconds(lambda: dual_fixed_point_iteration(problem, T=T)))
            row.whole.append(seconds(lambda: dual_fixed_point_iteration(problem)))
            row.nnls.append(seconds(lambda: dual_fixed_point_iteration(problem, T=S), max(1, 200 // (n * 2))))
        row.fast.append(seconds(lambda: solve(LimitProblem(X, AdamProxyField())), max(1, 2000 // (n * 2))))
    return row


def table(rows: list[Row], large: str) -> str:
    """The Markdown that is stored."""
    head = (
        "size", "fast, ms", "Algorithm 3, ms", "median ratio", "quartiles", "ratio of fastest",
        "median ratio with cvxpy's compilation", "NNLS map, median ratio", "asked",
    )  # fmt: skip
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(row.cells())} |" for row in rows]
    intro = (
        f"Gaussian data, AdamProxy, to residual {TOLERANCE:.0e}; {len(rows[0].fast)} interleaved rounds.\n\n"
    )
    return intro + "\n".join(lines) + "\n" + (f"\n{large}\n" if large else "")


def largest() -> str:
    """One solve of 1000 × 10000 with the process's peak memory."""
    X = np.random.default_rng(0).standard_normal((1000, 10000))
    begin = time.perf_counter()
    limit = solve(LimitProblem(X, AdamProxyField()))
    took, peak = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return (
        f"1000 × 10000: {took:.1f} s, residual {limit.residual:.1e}, peak {peak:.2f} GiB (asked: 30 s, 4 GB)."
    )


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many other processes that compute all the time."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def beside_busy_loops(rounds: int) -> str:
    """The fast solver as it is and on all BLAS threads, interleaved, beside two busy loops."""
    cores, lines = os.cpu_count() or 1, []
    unlimited: Callable[[LimitProblem], object] = solve.__wrapped__
    with busy_loops(2):
        for n, d, _ in SIZES:
            X, one, many = np.random.default_rng(0).standard_normal((n, d)), [], []
            solve(LimitProblem(X, AdamProxyField()))
            for _ in range(rounds):
                one.append(seconds(lambda X=X: solve(LimitProblem(X, AdamProxyField()))))
                with threadpool_limits(limits=cores, user_api="blas"):
                    many.append(seconds(lambda X=X: unlimited(LimitProblem(X, AdamProxyField()))))
            ratio = statistics.median(m / o for m, o in zip(many, one, strict=True))
            times = (f"{statistics.median(side) * 1e3:.1f}" for side in (one, many))
            lines.append(f"| {n} × {d} | {' | '.join(times)} | {ratio:.1f} |")
    return (
        f"The fast solver beside two busy loops on {cores} cores, Gaussian data, AdamProxy; medians of {rounds} "
        f"interleaved rounds.\n\n| size | one BLAS thread, as it is, ms | {cores} BLAS threads, ms | median ratio |\n"
        f"|---|---|---|---|\n" + "\n".join(lines) + "\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--busy", action="store_true")
    options = parser.parse_args()
    if options.busy:
        text = beside_busy_loops(options.rounds)
        print(text)
        (RESULTS / "threads.md").write_text(text, encoding="utf-8")
        return
    rows = [compare(*size, options.rounds) for size in SIZES]
    text = table(rows, largest() if options.large else "")
    print(text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "solver.md").write_text(text, encoding="utf-8")
    result = json.dumps([asdict(row) for row in rows], indent=1)
    (RESULTS / "solver.json").write_text(result + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
