"""Data on which AdamProxy's limit from w = 0 is poor in both margins, hunted by local search."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from marginproof.properties.hunt.attracting import integers
from marginproof.properties.hunt.draws import draw
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.stacks import stacked_limits
from marginproof.theory.margins.box_program import linf_in_floats
from marginproof.theory.margins.l2 import min_norm_weights
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import CertificateError
from marginproof.theory.proofs.certificates.points import all_fixed_points
from research.words import shown, verdict


def margins_of(X: Array) -> tuple[float, float]:
    """(ℓ₂ ratio, ℓ∞ ratio) of AdamProxy's limit from w = 0; (1, 1) where it does not settle."""
    found = stacked_limits(X[None], AdamProxyField())
    u = found.directions[0]
    reach = (X @ u).min()
    gamma = linf_in_floats(X).value
    if not found.settled[0] or reach <= 0 or gamma <= 1e-9:
        return 1.0, 1.0
    gamma2 = np.linalg.norm(X.T @ min_norm_weights(X))
    return float(reach / np.linalg.norm(u) / gamma2), float(reach / np.abs(u).max() / gamma)


def poor_margins(
    n: int = 3, d: int = 4, climbs: int = 5, moves: int = 600, max_entry: int = 200, seed: int = 0
) -> None:
    """Is there data where the limit from w = 0 has both margins below half of the largest?"""
    best, found = 1.0, None
    rng = np.random.default_rng(seed)
    for _ in range(climbs):
        X = min(draw(rng, 60, n, d, max_entry), key=lambda Y: max(margins_of(Y)))
        score = max(margins_of(X))
        for _ in range(moves):
            Y = X.copy()
            spots = rng.integers(X.size, size=rng.integers(1, 4))
            Y.flat[spots] = np.round(
                Y.flat[spots]
                * np.exp(rng.normal(0, 0.4, len(spots)))
                * rng.choice([1, 1, 1, 1, -1], len(spots))
            )
            Y = np.where(Y == 0, 1.0, np.clip(Y, -max_entry, max_entry))
            value = max(margins_of(Y))
            if value <= score:
                X, score = Y, value
        if score < best:
            best, found = score, X
    print(
        f"poor margins {n}x{d}: {climbs} climbs of {moves} moves, entries to {max_entry}, seed {seed}: best {best:.4f}"
    )
    if found is None:
        return
    print("  ", shown(found), margins_of(found))
    ratio = Fraction(int(np.ceil(best * 1000)) + 1, 1000)
    w_inf = [Fraction(float(v)).limit_denominator(2000) for v in linf_in_floats(found).w]
    w = found.T @ min_norm_weights(found)
    w_2 = [Fraction(float(v)).limit_denominator(10**6) for v in w / np.abs(w).max()]
    try:
        print("  ", verdict(all_fixed_points(LimitProblem(integers(found), AdamProxyField()), margins=[
            {"norm": "inf", "w": w_inf, "ratio": ratio}, {"norm": "2", "w": w_2, "ratio": ratio}])))  # fmt: skip
    except CertificateError as error:
        print("  ", error)
