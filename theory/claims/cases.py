"""A case that a claim may be about (data, optimizer settings, schedule), and hypotheses as predicates on it.

Every predicate is decided exactly where the data are exact.

Example:
  >>> case = ClaimCase(exact_rows([[5, 1], [1, 4]]))
  >>> SEPARABLE.holds(case), SCALED_RADEMACHER.holds(case)
  (True, False)
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled
from marginproof.theory.losses import Loss
from marginproof.theory.margins.separability import separator
from marginproof.theory.number_systems import RATIONALS, Array
from marginproof.theory.optimizers import GD, Adam, Optimizer
from marginproof.theory.schedules import Power


def exact_rows(rows: object) -> Array:
    """Rows as an object array of Fractions, shape (N, d)."""
    return RATIONALS.array(rows)


@dataclass(frozen=True)
class ClaimCase:
    """What a claim's hypotheses are asked about.

    Attributes:
      X: rows x_i with labels folded in, shape (N, d); floats or Fractions.
      optimizer, batching: what runs, and on which batches.
      loss: what is minimised.
      schedule: the step sizes.
      start: w_0; ``None`` is zero.
    """

    X: Array
    optimizer: Optimizer = field(default_factory=Adam)
    batching: Batching = field(default_factory=Cyclic)
    loss: Loss = Loss.EXPONENTIAL
    schedule: Power = field(default_factory=lambda: Power(0.1, 0.8))
    start: tuple[float, ...] | None = None

    @property
    def batch_size(self) -> int:
        """b."""
        return self.batching.size(len(self.X))

    @property
    def betas(self) -> tuple[Fraction, Fraction]:
        """(β1, β2), 0 for those that the optimizer has not; Signum's β is β1."""
        given = self.optimizer.settings
        return given.get("beta1", given.get("beta")) or Fraction(0), given.get("beta2") or Fraction(0)


@dataclass(frozen=True)
class Hypothesis:
    """A condition a claim asks for: its name, a sentence, and the predicate."""

    name: str
    plain: str
    holds: Callable[[ClaimCase], bool]


def _is_scaled_rademacher(case: ClaimCase) -> bool:
    sizes = np.abs(exact_rows(case.X))
    return bool((sizes == sizes[:, :1]).all() and (sizes > 0).all())


def _is_shifted_diagonal(case: ClaimCase) -> bool:
    X = exact_rows(case.X)
    n, d = X.shape
    if n != d or n < 2:
        return False
    delta = X[0, 1]
    off = X[~np.eye(n, dtype=bool)]
    diagonal = np.diag(X)
    rising = all(a < b for a, b in itertools.pairwise(diagonal))
    return bool(delta > 0 and (off == delta).all() and diagonal[0] > 0 and rising)


def _reach(case: ClaimCase) -> float:
    """What a unit step may move a margin by: R, or max(R, R²) for GD, whose step has the gradient's size."""
    radius = float(np.abs(exact_rows(case.X)).sum(axis=1).max())
    return max(radius, radius**2) if isinstance(case.optimizer, GD) else radius


def _every_coordinate_moves(case: ClaimCase) -> bool:
    """Whether at w_0 some batch's gradient is nonzero in every coordinate; exact at w_0 = 0."""
    X, b = exact_rows(case.X), case.batch_size
    if case.start is not None and any(case.start):
        z = np.asarray(X, dtype=np.float64) @ np.array(case.start)
        X = np.exp(z.min() - z)[:, None] * np.asarray(X, dtype=np.float64)
    sums = [X[j : j + b].sum(axis=0) for j in range(0, len(X), b)]
    return bool((np.array(sums) != 0).any(axis=0).all())


def dominating_row(X: Array) -> int | None:
    """The first i with sign(x_i)·x_j >= ‖x_i‖_1 for all j (I7), or ``None``."""
    exact = exact_rows(X)
    for i, row in enumerate(exact):
        if min(exact @ np.sign(row)) >= np.abs(row).sum():
            return i
    return None


