"""R2 (false): "the data alone decide the limit".

Refutation.  X = [[5,1],[1,4]].  From w_0 = 0 the loss weights start at s = 1/2, and D = F_1 - F_2 > 0 on
all of (0, 1/2], so ds/dτ = -s(1-s)D < 0: s → 0.  From w_0 = (0, 0.733), s_0 ≈ 0.9; D < 0 at s = 4/5 and D
> 0 at s = 1, so [4/5, 1) is a trap that 1/2 is not in.  Both hold for AdamProxy and for Inc-Adam's own
field at (β1, β2) = (9/10, 19/20).

About the algorithm itself: certificates of the corpus prove that Inc-Adam at (9/10, 19/20), its moments included, has
w_t/‖w_t‖ → (1, 1)/√2 from w_0 = 0 and → (3, 4)/5 from w_0 = (0, 0.733), at the constant step 1/200
(``run-two-starts-zero-constant``, ``run-two-starts-other-constant``) and with steps .75 (t + 2)^-.75
(``run-two-starts-zero``, ``run-two-starts-other``).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import cast

import flint
import numpy as np

from marginproof.theory.claims.cases import NONZERO, SEPARABLE, exact_rows
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes
from marginproof.theory.fields import AdamProxyField, Field, IncAdamField
from marginproof.theory.number_systems import balls, decide_sign
from marginproof.theory.verdicts import SUPPORTS, Verdict


@dataclass(frozen=True)
class TwoStarts:
    """The formula: data, momenta, the two starts, the trap's lower end and the first start's s_0."""

    rows: tuple[tuple[int, ...], ...] = ((5, 1), (1, 4))
    betas: tuple[Fraction, Fraction] = (Fraction(9, 10), Fraction(19, 20))
    first: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    second: tuple[Fraction, Fraction] = (Fraction(0), Fraction(733, 1000))
    trap: Fraction = Fraction(4, 5)
    low: Fraction = Fraction(1, 2)

    @property
    def fields(self) -> tuple[Field, ...]:
        """AdamProxy and Inc-Adam."""
        return AdamProxyField(), IncAdamField(beta1=self.betas[0], beta2=self.betas[1])


def slope_sign(formula: TwoStarts, field: Field, lower: Fraction, upper: Fraction) -> int | None:
    """Sign of F_1 - F_2 for every s in [lower, upper], in balls; ``None`` where undecided."""
    system = balls(128)
    with system.working():
        s = system.convert(lower).union(system.convert(upper)) if lower < upper else system.convert(lower)
        X = system.array(exact_rows(formula.rows))
        F = X @ field(X, np.array([s, 1 - s], dtype=object), system)
        return decide_sign(F[0] - F[1])


def start_weight(formula: TwoStarts, start: tuple[Fraction, Fraction]) -> flint.arb:
    """s_0 = 1/(1 + e^{z_1 - z_2}) at w_0, in balls."""
    system = balls(128)
    with system.working():
        z = exact_rows(formula.rows) @ np.array(start, dtype=object)
        return cast(flint.arb, 1 / (1 + system.convert(z[0] - z[1]).exp()))


def descends(formula: TwoStarts, effort: Effort) -> Evidence:
    """F_1 - F_2 > 0 on (0, s_0], cell by cell, for the first start; the vertex s = 0 by continuity of
    F there.
    """
    start = start_weight(formula, formula.first)
    cases = [("the first start is not at s <= 1/2", bool(start <= _ball(formula.low)))]
    cells = 256
    for field in formula.fields:
        for k in range(cells):
            a, b = (formula.low * Fraction(i, cells) for i in (k, k + 1))
            name = f"{type(field).__name__}: F_1 > F_2 undecided or false on [{float(a):.4g}, {float(b):.4g}]"
            cases.append((name, slope_sign(formula, field, a, b) == 1))
    return all_of(cases)


def trapped(formula: TwoStarts, effort: Effort) -> Evidence:
    """The second start lies in [trap, 1), whose ends the flow enters; the trap excludes s = 1/2."""
    start = start_weight(formula, formula.second)
    inside = bool(start > _ball(formula.trap)) and bool(start < 1)
    cases = [("the second start is outside the trap", inside), ("the traps meet", formula.trap > formula.low)]
    for field in formula.fields:
        name = type(field).__name__
        cases.append(
            (f"{name}: the flow leaves at s={formula.trap}", _sign(formula, field, formula.trap) == -1)
        )
        cases.append((f"{name}: the flow leaves at s=1", _sign(formula, field, Fraction(1)) == 1))
    return all_of(cases)


def _sign(formula: TwoStarts, field: Field, at: Fraction) -> int | None:
    return slope_sign(formula, field, at, at)


def _ball(value: Fraction) -> flint.arb:
    return flint.arb(flint.fmpq(value.numerator, value.denominator))


F = TwoStarts()
CLAIM = Claim(
    id="R2",
    title="the data alone decide the limit",
    plain="False: on X = [[5,1],[1,4]] Inc-Adam itself (.9, .95), one sample a step, has w/‖w‖ → (1,1)/√2 from w_0 = 0 and "
    "→ (3,4)/5 from w_0 = (0, 0.733), at the constant step 1/200 and with steps .75 (t+2)^-.75: two certified runs each. "
    "The flows of AdamProxy and of Inc-Adam (.9, .95), with c = (s, 1-s), go from w_0 = 0 to s = 0 and from w_0 = (0, 0.733) into [0.8, 1).",
    tex=r"w_0=0:\ s\to0,\qquad w_0=(0,0.733):\ s\to0.87",
    quantifiers="claimed for AdamProxy's field, and for Inc-Adam's at (.9, .95), on every separable X from every start; "
    "refuted for both by X = [[5,1],[1,4]] and two starts, as statements about the flow, and for Inc-Adam as one about its runs",
    source="found here",
    proof=__doc__ or "",
    expected=Verdict.REFUTED,
    hypotheses=(SEPARABLE, NONZERO),
    formula=F,
    checks=(
        EvidenceSource(
            "the first start descends", SUPPORTS, "rigorous balls, 256 cells, both fields", descends
        ),
        EvidenceSource("the second start is trapped", SUPPORTS, "rigorous balls, both fields", trapped),
    ),
    mutants=changes(
        F,
        start={"second": (Fraction(0), Fraction(1, 10))},
        sign={"second": (Fraction(0), Fraction(-733, 1000))},
        swapped={"first": (Fraction(0), Fraction(733, 1000)), "second": (Fraction(0), Fraction(0))},
        trap_too_low={"trap": Fraction(3, 5)},
        entry={"rows": ((5, 1), (3, 4))},
        other_entry={"rows": ((5, -1), (1, 4))},
        basin_too_wide={"low": Fraction(17, 20)},
    ),
    missing_evidence="the certificates in constructions/corpus",
)
