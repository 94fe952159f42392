"""R6's target: two ℓ∞ max-margin directions of one data set, by linear programs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog

from marginproof.theory.margins.box_program import linf_in_floats
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import Certificate, CertificateError
from marginproof.theory.proofs.certificates.rational import margin_bracket


@dataclass(frozen=True)
class TwoMaximisers:
    """R6: the ℓ∞ max-margin direction is not unique."""

    claim: str = "R6"
    meant: str = "l_inf margins of the data; no optimizer"

    def screen(self, batch: Array) -> Array:
        """How far two maximisers are apart."""
        return np.array([_gap(X) for X in batch])

    def confirm(self, X: Array) -> bool:
        """Two maximisers more than 1e-6 apart."""
        return _gap(X) > 1e-6

    def certify(self, X: Array) -> Certificate:
        """Both maximisers and a dual point, rounded to small fractions; the checker insists on equality."""
        margin = linf_in_floats(X).value
        ends = _ends(X)
        n, d = X.shape
        A = np.block([[X.T, -np.eye(d)], [-X.T, -np.eye(d)]])
        total = np.r_[np.ones(n), np.zeros(d)][None]
        dual = linprog(np.r_[np.zeros(n), np.ones(d)], A, np.zeros(2 * d), total, [1.0])
        if ends is None or dual.x is None:
            raise CertificateError("the linear programs have no solution")
        w, other, c = ([Fraction(float(v)).limit_denominator(500) for v in x] for x in (*ends, dual.x[:n]))
        exact = Fraction(margin).limit_denominator(500)
        return margin_bracket(X, "inf", w, c, exact, exact, other=other, claim=self.claim)


def _ends(X: Array) -> tuple[Array, Array] | None:
    """Two ℓ∞ maximisers at the ends of a random functional's range."""
    n, d = X.shape
    margin = linf_in_floats(X).value
    if margin <= 1e-9:
        return None
    functional = np.random.default_rng(0).normal(size=d)
    ends = [
        linprog(s * functional, -X, -np.full(n, margin * (1 - 1e-12)), bounds=[(-1, 1)] * d).x
        for s in (1, -1)
    ]
    return None if ends[0] is None or ends[1] is None else (ends[0], ends[1])


def _gap(X: Array) -> float:
    ends = _ends(X)
    gap = 0.0 if ends is None else float(np.abs(ends[0] - ends[1]).max())
    return gap if gap > 1e-6 else 0.0
