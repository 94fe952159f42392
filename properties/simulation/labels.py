"""A run's settings as a line to read, with the paper's symbols: for tables, figures and the command line.

Example:
  >>> from marginproof.theory.batching import Cyclic
  >>> from marginproof.theory.optimizers import Adam
  >>> from marginproof.theory.schedules import Power
  >>> label_of(Adam(0.9, 0.95), Cyclic(1), Power(0.1, 0.5), loss="logistic", seed=0)
  'Inc-Adam, β₁ = 0.9, β₂ = 0.95, η_t = 0.1 (t + 2)^-0.5, logistic loss, seed 0'
"""

from __future__ import annotations

from marginproof.theory.batching import Batching
from marginproof.theory.optimizers import Optimizer
from marginproof.theory.schedules import Schedule


def label_of(
    optimizer: Optimizer | None = None,
    batching: Batching | None = None,
    schedule: Schedule | None = None,
    *,
    loss: str = "",
    seed: int | None = None,
    betas: bool = True,
) -> str:
    """What is given, in this order: optimizer and batches, β, step sizes, loss, seed.

    Arguments:
      optimizer, batching: what ran; both or neither.
      betas: write β (and ε, bias correction) out; False where a table's head or its note says them.

    Example:
      >>> from marginproof.theory.schedules import Power
      >>> label_of(schedule=Power(0.1), loss="exponential")
      'η = 0.1, exponential loss'
    """
    parts = [
        optimizer.label(batching, betas) if optimizer and batching else "",
        schedule.label if schedule is not None else "",
        f"{loss} loss" if loss else "",
        f"seed {seed}" if seed is not None else "",
    ]
    return ", ".join(part for part in parts if part)
