"""Constant steps: time of a prediction against the vanishing-step one, and agreement with the engine's increments.

Times are CPU times of one interleaved run.  Agreement is on Gaussian sets, at the step of four whose contraction is
fastest; a set counts where its contraction lets a run of at most MOST epochs come within 1e-12.

    python -m benchmarks.constant_steps [times|agreement] [B]
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from marginproof.properties.simulation.increments import against, next_epoch
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.batching import Cyclic
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.limit.steps.outcome import StepOutcome
from marginproof.theory.optimizers import Adam

BETAS = ((0.9, 0.95), (0.5, 0.8), (0.9, 0.999))
MOST = 400_000
FACTORS = (1.0, 0.5, 0.25, 0.125)
"""Of the first step; the one with the fastest contraction is taken."""


def cpu(function: Callable[[], object]) -> float:
    """CPU seconds of one call."""
    began = time.process_time()
    function()
    return time.process_time() - began


def times() -> None:
    """The least CPU time of interleaved calls, after a warm-up."""
    for n, d, rounds in ((10, 50, 30), (50, 200, 10), (200, 1000, 7)):
        X = np.random.default_rng(0).standard_normal((n, d))
        problem = LimitProblem(X, IncAdamField())
        calls: dict[str, Callable[[], object]] = {
            "vanishing": lambda p=problem: solve(p),  # type: ignore[misc]
            "constant": lambda p=problem: solve_constant(p, 0.01, contraction=False),  # type: ignore[misc]
        }
        if n < 200:
            calls["with contraction"] = lambda p=problem: solve_constant(p, 0.01)  # type: ignore[misc]
        least = dict.fromkeys(calls, np.inf)
        for _ in range(rounds):
            for name, call in calls.items():
                least[name] = min(least[name], cpu(call))
        shown = ", ".join(f"{name} {1e3 * value:.2f} ms" for name, value in least.items())
        print(f"{n} x {d}: {shown}; constant / vanishing {least['constant'] / least['vanishing']:.2f}")


SETTINGS = ((1, 6, 20), (2, 6, 20), (5, 10, 40))


def agreement(sets: int = 20, sizes: tuple[int, ...] = (1, 2, 5)) -> None:
    """Worst distance between the engine's increment and the prediction over the sets of each setting."""
    for b, n, d in SETTINGS:
        for beta1, beta2 in BETAS if b in sizes else ():
            worst, used, slow, seed = 0.0, 0, 0, 0
            while used < sets and seed < 10 * sets:
                gap = one(seed, b, n, d, beta1, beta2)
                seed += 1
                if gap is None:
                    slow += 1
                    continue
                worst, used = max(worst, gap), used + 1
            print(
                f"b = {b}, {n} x {d}, ({beta1}, {beta2}): {used} sets, worst {worst:.1e}; {slow} too slow or unstable",
                flush=True,
            )


def one(seed: int, b: int, n: int, d: int, beta1: float, beta2: float) -> float | None:
    """The distance on one set; ``None`` where a run would need more than MOST epochs."""
    X = np.random.default_rng(seed).standard_normal((n, d))
    problem = LimitProblem(X, IncAdamField(b, None, Fraction(str(beta1)), Fraction(str(beta2))))
    eta = 0.03 * (1 - beta2) ** 0.5 * (1 if beta2 < 0.99 else 0.3)
    try:
        answers = [solve_constant(problem, eta * factor) for factor in FACTORS]
    except MarginproofError:
        return None
    found = min(answers, key=lambda one: one.contraction if one.outcome is StepOutcome.SETTLES else 2.0)
    eta = found.eta
    if found.outcome is not StepOutcome.SETTLES or np.log(1e-12) / np.log(found.contraction) > MOST:
        return None
    epochs = int(np.log(1e-12) / np.log(found.contraction)) + 200
    adam = Adam(Fraction(str(beta1)), Fraction(str(beta2)))
    run = simulate(X, adam, batching=Cyclic(b), schedule=eta, steps=epochs * n // b, checkpoints=1)
    moved = next_epoch(X, adam, run, batching=Cyclic(b), schedule=eta)
    return against(X, moved, found.limit.direction).distance


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["times", "agreement"]
    if "times" in chosen:
        times()
    if "agreement" in chosen:
        sizes = tuple(int(name) for name in chosen if name.isdigit())
        agreement(sizes=sizes or (1, 2, 5))
