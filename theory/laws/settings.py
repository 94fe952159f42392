"""A law with its settings, as a subject declares it: ``adam:eps=1e-8,corrected=yes``.

Example:
  >>> declared = read("adam:eps=1e-8,corrected=yes")
  >>> str(declared)
  'adam: eps = 1e-08, corrected'
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import Any

from marginproof.theory.errors import MarginproofError

PLACEMENTS = ("outside", "uncorrected", "inside")
MAXIMA = ("no", "before", "after")
UNIT = 2.0**-53


@dataclass(frozen=True)
class Settings:
    """What a law may be told beside its averaging constants.

    Attributes:
      eps: ε.
      eps_placement: ``outside``: √v̂ + ε after the correction; ``uncorrected``: ε beside √v and the correction
        outside both; ``inside``: √(v̂ + ε).  Adamax: ``outside`` divides by u + ε, ``inside`` takes max(β2 u, |g| + ε).
      corrected: m is divided by 1-β1^t, v by 1-β2^t.
      weight_decay, decoupled: λ, and whether λw joins the step (AdamW) or the gradient.
      dampening: of momentum: b ← μ b + (1-τ) g, the first b being g.
      nesterov: the step looks one gradient ahead.
      m0, v0: what m and v start at.
      maximum: AMSGrad's, of v ``before`` or ``after`` its correction.
      eps_root: AdaBelief's second ε, added to v at every step.
      momentum: RMSprop's, of its quotients.
      momentum_decay: NAdam's ψ in μ_t = β1 (1 - 0.96^{tψ}/2); ``None`` for a constant β1.
      product_unit: unit roundoff of NAdam's Π μ_t, where it is kept in another precision than the rest.
      correction_unit: unit roundoff of 1-β^t, where it is computed in another precision than the rest.
      threshold: RAdam's least ρ_t of a rectified step.
      rate_decay: Adagrad's rate is η/(1 + (t-1) δ), δ being this.
      power, clip, eps2: Adafactor's: β2 = 1 - t^-power, its clipping threshold, the least scale of a parameter.
      rows: of the matrix that Muon sees in a vector; 0 for one row.
      unit: unit roundoff of the state, 2^-53, or 2^-24 for float32.
    """

    eps: float = 0.0
    eps_placement: str = "outside"
    corrected: bool = False
    weight_decay: float = 0.0
    decoupled: bool = True
    dampening: float = 0.0
    nesterov: bool = False
    m0: float = 0.0
    v0: float = 0.0
    maximum: str = "no"
    eps_root: float = 0.0
    momentum: float = 0.0
    momentum_decay: float | None = None
    product_unit: float = 0.0
    correction_unit: float = 0.0
    threshold: float = 5.0
    rate_decay: float = 0.0
    power: float = 0.8
    clip: float = 1.0
    eps2: float = 1e-3
    rows: int = 0
    unit: float = UNIT

    def __post_init__(self) -> None:
        _choose("eps_placement", self.eps_placement, PLACEMENTS)
        _choose("maximum", self.maximum, MAXIMA)
        for name in ("eps", "weight_decay", "v0", "eps_root"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise MarginproofError(f"{name}={getattr(self, name)}: choose a finite number >= 0")
        if not 0 < self.unit < 1:
            raise MarginproofError(f"unit={self.unit}: choose 2^-53 for float64, 2^-24 for float32")

        if not self.weight_decay:  # then there is nothing to couple
            object.__setattr__(self, "decoupled", True)

    @property
    def decays(self) -> bool:
        """Whether a step depends on w through λ."""
        return self.weight_decay != 0


@dataclass(frozen=True)
class Declared:
    """A law's name and its settings."""

    name: str
    settings: Settings = field(default_factory=Settings)

    def __str__(self) -> str:
        usual = Settings()
        shown = [_shown(f.name, getattr(self.settings, f.name)) for f in fields(Settings)
                 if getattr(self.settings, f.name) != getattr(usual, f.name)]  # fmt: skip
        return f"{self.name}: {', '.join(shown)}" if shown else self.name

    def changed(self, **settings: Any) -> Declared:
        """The same law with other settings."""
        return replace(self, settings=adjusted(self.settings, settings))


def adjusted(base: Settings, given: dict[str, Any]) -> Settings:
    """Settings with some changed; texts are read.  Raises :class:`~marginproof.theory.errors.MarginproofError` for an unknown one."""
    kinds = {f.name: f.type for f in fields(Settings)}
    for name in given:
        if name not in kinds:
            raise MarginproofError(
                f"{name}={given[name]} is not a setting of a law; choose among {', '.join(kinds)}"
            )
    return replace(base, **{name: _value(name, str(kinds[name]), value) for name, value in given.items()})


def read(text: str) -> Declared:
    """A declaration from ``name`` or ``name:setting=value,…``.  Raises :class:`~marginproof.theory.errors.MarginproofError`."""
    from marginproof.theory.laws.catalogue import law

    name, _, rest = text.partition(":")
    pairs = [part.partition("=") for part in rest.split(",") if part.strip()]
    known = law(name.strip())
    given = {key.strip(): value.strip() or "yes" for key, _, value in pairs}
    return Declared(known.name, adjusted(known.defaults, given))


def _value(name: str, kind: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if kind == "bool":
        if value.lower() in ("yes", "true", "1", "no", "false", "0"):
            return value.lower() in ("yes", "true", "1")
        raise MarginproofError(f"{name}={value}: say yes or no")
    if kind == "str":
        return value
    base, _, power = value.replace("**", "^").partition("^")
    try:
        if power:  # 2^-24
            return float(base) ** int(power)
        return int(value) if kind == "int" else None if value == "none" else float(value)
    except (ValueError, ArithmeticError) as cause:
        raise MarginproofError(f"{name}={value} is not a number; write one such as 1e-8 or 2^-24") from cause


def _choose(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise MarginproofError(f"{name}={value}: choose one of {', '.join(known)}")


def _shown(name: str, value: Any) -> str:
    if value is True:
        return name
    return (
        f"not {name}"
        if value is False
        else f"{name} = {value:g}"
        if isinstance(value, float)
        else f"{name} = {value}"
    )
