"""The fields as β2 → 1: the mean gradient over the root of a mix of squares."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

import numpy as np

from marginproof.theory.fields.field import Field, blocks_of_rows, mean_gradient, per_sample_square
from marginproof.theory.fields.gradient import SignField
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem, exact


@dataclass(frozen=True)
class Preconditioned(Field):
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
        for part in blocks_of_rows(X):
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
class AdamProxyField(Preconditioned):
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
class ReshuffledField(Preconditioned):
    """Adam as β2 → 1, batches of size b reshuffled every epoch: v = (1-θ) q + θ m², θ = (b-1)/(N-1).

    Arguments:
      batch_size: b, from 1 (AdamProxy) to N (the sign field, since v = m²).
    """

    batch_size: int = 1

    def _mix(self, n_samples: int) -> tuple[Fraction, Fraction]:
        theta = Fraction(self.batch_size - 1, n_samples - 1) if n_samples > 1 else Fraction(0)
        return 1 - theta, theta


@dataclass(frozen=True)
class ReplacementField(Preconditioned):
    """Adam as β2 → 1, batches of size b drawn with replacement: v = q + (b-1)/N · m² (derived).

    Arguments:
      batch_size: b; even b = N is not the full batch.
    """

    batch_size: int = 1

    def _mix(self, n_samples: int) -> tuple[Fraction, Fraction]:
        return Fraction(1), Fraction(self.batch_size - 1, n_samples)


@dataclass(frozen=True)
class ThetaField(Preconditioned):
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
