"""B2: Signum's margin under cyclic batches, with an explicit distance from γ_∞ that β closes.

Setting.  K = N/b batches, w_0 = 0, m_0 = 0, R = max ‖x_i‖_1, γ = γ_∞ <= R, S = Σ_i e^{-x_i·w} and
G = Σ_i e^{-x_i·w} x_i.
Signum moves along sign(p), p = (1-β) Σ_{s<=t} β^{t-s} Σ_{i∈B_s} e^{-x_i·w_s} x_i.

1. One step moves x_i·w by at most R η, so for any κ > 0, (κ/(1-β)) p = Σ_i ρ_i e^{-x_i·w_t} x_i with
   V_j <= ρ_i <= U_j for i in batch j, where U_j, V_j gain κ when j is visited and are multiplied by
   β e^{±Rη} after each step.
2. Write p for that multiple.  <G, sign p> = ‖p‖_1 + <G - p, sign p> >= ‖p‖_1 - ‖G - p‖_1, and
   ‖p‖_1 >= γ Σ ρ_i e^{-x_i·w} by B6 (the weights ρ_i e^{-x_i·w} are non-negative).  Hence
   <G, sign p> >= Σ_i f(ρ_i) e^{-x_i·w},  f(ρ) = γρ - R|1-ρ|.
3. f rises with slope γ + R up to ρ = 1 and falls with slope γ - R <= 0 after, so it is concave and
   f(ρ_i) >= min(f(min V), f(max U)).  Also <G, sign p> >= -R S.  With Hoeffding's lemma (:mod:`marginproof.theory.claims.descent`)

       min_i x_i·w_T >= -log N + Σ_t η_t r_t,   r_t = max(min(f(min V_t), f(max U_t)), -R) - ½ η_t R²,

   while ‖w_T‖_∞ <= Σ η_t.
4. As η → 0, a batch of age a has weight κ β^a/(1-β^K) (I1), so max U = κ/(1-β^K), min V = β^{K-1} max U.
   The best κ makes f(max U) = f(min V): max U = 2R/((R-γ) + (R+γ)β^{K-1}), and then, with
   e = (1-β^{K-1})/(1+β^{K-1}) and g = γ/R,

       liminf min_i x_i·w/‖w‖_∞ >= R (g - e)/(1 - g e) = R tanh(artanh g - ½(K-1) log(1/β)),  if that is positive.

   Only if: ‖w‖_∞ <= Σ η_t, so a positive lower bound of the margin over Σ η is one of the margin over ‖w‖_∞, and a
   negative one is not.  On X = [[1, -.9], [-.9, 1]] with β = 1/2 signs cancel, w stays bounded and the ratio is −1.9,
   while the right side is −0.543.

5. Nothing above knows that the norm is ℓ∞: <p, s(p)> = ‖p‖_* and ‖s(p)‖ <= 1 are all that is used of sign(p), so
   the bound holds for momentum steepest descent in any norm, with R = max ‖x_i‖_* and γ the max-margin in that norm
   (the spectral norm: exactly orthogonalised momentum; :mod:`marginproof.theory.claims.norms`).

This is stronger than the form first written, r_t = max(γ - 2RE_t, -R) - ½η_tR²e^{η_tR} with
E_t = max(max U - 1, 1 - min V) and κ = 2(1-β^K)/(1+β^{K-1}), whose limit is γ - 2R e: for the same κ,
f(V) = γ - (γ+R)(1-V) >= γ - 2R(1-V) and f(U) = γ - (R-γ)(U-1) >= γ - 2R(U-1); the limits differ by
R e (1 + g² - 2g e)/(1 - g e) > 0.  It is positive as soon as e < g, not 2e < g.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from random import Random

import sympy

from marginproof.theory.claims.cases import CYCLIC, EXPONENTIAL, FROM_ZERO, POSITIVE_STEPS, SEPARABLE, uses
from marginproof.theory.claims.claim import Claim, Effort, Evidence, EvidenceSource, all_of, changes, failed
from marginproof.theory.claims.descent import ETA, RHO, known_margins, nonnegative_coefficients
from marginproof.theory.claims.norms import NORMS, separated
from marginproof.theory.claims.signum_bound import LONG, SignumBound, bounded_run, positive_only
from marginproof.theory.number_systems import multiprecision
from marginproof.theory.statements.i01_steady_state import BETA, K
from marginproof.theory.verdicts import SUPPORTS, Verdict

GAMMA, GAP = sympy.symbols("gamma gap", positive=True)
RADIUS = GAMMA + GAP
"""R = γ + gap: γ_∞ <= R always."""


def coordinatewise(formula: SignumBound, effort: Effort) -> Evidence:
    """G sign p = |p| + (G - p) sign p for each sign of p, and f from the triangle inequality, f concave."""
    a, b = sympy.symbols("A B", positive=True)
    small = sympy.Symbol("v", positive=True)
    cases = []
    for sign_G, sign_p in product((1, -1), (1, -1)):
        G, p = sign_G * a, sign_p * b
        cases.append(
            ("the split of <G, sign p> fails", sympy.expand(G * sign_p - abs(p) - (G - p) * sign_p) == 0)
        )
    below = formula.piece(GAMMA, RADIUS, 1 - small / (1 + small))  # ρ = 1/(1+v) < 1
    above = formula.piece(GAMMA, RADIUS, 1 + small)
    at_one = formula.piece(GAMMA, RADIUS, sympy.Integer(1))
    return all_of(
        [
            *cases,
            ("f(1) is not γ", sympy.simplify(at_one - GAMMA) == 0),
            ("f does not rise with slope γ + R",
             sympy.simplify(at_one - below - (GAMMA + RADIUS) * small / (1 + small)) == 0),
            ("f does not fall with slope γ - R",
             sympy.simplify(above - at_one - (GAMMA - RADIUS) * small) == 0),
        ]
    )  # fmt: skip


def best_constant(formula: SignumBound, effort: Effort) -> Evidence:
    """Step 4 with symbolic β, K, γ, R: κ balances f at both ends, and the common value is the limit."""
    top = formula.kappa(GAMMA, RADIUS, BETA, K) / (1 - BETA**K)
    low = top * BETA ** (K - 1)
    up = GAMMA * top - RADIUS * (top - 1)
    down = GAMMA * low - RADIUS * (1 - low)
    e = formula.spread(BETA, K)
    stated = formula.limit(GAMMA, RADIUS, e)
    x, y = sympy.symbols("x y", positive=True)
    addition = (x - y) / (1 - x * y) - sympy.tanh(sympy.atanh(x) - sympy.atanh(y)).rewrite(sympy.exp)
    half = sympy.tanh((K - 1) * sympy.log(1 / BETA) / 2).rewrite(sympy.exp)
    return all_of(
        [
            ("f(max U) and f(min V) differ", _zero(up - down)),
            ("the balanced value is not the limit", _zero(up - stated)),
            ("e = 0 does not give γ", _zero(formula.limit(GAMMA, RADIUS, sympy.Integer(0)) - GAMMA)),
            ("e is not tanh(½(K-1) log 1/β)", _zero(_powers(half) - e)),
            ("the difference of artanh fails", abs(sympy.N(addition.subs({x: 0.7, y: 0.4}))) < 1e-12),
        ]
    )


def _powers(expr: sympy.Expr) -> sympy.Expr:
    """e^{a log β} as β^a."""
    return sympy.powsimp(sympy.expand_log(sympy.simplify(expr), force=True))


def _zero(expr: sympy.Expr) -> bool:
    power = sympy.Symbol("B", positive=True)  # β^{K-1}
    flat = sympy.expand_power_exp(sympy.expand(sympy.numer(sympy.together(expr))))
    flat = flat.subs(BETA**K, power * BETA)
    return bool(sympy.simplify(flat) == 0)


def stronger(formula: SignumBound, effort: Effort) -> Evidence:
    """The bound implies γ - 2R E at each ρ, and the limit exceeds γ - 2R e (polynomials with nonnegative terms)."""
    u, v, e, t = sympy.symbols("u v e t", positive=True)
    price = sympy.integrate(ETA * RHO - t, (t, 0, ETA * RHO))
    at_u = formula.piece(GAMMA, RADIUS, 1 + u) - (GAMMA - 2 * RADIUS * u)
    at_v = formula.piece(GAMMA, RADIUS, 1 / (1 + v)) - (GAMMA - 2 * RADIUS * v / (1 + v))
    symbols = (GAMMA, GAP, u, v)
    g = GAMMA / RADIUS
    wanted = e * (1 + g**2 - 2 * g * e) * RADIUS / (1 - g * e)
    gap = formula.limit(GAMMA, RADIUS, e) - (GAMMA - 2 * RADIUS * e) - wanted
    return all_of(
        [
            ("f(U) < γ - 2R(U-1)", nonnegative_coefficients(sympy.simplify(at_u), symbols)),
            ("f(V) < γ - 2R(1-V)", nonnegative_coefficients(sympy.simplify(at_v * (1 + v)), symbols)),
            ("the gain is not Re(1+g²-2ge)/(1-ge)", sympy.simplify(gap) == 0),
            (
                "a step costs other than Hoeffding's lemma says",
                sympy.simplify(formula.cost(ETA, RHO) * ETA - price) == 0,
            ),
        ]
    )


def drift(formula: SignumBound, effort: Effort) -> Evidence:
    """Step 1 by recursion: after n steps of moves m_1 … m_n the factor is β^n e^{±Σ m}, symbolic, n <= 5."""
    cases = []
    for sign in (1, -1):
        factor, total = sympy.Integer(1), sympy.Integer(0)
        for n in range(1, 6):
            move = sympy.Symbol(f"m{n}", positive=True)
            factor, total = factor * formula.decay(BETA, move, sign, sympy.exp), total + move
            wanted = BETA**n * sympy.exp(sign * total)
            cases.append((f"the weight's decay is wrong, n={n}", sympy.simplify(factor - wanted) == 0))
    return all_of(cases)


def runs(formula: SignumBound, effort: Effort) -> Evidence:
    """Cyclic Signum in 50 digits on data of known γ_∞: the bound at every step, and what the steady
    state says.
    """
    random, numbers, count = Random("202"), multiprecision(50), 0
    for X, gamma, _ in known_margins(random, effort.instances):
        n = X.shape[0]
        b = random.choice([k for k in range(1, n + 1) if n % k == 0])
        beta = 1 - Fraction(1, random.choice((10, 40, 100)))
        trouble, steps, _ = bounded_run(formula, numbers, numbers.array(X), numbers.convert(gamma), b, beta)
        count += steps
        if trouble:
            return failed(
                f"{trouble}, X={[[str(v) for v in row] for row in X]}, b={b}, β={beta}, seed=202", count
            )
    return Evidence(True, count, f"{count} steps in 50 digits")


def in_norms(formula: SignumBound, effort: Effort) -> Evidence:
    """The same recursion for momentum steepest descent in ℓ∞, ℓ₂, ℓ₁ and the spectral norm, in 50 digits."""
    random, numbers, count, strong = Random("202/norms"), multiprecision(50), 0, 0
    for norm in NORMS:
        for _ in range(effort.instances):
            n, b = random.choice(((2, 1), (4, 2)))
            X, gamma = separated(random, norm, numbers, n)
            trouble, steps, bound = bounded_run(formula, numbers, X, gamma, b, Fraction(9, 10), norm, LONG)
            count, strong = count + steps, strong + (bound > 0)
            if trouble:
                return failed(f"{norm.name}: {trouble}, seed=202/norms", count)
    runs = len(NORMS) * effort.instances
    if 2 * strong < runs:
        return failed(f"the bound ends above 0 in {strong} of {runs} runs only", count)
    return Evidence(
        True, count, f"{count} steps in {len(NORMS)} norms, the bound above 0 in {strong} of {runs} runs"
    )


F = SignumBound()
CLAIM = Claim(
    id="B2",
    title="Signum's margin, explicit δ(β)",
    plain="Cyclic batches, w_0 = 0: min_i x_i·w_T >= -log N + Σ η_t r_t and ‖w_T‖_∞ "
    "<= Σ η_t, with R = max_i ‖x_i‖_1, r_t = max(min(f(min V_t), f(max U_t)), -R) - ½η_tR², f(ρ) = γ_∞ρ - R|1-ρ|, and U_t, V_t "
    "bounds of each sample's part in the momentum, as in the proof; as η → 0, liminf margin/‖w‖_∞ >= "
    "R tanh(artanh(γ_∞/R) - ½(K-1) log(1/β)) where that is positive.",
    tex=r"\liminf\frac{\min_ix_i\cdot w}{\|w\|_\infty}\ge R\,\frac{g-e}{1-ge},\quad g=\gamma_\infty/R,\ "
    r"e=\frac{1-\beta^{K-1}}{1+\beta^{K-1}},\quad g>e",
    quantifiers="for every separable X, b | N, β in [0, 1), every positive schedule "
    "and T; the limit as η_t → 0, Σ η_t = ∞, where its right side is positive",
    source="derived here: an explicit δ(β) for the paper's Thm 5.1",
    proof=__doc__ or "",
    expected=Verdict.HELD,
    hypotheses=(uses("signum"), SEPARABLE, CYCLIC, EXPONENTIAL, FROM_ZERO, POSITIVE_STEPS),
    formula=F,
    checks=(
        EvidenceSource("one coordinate", SUPPORTS, "every sign pattern, symbolic", coordinatewise),
        EvidenceSource(
            "drift of the weights",
            SUPPORTS,
            "n <= 5 steps, symbolic moves; any n by induction",
            drift,
        ),
        EvidenceSource("best κ and the limit", SUPPORTS, "symbolic β, K, γ, R", best_constant),
        EvidenceSource("implies the first form", SUPPORTS, "symbolic", stronger),
        EvidenceSource("only where positive", SUPPORTS, "one run on which the signs cancel", positive_only),
        EvidenceSource("runs in 50 digits", Verdict.OBSERVED, "data of known γ_∞, 40 epochs", runs),
        EvidenceSource(
            "in any norm",
            SUPPORTS,
            "momentum steepest descent in l_inf, l2, l1, spectral; 50 digits",
            in_norms,
        ),
    ),
    mutants=changes(
        F,
        sign={"piece": lambda gamma, R, rho: gamma * rho + R * abs(1 - rho)},
        dropped_absolute={"piece": lambda gamma, R, rho: gamma * rho - R * (1 - rho)},
        missing_factor={"piece": lambda gamma, R, rho: gamma * rho - R * abs(1 - rho) / 2},
        exponent={"spread": lambda beta, k: (1 - beta**k) / (1 + beta**k)},
        index_shift={
            "kappa": lambda gamma, R, beta, k: 2 * R * (1 - beta**k) / ((R - gamma) + (R + gamma) * beta**k)
        },
        no_drift={"decay": lambda beta, move, sign, exp: beta},
        reversed_drift={"decay": lambda beta, move, sign, exp: beta * exp(-sign * move)},
        dropped_square={"cost": lambda eta, R: eta * R / 2},
        claimed_everywhere={"applies": lambda limit: True},
        wrong_limit={"limit": lambda gamma, R, e: (gamma - R * e) / (1 + gamma * e / R)},
    ),
    missing_evidence="runs of real optimizers at zero tolerance (marginproof.properties.checks.finite_time)",
)
