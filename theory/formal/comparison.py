"""The registry's statements and the theorems side by side: hypothesis by hypothesis, constant by constant.

A hypothesis or constant of the registry is paired with the Coq text that says it.  Tests hold both
texts to be where they are said to be, and compare the constants as formulas.
"""

from __future__ import annotations

from dataclasses import dataclass

NOT_NEEDED = "-"
"""In place of a Coq text: the theorem does without the hypothesis."""


@dataclass(frozen=True)
class Pair:
    """A part of a statement, said twice.

    Attributes:
      registry: a hypothesis' name, or words of the claim's statement.
      coq: the text in the theorem, its file, or ``setting.v``; :data:`NOT_NEEDED`.
      note: what the reader should know of it.
    """

    registry: str
    coq: str
    note: str = ""


@dataclass(frozen=True)
class StatementPairs:
    """How a claim's formal statement reads.

    Attributes:
      claim: the id.
      hypotheses: one pair for each hypothesis of the registry.
      constants: pairs of conclusions and constants.
    """

    claim: str
    hypotheses: tuple[Pair, ...]
    constants: tuple[Pair, ...]


_SUMMABLE = Pair("β1² < β2", "β1 * β1 < β2 < 1")
_SEPARABLE = Pair("separable", NOT_NEEDED, "the bound holds, and says little, where γ = 0")
_ZERO = Pair("start at zero", "(forall k, (k < d)%nat -> w O k = 0)", "in the definition of the run")
_POSITIVE = Pair("positive steps", "(forall t, 0 < η t)")
_LOSS = Pair("exponential loss", "exp (- dot d (x i) w)", "in loss and weights, setting.v")
_FULL = Pair("full batch", "combine N x (weights N d x (w t))", "the sum over all N rows")
_COST = "η t * (R * R) / 2"

