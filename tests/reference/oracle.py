"""The same rules at many digits: the oracle that the engine is held against.

The loop is the naive one, in true units (mpmath's exponents do not underflow), and shares with the
engine only the rule's code and the draws of batches.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.batching import Cyclic
  >>> from marginproof.theory.optimizers import Signum
  >>> w = run_at_many_digits(np.eye(2), Signum(0.5), batching=Cyclic(1), steps=3)[-1]
  >>> [float(x) for x in w]
  [0.30000000000000004, 0.2]
"""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np

from marginproof.properties.simulation.sampling import batches
from marginproof.theory.batching import Batching
from marginproof.theory.laws import Hyper, over, ratio
from marginproof.theory.losses import Loss
from marginproof.theory.optimizers import Optimizer
from marginproof.theory.schedules import Power, Schedule, StepTable, schedule_of


def run_at_many_digits(
    X: np.ndarray,
    optimizer: Optimizer,
    *,
    batching: Batching,
    schedule: Schedule | float | np.ndarray = Power(0.1, 0.0),  # noqa: B008 (frozen)
    steps: int = 100,
    start: np.ndarray | None = None,
    loss: str = "exponential",
    seed: int = 0,
    digits: int = 50,
) -> list[list[Any]]:
    """w_0 … w_T in mpmath; arguments as :func:`marginproof.properties.simulation.trajectories.simulate`.

    Returns:
      T+1 lists of d numbers.
    """
    context = mpmath.MPContext()
    context.dps = digits
    plan = schedule_of(schedule)
    rows = [[context.mpf(float(x)) for x in row] for row in X]
    n, d = X.shape
    w = [context.mpf(0 if start is None else float(start[k])) for k in range(d)]
    m, v = [context.mpf(0)] * d, [context.mpf(0)] * d
    many_digits = over(ratio, sqrt=context.sqrt)
    rule = over(optimizer.law, ratio=many_digits, sqrt=context.sqrt, sign=context.sign)
    path = [list(w)]
    for t, chosen in enumerate(batches(batching, n, steps, seed)):
        gradients = [_gradient(rows[i], w, loss, context) for i in chosen]
        g = [context.fsum(column) / len(chosen) for column in zip(*gradients, strict=True)]
        if optimizer.squares:
            v = [
                context.fsum((x / len(chosen)) ** 2 for x in column)
                for column in zip(*gradients, strict=True)
            ]
        h = _hyper(optimizer, g, t + 1, context)
        eta = _step_size(plan, t, context)
        for k in range(d):
            m[k], v[k], u = rule(g[k], m[k], v[k], h)
            w[k] -= eta * u
        path.append(list(w))
    return path


def _gradient(x: list[Any], w: list[Any], loss: str, context: Any) -> list[Any]:
    """∇ℓ(x·w) = ℓ'(x·w) x."""
    factor = -Loss(loss).slope(context.fdot(x, w), context.exp)
    return [factor * entry for entry in x]


def _hyper(optimizer: Optimizer, g: list[Any], step: int, context: Any) -> Hyper:
    h = optimizer.hyper
    beta1, beta2 = context.mpf(h.beta1), context.mpf(h.beta2)
    eps = context.mpf(h.eps) if h.eps else context.ldexp(1, -(10**12))  # below any bit of √v, so that 0/0 = 0
    norm = context.sqrt(context.fsum(x * x for x in g))
    return Hyper(beta1, beta2, eps, 1 - beta1**step, 1 - beta2**step, norm)


def _step_size(plan: Schedule, step: int, context: Any) -> Any:
    if isinstance(plan, StepTable):
        return context.mpf(float(plan.values[step]))
    return context.mpf(plan.lr) * (step + context.mpf(plan.offset)) ** (-context.mpf(plan.decay))
