"""Margins in floating point against others' solvers, interleaved, CPU time: SVC and LinearSVC for l2, HiGHS called directly for l_inf.

    python -m benchmarks.float_margins [--rounds 3] [--sizes 50x200 300x300]

Gaussian data; each side's error is B6's relative gap of what it returns.  Exact brackets are not part of this
(benchmarks.margins has them).
"""

from __future__ import annotations

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
from sklearn.svm import SVC, LinearSVC

from marginproof.theory.margins.box_program import best_in_box
from marginproof.theory.margins.floats import l2_floats, linf_floats
from marginproof.theory.threads import single


def cpu(call: Callable[[], object]) -> tuple[float, object]:
    begin = time.process_time()
    result = call()
    return time.process_time() - begin, result


def by_svc(X: np.ndarray) -> float:
    """γ_2 by scikit-learn, tolerance 1e-8: the rows against their opposites, through the origin by symmetry."""
    both, labels = np.vstack([X, -X]), np.repeat([1, -1], len(X))
    w = SVC(kernel="linear", C=1e12, tol=1e-8).fit(both, labels).coef_[0]
    return float((X @ w).min() / np.linalg.norm(w))


def by_linear_svc(X: np.ndarray) -> float:
    """γ_2 by liblinear, tolerance 1e-8, no intercept; max_iter ends what does not converge, and its error then shows."""
    both, labels = np.vstack([X, -X]), np.repeat([1, -1], len(X))
    model = LinearSVC(loss="hinge", C=1e6, tol=1e-8, fit_intercept=False, max_iter=20_000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        w = model.fit(both, labels).coef_[0]
    return float((X @ w).min() / np.linalg.norm(w))


def by_highs(X: np.ndarray) -> float:
    found = best_in_box(X)
    return np.nan if found is None else found.value


def compare(n: int, d: int, rounds: int) -> None:
    X = np.random.default_rng(0).standard_normal((n, d))
    for name, ours, theirs in (
        ("l2 against SVC", l2_floats, by_svc),
        ("l2 against LinearSVC", l2_floats, by_linear_svc),
        ("l_inf against HiGHS", linf_floats, by_highs),
    ):
        fast, slow = [], []
        for _ in range(rounds):
            seconds, margin = cpu(lambda ours=ours: ours(X))  # type: ignore[misc]
            fast.append(seconds)
            seconds, other = cpu(lambda theirs=theirs: theirs(X))  # type: ignore[misc]
            slow.append(seconds)
        print(
            f"{n} x {d} {name}: {statistics.median(fast) * 1e3:.1f} ms against {statistics.median(slow) * 1e3:.1f} ms, "
            f"gap {margin.relative_gap:.0e}, theirs off by {abs(other / margin.upper - 1):.0e}",  # type: ignore[attr-defined,operator]
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", nargs="+", default=["50x200", "200x1000", "300x300", "1000x1000"])
    options = parser.parse_args()
    with single():
        for size in options.sizes:
            n, d = (int(part) for part in size.split("x"))
            compare(n, d, options.rounds)


if __name__ == "__main__":
    main()
