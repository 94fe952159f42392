"""From an optimizer's name and settings to its direction field: one table.

=========  ====================================  =============================================
optimizer  batches                               field
=========  ====================================  =============================================
gd         any                                   :class:`~marginproof.theory.fields.GradientField`
signgd     full                                  :class:`~marginproof.theory.fields.SignField`
signgd     b < N, cyclic (b = 1: any sampling)   :class:`~marginproof.theory.fields.SignumField` (β = 0)
signum     any, no β given (β → 1)               :class:`~marginproof.theory.fields.SignField`
signum     full, any β                           :class:`~marginproof.theory.fields.SignField`
signum     b < N, cyclic, β                      :class:`~marginproof.theory.fields.SignumField`
adamproxy  b = 1                                 :class:`~marginproof.theory.fields.AdamProxyField`
adam       full                                  :class:`~marginproof.theory.fields.SignField`
adam       cyclic, b < N                         :class:`~marginproof.theory.fields.IncAdamField` (β1, β2)
adam       reshuffle, b < N                      :class:`~marginproof.theory.fields.ReshuffledField` (β2 → 1)
adam       replacement                           :class:`~marginproof.theory.fields.ReplacementField` (β2 → 1)
=========  ====================================  =============================================

"Full" is b = N; only Adam's batches drawn with replacement are not the full batch even then.  The
default b is 1 for adam and adamproxy, whose per-sample bias is the subject, and N for the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
)

PER_SAMPLE = ("adam", "adamproxy")
SAMPLINGS = ("cyclic", "reshuffle", "replacement")
BETA1 = Fraction(9, 10)
BETA2 = Fraction(19, 20)


@dataclass(frozen=True)
class Optimizer:
    """An optimizer's name and settings.

    Attributes:
      name: a key of :data:`FIELDS`.
      batch_size: b, or ``None`` for the default (:meth:`batch`).
      sampling: ``cyclic``, ``reshuffle`` (every epoch) or ``replacement``.
      beta1, beta2: Adam's, exact rationals with 0 <= β1 <= β2 < 1.
      beta: Signum's, exact rational in [0, 1), or ``None`` for the limit β → 1.
      order: the order in which cyclic batches visit the rows, or ``None`` for 0, 1, …, N-1.

    Example:
      >>> Optimizer("adam").field(4)
      IncAdam(batch_size=1, order=None, beta1=Fraction(9, 10), beta2=Fraction(19, 20))

    Raises:
      MarginproofError: an unknown name or sampling, a β outside its range.
    """

    name: str = "adamproxy"
    batch_size: int | None = None
    sampling: str = "cyclic"
    beta1: Fraction = BETA1
    beta2: Fraction = BETA2
    beta: Fraction | None = None
    order: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        _one_of("optimizer", self.name, tuple(FIELDS))
        _one_of("sampling", self.sampling, SAMPLINGS)
        for name, value in (("beta1", self.beta1), ("beta2", self.beta2), ("beta", self.beta)):
            if value is not None and not 0 <= value < 1:
                raise MarginproofError(f"{name}={value} is outside [0, 1); choose 0 <= {name} < 1")
        if self.name == "adam" and self.beta1 > self.beta2:
            raise MarginproofError(
                f"beta1={self.beta1} exceeds beta2={self.beta2}; Adam's theory needs beta1 <= beta2, "
                "so lower beta1 or raise beta2"
            )

    def batch(self, n_samples: int) -> int:
        """b for N samples: the given one, else 1 (adam, adamproxy) or N."""
        if self.batch_size is None:
            return 1 if self.name in PER_SAMPLE else n_samples
        if not 1 <= self.batch_size <= n_samples:
            raise MarginproofError(
                f"batch_size={self.batch_size} is outside 1..n_samples={n_samples}; choose a size in between"
            )
        return self.batch_size

    def full_batch(self, n_samples: int) -> bool:
        """Whether every step sees every sample once."""
        return self.batch(n_samples) == n_samples and not (
            self.name == "adam" and self.sampling == "replacement" and n_samples > 1
        )

    def field(self, n_samples: int) -> Field:
        """The direction field for N samples.

        Raises:
          MarginproofError: b outside 1..N, b not dividing N for cyclic batches, an order that is no
            permutation or has no use, settings for which no field is known.
        """
        self._check_batches(n_samples)
        return FIELDS[self.name](self, n_samples)

    def beta2_to_one(self, n_samples: int) -> bool:
        """Whether :meth:`field` is that of β2 → 1, whatever β1 and β2 are: Adam with random batches.

        Example:
          >>> Optimizer("adam", 2, "reshuffle").beta2_to_one(4), Optimizer("adam", 2).beta2_to_one(4)
          (True, False)
        """
        return self.name == "adam" and self.sampling != "cyclic" and not self.full_batch(n_samples)

    def _check_batches(self, n_samples: int) -> None:
        b = self.batch(n_samples)
        if self.sampling == "cyclic" and n_samples % b:
            raise MarginproofError(
                f"batch_size={b} does not divide n_samples={n_samples}, as cyclic batches need; "
                f"choose one of {_divisors(n_samples)}, or sampling reshuffle or replacement"
            )
        if self.order is None:
            return
        if self.sampling != "cyclic":
            raise MarginproofError(
                f"order={_listed(self.order)} means nothing with sampling={self.sampling}; drop it"
            )
        if sorted(self.order) != list(range(n_samples)):
            raise MarginproofError(
                f"order={_listed(self.order)} is not a permutation of 0..{n_samples - 1}; name every row once"
            )


def field_of(
    optimizer: str,
    n_samples: int,
    batch_size: int | None = None,
    sampling: str = "cyclic",
    beta1: Fraction = BETA1,
    beta2: Fraction = BETA2,
    beta: Fraction | None = None,
    order: tuple[int, ...] | None = None,
) -> Field:
    """The direction field of an optimizer (:class:`Optimizer`) on N samples."""
    return Optimizer(optimizer, batch_size, sampling, beta1, beta2, beta, order).field(n_samples)


def _gd(optimizer: Optimizer, n_samples: int) -> Field:
    return GradientField()


def _signgd(optimizer: Optimizer, n_samples: int) -> Field:
    return (
        SignField() if optimizer.full_batch(n_samples) else _cyclic_signum(optimizer, n_samples, Fraction(0))
    )


def _signum(optimizer: Optimizer, n_samples: int) -> Field:
    if optimizer.beta is None or optimizer.full_batch(n_samples):
        return SignField()
    return _cyclic_signum(optimizer, n_samples, optimizer.beta)


def _cyclic_signum(optimizer: Optimizer, n_samples: int, beta: Fraction) -> Field:
    b = optimizer.batch(n_samples)
    # Without momentum, single samples give the same mean direction in whatever way they are drawn.
    if optimizer.sampling != "cyclic" and not (beta == 0 and b == 1):
        raise MarginproofError(
            f"sampling={optimizer.sampling} with {optimizer.name}, batch_size={b} and beta={beta} has no "
            "known direction field; choose cyclic batches, the full batch, or signum without beta (beta → 1)"
        )
    return SignumField(b, optimizer.order, beta)


def _adamproxy(optimizer: Optimizer, n_samples: int) -> Field:
    if optimizer.batch(n_samples) != 1:
        raise MarginproofError(
            f"batch_size={optimizer.batch_size} for adamproxy, which takes single samples; leave it out, "
            "or choose adam with sampling reshuffle for the field of larger batches as beta2 → 1"
        )
    return AdamProxyField()


def _adam(optimizer: Optimizer, n_samples: int) -> Field:
    b = optimizer.batch(n_samples)
    if optimizer.full_batch(n_samples):
        return SignField()
    if optimizer.sampling == "reshuffle":
        return ReshuffledField(b)
    if optimizer.sampling == "replacement":
        return ReplacementField(b)
    return IncAdamField(b, optimizer.order, optimizer.beta1, optimizer.beta2)


FIELDS: dict[str, Callable[[Optimizer, int], Field]] = {
    "gd": _gd,
    "signgd": _signgd,
    "signum": _signum,
    "adamproxy": _adamproxy,
    "adam": _adam,
}
"""The table: an optimizer's name to the function that chooses its field."""


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise MarginproofError(f"{name}={value} is unknown; choose one of {', '.join(allowed)}")


def _divisors(n: int) -> str:
    divisors = [b for b in range(1, n + 1) if n % b == 0]
    shown = divisors if len(divisors) <= 8 else [*divisors[:6], "…", n]
    return ", ".join(map(str, shown))


def _listed(order: tuple[int, ...]) -> str:
    return ",".join(map(str, order[:8])) + (",…" if len(order) > 8 else "")
