"""A run's settings as a line to read, with the paper's symbols: for tables, figures and the command line.

Example:
  >>> in_words(Adam(0.9, 0.95), Cyclic(1), Power(0.1, 0.5), loss="logistic", seed=0)
  'Inc-Adam, β₁ = 0.9, β₂ = 0.95, η_t = 0.1 (t + 2)^-0.5, logistic loss, seed 0'
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marginproof.properties.simulation.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.properties.simulation.optimizers import (
    GD,
    Adam,
    AdamProxy,
    NormalisedGD,
    Optimizer,
    RMSProp,
    SignGD,
    Signum,
)
from marginproof.properties.simulation.schedules import Power, Schedule
from marginproof.properties.simulation.translation import running

if TYPE_CHECKING:
    from marginproof.theory.optimizers import Optimizer as Named

NAMES: dict[type[Optimizer], str] = {
    GD: "SGD",
    NormalisedGD: "normalised SGD",
    SignGD: "SignSGD",
    Signum: "Signum",
    Adam: "Adam",
    RMSProp: "RMSProp",
    AdamProxy: "AdamProxy",
}
"""What the paper calls them on batches."""
FULL: dict[type[Optimizer], str] = {
    GD: "GD",
    NormalisedGD: "normalised GD",
    SignGD: "sign descent",
    Signum: "Signum",
    Adam: "full-batch Adam",
    RMSProp: "full-batch RMSProp",
    AdamProxy: "AdamProxy",
}
"""What the paper calls them on the full batch."""
SYMBOLS = {"beta": "β", "beta1": "β₁", "beta2": "β₂"}


def in_words(
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
      >>> in_words(Adam(0.9, 0.99), Reshuffled(2), betas=False)
      'reshuffled Adam, b = 2'
      >>> in_words(schedule=Power(0.1), loss="exponential")
      'η = 0.1, exponential loss'
    """
    parts = []
    if optimizer is not None and batching is not None:
        parts += _batches(optimizer, batching)
        parts += _constants(optimizer) if betas else []
    if schedule is not None:
        parts.append(_steps(schedule))
    if loss:
        parts.append(f"{loss} loss")
    if seed is not None:
        parts.append(f"seed {seed}")
    return ", ".join(parts)


def field_in_words(named: Named, n_samples: int) -> str:
    """The optimizer whose field is meant; β → 1 where the field is that of the limit.

    Example:
      >>> from marginproof.theory.optimizers import Optimizer
      >>> field_in_words(Optimizer("adam"), 4), field_in_words(Optimizer("signum", 1), 4)
      ('Inc-Adam, β₁ = 0.9, β₂ = 0.95', 'Signum, b = 1, β → 1')
    """
    optimizer, batching = running(named, n_samples)
    limit = ", β → 1" if named.name == "signum" and named.beta is None else ""
    limit = ", β₂ → 1" if named.beta2_to_one(n_samples) else limit
    return in_words(optimizer, batching, betas=not limit) + limit


def _batches(optimizer: Optimizer, batching: Batching) -> list[str]:
    """Name and batch size."""
    kind, b = type(optimizer), batching.batch_size
    if isinstance(batching, Full):
        return [FULL[kind]]
    if isinstance(batching, Reshuffled):
        return [f"reshuffled {NAMES[kind]}", f"b = {b}"]
    if isinstance(batching, WithReplacement):
        return [f"{NAMES[kind]} with replacement", f"b = {b}"]
    name = f"Inc-{NAMES[kind]}" if kind is Adam else NAMES[kind]
    size = [] if kind is Adam and b == 1 else [f"b = {b}"]
    order = batching.order if isinstance(batching, Cyclic) else None
    return [name, *size, *([_order(order)] if order else [])]


def _constants(optimizer: Optimizer) -> list[str]:
    """β, and what the paper's Adam does without where it is there."""
    known = vars(optimizer)
    return [
        *(f"{symbol} = {known[name]:g}" for name, symbol in SYMBOLS.items() if name in known),
        *([f"ε = {known['eps']:g}"] if known.get("eps") else []),
        *(["bias correction"] if known.get("bias_correction") else []),
    ]


def _order(order: tuple[int, ...], most: int = 8) -> str:
    """As the command line takes it, a long one cut off."""
    shown = ",".join(map(str, order[:most])) + (",…" if len(order) > most else "")
    return f"order {shown} (rows counted from 0)"


def _steps(schedule: Schedule) -> str:
    if not isinstance(schedule, Power):
        return f"{len(schedule.values)} given step sizes"
    if schedule.decay == 0:
        return f"η = {schedule.lr:g}"
    return f"η_t = {schedule.lr:g} (t + {schedule.offset:g})^-{schedule.decay:g}"
