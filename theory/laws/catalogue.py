"""Every law by name, with its source, what it is told, and the symmetries it has.

Example:
  >>> from marginproof.theory.laws.settings import read
  >>> directions(read("signum"), {"beta": 0.5}, [[3.0], [-2.0]], [1.0, 1.0]).tolist()
  [[1.0], [-1.0]]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws import rules
from marginproof.theory.laws.arithmetic import FLOATS, Arithmetic, Rounded, rounding
from marginproof.theory.laws.rules import Memory, Rule, Step
from marginproof.theory.laws.settings import Declared, Settings

MOMENTA = ("beta1", "beta2")


@dataclass(frozen=True)
class Law:
    """A law.

    Attributes:
      name: what it is called in :data:`LAWS`.
      source: where it was published.
      rule: see :mod:`marginproof.theory.laws.rules`.
      hyper: the averaging constants that it is constructed with.
      defaults: its settings where nothing is said.
      scale: what powers of two of the gradient's coordinates do at ε = 0: ``free`` nothing, ``equivariant`` the
        same to the step, ``shared`` nothing if all are the same, ``""`` something else.
      norms: whether a norm over all coordinates enters.
      permutes: whether coordinates are interchangeable.
      takes_decay: whether the rule adds λw itself.
    """

    name: str
    source: str
    rule: Rule
    hyper: tuple[str, ...] = MOMENTA
    defaults: Settings = field(default_factory=Settings)
    scale: str = "free"
    norms: bool = False
    permutes: bool = True
    takes_decay: bool = False


_UNBIASED = Settings(corrected=True)
LAWS: dict[str, Law] = {
    entry.name: entry
    for entry in (
        Law("gd", "Cauchy 1847", rules.gd, (), scale="equivariant"),
        Law("momentum", "Polyak 1964; Sutskever et al. 2013", rules.momentum, ("momentum",), scale="equivariant"),
        Law("nesterov", "Nesterov 1983; Sutskever et al. 2013", rules.momentum, ("momentum",), Settings(nesterov=True), "equivariant"),
        Law("signgd", "Bernstein et al. 2018, arXiv 1802.04434", rules.signgd, ()),
        Law("signum", "Bernstein et al. 2018, arXiv 1802.04434", rules.signum, ("beta",)),
        Law("lion", "Chen et al. 2023, arXiv 2302.06675", rules.lion),
        Law("adam", "Kingma and Ba 2015, arXiv 1412.6980", rules.adam),
        Law("adamw", "Loshchilov and Hutter 2019, arXiv 1711.05101", rules.adam, defaults=Settings(corrected=True, weight_decay=0.01)),
        Law("amsgrad", "Reddi et al. 2018, arXiv 1904.09237", rules.amsgrad, defaults=Settings(maximum="before")),
        Law("nadam", "Dozat 2016", rules.nadam, defaults=_UNBIASED),
        Law("radam", "Liu et al. 2020, arXiv 1908.03265", rules.radam, defaults=_UNBIASED, scale=""),
        Law("adamax", "Kingma and Ba 2015, arXiv 1412.6980, §7", rules.adamax, defaults=_UNBIASED),
        Law("rmsprop", "Tieleman and Hinton 2012", rules.rmsprop, ("beta2",)),
        Law("rmsprop_centered", "Graves 2013, arXiv 1308.0850", rules.rmsprop_centered, ("beta2",)),
        Law("adagrad", "Duchi et al. 2011", rules.adagrad, ()),
        Law("adadelta", "Zeiler 2012, arXiv 1212.5701", rules.adadelta, ("beta2",), Settings(eps=1e-6, eps_placement="inside")),
        Law("yogi", "Zaheer et al. 2018", rules.yogi),
        Law("adabelief", "Zhuang et al. 2020, arXiv 2010.07468", rules.adabelief, defaults=_UNBIASED),
        Law("adafactor", "Shazeer and Stern 2018, arXiv 1804.04235", rules.adafactor, (), Settings(eps=2.0**-52), "", norms=True),
        Law("lamb", "You et al. 2020, arXiv 1904.00962", rules.lamb, defaults=_UNBIASED, norms=True, takes_decay=True),
        Law("muon", "Jordan et al. 2024", rules.muon, ("momentum",), scale="shared", norms=True, permutes=False),
        Law("normalised_gd", "Nesterov 1984", rules.normalised_gd, (), scale="shared", norms=True),
    )
}  # fmt: skip
"""Every law, by name."""


def law(name: str) -> Law:
    """A law by name.  Raises :class:`~marginproof.theory.errors.MarginproofError` for an unknown one."""
    if name not in LAWS:
        raise MarginproofError(f"law={name} is unknown; choose one of {', '.join(LAWS)}")
    return LAWS[name]


class Course:
    """A law at work: :meth:`direction` step by step, on any arithmetic."""

    def __init__(self, declared: Declared, hyper: Mapping[str, Any], arithmetic: Arithmetic = FLOATS) -> None:
        self.declared, self.law, self.arithmetic = declared, law(declared.name), arithmetic
        given = {name: float(value) for name, value in hyper.items()}
        self.beta1 = given.get("beta1", given.get("beta", given.get("momentum", 0.0)))
        self.beta2 = given.get("beta2", 0.0)
        self.memory: Memory = {}
        self.t = 0

    def direction(self, g: Any, w: Any, lr: float) -> Any:
        """u of the next step, so that w ← w - η u."""
        self.t += 1
        h = self.declared.settings
        k = Step(self.arithmetic, self.t, lr, self.beta1, self.beta2, h)
        if not h.decays or self.law.takes_decay:
            return self.law.rule(k, self.memory, g, w)
        if h.decoupled:
            return self.law.rule(k, self.memory, g, w) + h.weight_decay * w
        return self.law.rule(k, self.memory, g + h.weight_decay * w, w)


def directions(
    declared: Declared,
    hyper: Mapping[str, Any],
    gradients: Any,
    rates: Sequence[float] | np.ndarray,
    W: Any = None,
) -> np.ndarray:
    """u_t in float64, shape (T, d), for gradients (T, d); W the iterates before each step [default: those the law makes]."""
    G = np.asarray(gradients, dtype=np.float64)
    course, w, out = Course(declared, hyper), np.zeros(G.shape[1]), np.empty(G.shape)
    with np.errstate(divide="ignore", invalid="ignore"):
        for t, g in enumerate(G):
            w = w if W is None else np.asarray(W[t])
            out[t] = np.nan_to_num(course.direction(g, w, float(rates[t])))
            w = w - rates[t] * out[t]
    return out


def rounded_directions(
    declared: Declared,
    hyper: Mapping[str, Any],
    gradients: np.ndarray,
    errors: np.ndarray,
    W: np.ndarray,
    rates: np.ndarray,
    unit: float,
    times: Sequence[int] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(u_t, how far a correct program may be off), both shape (T, d).

    Arguments:
      gradients, errors: g_t and bounds of their absolute errors.
      W: the iterates before each step, as the program has them, exact.
      unit: of the program.
      times: what the law's counter says at each step [default: 1, 2, …].
    """
    course = Course(declared, hyper, rounding(unit))
    out, slack = np.empty(gradients.shape), np.empty(gradients.shape)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for t, (g, error) in enumerate(zip(gradients, errors, strict=True)):
            course.t = t if times is None else times[t] - 1
            u = course.direction(Rounded(g, error, unit), Rounded(W[t], 0.0 * W[t], unit), float(rates[t]))
            out[t], slack[t] = u.value, u.radius
    return out, np.where(np.isnan(slack), np.inf, slack)
