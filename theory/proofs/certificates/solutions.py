"""Solutions of the limit equation to be certified: Newton in log-ratios from seeded starts, float64.

What this misses the checker finds out, where a certificate says that its list is complete.
"""

from __future__ import annotations

from itertools import combinations
from typing import cast

import numpy as np

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array


def find_solutions(
    problem: LimitProblem, starts: int = 40, seed: int = 0
) -> list[tuple[Array, tuple[int, ...]]]:
    """Solutions (c, support) by Newton from seeded starts on every support; float64, perhaps not all.

    Solutions that differ by less than 1e-7 in some weight are one (Newton ends near 1e-15).
    """
    rng = np.random.default_rng(seed)
    n = problem.n_unknowns
    found: list[tuple[Array, tuple[int, ...]]] = []
    for size in range(1, n + 1):
        for support in combinations(range(n), size):
            for start in rng.dirichlet(np.ones(size), 1 if size == 1 else starts):
                c = _newton(problem, start, np.array(support))
                if c is not None and all(np.abs(c - other).max() > 1e-7 for other, _ in found):
                    found.append((c, support))
    return found


def _newton(problem: LimitProblem, start: Array, support: Array) -> Array | None:
    """Newton in log-ratios on one support; ``None`` unless it ends at a strict solution."""
    n = problem.n_unknowns
    log = np.log(start / start[-1])[:-1]
    for _ in range(60):
        y = _weights(log, support, n)
        F = problem.F(y)
        gap = (F[support] - F[support[-1]])[:-1]
        slope = (problem.jacobian(y)[np.ix_(support, support)] * y[support])[:, :-1]
        try:
            step = np.linalg.solve(slope[:-1] - slope[-1], gap) if len(gap) else gap
        except np.linalg.LinAlgError:
            return None
        log = log - step * min(1.0, 1.0 / max(np.abs(step).max(initial=0.0), 1e-300))
        if not np.all(np.abs(log) < 60):
            return None
        if np.abs(step).max(initial=0.0) < 1e-14:
            break
    else:
        if np.abs(step).max(initial=0.0) > 1e-9:
            return None
    y = _weights(log, support, n)
    F = problem.F(y)
    off = np.setdiff1d(np.arange(n), support)
    level = F[support[-1]]
    return y if level > 0 and np.all(F[off] > level) else None


def _weights(log: Array, support: Array, n: int) -> Array:
    y = np.zeros(n)
    y[support] = np.exp(np.append(log, 0.0) - max(log.max(initial=0.0), 0.0))
    return cast(Array, y / y.sum())
