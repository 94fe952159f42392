"""One small update law per optimizer, on one coordinate, reading like the paper.

A law takes the gradient g of a batch, the memory (m, v) and the settings, and returns the new
memory and the direction u; the step is w ← w - η u.  It is plain arithmetic with :func:`sign` and
:func:`ratio` (m / (√v + ε)), so :func:`over` can run *the same code* over any number system: the
engine (:mod:`marginproof.properties.simulation.kernels`) compiles it, the tests' oracle
(``tests/reference/oracle.py``) runs it in mpmath.  The engine's m and v are single numbers; elsewhere
they may be whatever a law keeps.

==============  =============================================  =================================
law             memory                                         u
==============  =============================================  =================================
gradient        —                                              g
normalised      —                                              g / ‖g‖₂
sign_gradient   —                                              sign(g)
signum          m ← β m + (1-β) g                              sign(m)
lion            m ← β2 m + (1-β2) g                            sign(β1 m + (1-β1) g), m before
adam            m ← β1 m + (1-β1) g, v ← β2 v + (1-β2) g²      m / (√v + ε)
adam_unbiased   the same                                       m̂ / (√v̂ + ε)
rmsprop         v ← β2 v + (1-β2) g²                           g / (√v + ε)
adam_proxy      v = Σ of squared per-sample gradients          g / √v
==============  =============================================  =================================

With ε = 0 a coordinate that never had a gradient stays: 0/0 is 0 (:data:`TINY`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from types import FunctionType
from typing import Any, NamedTuple

TINY = 1e-290
"""Stands for ε = 0, relative to the gradients' running scale: it changes no bit of √v and makes 0/0 = 0."""


class Scale(Enum):
    """In what units a law wants its gradients."""

    FREE = "free"
    """Any, even another for each coordinate: u does not change (but for ε, which is scaled along)."""
    SHARED = "shared"
    """Any, the same for all coordinates."""
    ABSOLUTE = "absolute"
    """The true ones."""


class Hyper(NamedTuple):
    """What a law may read; a law reads only its own.

    Attributes:
      beta1, beta2: averaging constants (Signum's β is ``beta1``).
      eps: ε in the units of g (the engine multiplies it by the scale of its gradients).
      unbias1, unbias2: 1-β1^t and 1-β2^t at step t = 1, 2, …
      norm: ‖g‖₂ over all coordinates.
    """

    beta1: Any = 0.0
    beta2: Any = 0.0
    eps: Any = TINY
    unbias1: Any = 1.0
    unbias2: Any = 1.0
    norm: Any = 1.0


CoordinateLaw = Callable[[Any, Any, Any, Hyper], tuple[Any, Any, Any]]
"""From g, m, v and the settings to m, v and u, on one coordinate."""


def sqrt(x: float) -> float:
    """Square root; rebound by :func:`over`."""
    return math.sqrt(x)


def ratio(m: Any, v: Any, eps: Any) -> Any:
    """m / (√v + ε); the engine binds a faster one for ε = 0."""
    return m / (sqrt(v) + eps)


def sign(x: float) -> float:
    """The sign, −1, 0 or 1; rebound by :func:`over`."""
    return float((x > 0) - (x < 0))


def gradient(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Gradient descent."""
    return m, v, g


def normalised(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Normalised gradient descent; a zero gradient gives no step."""
    return m, v, g / (h.norm + h.eps)


def sign_gradient(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Sign descent (full batch), SignSGD (smaller batches)."""
    return m, v, sign(g)


def signum(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Signum: the sign of the averaged gradient."""
    m = h.beta1 * m + (1 - h.beta1) * g
    return m, v, sign(m)


def lion(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Lion (Chen et al., 2023): the step takes β1 of the memory, the memory then keeps β2 of itself."""
    u = sign(h.beta1 * m + (1 - h.beta1) * g)
    return h.beta2 * m + (1 - h.beta2) * g, v, u


def adam(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Adam without bias correction (the paper's)."""
    m = h.beta1 * m + (1 - h.beta1) * g
    v = h.beta2 * v + (1 - h.beta2) * (g * g)
    return m, v, ratio(m, v, h.eps)


def adam_unbiased(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """Adam with bias correction (Kingma and Ba, 2015)."""
    m = h.beta1 * m + (1 - h.beta1) * g
    v = h.beta2 * v + (1 - h.beta2) * (g * g)
    return m, v, ratio(m / h.unbias1, v / h.unbias2, h.eps)


def rmsprop(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """RMSProp."""
    v = h.beta2 * v + (1 - h.beta2) * (g * g)
    return m, v, ratio(g, v, h.eps)


def adam_proxy(g: Any, m: Any, v: Any, h: Hyper) -> tuple[Any, Any, Any]:
    """AdamProxy (paper, Prop. 4.1): v is not memory but Σ_i (∇ℓ_i)² at the current w."""
    return m, v, ratio(g, v, h.eps)


def over(function: Callable[..., Any], name: str | None = None, **names: Any) -> Callable[..., Any]:
    """The same code with other meanings for some of the names it uses.

    Arguments:
      function: a law, or anything that calls one.
      name: the copy's name.
      names: what ``sqrt``, ``sign``, … shall mean.

    Example:
      >>> import mpmath
      >>> many = over(ratio, sqrt=mpmath.sqrt)
      >>> over(adam_proxy, ratio=many)(mpmath.mpf(1), 0, mpmath.mpf(4), Hyper(eps=0))[2]
      mpf('0.5')
    """
    assert isinstance(function, FunctionType)
    scope = {**function.__globals__, **names}
    copy = FunctionType(function.__code__, scope, name or function.__name__, function.__defaults__)
    copy.__module__ = function.__module__
    copy.__qualname__ = name or function.__qualname__
    copy.__doc__ = function.__doc__
    return copy
