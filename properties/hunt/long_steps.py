"""R7's target: gradients after which Adam's step is longer than β1 <= β2 allows, for some β1² > β2.

The data are the gradients of one coordinate, an integer each, in the order of the steps: N rows of
one column.  Every pair of momenta from a list is tried on them.  The bound to pass depends on β2
alone.  Where β1 <= β2, I11 bounds |m|/√v by A, with A² = (1-β1)²/((1-β2)(1-β1²/β2)); its derivative
in β1 has the sign of β1 - β2, so A falls from 1/√(1-β2) at β1 = 0 to 1 at β1 = β2.  A step above
1/√(1-β2) is thus one that no gradients give with the same β2 and β1 <= β2.  For β1² > β2 the longest
of n steps is (1-β1)/√(1-β2) (Σ_{k<n} (β1²/β2)^k)^½, which passes that bound and every other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import ceil, gcd, isqrt, sqrt

import numpy as np

from marginproof.properties.hunt.shrink import simpler
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import Certificate, CertificateError
from marginproof.theory.proofs.certificates.rational import squared_step, step_growth

Betas = tuple[Fraction, Fraction]
FEWEST = 3
"""No two gradients pass the bound with a pair of :func:`small_betas`, whatever they are (Cauchy–Schwarz)."""


def small_betas(most: int = 10) -> tuple[Betas, ...]:
    """All (β1, β2) in (0, 1) with β1² > β2 and denominators up to ``most``, simplest first."""
    values = sorted({Fraction(p, q) for q in range(2, most + 1) for p in range(1, q)})
    pairs = [(b1, b2) for b1, b2 in product(values, repeat=2) if b1 * b1 > b2]
    return tuple(sorted(pairs, key=lambda pair: (pair[0].denominator + pair[1].denominator, pair)))


def longest_ordered_step(beta2: Fraction) -> Fraction:
    """The least multiple of 1/100 that is not below 1/√(1-β2): no step with β1 <= β2 is longer."""
    return Fraction(isqrt(ceil(10**4 / (1 - beta2)) - 1) + 1, 100)


@dataclass(frozen=True)
class LongStep:
    """R7: after the gradients |m|/√v is above 1/√(1-β2), for one of the pairs at least.

    Attributes:
      pairs: the (β1, β2) that are tried, simplest first.
    """

    claim: str = "R7"
    meant: str = "Adam's step |m|/√v"
    pairs: tuple[Betas, ...] = field(default_factory=small_betas)

    @cached_property
    def _numbers(self) -> Array:
        """β1, β2 and the bound, float64, shape (3, pairs)."""
        return np.array([(b1, b2, longest_ordered_step(b2)) for b1, b2 in self.pairs], dtype=float).T

    def shares(self, batch: Array) -> Array:
        """Every pair's last step over its bound, for gradients of shape (·, N, 1): shape (·, pairs)."""
        b1, b2, bound = self._numbers
        m = v = np.zeros((len(batch), len(self.pairs)))
        for g in np.moveaxis(batch, 1, 0):
            m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
        return np.asarray(np.abs(m) / np.sqrt(v) / bound)

    def screen(self, batch: Array) -> Array:
        """By which share of its bound the best pair's step is longer."""
        return np.asarray(np.maximum(self.shares(batch).max(axis=1) - 1, 0.0))

    def passing(self, X: Array) -> Betas | None:
        """The simplest pair whose step is longer, in exact fractions, of those that are so in float64."""
        g = [Fraction(int(value)) for value in X[:, 0]]
        for number in np.flatnonzero(self.shares(X[None])[0] > 1):
            b1, b2 = self.pairs[number]
            if squared_step(b1, b2, g) > longest_ordered_step(b2) ** 2:
                return b1, b2
        return None

    def confirm(self, X: Array) -> bool:
        """Whether a pair's step is longer; no rounding can make it so."""
        return self.passing(X) is not None

    def simpler(self, X: Array) -> Iterator[Array]:
        """No minus signs (m grows, v stays), no common divisor (neither |m|/√v changes), then the usual moves."""
        if (X < 0).any():
            yield np.abs(X)
        divisor = gcd(*(int(value) for value in X[:, 0]))
        if divisor > 1:
            yield X / divisor
        yield from simpler(X)

    def certify(self, X: Array) -> Certificate:
        """The gradients with the simplest pair and the bound."""
        pair = self.passing(X)
        if pair is None:
            raise CertificateError(f"gradients={X[:, 0].astype(int).tolist()} pass no bound; give others")
        (b1, b2), g = pair, [Fraction(int(value)) for value in X[:, 0]]
        bound, step = longest_ordered_step(b2), sqrt(squared_step(b1, b2, g))
        note = (
            f"With beta1 = {b1} and beta2 = {b2} these gradients give a step |m|/sqrt(v) of {step:.6g}. "
            f"With this beta2 and beta1 <= beta2 no gradients give one above 1/sqrt(1 - beta2) <= {bound}; "
            "with beta1^2 > beta2 every bound is passed in time."
        )
        return step_growth(b1, b2, bound, claim=self.claim, note=note, gradients=g)
