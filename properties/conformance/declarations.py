"""What an optimizer says of itself: the law, its settings, the grid, the names of its keywords.

Class attributes, on plain classes and on torch's and optax's (a function may carry them too):
:mod:`marginproof.properties.checks.subjects` lists them.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

from marginproof.properties.checks.subjects import FAMILIES
from marginproof.theory.bounds.margin_bounds import UNIT
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import LAWS, law
from marginproof.theory.laws.settings import Declared, Settings, adjusted, read

Grid = tuple[Mapping[str, Fraction], ...]
KEYS = ("beta", "beta1", "beta2", "momentum")


@dataclass(frozen=True)
class Said:
    """What the attributes say.

    Attributes:
      law: the law with its settings, or ``None`` where only a family, or nothing, is said.
      family: of :data:`~marginproof.properties.checks.subjects.FAMILIES`, the short form, as it was said.
      corrected: whether Adam's averages are corrected for their bias.
      unit: unit roundoff of its arithmetic.
      grid: hyper-parameter settings to try.
      keywords: our names to the constructor's.
    """

    law: Declared | None = None
    family: str | None = None
    corrected: bool = False
    unit: float = UNIT
    grid: Grid = ()
    keywords: Mapping[str, str] = field(default_factory=dict)


def said_by(factory: Any) -> Said:
    """Read the attributes of a class or function, or of a partial and what it is a partial of.

    Raises:
      MarginproofError: an unknown law, a setting out of its range, a grid with other keys.
    """
    found = {
        name: value for name in (*_SETTINGS, *_OTHERS) if (value := _attribute(factory, name)) is not None
    }
    settings = {
        name: found[name] for name in _SETTINGS if isinstance(found.get(name), bool | int | float | str)
    }
    name = str(getattr(maker(factory), "__name__", factory))
    declared = None
    if "law" in found:
        declared = read(str(found["law"]))
        declared = Declared(declared.name, adjusted(declared.settings, settings))
    elif found.get("family") in SHORT and set(settings) - {"corrected", "unit"}:
        known = law(found["family"])
        declared = Declared(known.name, adjusted(known.defaults, settings))
    return Said(declared, found.get("family"), bool(settings.get("corrected", False)), float(settings.get("unit", UNIT)),
                tuple(exact(entry, name) for entry in found.get("grid", ())), dict(found.get("keywords", {})))  # fmt: skip


_SETTINGS = tuple(f.name for f in fields(Settings))
SHORT = tuple(family for family in FAMILIES if family in LAWS)
"""Families that are short for a law."""
_OTHERS = ("law", "family", "grid", "keywords")


def maker(factory: Any) -> Any:
    """What a ``functools.partial`` is of, or the factory itself."""
    return factory.func if isinstance(factory, functools.partial) else factory


def _attribute(factory: Any, name: str) -> Any:
    if isinstance(factory, functools.partial) and name in vars(
        factory
    ):  # a partial has `keywords` of its own
        return vars(factory)[name]
    return getattr(maker(factory), name, None)


def exact(entry: Mapping[str, Any], name: str) -> dict[str, Fraction]:
    """A grid's entry in fractions.  Raises :class:`~marginproof.theory.errors.MarginproofError` for a key that is no hyper-parameter."""
    if not set(entry) <= set(KEYS):
        raise MarginproofError(
            f"grid={dict(entry)} of optimizer={name}: the keys are beta, momentum, or beta1 and beta2"
        )
    return {key: Fraction(value) for key, value in entry.items()}


def renamed(hyper: Mapping[str, float], keywords: Mapping[str, str]) -> dict[str, Any]:
    """Our hyper-parameters under the constructor's names; two of one name make a tuple.

    Example:
      >>> renamed({"beta1": 0.5, "beta2": 0.75}, {"beta1": "betas", "beta2": "betas"})
      {'betas': (0.5, 0.75)}
    """
    out: dict[str, Any] = {}
    for name, value in hyper.items():
        key = keywords.get(name, name)
        out[key] = (
            (*out[key], value)
            if isinstance(out.get(key), tuple)
            else (out[key], value)
            if key in out
            else value
        )
    return out
