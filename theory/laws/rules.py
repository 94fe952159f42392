"""The update laws of common optimizers, one small rule each, over any :class:`Arithmetic`.

A rule reads the gradient g, the parameters w, what the memory ``s`` holds and the step's numbers ``k``, writes
the memory and returns the direction u; the step is w ← w - η u.  Those that the engine compiles are the same
objects (:mod:`marginproof.theory.laws`), with the arithmetic bound in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marginproof.theory import laws
from marginproof.theory.laws import Hyper
from marginproof.theory.laws.arithmetic import Arithmetic
from marginproof.theory.laws.settings import Settings

Memory = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """The numbers of step t = 1, 2, … : rate η, averaging constants, settings.

    Attributes:
      a: the arithmetic that the step is made in.
      t: the step's number, from 1.
      lr: η.
      h: the law's settings.
      beta1, beta2: averaging constants; Signum's β, momentum's μ stand as ``beta1``, RMSprop's and Adadelta's as ``beta2``.
    """

    a: Arithmetic
    t: int
    lr: float
    beta1: float
    beta2: float
    h: Settings

    def unbias(self, beta: float, t: int | None = None) -> Any:
        """1 - β^t, with what rounding β, raising it and subtracting cost."""
        power = beta ** (t or self.t)
        unit = max(self.h.unit, self.h.correction_unit)
        return self.a.number(1 - power, unit * (8 + 2 * (self.t + 2) * power))


Rule = Callable[[Step, Memory, Any, Any], Any]
"""From the step k, the memory, g and w to u."""


@lru_cache(maxsize=256)
def _bound(rule: Any, a: Arithmetic, placement: str) -> Any:
    """The engine's rule over another arithmetic; ``inside`` moves its ε under the root."""
    return laws.over(
        rule, ratio=a.ratio_inside if placement == "inside" else a.ratio, sign=a.sign, sqrt=a.sqrt
    )


def engine(rule: Any, k: Step, s: Memory, g: Any, eps: Any = 0.0, norm: Any = 1.0) -> Any:
    """A step of one of the engine's rules."""
    hyper = Hyper(k.beta1, k.beta2, eps, k.unbias(k.beta1), k.unbias(k.beta2), norm)
    s["m"], s["v"], u = _bound(rule, k.a, k.h.eps_placement)(g, s.get("m", k.h.m0), s.get("v", k.h.v0), hyper)
    return u


def _average(s: Memory, name: str, value: Any, beta: float, start: float = 0.0) -> Any:
    s[name] = beta * s.get(name, start) + (1 - beta) * value
    return s[name]


def _quotient(k: Step, m: Any, v: Any) -> Any:
    """m over the root of v, ε where the settings put it; m is corrected already, v is not."""
    h, fade = k.h, k.unbias(k.beta2) if k.h.corrected else 1.0
    if h.eps_placement == "inside":
        return k.a.ratio_inside(m, v / fade if h.corrected else v, h.eps)
    if not h.corrected:
        return k.a.ratio(m, v, h.eps)
    if h.eps_placement == "uncorrected":
        return k.a.ratio(m, v, h.eps) * k.a.sqrt(fade)
    return k.a.ratio(m, v / fade, h.eps)


def _hat(k: Step, m: Any) -> Any:
    return m / k.unbias(k.beta1) if k.h.corrected else m


# --- descent: momentum and signs ---------------------------------------------------------------------


