"""One direction field per optimizer: the paper's formula, over any number system.

Put the loss weights c on the simplex.  As steps vanish, an epoch of an optimizer moves w along
u(c), which depends on c alone.  With m = Xᵀc and q = (X∘X)ᵀ(c∘c), coordinate by coordinate:

=========================  =============================================  ============================
field                      u(c)                                           source
=========================  =============================================  ============================
:class:`GradientField`     m                                              classical
:class:`SignField`         sign(m)                                        classical; full-batch Adam
:class:`AdamProxyField`    m / √q                                         paper, Prop. 4.1
:class:`IncAdamField`      Σ_i (W₁G)_i / √(W₂(G∘G))_i                     paper, Prop. 2.5 (b = 1)
:class:`ReshuffledField`   m / √((1-θ)q + θm²), θ = (b-1)/(N-1)           later work; θ = 0 is the proxy
:class:`ReplacementField`  m / √(q + (b-1)/N · m²)                        derived here
:class:`SignumField`       Σ_i sign((W G)_i)                              derived here
:class:`LionField`         Σ_i sign(β1 m_{i-1} + (1-β1) G_i)              derived here
=========================  =============================================  ============================

G_j is the sum of c_n x_n over batch j of K, and W_ij = β^((i-j) mod K).  Every field is
homogeneous (degree 0, GD's degree 1), so c may be scaled freely.  Data are rows x_i with labels
folded in: X has shape (N, d).  A field is called as ``field(X, c, numbers)`` and returns u, shape
(d,); ``field.jacobian(X, c, numbers)`` returns ∂u_k/∂c_n, shape (d, N).

Example:
  >>> import numpy as np
  >>> AdamProxyField()(np.array([[5.0, 1.0], [1.0, 4.0]]), np.array([1.0, 0.0]))
  array([1., 1.])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, ClassVar, Protocol, cast, runtime_checkable

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.moving_averages import steady_state, steady_state_adjoint
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem, exact
from marginproof.theory.scratch import scratch


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
    def companion(self) -> Field:
        """The field for β2 → 1 that its limits are compared with: AdamProxy's, which is its own companion."""
        return AdamProxyField()

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
    return cast(Array, sum((X[part] * X[part]).T @ squares[part] for part in _blocks(X)))


AT_ONCE = 2**17
"""Entries of X that are squared at once: more are taken in blocks that stay in the processor's cache."""


