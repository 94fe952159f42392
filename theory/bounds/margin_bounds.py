"""Both sides of the finite-time inequalities B1–B6 along a run, with a derived rounding allowance.

Every margin bound here is one argument.  With s_i = -ℓ'(x_i·w), G = Σ s_i x_i, and a step
w ← w + η u with |x_i·u| <= ρ, Taylor's formula gives, for the exponential and the logistic loss,

    L(w + η u) <= L(w) - η <G, u> + ½ η² ρ² e^{ηρ} Σ s_i,            L = Σ ℓ(x_i·w).

So a *rate* r_t with <G, u> - ½ ηρ²e^{ηρ} Σ s_i >= r_t Σ s_i moves the potential

    Φ = log L          exponential, where Σ s_i = L
    Φ = log(e^L - 1)   logistic, where 1-e^{-L} <= Σ s_i <= N (1-e^{-L})

by at most -η r_t (times N where r_t < 0 and the loss is logistic: Φ is concave in L with slope
1/(1-e^{-L})).  Since ℓ(x_i·w) <= L for every i, min_i x_i·w >= -Φ(w), and

    min_i x_i·w_T  >=  -Φ(w_0) + Σ_{t<T} η_t r_t μ_t,        μ_t = 1, or N where r_t < 0 (logistic).

At w_0 = 0, Φ is log N (exponential) or log(2^N - 1) (logistic).  What is particular to an optimizer
is its rate:

=====  =========================  ===================================================  ============
claim  optimizer                  <G, u> / Σ s_i at least                              ρ
=====  =========================  ===================================================  ============
B2     Signum (any batches)       :mod:`marginproof.theory.bounds.signum`                           R = max‖x_i‖_1
B3     AdamProxy                  λ = γ_∞² / Σ_k max_i|x_i[k]|                         √N R
B4     normalised GD, full batch  γ_2                                                  max‖x_i‖_2
B5     sign descent, full batch   γ_∞                                                  R
=====  =========================  ===================================================  ============

**Rounding.** u = 2^-53, γ_n = n u / (1 - n u) [Higham, Accuracy and Stability, ch. 3].  Three
sources, each bounded, none guessed: (a) w + ηu is rounded once or twice a step, which moves every
x_i·w by at most 2 u R ‖w‖_∞; these add up.  (b) The computed G has entries off by at most
ε_t Σ s_i |x_i[k]|, where ε_t = γ_{d+N+16} + 2 γ_{d+2} R ‖w_t‖_∞: the dot product's error enters
through the exponential, 16 covers the exponential, divisions and scalings (each under 2 ulp); this
lowers a rate.  (c) Evaluating the two sides: a dot product, and a sum of T terms.  :class:`Comparison`
keeps their total beside the two sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import cast

import numpy as np
from numpy.typing import NDArray

from marginproof.theory.bounds.comparison import Comparison, Vector, inequality
from marginproof.theory.errors import MarginproofError
from marginproof.theory.losses import Loss

UNIT = 2.0**-53
"""u, the unit roundoff of float64."""


@dataclass(frozen=True)
class Trajectory:
    """What an optimizer did.

    Arguments:
      X: rows, shape (N, d).
      W: iterates w_0 … w_T, shape (T+1, d).
      etas: step sizes, shape (T,).
      visits: how often sample n was in the batch of step t, shape (T, N); every row sums to b.
        ``None`` stands for the full batch.
      loss: by name, or itself.
      unit: unit roundoff of the arithmetic the run was made in.
    """

    X: Vector
    W: Vector
    etas: Vector
    visits: NDArray[np.integer] | None = None
    loss: Loss = Loss.EXPONENTIAL
    unit: float = UNIT

    def __post_init__(self) -> None:
        object.__setattr__(self, "loss", Loss(self.loss))
        if self.W.shape != (len(self.etas) + 1, self.X.shape[1]):
            raise MarginproofError(
                f"W.shape={self.W.shape} does not fit {len(self.etas)} steps in R^{self.X.shape[1]}"
            )

    @property
    def radius(self) -> float:
        """R = max_i ‖x_i‖_1."""
        return float(np.abs(self.X).sum(axis=1).max())

    @property
    def margins(self) -> Vector:
        """min_i x_i·w_t for t = 0 … T."""
        return np.asarray((self.W @ self.X.T).min(axis=1))

    @property
    def sizes(self) -> Vector:
        """‖w_t‖_∞ for t = 0 … T."""
        return cast(Vector, np.abs(self.W).max(axis=1))

    def potential(self) -> float:
        """Φ(w_0)."""
        z = self.X @ self.W[0]
        if self.loss is Loss.EXPONENTIAL:
            return float(np.logaddexp.reduce(-z))
        return float(np.log(np.expm1(np.logaddexp(0.0, -z).sum())))


def gamma_n(n: float | Vector, unit: float = UNIT) -> float | Vector:
    """γ_n = n u / (1 - n u)."""
    return n * unit / (1 - n * unit)


def gradient_error(run: Trajectory) -> Vector:
    """ε_t: relative error of the computed Σ s_i x_i against Σ s_i |x_i|, shape (T,)."""
    n, d = run.X.shape
    through_exponent = 2 * gamma_n(d + 2, run.unit) * run.radius * run.sizes[:-1]
    return np.asarray(gamma_n(d + n + 16, run.unit) + through_exponent)


def curvature(etas: Vector, rho: float) -> Vector:
    """½ η ρ² e^{ηρ}, the second-order cost of a step per unit of η, shape (T,)."""
    return np.asarray(0.5 * etas * rho**2 * np.exp(np.minimum(etas * rho, 700.0)))


def margin_sides(run: Trajectory, claim: str, rates: Vector, rate_errors: Vector, best: float) -> Comparison:
    """min_i x_i·w_T >= -Φ(w_0) + Σ η_t r_t μ_t at every T, from the rates r_t and their rounding errors.

    Arguments:
      best: the rate that no step can exceed (γ or λ); the bound's strength is measured by it.
    """
    n, d = run.X.shape
    weight = np.where(rates < 0, n if run.loss is Loss.LOGISTIC else 1, 1)
    start = -run.potential()
    lower = np.concatenate([[start], start + np.cumsum(run.etas * rates * weight)])
    moved = np.concatenate([[0.0], np.cumsum(2 * run.unit * run.radius * run.sizes[1:])])
    worse = np.concatenate(
        [[0.0], np.cumsum(run.etas * rate_errors * (n if run.loss is Loss.LOGISTIC else 1))]
    )
    total = np.concatenate([[abs(start)], abs(start) + np.cumsum(run.etas * np.abs(rates) * weight)])
    evaluate = gamma_n(np.arange(len(total)) + n + 16.0) * total + gamma_n(d + 2.0) * run.radius * run.sizes
    length = float(run.etas.sum())
    strength = float(lower[-1]) / (best * length) if length and best > 0 else 0.0
    return inequality(
        claim, lower, run.margins, n * moved + worse + evaluate, strength, "bound <= min_i x_i·w"
    )


def step_sides(
    run: Trajectory, beta1: float, beta2: float, corrected: bool = False, decay: float = 0.0
) -> Comparison:
    """B1 (and I11): ‖w_{t+1} - w_t‖_∞ <= η_t A_{t+1} for Adam, any batches; with a decoupled decay η_t (A_{t+1} + λ‖w_t‖_∞).

    It holds for any gradients, so for those with a coupled decay too, and where v is larger: AMSGrad's maximum, v_0 > 0.

    A_t² = (1-β1)²/(1-β2) · Σ_{s<t} (β1²/β2)^s is what Cauchy–Schwarz gives after t steps; it
    grows to A² = (1-β1)²/((1-β2)(1-β1²/β2)), the constant of the claim.

    Arguments:
      corrected: the optimizer divides m by 1-β1^t and v by 1-β2^t, and the bound with it.
      decay: λ, decoupled.
    """
    bound = step_constants(len(run.etas), beta1, beta2, corrected) + decay * run.sizes[:-1]
    step = np.abs(np.diff(run.W, axis=0)).max(axis=1)
    t = np.arange(1, len(step) + 1)
    relative = gamma_n(np.minimum(4.0 * t, 8 / (1 - beta2)) + 16, run.unit)  # moving averages, root, quotient
    allowance = run.etas * bound * relative + 2 * run.unit * (run.sizes[1:] + run.sizes[:-1])
    return inequality(
        "B1", step, run.etas * bound, np.asarray(allowance), None, "‖w_{t+1} - w_t‖_∞ <= η_t A_{t+1}"
    )


def step_constants(steps: int, beta1: float, beta2: float, corrected: bool = False) -> Vector:
    """A_t after t = 1, 2, …, ``steps`` steps, so that entry t bounds step t by η_t A_{t+1}.  Raises where β1² >= β2, since the series then has no bound (R7)."""
    if not beta1 * beta1 < beta2 < 1:
        raise MarginproofError(
            f"beta1={beta1}, beta2={beta2}: the step bound needs beta1^2 < beta2 < 1; raise beta2"
        )
    ratio = beta1 * beta1 / beta2
    t = np.arange(1, steps + 1)
    square = (1 - beta1) ** 2 / (1 - beta2) * (1 - ratio**t) / (1 - ratio)
    if corrected:
        square = square * (1 - beta2**t) / (1 - beta1**t) ** 2
    return cast(Vector, np.sqrt(square))


def proxy_sides(run: Trajectory, gamma_inf: float) -> Comparison:
    """B3: AdamProxy's margin bound with λ = γ_∞² / Σ_k max_i |x_i[k]| and ρ = √N R.

    c·F(c) = Σ m_k²/√q_k >= ‖m‖_1² / Σ √q_k (Cauchy–Schwarz), √q_k <= max_i |x_i[k]|, |u_k| <= √N.
    """
    n = run.X.shape[0]
    rho = n**0.5 * run.radius
    rate = gamma_inf**2 / float(np.abs(run.X).max(axis=0).sum())
    rates = rate - curvature(run.etas, rho)
    return margin_sides(run, "B3", rates, 4 * rho * gradient_error(run), rate)


def normalised_gd_sides(run: Trajectory, gamma_2: float) -> Comparison:
    """B4: full-batch normalised gradient descent, w ← w + η G/‖G‖_2, against γ_2."""
    rho = float(np.sqrt((run.X**2).sum(axis=1)).max())
    rates = gamma_2 - curvature(run.etas, rho)
    return margin_sides(run, "B4", rates, 4 * run.radius * gradient_error(run), gamma_2)


def eps_cost(run: Trajectory, eps: float) -> Vector:
    """What ε takes off the rate of sign descent at each step: N d ε / Σ s_i, shape (T,).

    Adam at β1 = β2 = 0 on the full batch, g = G/N, steps along g/(|g| + ε), so that <G, u> is
    ‖G‖_1 - Σ_k |G_k| ε/(|g_k| + ε) >= ‖G‖_1 - N d ε.  Inside the root, g/√(g² + ε), |G_k|(1 - |g_k|/√(g_k² + ε))
    is at most N √ε, since x(1 - x/√(1 + x²)) < 1: give √ε for ε.  The sum of s_i is off by γ_{N+d+16} at most
    where R‖w‖_∞ <= 2^10, below the 2^-20 (2^-9 in float32) added.
    """
    log_s = run.loss.log_slopes(run.X @ run.W[:-1].T)
    n, d = run.X.shape
    rounded = 1 + (2.0**-20 if run.unit <= 2.0**-50 else 2.0**-9)
    with np.errstate(over="ignore"):
        return np.asarray(n * d * eps * rounded * np.exp(-np.logaddexp.reduce(log_s, axis=0)))


def until(run: Trajectory, steps: int) -> Trajectory:
    """The run's first steps."""
    visits = None if run.visits is None else run.visits[:steps]
    return replace(run, W=run.W[: steps + 1], etas=run.etas[:steps], visits=visits)