def gd(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """w ← w - η g."""
    return engine(laws.gradient, k, s, g)


def momentum(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """b ← μ b + (1-τ) g, first b = g; u = b, or g + μ b looking ahead."""
    s["b"] = k.beta1 * s["b"] + (1 - k.h.dampening) * g if "b" in s else g
    return g + k.beta1 * s["b"] if k.h.nesterov else s["b"]


def signgd(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u = sign(g)."""
    return engine(laws.sign_gradient, k, s, g)


def signum(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u = sign(m)."""
    return engine(laws.signum, k, s, g)


def lion(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u = sign(β1 m + (1-β1) g) with the m before."""
    return engine(laws.lion, k, s, g)


def normalised_gd(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u = g / ‖g‖₂."""
    return engine(laws.normalised, k, s, g, k.h.eps, k.a.sqrt(k.a.total(g * g)))


def muon(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """b ← μ b + (1-μ) g; u = U Vᵀ of b's singular value decomposition, or of (1-μ) g + μ b looking ahead."""
    b = _average(s, "b", g, k.beta1)
    return k.a.polar((1 - k.beta1) * g + k.beta1 * b if k.h.nesterov else b, k.h.rows)


# --- adaptive: averages of g and g² ------------------------------------------------------------------


def adam(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u = m̂ / (√v̂ + ε): the engine's rules; ``uncorrected`` is ε/√(1-β2^t) beside √v̂."""
    h = k.h
    if h.corrected and h.eps_placement == "uncorrected":
        return engine(laws.adam_unbiased, k, s, g, h.eps / k.a.sqrt(k.unbias(k.beta2)))
    return engine(laws.adam_unbiased if h.corrected else laws.adam, k, s, g, h.eps)


def amsgrad(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """v is replaced by its greatest value so far, before or after the correction."""
    m, v = _average(s, "m", g, k.beta1, k.h.m0), _average(s, "v", g * g, k.beta2, k.h.v0)
    after = k.h.maximum == "after" and k.h.corrected
    seen = v / k.unbias(k.beta2) if after else v
    s["top"] = k.a.maximum(s["top"], seen) if "top" in s else seen
    if after:
        return (k.a.ratio_inside if k.h.eps_placement == "inside" else k.a.ratio)(
            _hat(k, m), s["top"], k.h.eps
        )
    return _quotient(k, _hat(k, m), s["top"])


def nadam(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """Adam whose momentum looks one step ahead; with ψ its β1 grows as μ_t, and is corrected by Π μ_t."""
    m, v = _average(s, "m", g, k.beta1), _average(s, "v", g * g, k.beta2)
    if k.h.momentum_decay is None:
        ahead = k.beta1 * (m / k.unbias(k.beta1, k.t + 1)) + (1 - k.beta1) * (g / k.unbias(k.beta1))
        return _quotient(k, ahead, v)
    now, following = (k.beta1 * (1 - 0.5 * 0.96 ** (t * k.h.momentum_decay)) for t in (k.t, k.t + 1))
    s["product"] = s.get("product", 1.0) * now
    lost = (k.h.unit + k.h.product_unit + k.h.correction_unit) * (8 + 2 * k.t)
    fades = [k.a.number(1 - p, lost) for p in (s["product"], s["product"] * following)]
    return _quotient(k, (1 - now) * g / fades[0] + following * m / fades[1], v)


def radam(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """m̂ alone until ρ_t, the length of v's average, exceeds a threshold; then Adam's step times r_t."""
    m, v = _average(s, "m", g, k.beta1), _average(s, "v", g * g, k.beta2)
    longest = 2 / (1 - k.beta2) - 1
    power = k.beta2**k.t
    rho = longest - 2 * k.t * power / (1 - power)
    if not rho > k.h.threshold:
        return _hat(k, m)
    square = (rho - 4) * (rho - 2) * longest / ((longest - 4) * (longest - 2) * rho)
    lost = (
        max(k.h.unit, k.h.correction_unit) * (64 + 16 * longest + 8 * k.t * longest / (1 - power)) / (rho - 4)
    )
    return k.a.number(square**0.5, lost * square**0.5) * _quotient(k, _hat(k, m), v)


def adamax(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u_t = max(β2 u, |g|); the direction m̂ / u."""
    m, inside = _average(s, "m", g, k.beta1), k.h.eps_placement == "inside"
    fresh = abs(g) + k.h.eps if inside else abs(g)
    s["u"] = k.a.maximum(k.beta2 * s.get("u", 0.0 * g), fresh)
    return _hat(k, m) / (s["u"] if inside else s["u"] + k.h.eps)


def rmsprop(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """g / (√v + ε), with a momentum of these quotients if there is one."""
    v = _average(s, "v", g * g, k.beta2, k.h.v0)
    return _with_momentum(k, s, _quotient(k, g, v))


def rmsprop_centered(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """g / (√(v - m²) + ε)."""
    v, mean = _average(s, "v", g * g, k.beta2, k.h.v0), _average(s, "m", g, k.beta2)
    return _with_momentum(k, s, _quotient(k, g, v - mean * mean))


def _with_momentum(k: Step, s: Memory, u: Any) -> Any:
    if not k.h.momentum:
        return u
    s["b"] = k.h.momentum * s["b"] + u if "b" in s else u
    return u + k.h.momentum * s["b"] if k.h.nesterov else s["b"]


def adagrad(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """v ← v + g²."""
    s["v"] = s.get("v", k.h.v0) + g * g
    return _quotient(k, g, s["v"]) / (1 + (k.t - 1) * k.h.rate_decay)


def adadelta(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """u = g √(e + ε)/√(v + ε), e the average of u²."""
    v = _average(s, "v", g * g, k.beta2)
    u = k.a.sqrt(s.get("e", 0.0 * g) + k.h.eps) / k.a.sqrt(v + k.h.eps) * g
    _average(s, "e", u * u, k.beta2)
    return u


def yogi(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """v ← v - (1-β2) sign(v - g²) g²."""
    m, square = _average(s, "m", g, k.beta1, k.h.m0), g * g
    v = s.get("v", 0.0 * g + k.h.v0)
    s["v"] = v - (1 - k.beta2) * (k.a.sign(v - square) * square)
    return _quotient(k, _hat(k, m), s["v"])


def adabelief(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """v averages (g - m)², plus ``eps_root`` a step."""
    m = _average(s, "m", g, k.beta1)
    v = _average(s, "v", (g - m) * (g - m), k.beta2) + k.h.eps_root
    s["v"] = v
    return _quotient(k, _hat(k, m), v)


# --- norms ---------------------------------------------------------------------------------------------


def adafactor(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """Vectors: v of β2 = 1 - t^-power; u clipped to RMS 1, times max(ε_2, ‖w‖/√n) min(1, 1/(η√t)), n entries.

    ``eps2`` is ε_2.
    """
    size, fresh = _count(g), float(k.t) ** -k.h.power
    v = _average(s, "v", g * g, 1 - fresh)
    u = g / k.a.sqrt(k.a.maximum(v, 0.0 * g + k.h.eps * k.h.eps))
    over = k.a.sqrt(k.a.total(u * u) / size) / k.h.clip
    scale = k.a.maximum(k.a.sqrt(k.a.total(w * w) / size), k.h.eps2)
    return u / k.a.maximum(over, 1.0) * scale * min(1.0, 1 / (k.lr * k.t**0.5))


def lamb(k: Step, s: Memory, g: Any, w: Any) -> Any:
    """Adam's direction, plus λ w, at the length of w (its own length where w or it is 0)."""
    u = adam(k, s, g, w) + k.h.weight_decay * w
    length, own = k.a.sqrt(k.a.total(w * w)), k.a.sqrt(k.a.total(u * u))
    return u if not (_positive(length) and _positive(own)) else u * (length / own)


def _count(g: Any) -> int:
    return int(getattr(g, "value", g).size)


def _positive(x: Any) -> bool:
    return bool(getattr(x, "value", x) > 0)