SEPARABLE = Hypothesis(
    "separable", "some w has X w > 0", lambda case: separator(exact_rows(case.X)) is not None
)
NONZERO = Hypothesis("nonzero entries", "every entry of X is nonzero", lambda case: bool(np.all(case.X != 0)))
POSITIVE_COLUMNS = Hypothesis(
    "no zero column",
    "every feature is nonzero in some row",
    lambda case: bool((case.X != 0).any(axis=0).all()),
)
MOVING = Hypothesis(
    "v > 0",
    "in every coordinate some batch's gradient is nonzero at the start (a batch sum may vanish where no column does)",
    _every_coordinate_moves,
)
SCALED_RADEMACHER = Hypothesis("scaled Rademacher", "|x_i[k]| = a_i > 0 for every k", _is_scaled_rademacher)
SHIFTED_DIAGONAL = Hypothesis(
    "shifted diagonal", "x_i = a_i e_i + δ Σ_{k≠i} e_k, 0 < a_1 < … < a_N, δ > 0, N = d", _is_shifted_diagonal
)
DOMINATED = Hypothesis(
    "a dominating row",
    "some i has sign(x_i)·x_j >= ‖x_i‖_1 for all j",
    lambda c: dominating_row(c.X) is not None,
)
BETAS = Hypothesis("betas in [0, 1)", "0 <= β1, β2 < 1", lambda c: all(0 <= beta < 1 for beta in c.betas))
ORDERED = Hypothesis("β1 <= β2", "the paper's condition on the momenta", lambda c: c.betas[0] <= c.betas[1])
SUMMABLE = Hypothesis("β1² < β2", "the series of I11 converges", lambda c: c.betas[0] ** 2 < c.betas[1] < 1)
EXPONENTIAL = Hypothesis("exponential loss", "ℓ(z) = e^{-z}", lambda c: c.loss is Loss.EXPONENTIAL)
FROM_ZERO = Hypothesis("start at zero", "w_0 = 0", lambda c: c.start is None or not any(c.start))
VANISHING = Hypothesis(
    "vanishing steps",
    "η_t non-increasing, → 0, Σ η_t = ∞",
    lambda c: c.schedule.vanishing,
)
SMALL_STEPS = Hypothesis(
    "small steps",
    "η_0 small enough, so that the start decides the basin: the checks take η_0 (t_0)^{-a} ρ <= (1-β2)/8 for Adam "
    "and <= 1/8 for the others, ρ = R, or max(R, R²) for GD, R = max_i ‖x_i‖_1",
    lambda c: (
        c.schedule.at(0) * _reach(c) <= (1 - float(c.betas[1]) if isinstance(c.optimizer, Adam) else 1) / 8
    ),
)
CONSTANT = Hypothesis("a constant step", "η_t = η > 0 for every t", lambda c: c.schedule.decay == 0)
POSITIVE_STEPS = Hypothesis("positive steps", "η_t > 0", lambda c: c.schedule.lr > 0)
FULL_BATCH = Hypothesis("full batch", "b = N", lambda c: c.batching.is_full(len(c.X)))
PER_SAMPLE = Hypothesis("one sample a step", "b = 1", lambda c: c.batch_size == 1)
CYCLIC = Hypothesis(
    "cyclic batches", "b | N, batches in a fixed order", lambda c: c.X.shape[0] % c.batch_size == 0 and
    isinstance(c.batching, Cyclic | Full)
)  # fmt: skip
RESHUFFLED = Hypothesis(
    "reshuffled batches",
    "b | N, a new random order each epoch", lambda c: c.X.shape[0] % c.batch_size == 0 and
    isinstance(c.batching, Reshuffled)
)  # fmt: skip


def uses(*optimizers: str) -> Hypothesis:
    """The optimizer is one of these."""
    return Hypothesis("optimizer", " or ".join(optimizers), lambda case: case.optimizer.name in optimizers)
