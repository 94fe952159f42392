"""Certificates in exact fractions: margins, non-separability, a finite run, unbounded steps."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from marginproof.theory.margins.brackets import exact_bracket
from marginproof.theory.margins.max_margin import Margin
from marginproof.theory.number_systems import exact
from marginproof.theory.proofs.certificates.document import Certificate, rows_of
from marginproof.theory.proofs.certificates.errors import CertificateError

Rational = Any
"""Anything :func:`marginproof.theory.number_systems.exact` reads: int, Fraction, ``"p/q"``, float."""


def fractions(values: Sequence[Rational]) -> list[Fraction]:
    """Exact entries."""
    return [exact(value) for value in values]


def dot(a: Sequence[Fraction], b: Sequence[Fraction]) -> Fraction:
    """The inner product."""
    return sum((x * y for x, y in zip(a, b, strict=True)), Fraction(0))


def margin_bracket(
    X: Any,
    norm: str,
    w: Sequence[Rational],
    c: Sequence[Rational],
    lower: Rational,
    upper: Rational,
    other: Sequence[Rational] | None = None,
    claim: str | None = None,
    note: str = "",
) -> Certificate:
    """The certificate that a max-margin lies between ``lower`` and ``upper``, by min Xw/‖w‖ and ‖Xᵀc‖_dual/Σc (B6).

    Arguments:
      X: exact data, shape (N, d); norm: "1", "2" or "inf".
      w: shape (d,); c: nonnegative, shape (N,), need not sum to 1.
      other: a second w, not parallel, with the same bound where lower = upper: the maximiser is not unique.
    """
    witness: dict[str, Any] = {"norm": norm, "w": fractions(w), "c": fractions(c)}
    bounds = {"lower": exact(lower), "upper": exact(upper)}
    conclusion: dict[str, Any] = {"norm": norm, **bounds}
    if other is not None:
        witness["other"], conclusion["unique"] = fractions(other), False
    return Certificate("margin_bracket", rows_of(X), witness | bounds, conclusion, None, claim, note)


def bracket_of(X: Any, margin: Margin) -> Certificate:
    """The bracket of an ℓ₂ or ℓ∞ margin, its vectors cut to 64 bits where they are long, and exact bounds of those.

    Arguments:
      X: the data of the margin, shape (N, d).
    """
    norm = {"l2": "2", "linf": "inf"}[margin.norm]
    w, c = _short(margin.bracket.primal), _short(margin.bracket.dual)
    total = sum(c, Fraction(0))
    bracket = exact_bracket(X, w, [value / total for value in c], margin.norm)
    exact_ends = [_root(end, norm) for end in (bracket.exact_lower, bracket.exact_upper)]
    floats = (Fraction(bracket.lower), Fraction(bracket.upper))
    lower, upper = (f if e is None else e for e, f in zip(exact_ends, floats, strict=True))
    return margin_bracket(X, norm, w, c, lower, upper)


MAX_BITS = 600
"""Longer numerators or denominators are cut: the checker reads rationals of up to 400 digits (1,328 bits)."""


def _short(values: Sequence[Fraction]) -> list[Fraction]:
    """The vector, or its entries rounded to 2^-64 of the largest where one of them is too long to write."""
    if all(max(v.numerator.bit_length(), v.denominator.bit_length()) <= MAX_BITS for v in values):
        return list(values)
    unit = max(abs(v) for v in values) / 2**64
    return [Fraction(round(v / unit), 2**64) for v in values]


def _root(end: Fraction | None, norm: str) -> Fraction | None:
    """An exact bound as a short rational: itself, or (ℓ₂) its root where that is rational; else ``None``."""
    if end is None or end < 0 or max(end.numerator.bit_length(), end.denominator.bit_length()) > MAX_BITS:
        return None
    if norm == "inf":
        return end
    p, q = isqrt(end.numerator), isqrt(end.denominator)
    return Fraction(p, q) if (p * p, q * q) == (end.numerator, end.denominator) else None


def farkas(X: Any, c: Sequence[Rational], note: str = "") -> Certificate:
    """No w has Xw > 0, since Xᵀc = 0 with c >= 0 and c ≠ 0."""
    return Certificate("farkas", rows_of(X), {"c": fractions(c)}, {"separable": False}, note=note)


def separation(
    X: Any, status: str, w: Sequence[Rational], c: Sequence[Rational], note: str = ""
) -> Certificate:
    """Complete, quasi-complete or overlap: Xw >= 0, c >= 0, Xᵀc = 0, and one of x_i·w and c_i positive in every row.

    Arguments:
      X: exact data, shape (N, d).
      status: ``complete``, ``quasi-complete`` or ``overlap``.
      w: shape (d,), zero for overlap; c: shape (N,), zero for complete separation.
    """
    weights = fractions(c)
    conclusion = {"separation": status, "boundary": [i for i, v in enumerate(weights) if v]}
    return Certificate("separation", rows_of(X), {"w": fractions(w), "c": weights}, conclusion, note=note)


def signsgd_run(
    X: Any,
    eta: Sequence[Rational],
    separator: Sequence[Rational],
    w0: Sequence[Rational] | None = None,
    order: Sequence[int] | None = None,
    claim: str | None = "R4",
    note: str = "",
) -> Certificate:
    """SignSGD with one sample a step misclassifies a row of separable data, at the end of a run and for ever.

    -∇ℓ(w·x_i) is a positive multiple of x_i for every decreasing loss, so the step is exactly
    η_t sign(x_i): no exponential enters.  An epoch moves w along s = Σ_i sign(x_i); where x_j·s < 0,
    x_j·w → -∞ as Σ η_t = ∞.

    Arguments:
      eta: step sizes of the run, not increasing; separator: w with Xw > 0.
      w0, order: start (zeros) and cyclic order (0 … N-1).

    Raises:
      CertificateError: no row has both x_j·s < 0 and x_j·w < 0 at the end of the run.
    """
    rows = rows_of(X)
    steps, visit = fractions(eta), list(range(len(rows)) if order is None else order)
    start = fractions([0] * len(rows[0]) if w0 is None else w0)
    signs = [[(v > 0) - (v < 0) for v in row] for row in rows]
    w = list(start)
    for t, step in enumerate(steps):
        w = [v + step * s for v, s in zip(w, signs[visit[t % len(visit)]], strict=True)]
    drift = [Fraction(sum(column)) for column in zip(*signs, strict=True)]
    bad = [j for j, row in enumerate(rows) if dot(row, drift) < 0 and dot(row, w) < 0]
    if not bad:
        raise CertificateError(f"drift={[str(v) for v in drift]} misclassifies no row at the end of the run")
    witness = {
        "w0": start,
        "eta": steps,
        "order": visit,
        "w": w,
        "row": bad[0],
        "separator": fractions(separator),
    }
    conclusion = {"separable": True, "steps": len(steps), "misclassified": bad[0]}
    return Certificate("finite_run", rows, witness, conclusion, None, claim, note)


def squared_step(beta1: Rational, beta2: Rational, gradients: Sequence[Rational]) -> Fraction:
    """m²/v of one coordinate of Adam after the gradients, from m = v = 0; 0 where v = 0."""
    b1, b2 = exact(beta1), exact(beta2)
    m = v = Fraction(0)
    for g in fractions(gradients):
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    return m * m / v if v else v


def step_growth(
    beta1: Rational,
    beta2: Rational,
    bound: Rational,
    claim: str | None = "R7",
    note: str = "",
    gradients: Sequence[Rational] | None = None,
) -> Certificate:
    """Gradients g_s ∝ (β2/β1)^s that drive Adam's |m|/√v above the bound, when β1² > β2.

    By Cauchy–Schwarz the largest m²/v after n steps is (1-β1)²/(1-β2) Σ_{k<n} (β1²/β2)^k, reached at
    g_{n-k} ∝ (β1/β2)^k; the series diverges, so every bound is passed.  n is the first that does.
    The data of the certificate are the gradients in the order of the steps, shape (n, 1).

    Arguments:
      gradients: others that pass the bound, in the order of the steps, shape (n,).

    Raises:
      CertificateError: β1² <= β2, more than 64 steps would be needed, or the gradients given do not pass.
    """
    b1, b2, limit = exact(beta1), exact(beta2), exact(bound)
    if not 0 < b2 < b1 * b1 < 1:
        raise CertificateError(f"beta1={b1}, beta2={b2}: steps are bounded unless 0 < beta2 < beta1² < 1")
    g = _extremal(b1, b2, limit) if gradients is None else fractions(gradients)
    if not squared_step(b1, b2, g) > limit**2:
        raise CertificateError(f"bound={limit} is not passed by the gradients; choose a smaller bound")
    witness = {"beta1": b1, "beta2": b2, "bound": limit}
    conclusion = {"bound": limit, "steps": len(g), "betas": [b1, b2]}
    return Certificate("step_growth", tuple((v,) for v in g), witness, conclusion, None, claim, note)


def _extremal(b1: Fraction, b2: Fraction, limit: Fraction) -> list[Fraction]:
    """The fewest gradients that pass the bound, the last of them 1."""
    ratio, total, n = b1 * b1 / b2, Fraction(0), 0
    while (1 - b1) ** 2 / (1 - b2) * total <= limit**2:
        total, n = total + ratio**n, n + 1
        if n > 64:
            raise CertificateError(f"bound={limit} needs more than 64 steps; choose beta1²/beta2 larger")
    return [(b1 / b2) ** (n - 1 - t) for t in range(n)]
