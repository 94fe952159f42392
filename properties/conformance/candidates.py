"""The laws that :mod:`marginproof.properties.conformance.identify` tries: each with its discrete settings written out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared, adjusted


@dataclass(frozen=True)
class Candidate:
    """A law with its averaging constants.

    Attributes:
      declared: the law and its settings.
      hyper: by the law's own names.
      free: what a fit may move: averaging constants, ``eps``, ``weight_decay``.
    """

    declared: Declared
    hyper: Mapping[str, float]
    free: tuple[str, ...]

    @property
    def weight(self) -> int:
        """How many settings it states: of two that agree with the steps, the one with fewer is named."""
        usual = LAWS[self.declared.name].defaults
        told = self.declared.settings
        return len(self.free) + sum(bool(getattr(told, n) != getattr(usual, n)) for n in _TOLD)

    def __str__(self) -> str:
        shown = ", ".join(f"{name} = {value:g}" for name, value in self.hyper.items())
        text = str(self.declared)
        return text + (("; " if ":" in text else ": ") + shown if shown else "")


_TOLD = (
    "eps_placement",
    "corrected",
    "decoupled",
    "dampening",
    "m0",
    "v0",
    "maximum",
    "eps_root",
    "momentum_decay",
)
_PLACED = ({"eps_placement": "outside"}, {"eps_placement": "inside"})
_ALL_PLACED = tuple(
    {"corrected": corrected, "eps_placement": placement}
    for corrected in (True, False)
    for placement in ("outside", "uncorrected", "inside")
    if corrected or placement != "uncorrected"
)


def variants(name: str, hints: Mapping[str, float]) -> list[dict[str, Any]]:
    """The discrete settings of a law."""
    starts = sorted({0.0, 1.0, hints.get("v0", 0.0)})
    if name in ("adam", "lamb", "rmsprop", "rmsprop_centered"):
        momenta = sorted({0.0, hints.get("momentum", 0.0)}) if name.startswith("rms") else [0.0]
        return [{**p, "v0": v0, "momentum": m} for p in _ALL_PLACED for v0 in (starts if name != "lamb" else [0.0]) for m in momenta]  # fmt: skip
    if name == "amsgrad":
        return [
            {**p, "maximum": m}
            for p in _ALL_PLACED
            for m in ("before", "after")
            if m == "before" or p["corrected"]
        ]
    if name == "nadam":
        return [{**p, "momentum_decay": d} for p in _ALL_PLACED if p["corrected"] for d in (None, 0.004)]
    if name == "radam":
        return [{**p, "corrected": True} for p in _ALL_PLACED if p["corrected"]]
    if name == "yogi":
        return [
            {**p, "m0": m, "v0": v} for p in _ALL_PLACED for m, v in ((0.0, 0.0), (1e-6, 1e-6), (0.0, 1e-6))
        ]
    if name == "adabelief":
        return [
            {**p, "eps_root": r} for p in _ALL_PLACED for r in sorted({0.0, 1e-16, hints.get("eps", 0.0)})
        ]
    if name == "adamax":
        return [{**p, "corrected": c} for p in _PLACED for c in (True, False)]
    if name == "adagrad":
        return [{**p, "v0": v0} for p in _PLACED for v0 in sorted({*starts, 0.1})]
    if name in ("momentum", "nesterov"):
        return [{"dampening": d, "nesterov": name == "nesterov"} for d in (0.0, hints.get("dampening", 0.5))]
    return [{}]


SIGNS = ("signgd", "signum", "lion")
"""Their constants are measured by where signs change, not fitted."""
NO_EPS = ("gd", "momentum", "nesterov", "signgd", "signum", "lion", "muon", "normalised_gd", "adafactor")


def fits_symmetries(candidate: Candidate, scale: str, rests: bool, decay: float | None) -> bool:
    """Whether a law with these settings can show the symmetries seen (``probes.Symmetries``)."""
    law, h = LAWS[candidate.declared.name], candidate.declared.settings
    units = bool(h.eps or h.eps_root or h.v0 or h.m0 or (h.decays and not h.decoupled))
    if law.scale and scale and (units or (law.scale == "equivariant") is not (scale == "equivariant")):
        return law.scale == scale == "equivariant" and h.decays  # λ g scales with w
    if law.scale and not scale and not units:
        return False
    moves = h.decays or bool(h.m0)
    return not moves if rests else moves if decay is None else h.decays


def candidates(hints: Mapping[str, float]) -> Iterator[Candidate]:
    """Every law with every discrete setting, continuous ones where the constructor's defaults have them."""
    usual = {"beta1": 0.9, "beta2": 0.999, "beta": 0.9, "momentum": 0.9, **hints}
    decay = hints.get("weight_decay", 0.0) or 0.01
    for name, law in LAWS.items():
        if name in ("adamw", "muon"):
            continue  # Adam with decoupled decay; Muon's rows are not seen in a vector
        for settings in variants(name, hints):
            for eps in (0.0,) if name in NO_EPS else sorted({0.0, hints.get("eps", 0.0) or 1e-8}):
                for decays in _decays(name, decay):
                    changed = {**settings, **decays}
                    if name not in NO_EPS:
                        changed["eps"] = eps
                    damped = ("dampening",) if changed.get("dampening") else ()
                    free = (
                        *(() if name in SIGNS else law.hyper),
                        *damped,
                        *(("eps",) if eps else ()),
                        *(("weight_decay",) if decays else ()),
                    )
                    hyper = {key: usual[key] for key in law.hyper}
                    yield Candidate(Declared(name, adjusted(law.defaults, changed)), hyper, free)


def _decays(name: str, decay: float) -> list[dict[str, Any]]:
    coupled = {"weight_decay": decay, "decoupled": False}
    decoupled = {"weight_decay": decay, "decoupled": True}
    if name in ("gd", "signgd", "signum", "lion", "lamb", "adafactor"):
        return [{}, decoupled]
    return [{}, decoupled, coupled]
