"""Effective betas: what a constant step makes of Inc-Adam's momenta (I12), over any number system.

Inc-Adam with cyclic batches B_0 … B_{K-1}, exponential loss, ε = 0 and a constant step η.  Call a run
*relatively periodic* if over an epoch every margin of its support grows by one γ̂ > 0, whatever step the
epoch is counted from.  Put E = e^{γ̂/K} and

    β1' = β1 E,    β2' = β2 E²,    κ = η (1-β1)/√(1-β2) · √(1-β2'^K)/(1-β1'^K).

Let G̃_j be the gradient (up to sign) when batch j is visited, and Ĝ_j = E^j G̃_j.  The gradient of e epochs
ago is e^{eγ̂} times as large, so m at batch i is (1-β1) Σ_j β1^{lag} e^{γ̂[j>i]} G̃_j / (1-β1'^K) with
lag = (i-j) mod K, and β1^{lag} e^{γ̂[j>i]} G̃_j = E^{-i} β1'^{lag} Ĝ_j.  Likewise v with β2 and squares, so the
factors E^{-i} cancel in m/√v: the step at batch i is κ (W₁' Ĝ)_i/√((W₂'(Ĝ∘Ĝ))_i), and an epoch moves w by
κ u, u being Inc-Adam's own field at (β1', β2'), at weights ĉ_n ∝ e^{-z_n} E^{j(n)} with z_n the margin when
row n is visited.  That every margin grows by γ̂ is the limit equation of that field with level γ, and

    γ̂ = κ γ.

Where β2' >= 1 the sum for v diverges: then m/√v → 0 and no margin grows.  So γ̂ < (K/2) log(1/β2), the
speed limit; and β1' < 1, since β1² < β2.

Example:
  >>> E = math.exp(0.1 / 4)
  >>> b1, b2 = effective_betas(0.9, 0.95, E)
  >>> round(b1, 6), round(b2, 6), round(speed_limit(0.95, 4), 6)
  (0.922784, 0.998708, 0.102587)
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, cast

import numpy as np

from marginproof.theory.fields import IncAdamField
from marginproof.theory.moving_averages import steady_state_slope
from marginproof.theory.number_systems import FLOAT64, Array, NumberSystem
from marginproof.theory.scratch import scratch


def effective_betas(beta1: Any, beta2: Any, E: Any) -> tuple[Any, Any]:
    """(β1', β2') = (β1 E, β2 E²), E = e^{γ̂/K}."""
    return beta1 * E, beta2 * E * E


def effective_field(field: IncAdamField, E: Any, numbers: NumberSystem = FLOAT64) -> IncAdamField:
    """Inc-Adam's field at the effective betas; the same batches and order."""
    beta1, beta2 = effective_betas(numbers.convert(field.beta1), numbers.convert(field.beta2), E)
    return replace(field, beta1=beta1, beta2=beta2)


def epoch_factor(eta: Any, beta1: Any, beta2: Any, E: Any, K: int, numbers: NumberSystem = FLOAT64) -> Any:
    """κ: what u at the effective betas is multiplied by to give an epoch's motion of w."""
    first, second = effective_betas(beta1, beta2, E)
    one = numbers.convert(1)
    steady = numbers.sqrt_one(one - second**K) / (one - first**K)
    return eta * (one - beta1) / numbers.sqrt_one(one - beta2) * steady


def speed_limit(beta2: float, K: int) -> float:
    """(K/2) log(1/β2): no margin grows faster than this an epoch, for long (B7); ∞ at β2 = 0."""
    return math.inf if beta2 == 0 else -0.5 * K * math.log(beta2)


def growth_slope(field: IncAdamField, X: Array, c: Array, numbers: NumberSystem = FLOAT64) -> Array:
    """∂u/∂γ̂ at fixed c, shape (d,), u the field at effective betas (``field``).

    ∂/∂γ̂ is β1' ∂/∂β1' / K on m and 2 β2' ∂/∂β2' / K on v.
    """
    if numbers is FLOAT64:
        return _float_growth_slope(field, X, c)
    G, m, v = field.moments(X, c, numbers)
    root = numbers.sqrt(v)
    rising = steady_state_slope(field.beta1, G, numbers) / root
    falling = m / (root * v) * steady_state_slope(field.beta2, G * G, numbers)
    return cast(Array, (rising - falling).sum(axis=0) / numbers.convert(len(G)))


def _float_growth_slope(field: IncAdamField, X: Array, c: Array) -> Array:
    """The same in scratch memory."""
    G, m, inverse = field.evaluated(X, c)
    rising = steady_state_slope(field.beta1, G, average=m, out=scratch("rising", G.shape))
    v = np.multiply(inverse, inverse, out=scratch("average", G.shape))
    np.divide(1.0, v, out=v)
    G *= G
    falling = steady_state_slope(field.beta2, G, average=v, out=scratch("falling", G.shape))
    for factor in (m, inverse, inverse):
        falling *= factor
    rising -= falling
    rising *= inverse
    return np.asarray(rising.sum(axis=0) / len(G))