def before_eps(run: Trajectory, eps: float, gamma: float) -> Trajectory:
    """The run up to where ε takes half of γ from the rate: beyond, the bound only falls."""
    late = np.flatnonzero(eps_cost(run, eps) > gamma / 2)
    return until(run, int(late[0])) if len(late) else run


def sign_sides(run: Trajectory, gamma_inf: float, eps: float = 0.0) -> Comparison:
    """B5: full-batch sign descent, w ← w + η sign(G), against γ_∞; with ε, :func:`eps_cost` is paid."""
    rates = gamma_inf - curvature(run.etas, run.radius) - (eps_cost(run, eps) if eps else 0.0)
    return margin_sides(run, "B5", rates, 2 * run.radius * gradient_error(run), gamma_inf)


def bracket(
    X: NDArray[np.object_], w: NDArray[np.object_], c: NDArray[np.object_], p: str
) -> tuple[Fraction, Fraction]:
    """B6: min_i x_i·w / ‖w‖_p <= γ_p <= ‖Xᵀc‖_q in exact arithmetic.

    Arguments:
      X, w, c: Fractions, shapes (N, d), (d,), (N,); w nonzero, c on the simplex.
      p: ``"inf"`` for p = ∞, q = 1; ``"2"`` for p = q = 2, where *squares* (signed on the left) are returned.
    """
    margin, m = min(X @ w), X.T @ c
    if p == "inf":
        return margin / max(abs(x) for x in w), sum((abs(x) for x in m), Fraction(0))
    return margin * abs(margin) / (w @ w), m @ m
