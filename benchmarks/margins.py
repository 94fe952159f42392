"""Max-margins on every built-in set: certified widths, and the fast methods against cvxpy, interleaved.

    python -m benchmarks.margins [--rounds 5]

The reference is cvxpy with Clarabel (the formulation of marginproof.properties.reference_margins).  Both sides include the
exact bracket; ratios are medians taken round by round.  Exits 1 where a width exceeds 1e-12.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from marginproof.constructions.builtin import BUILTINS, load
from marginproof.properties.reference_margins import by_cvxpy
from marginproof.theory.margins.max_margin import l2_margin, linf_margin

DEMANDED = 1e-12


def seconds(call: Callable[[], Any]) -> tuple[float, Any]:
    begin = time.perf_counter()
    result = call()
    return time.perf_counter() - begin, result


def compare(name: str, rounds: int) -> bool:
    """Print two lines for one set; whether both widths are small enough."""
    data = load(name)
    rows = data.exact if data.is_exact else data.X
    good = True
    for norm, solve in (("l2", l2_margin), ("linf", linf_margin)):
        solve(rows)
        fast, slow = [], []
        for _ in range(rounds):
            slow_time, reference = seconds(partial(by_cvxpy, rows, norm))
            fast_time, margin = seconds(partial(solve, rows))
            slow.append(slow_time)
            fast.append(fast_time)
        ratio = statistics.median(s / f for s, f in zip(slow, fast, strict=True))
        width = margin.bracket.relative_width
        good &= width <= DEMANDED
        print(
            f"{name:20} {rows.shape[0]:5} x {rows.shape[1]:5}  {norm:4} {margin.value:.12g}".ljust(58)
            + f" width {width:.0e} (reference {reference.relative_width:.0e})"
            f"  {statistics.median(fast) * 1e3:8.2f} ms  reference {statistics.median(slow) * 1e3:8.1f} ms"
            f"  ratio {ratio:6.1f}  unique {margin.unique}",
            flush=True,
        )
    return good


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    names = [*BUILTINS, *(f"{name}+bias" for name in BUILTINS if load(name).labels is not None)]
    good = [compare(name, options.rounds) for name in names]
    print(f"{sum(good)} of {len(good)} sets have both widths at most {DEMANDED:g}")
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
