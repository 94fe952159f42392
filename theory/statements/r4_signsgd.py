"""R4 (false): "SignSGD without momentum keeps the ℓ∞ bias at b = 1".

Refutation.  x_1 = (1, -1/10), x_2 = (1, -1/5), x_3 = (-1/10, 1): the gradient of sample i is a positive multiple of -x_i,
so the step is η sign(x_i) whatever w is.  An epoch of constant step moves w by η((1,-1) + (1,-1) + (-1,1)) = η(1,-1),
and x_3·(1,-1) = -11/10 < 0: the third sample's margin tends to -∞ where Σ η = ∞.  Within an epoch it rises by at
most (11/10) η, at its own visit, so it is negative from some step on.  It need not be negative for ever once it is:
visited first, from x_3·w = −1/10 with η = 1, it goes −1/10, +1, −1/10, −6/5, …  Yet γ_∞ = 49/60 > 0: w = (1, 11/12)
attains it and c = (0, 5/6, 1/6) bounds it (B6).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations

import numpy as np

from marginproof.theory.claims.cases import SEPARABLE, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.number_systems import Array
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class SignRun:
    """The formula: data, an epoch's motion per η, γ_∞ with its primal w and dual c."""

    rows: tuple[tuple[str, ...], ...] = (("1", "-1/10"), ("1", "-1/5"), ("-1/10", "1"))
    epoch: tuple[int, ...] = (1, -1)
    gamma: Fraction = Fraction(49, 60)
    primal: tuple[str, ...] = ("1", "11/12")
    dual: tuple[str, ...] = ("0", "5/6", "1/6")


def iterates(X: Array, w: Array, eta: Fraction, epochs: int) -> list[Array]:
    """w after every step of SignSGD at b = 1, constant η, exact."""
    found = []
    for _ in range(epochs):
        for row in X:
            w = w + eta * np.sign(row)
            found.append(w)
    return found


def drifts(formula: SignRun, effort: Effort) -> Evidence:
    """An exact run of 200 epochs at η = 1/100: w moves by η·epoch each, the least margin ends negative.

    And in every order of the samples, from a start with margins >= 1: some margin is negative at every one of the
    last half of the steps, as "eventually" says.
    """
    X, eta = exact_rows(formula.rows), Fraction(1, 100)
    w, cases = exact_rows([[0] * X.shape[1]])[0], []
    for t in range(1, 201):
        for row in X:
            w = w + eta * np.sign(row)  # e^{-x·w} > 0 does not change the sign
        cases.append((f"the epoch differs at t={t}", list(w) == [eta * t * v for v in formula.epoch]))
    cases.append(("the run separates", min(X @ w) < 0))
    begun = exact_rows([formula.primal])[0] / formula.gamma
    for order in permutations(range(len(X))):
        least = [min(X @ w) for w in iterates(X[list(order)], begun, eta, 400)]
        cases.append((f"the run separates late, order {order}", max(least[len(least) // 2 :]) < 0))
    cases.append(("some margin does not diverge", min(X @ np.array(formula.epoch, dtype=object)) < 0))
    return all_of(cases)


def separable(formula: SignRun, effort: Effort) -> Evidence:
    """γ_∞ exactly: the primal attains it, the dual bounds it."""
    X, w, c = (exact_rows(part) for part in (formula.rows, [formula.primal], [formula.dual]))
    return all_of(
        [
            ("the primal does not attain γ", min(X @ w[0]) == formula.gamma and max(abs(w[0])) == 1),
            ("the dual does not bound γ", sum(abs(X.T @ c[0])) == formula.gamma),
            ("the dual is off the simplex", min(c[0]) >= 0 and sum(c[0]) == 1),
            ("γ is not positive", formula.gamma > 0),
        ]
    )


F = SignRun()
CLAIM = Claim(
    id="R4",
    title="SignSGD keeps l_inf at b = 1",
    plain="False: on X = [[1,-.1],[1,-.2],[-.1,1]], γ_∞ = 49/60, SignSGD's w/‖w‖ tends to (1,-1)/√2, and from some step "
    "on the third sample is misclassified.",
    tex=r"w_t/\|w_t\|\to(1,-1)/\sqrt2,\qquad x_3\cdot w_t\to-\infty,\qquad\gamma_\infty=49/60",
    quantifiers="claimed for every separable X; refuted by one X, for every start, cyclic order, loss and non-increasing "
    "schedule constant over an epoch with Σ η = ∞",
    source="found here",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(SEPARABLE,),
    formula=F,
    checks=(
        EvidenceSource("exact run", SUPPORTS, "200 epochs in fractions; every epoch is the same", drifts),
        EvidenceSource("exact margin", SUPPORTS, "rational bracket", separable),
    ),
    mutants=changes(
        F,
        sign={"epoch": (-1, 1)},
        dropped_sample={"rows": (("1", "-1/10"), ("-1/10", "1"))},
        flipped_entry={"rows": (("1", "1/10"), ("1", "-1/5"), ("-1/10", "1"))},
        gamma={"gamma": Fraction(49, 66)},
        wrong_primal={"primal": ("1", "1")},
        wrong_dual={"dual": ("1/6", "2/3", "1/6")},
        doubled_epoch={"epoch": (2, -2)},
    ),
    missing_evidence="a certificate in constructions/corpus",
)