COMPARISONS = (
    StatementPairs("I11", (_SUMMABLE,), (
        Pair("A_t = A√(1-(β1²/β2)^t) <= A", "<= A_at β1 β2 t <= A β1 β2"),
        Pair("A = (1-β1)/√((1-β2)(1-β1²/β2))", "A : R := (1 - β1) / sqrt ((1 - β2) * (1 - decay))"),
        Pair("A_t = A√(1-(β1²/β2)^t)", "A_at (t : nat) : R := A * sqrt (1 - decay ^ t)"),
        Pair("A >= 1", "1 <= A β1 β2"),
        Pair("sharp", "= A_at β1 β2 t * sqrt (v_of β2 g t)", "for β1 ≠ 0"),
    )),
    StatementPairs("I12", (
        Pair("optimizer", "inc_adam N d K x batch β1 β2 η w m v", "with 0 <= β1"), _SUMMABLE,
        Pair("cyclic batches", "Nat.eqb (batch i) (t mod K)", "any assignment of rows to K batches, of equal sizes or not"),
        Pair("no zero column", NOT_NEEDED, "where a second moment is 0 both sides are 0: Coq divides by 0 to 0"),
        _LOSS, Pair("a constant step", "w t k + η * (m (S t) k / sqrt (v (S t) k))", "one η for all t"),
    ), (
        Pair("over an epoch every margin of the support grows by γ̂", "dot d (x i) (w (t + K)%nat) = dot d (x i) (w t) + γ",
             "for every row: all are on the support"),
        Pair("β1' = β1e^{γ̂/K}", "Definition β1' : R := β1 * growth.", "growth = e^{γ̂/K}"),
        Pair("β2' = β2e^{2γ̂/K}", "Definition β2' : R := β2 * (growth * growth)."),
        Pair("κ = η(1-β1)/√(1-β2)·√(1-β2'^K)/(1-β1'^K)",
             "κ : R := η * ((1 - β1) / sqrt (1 - β2) * (sqrt (1 - β2' ^ K) / (1 - β1' ^ K)))"),
        Pair("moves w by κ u(ĉ)", "w (K + K)%nat k - w K k = κ K β1 β2 η γ * u k"),
        Pair("γ̂ = κγ", "γ = κ K β1 β2 η γ * dot d (x i) u"),
        Pair("γ̂ < (K/2)log(1/β2)", "γ < INR K / 2 * ln (/ β2)", "a hypothesis here, not a conclusion"),
    )),
    StatementPairs("B1", (Pair("optimizer", "adam_run d β1 β2 η g w"), _SUMMABLE, Pair("positive steps", "0 < η t")), (
        Pair("‖w_{t+1} - w_t‖_∞", "norminf d (fun k => w (S t) k - w t k)"),
        Pair("<= η_t A_{t+1} <= η_t A", "<= η t * A_at β1 β2 (S t) <= η t * A β1 β2"),
    )),
    StatementPairs("B2", (
        Pair("optimizer", "signum_run N d K x batch β η w"), _SEPARABLE,
        Pair("cyclic batches", "Nat.eqb j (t mod K)", "any assignment of rows to K batches, of equal sizes or not"),
        _LOSS, _ZERO, _POSITIVE,
    ), (
        Pair("-log N + Σ η_t r_t", f"- ln (INR N) + \\sum_(t < T) η t * (rate N d K x β κ η γ t - {_COST})"),
        Pair("f(ρ) = γρ - R|1-ρ|", "γ * ρ - radius * Rabs (1 - ρ)"),
        Pair("r_t = max(min(f(min V_t), f(max U_t)), -R)",
             "Rmax (Rmin (piece γ (min_over K (V t))) (piece γ (max_over K (U t)))) (- radius)"),
        Pair("β e^{±Rη}", "β * exp (s * (radius * η t'))", "s = 1 for U, s = -1 for V"),
        Pair("‖w_T‖_∞ <= Σ η_t", "norminf d (w T) <= sum T η"),
    )),
    StatementPairs("B3", (
        Pair("optimizer", "proxy_run N d x η w"), _SEPARABLE,
        Pair("no zero column", "(forall k, (k < d)%nat -> exists i, (i < N)%nat /\\ x i k <> 0)"),
        _LOSS, _ZERO, _POSITIVE,
    ), (
        Pair("λ = γ_∞²/Σ_k max_i|x_i[k]|", "λ := γ * γ / sum d (column_max N x)"),
        Pair("ρ = √N R", "ρ := sqrt (INR N) * radius1 N d x"),
        Pair("log Σ e^{-x_i·w_T} <= log N - Σ η_t(λ - ½η_tρ²)",
             "ln (loss N d x (w T)) <= ln (INR N) - \\sum_(t < T) η t * (λ - η t * (ρ * ρ) / 2)"),
        Pair("|u_k| <= √N", "Rabs (proxy N x c k) <= sqrt (INR N)"),
    )),
    StatementPairs("B4", (Pair("optimizer", "normalised_run N d x η w"), _SEPARABLE, _FULL, _LOSS, _ZERO, _POSITIVE), (
        Pair("Σ η_t(γ_2 - ½η_tR_2²)", f"\\sum_(t < T) η t * (γ - {_COST})"),
        Pair("R_2 = max‖x_i‖_2", "let R := radius2 N d x in"),
        Pair("γ_2", "max_margin N d x (norm2 d) γ"),
        Pair("‖w_T‖_2 <= Σ η_t", "norm2 d (w T) <= sum T η"),
    )),
    StatementPairs("B5", (Pair("optimizer", "sign_run N d x η w"), _SEPARABLE, _FULL, _LOSS, _ZERO, _POSITIVE), (
        Pair("Σ η_t(γ_∞ - ½η_tR²)", f"\\sum_(t < T) η t * (γ - {_COST})"),
        Pair("R = max‖x_i‖_1", "let R := radius1 N d x in"),
        Pair("γ_∞", "max_margin N d x (norminf d) γ"),
        Pair("‖w_T‖_∞ <= Σ η_t", "norminf d (w T) <= sum T η"),
    )),
    StatementPairs("B6", (_SEPARABLE,), (
        Pair("w ≠ 0", "0 < norminf d w"),
        Pair("c on the simplex", "simplex N c"),
        Pair("min_i x_i·w/‖w‖_p <= γ_p", "margin N d x w / norminf d w <= γ"),
        Pair("<= ‖Xᵀc‖_q", "γ <= norm1 d (combine N x c)"),
        Pair("<= ‖Xᵀc‖_q", "γ <= norm2 d (combine N x c)"),
    )),
    StatementPairs("B7", (Pair("optimizer", "adam_batches N d x β1 β2 η batch w", "with 0 <= β1"), _SUMMABLE, _POSITIVE), (
        Pair("λ = ½ log(1/β2)", "Definition λ : R := ln (/ β2) / 2."),
        Pair("ϱ = β1/√β2", "Definition ϱ : R := β1 / sqrt β2."),
        Pair("h_t = -log S_t - λt", "h (t : nat) : R := - ln (loss N d x (w t)) - λ * INR t", "S for the exponential loss"),
        Pair("Q = (1-β1)/√(1-β2) Σ_k D_k²/a_k",
             "Q : R := gain_of * \\sum_(k < d) (column_max N x k * column_max N x k / Rabs (g_of k O))",
             "gain_of = (1-β1)/√(1-β2)"),
        Pair("-λ + η_t Q Σ_{s<=t} ϱ^{t-s} e^{-h_s}",
             "- λ β2 + η t * Q N d x β1 β2 batch w * (\\sum_(s < S t) ϱ β1 β2 ^ (t - s) * exp (- H s))"),
        Pair("η(1-β1)/√(1-β2) ΣD ϱ^{n+1}/(1-ϱ) <= λ/2",
             "η0 * gain_of β1 β2 * sum d (column_max N x) * ϱ β1 β2 ^ S n / (1 - ϱ β1 β2) <= λ β2 / 2", "η0 bounds the steps"),
        Pair("H = log(2ηQ/((1-ϱ)λ))", "H := ln (2 * η0 * Q N d x β1 β2 batch w / ((1 - ϱ β1 β2) * λ β2))"),
        Pair("J = η A ΣD - λ", "leap : R := top * A β1 β2 * sum d (column_max N x) - λ", "J in the theorem, top = η0"),
        Pair("-log S_t <= λt + max(-log S_0, H) + (n+1) max(J, 0)",
             "- ln (loss N d x (w t)) <= λ β2 * INR t + Rmax (- ln (loss N d x (w O))) H + INR (S n) * Rmax J 0"),
    )),
)  # fmt: skip


def comparison(claim: str) -> StatementPairs:
    """The comparison of a claim that has a formal statement."""
    return next(entry for entry in COMPARISONS if entry.claim == claim)
