"""What a direction field is and is asked for, and the two sums over samples that the fields share."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, cast, runtime_checkable

from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem

if TYPE_CHECKING:
    from marginproof.theory.fields.inc_adam import IncAdamField


@runtime_checkable
class Field(Protocol):
    """A direction field u(c) with its Jacobian."""

    degree: ClassVar[int] = 0
    """u(s c) = s^degree u(c) for s > 0."""
    solved_by: ClassVar[str] = "flow"
    """How its limit is found: by the ``flow``, as the ``l2`` or ``linf`` margin's direction, or from ``signs``."""
    sign_at_vertex: ClassVar[bool] = False
    """Whether u(e_i) is a positive multiple of sign(x_i)."""
    memoryless: ClassVar[bool] = False
    """Whether it is the way of a whole step from the present weights alone, up to its length."""
    sparse: ClassVar[bool] = False
    """Whether its limit is solved on sparse rows too."""

    @property
    def smooth(self) -> bool:
        """Whether u is differentiable where no denominator vanishes; sign fields jump."""
        ...

    def settled(self, n_samples: int) -> Field:
        """The field on N samples: the sign field where it is that, else itself."""
        return self

    def certificate_entry(self, n_samples: int) -> dict[str, Any] | None:
        """As a certificate writes it; ``None`` where no kind of certificate holds it."""
        return None

    def membership(self, n_samples: int) -> Array | None:
        """The batch that each row falls in, shape (N,); ``None`` where no cyclic batches enter the field."""
        return None

    def finite_betas(self, n_samples: int) -> IncAdamField | None:
        """Inc-Adam's field on batches of fewer than N rows, whose constant steps have a theory; ``None`` for others."""
        return None

    def parallel_to_gradient(self, X: Array) -> bool:
        """Whether u(c) is surely parallel to Xᵀc for every c."""
        return False

    def normalised(self, u: Array) -> float:
        """What a step of length η divides u by: ‖m‖₂ for gradient descent, else 1."""
        return 1.0

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u(c), shape (d,)."""
        ...

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u_k/∂c_n, shape (d, N)."""
        ...


def mean_gradient(X: Array, c: Array) -> Array:
    """m = Xᵀc, shape (d,): minus the loss gradient, up to scale."""
    return cast(Array, X.T @ c)


def per_sample_square(X: Array, c: Array) -> Array:
    """q = (X∘X)ᵀ(c∘c), shape (d,): the sum of squared per-sample gradients."""
    squares = c * c
    if X.size <= AT_ONCE:
        return cast(Array, (X * X).T @ squares)
    return cast(Array, sum((X[part] * X[part]).T @ squares[part] for part in blocks_of_rows(X)))


AT_ONCE = 2**17
"""Entries of X that are squared at once: more are taken in blocks that stay in the processor's cache."""


def blocks_of_rows(X: Array) -> Iterator[slice]:
    """Slices of X's rows of a quarter of :data:`AT_ONCE` entries each, the last one shorter."""
    rows = max(1, AT_ONCE // (4 * X.shape[1]))
    return (slice(first, first + rows) for first in range(0, len(X), rows))