def _blocks(X: Array) -> Iterator[slice]:
    rows = max(1, AT_ONCE // (4 * X.shape[1]))
    return (slice(first, first + rows) for first in range(0, len(X), rows))


@dataclass(frozen=True)
class GradientField(Field):
    """Gradient descent and SGD with any batch: u = m.  Limit: the ℓ₂ max-margin direction."""

    smooth = True
    degree = 1
    solved_by = "l2"
    memoryless = True

    def certificate_entry(self, n_samples: int) -> dict[str, Any]:
        """Gradient descent."""
        return {"name": "gd"}

    def parallel_to_gradient(self, X: Array) -> bool:
        """By definition."""
        return True

    def normalised(self, u: Array) -> float:
        """‖m‖₂."""
        return float(np.linalg.norm(u))

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = Xᵀc."""
        return mean_gradient(X, c)

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u/∂c = Xᵀ."""
        return X.T


@dataclass(frozen=True)
class SignField(Field):
    """Sign descent, full-batch Adam, and Signum as β → 1: u = sign(m).  Limit: ℓ∞ max-margin.

    The field jumps where a coordinate of m changes sign, and at the limit some coordinate of m
    usually is zero: the limit equation is then read with u in the convex hull of the values
    nearby, which makes it the duality of the ℓ∞ margin (:mod:`marginproof.theory.margins.max_margin`).
    """

    smooth = False
    solved_by = "linf"

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = sign(Xᵀc)."""
        return numbers.sign(mean_gradient(X, c))

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """Zero wherever no coordinate of m vanishes."""
        return cast(Array, X.T * numbers.convert(0))


@dataclass(frozen=True)
class _Preconditioned(Field):
    """u = m / √v with v = A q + B m², the common shape of the β2 → 1 fields."""

    smooth = True
    sign_at_vertex = True

    def settled(self, n_samples: int) -> Field:
        """The sign field where v is m² alone, as for θ = 1 (b = N reshuffled)."""
        return SignField() if n_samples > 1 and self._mix(n_samples)[0] == 0 else self

    def certificate_entry(self, n_samples: int) -> dict[str, Any]:
        """One family, v = (1-θ) q + θ m² up to a positive factor: θ = B/(A + B)."""
        share, batch = self._mix(n_samples)
        return {"name": "theta", "theta": str(Fraction(batch) / (share + batch))}

    def _mix(self, n_samples: int) -> tuple[Fraction | int, Fraction | int]:
        """(A, B) for N samples."""
        raise NotImplementedError

    def _moments(
        self, X: Array, c: Array, numbers: NumberSystem, n_samples: int | None = None
    ) -> tuple[Array, Array, Array]:
        """(m, v, √v) with v = A q + B m², each of shape (d,)."""
        share, batch = self._mix(n_samples or X.shape[0])
        m, v = mean_gradient(X, c), per_sample_square(X, c)
        if batch != 0:
            v = numbers.convert(share) * v + numbers.convert(batch) * (m * m)
        return m, v, numbers.sqrt(v)

    def second_moment(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """v = A q + B m², shape (d,)."""
        return self._moments(X, c, numbers)[1]

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = m / √v."""
        m, _, root = self._moments(X, c, numbers)
        return cast(Array, m / root)

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u_k/∂c_n = x_nk/√v_k - m_k (A c_n x_nk² + B m_k x_nk)/v_k^{3/2}."""
        return self.value_and_jacobian(X, c, numbers)[1]

    def among(self, n_samples: int) -> Field:
        """The field on any rows that alone have weight among N, up to a positive factor."""
        share, batch = self._mix(n_samples)
        return ThetaField(Fraction(batch) / (share + batch)) if batch else AdamProxyField()

    def on_rows(self, X: Array, c: Array, rows: Array) -> tuple[Array, Array]:
        """(u, its columns of ∂u/∂c) in float64 from the chosen rows alone: the others' weights count as zero."""
        some = X if len(rows) == len(X) else X[rows]
        return self.value_and_jacobian(some, c[rows], n_samples=len(X))

    def in_w(self, X: Array, c: Array, n_samples: int) -> Array:
        """∂u/∂w where c = e^{-X w}, shape (d, d), in float64; N is as said, X the rows that have weight."""
        share, batch = self._mix(n_samples)
        m, v, root = self._moments(X, c, FLOAT64, n_samples)
        A, B, d = 0.0, 0.0, len(m)
        for part in _blocks(X):
            rows = X[part]
            weighted = rows * c[part, None]
            A = A + weighted.T @ rows
            B = B + (weighted * weighted).T @ rows
        slope = m / (v * root)
        gain = 1 / root - (float(batch) * slope * m if batch else np.zeros(d))
        return cast(Array, (float(share) * slope)[:, None] * B - gain[:, None] * A)

    def value_and_jacobian(
        self, X: Array, c: Array, numbers: NumberSystem = FLOAT64, n_samples: int | None = None
    ) -> tuple[Array, Array]:
        """(u, ∂u/∂c) from one evaluation of m and v; N is X's number of rows unless said otherwise."""
        share, batch = self._mix(n_samples or X.shape[0])
        m, v, root = self._moments(X, c, numbers, n_samples)
        u = m / root
        slope = u / v
        if batch == 0:
            return u, (X / root - (X * X) * slope * c[:, None]).T
        gain = numbers.convert(1) / root - numbers.convert(batch) * slope * m
        return u, (X * gain - (X * X) * (numbers.convert(share) * slope) * c[:, None]).T


@dataclass(frozen=True)
class AdamProxyField(_Preconditioned):
    """Per-sample Adam as β2 → 1: u = m / √q (paper, Prop. 4.1); v = q.

    Its limit is the max-margin direction of the Mahalanobis norm M(c) = diag √q at a fixed point
    of the paper's dual map T.  Deviation from the paper: none; every β1 gives the same field.
    """

    memoryless = True
    sparse = True

    def parallel_to_gradient(self, X: Array) -> bool:
        """On scaled Rademacher data, |x_i[k]| the same for all k (I6)."""
        return all(len({abs(exact(value)) for value in row}) == 1 for row in X)

    def _mix(self, n_samples: int) -> tuple[int, int]:
        return 1, 0


@dataclass(frozen=True)
class ReshuffledField(_Preconditioned):
    """Adam as β2 → 1, batches of size b reshuffled every epoch: v = (1-θ) q + θ m², θ = (b-1)/(N-1).

    Arguments:
      batch_size: b, from 1 (AdamProxy) to N (the sign field, since v = m²).
    """

    batch_size: int = 1

    def _mix(self, n_samples: int) -> tuple[Fraction, Fraction]:
        theta = Fraction(self.batch_size - 1, n_samples - 1) if n_samples > 1 else Fraction(0)
        return 1 - theta, theta


@dataclass(frozen=True)
class ReplacementField(_Preconditioned):
    """Adam as β2 → 1, batches of size b drawn with replacement: v = q + (b-1)/N · m² (derived).

    Arguments:
      batch_size: b; even b = N is not the full batch.
    """

    batch_size: int = 1

    def _mix(self, n_samples: int) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(self.batch_size - 1, n_samples)


@dataclass(frozen=True)
class ThetaField(_Preconditioned):
    """The one-parameter family v = (1-θ) q + θ m² itself, for bifurcations in θ in [0, 1].

    Arguments:
      theta: θ, exact; 0 is AdamProxy, 1 the sign field.
    """

    theta: Fraction = Fraction(0)

    @property
    def smooth(self) -> bool:  # type: ignore[override]
        """False at θ = 1, where u = m/√m² jumps."""
        return self.theta != 1

    def _mix(self, n_samples: int) -> tuple[Fraction, Fraction]:
        return 1 - Fraction(self.theta), Fraction(self.theta)


@dataclass(frozen=True)
class _Cyclic(Field):
    """Fields of cyclic batches B_1 … B_K: rows cut in the given order into runs of b.

    Arguments:
      batch_size: b, dividing N.
      order: the order in which an epoch visits the rows; ``None`` for 0, 1, …, N-1.
    """

    batch_size: int = 1
    order: tuple[int, ...] | None = None

    def membership(self, n_samples: int) -> Array:
        """j(n), the batch that row n falls in, shape (N,), values 0 … K-1."""
        if n_samples % self.batch_size:
            raise MarginproofError(
                f"batch_size={self.batch_size} does not divide n_samples={n_samples}; "
                "cyclic batches need a divisor (or choose sampling reshuffle or replacement)"
            )
        order = range(n_samples) if self.order is None else self.order
        if sorted(order) != list(range(n_samples)):
            raise MarginproofError(f"order={self.order} is not a permutation of 0..{n_samples - 1}")
        member = np.empty(n_samples, dtype=np.intp)
        member[list(order)] = np.arange(n_samples) // self.batch_size
        return member

    def batch_gradients(self, X: Array, c: Array) -> Array:
        """G_j = Σ_{n in B_j} c_n x_n, shape (K, d)."""
        weighted = c[:, None] * X
        if self.batch_size == 1 and self.order is None:
            return cast(Array, weighted)
        order = np.argsort(self.membership(X.shape[0]), kind="stable")
        return cast(Array, weighted[order].reshape(-1, self.batch_size, X.shape[1]).sum(axis=1))


@dataclass(frozen=True)
class IncAdamField(_Cyclic):
    """Adam at finite β1 ≤ β2, cyclic batches: u = Σ_i (W₁G)_i / √(W₂(G∘G))_i (paper, Prop. 2.5 for b = 1).

    Arguments:
      batch_size, order: the batches.
      beta1, beta2: exact rationals in [0, 1).

    Deviation from the paper: any b | N and any order (as a predictor: derived); the constant C of
    Prop. 2.5 is dropped, since only the direction matters.
    """

    beta1: Fraction = Fraction(9, 10)
    beta2: Fraction = Fraction(19, 20)
    smooth = True
    sign_at_vertex = True

    def settled(self, n_samples: int) -> Field:
        """SignSGD at β1 = β2 = 0."""
        sign = self.beta1 == self.beta2 == 0
        return SignumField(self.batch_size, self.order, Fraction(0)) if sign else self

    def certificate_entry(self, n_samples: int) -> dict[str, Any]:
        """The betas, and the batches as lists of rows."""
        order = list(range(n_samples) if self.order is None else self.order)
        cuts = [order[k : k + self.batch_size] for k in range(0, n_samples, self.batch_size)]
        return {"name": "inc_adam", "beta1": str(self.beta1), "beta2": str(self.beta2), "batches": cuts}

    def finite_betas(self, n_samples: int) -> IncAdamField | None:
        """Itself, on batches of fewer than N rows."""
        return self if self.batch_size < n_samples else None

    def moments(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> tuple[Array, Array, Array]:
        """(G, m, v) at the K steps of an epoch in steady state, each of shape (K, d)."""
        G = self.batch_gradients(X, c)
        return G, steady_state(self.beta1, G, numbers), steady_state(self.beta2, G * G, numbers)

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = Σ_i m_i / √v_i over the K steps of an epoch in steady state."""
        if numbers is FLOAT64:
            _, m, inverse = self.evaluated(X, c)
            return cast(Array, np.einsum("ij,ij->j", m, inverse))
        _, m, v = self.moments(X, c, numbers)
        return cast(Array, (m / numbers.sqrt(v)).sum(axis=0))

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """∂u_k/∂c_n = x_nk P_jk with P = W₁ᵀ v^{-1/2} - G∘(W₂ᵀ m v^{-3/2}) and j = j(n)."""
        return self.value_and_jacobian(X, c, numbers)[1]

    def value_and_jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> tuple[Array, Array]:
        """(u, ∂u/∂c) from one evaluation of m and v."""
        G, m, v = self.moments(X, c, numbers)
        root = numbers.sqrt(v)
        ratio = m / root
        rising = steady_state_adjoint(self.beta1, numbers.convert(1) / root, numbers)
        P = rising - G * steady_state_adjoint(self.beta2, ratio / v, numbers)
        return cast(Array, ratio.sum(axis=0)), (X * P[self.membership(X.shape[0])]).T

    def on_rows(self, X: Array, c: Array, rows: Array) -> tuple[Array, Array]:
        """(u, the chosen rows' columns of ∂u/∂c) in float64; every row keeps its place in the epoch."""
        u, du = self.value_and_jacobian(X, c)
        return u, du if len(rows) == len(X) else du[:, rows]

    def linearised(self, X: Array, c: Array, rows: Array) -> tuple[Array, Array]:
        """(X u, ∂(X u)/∂c on the chosen rows) in float64, shapes (N,) and (R, R), without a copy of what is as large as X."""
        G, m, inverse = self.evaluated(X, c)
        m *= inverse
        u = m.sum(axis=0)
        m *= inverse
        m *= inverse
        P = steady_state_adjoint(self.beta2, m, out=m)
        P *= G
        rising = steady_state_adjoint(self.beta1, inverse, out=inverse)
        P = np.subtract(rising, P, out=P)
        if self.batch_size > 1 or self.order is not None:
            P = P[self.membership(len(X))]
        if 2 * len(rows) < len(X):
            return X @ u, X[rows] @ (X[rows] * P[rows]).T
        P *= X
        J = X @ P.T
        return X @ u, J if len(rows) == len(X) else J[np.ix_(rows, rows)]

    def evaluated(self, X: Array, c: Array) -> tuple[Array, Array, Array]:
        """(G, m, 1/√v) in float64, shapes (K, d), in scratch memory: until the next evaluation."""
        shape = (len(X) // self.batch_size, X.shape[1])
        if self.batch_size == 1 and self.order is None:
            G = np.multiply(c[:, None], X, out=scratch("G", shape))
        else:
            G = self.batch_gradients(X, c)
        inverse = np.multiply(G, G, out=scratch("v", shape))
        inverse = steady_state(self.beta2, inverse, out=inverse)
        np.sqrt(inverse, out=inverse)
        np.divide(1.0, inverse, out=inverse)
        return G, steady_state(self.beta1, G, out=scratch("m", shape)), inverse


@dataclass(frozen=True)
class CyclicSigns(_Cyclic):
    """u = Σ_i sign((L G)_i) for averages L G of the batch gradients over an epoch: piecewise constant."""

    smooth = False
    solved_by = "signs"

    def averages(self, G: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """L G up to a positive factor, shape (K, d)."""
        raise NotImplementedError

    def __call__(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """u = Σ_i sign((L G)_i)."""
        return cast(Array, numbers.sign(self.averages(self.batch_gradients(X, c), numbers)).sum(axis=0))

    def jacobian(self, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """Zero wherever no average has a vanishing coordinate."""
        return cast(Array, X.T * numbers.convert(0))


@dataclass(frozen=True)
class SignumField(CyclicSigns):
    """Signum at finite β, cyclic batches: u = Σ_i sign(Σ_j β^((i-j) mod K) G_j) (derived).

    Arguments:
      batch_size, order: the batches.
      beta: exact rational in [0, 1); β → 1 gives :class:`SignField`, β = 0 SignSGD.
    """

    beta: Fraction = Fraction(9, 10)

    def averages(self, G: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """W G."""
        return steady_state(self.beta, G, numbers)


@dataclass(frozen=True)
class LionField(CyclicSigns):
    """Lion, cyclic batches: u = Σ_i sign(β1 m_{i-1} + (1-β1) G_i), m_i = (1-β2)/(1-β2^K) (W₂G)_i (derived).

    Arguments:
      batch_size, order: the batches.
      beta1: what the step takes of the memory.  beta2: what the memory keeps.  Equal ones are Signum's.
    """

    beta1: Fraction = Fraction(9, 10)
    beta2: Fraction = Fraction(99, 100)

    def averages(self, G: Array, numbers: NumberSystem = FLOAT64) -> Array:
        """β1 m_{i-1} + (1-β1) G_i, with m in the steady state of I1."""
        share = numbers.convert(_memory_share(self.beta1, self.beta2, len(G)))
        before = np.roll(steady_state(self.beta2, G, numbers), 1, axis=0)
        return cast(Array, share * before + numbers.convert(1 - self.beta1) * G)


@lru_cache(maxsize=64)
def _memory_share(beta1: Fraction, beta2: Fraction, n_batches: int) -> Fraction:
    """β1 (1-β2)/(1-β2^K)."""
    return beta1 * (1 - beta2) / (1 - beta2**n_batches)
