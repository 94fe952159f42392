"""Which law an optimizer follows: it is fed a few designed gradients, and every law is fitted to its steps.

Example:
  >>> from marginproof.properties.conformance.reference import PlainSignum
  >>> identify(PlainSignum).law
  'signum'
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from marginproof.properties.checks.several_tensors import CHECKS as SEVERAL_TENSORS_CHECKS
from marginproof.properties.conformance.candidates import Candidate, candidates, fits_symmetries
from marginproof.properties.conformance.fitting import (
    AGREES,
    agrees,
    deviation,
    fitted,
    searched,
    typical,
    worst,
)
from marginproof.properties.conformance.probes import ProbeRun, hints, sign_constants, symmetries, traced
from marginproof.properties.conformance.results import CheckResult, CheckStatus
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import directions
from marginproof.theory.laws.settings import Settings


@dataclass(frozen=True)
class Identified:
    """The law that an optimizer follows, or that it is none of those known.

    Attributes:
      law: its name, or "none of these".
      settings: those of the law, or of the nearest one, averaging constants included.
      agrees_to: the largest relative deviation of a step; 1 where it never moved.
      steps: how many were compared.
      runner_up: the next law of another name, and its deviation.
      witness: for none of these: the first step that departs, its coordinate, and both values.
      text: the answer in one sentence.
    """

    law: str
    settings: dict[str, Any]
    agrees_to: float
    steps: int
    runner_up: dict[str, Any] = field(default_factory=dict)
    witness: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def to_dict(self) -> dict[str, Any]:
        """For ``--json``."""
        names = ("law", "settings", "agrees_to", "steps", "runner_up", "witness")
        return {name: getattr(self, name) for name in names}


def identify(factory: Any) -> Identified:
    """Name the law an optimizer follows.

    Raises:
      MarginproofError: it cannot be constructed at its defaults, or a step is not finite.
    """
    trace = traced(factory)
    if not np.diff(trace.W, axis=0).any():
        steps = len(trace.G)
        return Identified(
            "none of these",
            {},
            1.0,
            steps,
            text=f"never moved: each of {steps} gradients left w where it was",
        )
    with np.errstate(all="ignore"):
        seen, known = symmetries(factory, trace), {**hints(factory), **sign_constants(factory)}
        if seen.decay is not None and seen.decay < 0.5:
            known["weight_decay"] = seen.decay
        everyone = list(candidates(known))
        able = [c for c in everyone if fits_symmetries(c, seen.scale, seen.rests, seen.decay)] or everyone
        able.sort(key=lambda c: typical(c, trace))
        ranked = _ranked(able[:24], trace, exact=True)
        if ranked[0][0] > agrees(trace):
            ranked = _ranked([without_idle_decay(c, trace) for c in searched(able, trace)], trace)
        else:  # the constants stand in the constructor; the fit must find them too
            best = fitted(ranked[0][1], trace)
            ranked[0] = (worst(best, trace), best)
        return _told(ranked, trace)


def _ranked(found: list[Candidate], trace: ProbeRun, exact: bool = False) -> list[tuple[float, Candidate]]:
    """By deviation; of those that agree, the one that says least first.

    Arguments:
      exact: the constants are those of the constructor, not fitted: what one follows to rounding, no other
        agrees with by coming near (optax's adabelief without its ε of 1e-16 departs by 3e-10).
    """
    averaging = [c for c in found if not any(b > 1 - 5e-7 for b in _betas(c))] or found
    rated, limit = [(worst(c, trace), c) for c in averaging], agrees(trace)
    if exact:
        limit = min(limit, max(1e-12, 1000 * min(gap for gap, _ in rated)))
    return sorted(rated, key=lambda pair: (pair[0] > limit, pair[1].weight if pair[0] <= limit else pair[0]))


def _betas(candidate: Candidate) -> list[float]:
    """The constants of its averages; an average at 1 forgets nothing and takes up nothing: it is another law's fit."""
    return [value for name, value in candidate.hyper.items() if name.startswith("beta")]


def without_idle_decay(candidate: Candidate, trace: ProbeRun) -> Candidate:
    """A search may end at a weight decay of 1e-200; one that changes nothing is no setting."""
    settings = candidate.declared.settings
    if not 0 < settings.weight_decay < 1e-12:
        return candidate
    usual = Settings()
    free = replace(settings, weight_decay=usual.weight_decay, decoupled=usual.decoupled)
    simpler = replace(candidate, declared=replace(candidate.declared, settings=free))
    return simpler if worst(simpler, trace) <= worst(candidate, trace) * (1 + 1e-9) else candidate


def _told(ranked: list[tuple[float, Candidate]], trace: ProbeRun) -> Identified:
    (gap, best), limit = ranked[0], agrees(trace)
    name, settings = _name_of(best), _settings_of(best)
    other = next(((g, c) for g, c in ranked[1:] if _name_of(c) != name and g > limit), None)
    runner = (
        {"law": _name_of(other[1]), "settings": _rounded(_settings_of(other[1])), "agrees_to": other[0]}
        if other
        else {}
    )
    if gap <= limit:
        text = f"follows {_say(name, best)}: {len(trace.G)} steps agree to {max(gap, 2.0**-53):.1g}"
        return Identified(name, settings, gap, len(trace.G), runner, {}, text)
    rows = np.abs(deviation(best, trace))
    t = int(np.flatnonzero((rows > limit).any(axis=1))[0])
    k = int(np.argmax(rows[t]))
    u = directions(best.declared, best.hyper, trace.G, trace.rates, trace.W[:-1])
    witness = {"step": t + 1, "coordinate": k, "measured": float(trace.W[t + 1, k] - trace.W[t, k]),
               "law": float(-trace.rates[t] * u[t, k]), "departs_by": float(rows[t, k])}  # fmt: skip
    text = f"follows none of these laws; the nearest is {_say(name, best)}, left at step {t + 1} by {rows[t, k]:.2g} of the largest step"
    return Identified(
        "none of these", {"nearest": name, **_rounded(settings)}, gap, len(trace.G), runner, witness, text
    )


def _name_of(candidate: Candidate) -> str:
    h = candidate.declared.settings
    return (
        "adamw" if candidate.declared.name == "adam" and h.decays and h.decoupled else candidate.declared.name
    )


def _settings_of(candidate: Candidate) -> dict[str, Any]:
    usual = Settings()
    told = candidate.declared.settings
    names = [n for n in usual.__dataclass_fields__ if getattr(told, n) != getattr(usual, n)]
    return {**candidate.hyper, **{n: getattr(told, n) for n in names}}


def _rounded(settings: dict[str, Any]) -> dict[str, Any]:
    """To six digits: more of a law that is not followed mean nothing."""
    return {k: float(f"{v:.6g}") if isinstance(v, float) else v for k, v in settings.items()}


def _say(name: str, candidate: Candidate) -> str:
    return str(candidate).replace("adam", name, 1) if name == "adamw" else str(candidate)


@functools.lru_cache(maxsize=32)
def diagnosis(factory: Any) -> str:
    """One line for the end of a failure; empty where it could not be found."""
    try:
        return identify(factory).text
    except (MarginproofError, TypeError, ValueError, ArithmeticError, IndexError):
        return ""


def with_diagnosis(result: CheckResult, factory: Any) -> CheckResult:
    """A failure of I1 ends with the law that is followed instead; of several tensors, with that of one."""
    if result.status is not CheckStatus.FAILED or result.check.claim != "I1":
        return result
    text = diagnosis(factory)
    where = "on one tensor, without saved state, " if result.check in SEVERAL_TENSORS_CHECKS else ""
    return (
        replace(result, report=f"{result.report}\n  diagnosis: {where}the optimizer {text}")
        if text
        else result
    )


def against(one: Any, other: Any) -> dict[str, Any]:
    """Two implementations on the same gradients: the largest relative difference of a step, and where it is."""
    first, second = traced(one), traced(other)
    gap = np.abs(np.diff(first.W, axis=0) - np.diff(second.W, axis=0)) / np.maximum(first.sizes, second.sizes)
    t, k = np.unravel_index(int(np.argmax(gap)), gap.shape)
    late = np.flatnonzero((gap > AGREES).any(axis=1))
    return {"agrees_to": float(gap.max()), "steps": len(gap), "first_departure": int(late[0]) + 1 if len(late) else None,
            "worst": {"step": int(t) + 1, "coordinate": int(k), "measured": [float(np.diff(x.W, axis=0)[t, k]) for x in (first, second)]}}  # fmt: skip
