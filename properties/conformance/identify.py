"""Which law an optimizer follows: it is fed a few designed gradients, and every law is fitted to its steps.

The gradients (:func:`probe`) have a scale for each coordinate, from 1 to 2^-54, so that an ε of any size shows and
says where it stands; they fall by 2^-4 midway, change sign and vanish once, the rates vary, and w starts off 0:
maxima, corrections, decays and velocities that hold an old rate each leave a mark.

Example:
  >>> from marginproof.properties.conformance.reference import PlainSignum
  >>> identify(PlainSignum).law
  'signum'
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from marginproof.properties.conformance.candidates import Candidate, candidates
from marginproof.properties.conformance.declarations import said_by
from marginproof.properties.conformance.foreign import OptaxStepper, TorchStepper, takes_parameters
from marginproof.properties.conformance.known import arguments_of
from marginproof.properties.conformance.results import CheckResult, CheckStatus
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import directions
from marginproof.theory.laws.settings import Settings

STEPS = 20
SCALES = 2.0 ** -np.array([0.0, 9.0, 18.0, 27.0, 36.0, 54.0])
AGREES = 1e-7
"""A relative deviation of a step that a law explains; √2^-24 where the optimizer computes in float32."""
MOST = 6
"""Fits of a law at most."""


@dataclass(frozen=True)
class Identified:
    """What was found.

    Attributes:
      law: its name, or "none of these".
      settings: those of the law, or of the nearest one, averaging constants included.
      agrees_to: the largest relative deviation of a step.
      steps: how many were compared.
      runner_up: the next law, other in name or settings, and its deviation.
      witness: for none of these: the first step that departs, its coordinate, and both values.
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


@dataclass(frozen=True)
class Trace:
    """Gradients, rates and the iterates an optimizer made of them, shapes (T, d), (T,), (T+1, d)."""

    G: np.ndarray
    rates: np.ndarray
    W: np.ndarray
    single: bool

    @property
    def sizes(self) -> np.ndarray:
        """The largest step of each coordinate, shape (d,)."""
        return np.asarray(np.maximum(np.abs(np.diff(self.W, axis=0)).max(axis=0), 1e-300))


def probe() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(gradients, rates, w_0)."""
    rng = np.random.default_rng(15)
    G = (
        rng.integers(4, 33, size=(STEPS, len(SCALES)))
        / 16
        * rng.choice([-1.0, 1.0], size=(STEPS, len(SCALES)), p=[0.3, 0.7])
    )
    G[STEPS // 2 :] *= 2.0**-4
    G[5, ::2] = 0.0
    rates = np.array([1.0, 0.5, 0.75, 0.25, 1.0])[np.arange(STEPS) % 5] / 4
    return G * SCALES, rates, SCALES * np.array([1.0, -2.0, 0.5, -1.0, 2.0, -0.5])


def traced(factory: Any) -> Trace:
    """The optimizer's iterates under :func:`probe`, as it is constructed by default."""
    G, rates, start = probe()
    stepper, W = constructed(factory, G.shape[1]), np.empty((len(G) + 1, G.shape[1]))
    W[0] = start
    with np.errstate(all="ignore"):
        for t, g in enumerate(G):
            W[t + 1] = stepper.step(W[t].copy(), g.copy(), float(rates[t]))
    if not np.isfinite(W).all():
        t = int(np.flatnonzero(~np.isfinite(W).all(axis=1))[0])
        raise MarginproofError(
            f"optimizer={_name(factory)}: not finite at step {t}; nothing can be compared from there"
        )
    single = bool(np.array_equal(W[1:], W[1:].astype(np.float32))) or said_by(factory).unit > 2.0**-40
    return Trace(G, rates, W, single)


def _name(factory: Any) -> str:
    bare = factory.func if isinstance(factory, functools.partial) else factory
    return str(getattr(bare, "__name__", type(bare).__name__))


def constructed(factory: Any, dim: int) -> Any:
    """An optimizer at its own defaults; where a plain class asks for constants, they are the usual ones."""
    bare, unit = factory.func if isinstance(factory, functools.partial) else factory, said_by(factory).unit
    if inspect.isclass(bare) and any(b.__module__.startswith("torch.optim") for b in inspect.getmro(bare)):
        return TorchStepper(factory, {}, dim, unit)
    if callable(getattr(factory, "init", None)) and callable(getattr(factory, "update", None)):
        return OptaxStepper(factory, dim, unit)
    if inspect.isclass(bare):
        return factory(dim, **_asked(bare, said_by(factory).keywords))
    if takes_parameters(bare):
        return TorchStepper(factory, {}, dim, unit)
    return OptaxStepper(factory(learning_rate=1.0), dim, unit)


_USUAL = {"beta": 0.9, "momentum": 0.9, "beta1": 0.9, "beta2": 0.95}


def _asked(cls: Any, keywords: Mapping[str, str]) -> dict[str, Any]:
    ours = {keywords.get(name, name): value for name, value in _USUAL.items()}
    parameters = list(inspect.signature(cls.__init__).parameters.values())[2:]
    return {p.name: ours[p.name] for p in parameters if p.default is p.empty and p.name in ours}


_ALIASES = {"b1": "beta1", "b2": "beta2", "alpha": "beta2", "rho": "beta2", "decay": "beta2",
            "initial_accumulator_value": "v0", "initial_scale": "v0", "eps_root": "eps"}  # fmt: skip


def hints(factory: Any) -> dict[str, float]:
    """Where to look first: the numbers among the constructor's defaults.  The fit does not rely on them."""
    bare = factory.func if isinstance(factory, functools.partial) else factory
    found: dict[str, float] = {}
    given = {**arguments_of(factory)}
    if inspect.isclass(bare) and "torch" not in str(getattr(bare, "__module__", "")):
        given = {**_asked(bare, {}), **given}
    for name, value in given.items():
        if isinstance(value, tuple | list) and name == "betas" and len(value) >= 2:
            found["beta1"], found["beta2"] = float(value[0]), float(value[1])
        elif isinstance(value, int | float) and not isinstance(value, bool) and value:
            found[_ALIASES.get(name, name)] = float(value)
    if "momentum" in found:
        found.setdefault("beta", found["momentum"])
    return {k: v for k, v in found.items() if k not in ("beta", "beta1", "beta2", "momentum") or 0 <= v < 1}


def deviation(candidate: Candidate, trace: Trace) -> np.ndarray:
    """Steps less the law's, relative to the coordinate's largest step, shape (T, d); rounding of w is taken off."""
    u = directions(candidate.declared, candidate.hyper, trace.G, trace.rates, trace.W[:-1])
    gap = np.diff(trace.W, axis=0) + trace.rates[:, None] * u
    unit = 2.0**-23 if trace.single else 2.0**-52
    lost = unit * (np.abs(trace.W[1:]) + np.abs(trace.W[:-1]))
    return np.asarray(np.sign(gap) * np.maximum(np.abs(gap) - lost, 0.0) / trace.sizes)


def worst(candidate: Candidate, trace: Trace) -> float:
    """The largest deviation."""
    found = float(np.abs(deviation(candidate, trace)).max())
    return found if np.isfinite(found) else np.inf


def _typical(candidate: Candidate, trace: Trace) -> float:
    found = np.abs(deviation(candidate, trace))
    return float(np.mean(np.minimum(np.nan_to_num(found, nan=1.0), 1.0)))


def moved(candidate: Candidate, values: Mapping[str, float]) -> Candidate:
    """The candidate with other constants."""
    hyper = {name: values.get(name, value) for name, value in candidate.hyper.items()}
    settings = {n: v for n, v in values.items() if n in ("eps", "weight_decay", "dampening")}
    return replace(candidate, hyper=hyper, declared=candidate.declared.changed(**settings))


def _constants(candidate: Candidate) -> dict[str, float]:
    own = candidate.declared.settings
    return {n: candidate.hyper[n] if n in candidate.hyper else float(getattr(own, n)) for n in candidate.free}


def fitted(candidate: Candidate, trace: Trace) -> Candidate:
    """The constants that bring it nearest: averaging constants as log(1-β), ε and λ as logarithms."""
    names = list(candidate.free)
    if not names:
        return candidate
    log = [n in ("eps", "weight_decay") for n in names]

    def values(x: np.ndarray) -> dict[str, float]:
        return {n: float(np.exp(v)) if plain else float(1 - np.exp(min(v, 0.0)))
                for n, v, plain in zip(names, x, log, strict=True)}  # fmt: skip

    def residual(x: np.ndarray) -> np.ndarray:
        gaps = deviation(moved(candidate, values(x)), trace).ravel()
        return np.asarray(np.clip(np.nan_to_num(gaps, nan=1.0), -1.0, 1.0))

    begin = [
        np.log(v) if plain else np.log(1 - v)
        for v, plain in zip(_constants(candidate).values(), log, strict=True)
    ]
    found = least_squares(residual, begin, x_scale=0.1, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=40)
    best = moved(candidate, values(found.x))

    def order(c: Candidate) -> tuple[bool, float]:
        """As near as rounding lets it be, in this order; else the nearest."""
        gap = worst(c, trace)
        return (gap > AGREES / 100, gap if gap > AGREES / 100 else 0.0)

    plain = [moved(best, {"weight_decay": 0.0})] if best.declared.settings.weight_decay < 1e-10 else []
    return min((*plain, _rounded(best), candidate, best), key=order)


def _rounded(candidate: Candidate) -> Candidate:
    """Averaging constants to six digits, ε and λ to three."""
    shown = {
        n: float(f"{v:.3g}") if n in ("eps", "weight_decay") else round(v, 6)
        for n, v in _constants(candidate).items()
    }
    return moved(candidate, shown)


def identify(factory: Any) -> Identified:
    """Name the law an optimizer follows.

    Raises:
      MarginproofError: it cannot be constructed at its defaults, or a step is not finite.
    """
    trace = traced(factory)
    agrees = 2.0**-12 if trace.single else AGREES
    with np.errstate(all="ignore"):
        known = {**hints(factory), **sign_constants(factory)}
        everyone = sorted(candidates(known), key=lambda c: _typical(c, trace))
        ranked = _ranked(everyone[:24], trace, agrees)
        if ranked[0][0] > agrees:
            ranked = _ranked(_searched(everyone, trace, agrees), trace, agrees)
        else:  # the constants stand in the constructor; the fit must find them too
            best = fitted(ranked[0][1], trace)
            ranked[0] = (worst(best, trace), best)
        return _told(ranked, trace, agrees)


def sign_constants(factory: Any) -> dict[str, float]:
    """β1, β2 and β of an optimizer that steps by signs, empty for another; from w = 0, where a decay does nothing.

    After g = 1, Lion's second step changes sign at g = -x, x = β1 (1-β2)/(1-β1), and after a zero gradient its third at
    β2 x: two thresholds, each met by a grid of a thousand gradients at once, refined thrice.  Signum is β1 = β2.
    """
    first, later = _threshold(factory, 0), _threshold(factory, 1)
    if first is None or later is None:
        return {}
    beta2 = min(later / first, 1 - 1e-12) if first else 0.0
    beta1 = first / (first + 1 - beta2)
    return {"beta1": round(beta1, 7), "beta2": round(beta2, 7), "beta": round((beta1 + beta2) / 2, 7)}


def _threshold(factory: Any, zeros: int) -> float | None:
    """The x at which a step against g = -x turns, after g = 1 and some zeros; ``None`` where steps are no signs."""
    low, high = 0.0, 64.0
    for _ in range(4):
        grid = np.linspace(low, high, 1001)
        stepper, zero = constructed(factory, len(grid)), np.zeros(len(grid))
        moved = [stepper.step(zero, g, 1.0) for g in (np.ones(len(grid)), *[zero] * zeros, -grid)]
        if not np.isin(np.abs(moved[-1]), (0.0, 1.0)).all() or not (moved[0] == -1).all():
            return None
        turned = np.flatnonzero(moved[-1] > 0)
        if not len(turned):
            return None
        low, high = float(grid[max(turned[0] - 1, 0)]), float(grid[turned[0]])
    return (low + high) / 2 if low else 0.0


def _searched(everyone: list[Candidate], trace: Trace, agrees: float) -> list[Candidate]:
    """Fits from the best of a few starts, the nearest first, until three agree."""
    short = replace(trace, G=trace.G[:8], rates=trace.rates[:8], W=trace.W[:9])
    started = [min(_starts(c), key=lambda c: _typical(c, short)) for c in everyone]
    found: list[Candidate] = []
    agreed, tried = 0, {_kind(c): 0 for c in everyone}
    for candidate in sorted(started, key=lambda c: _typical(c, short)):
        kind = _kind(candidate)
        if tried[kind] == MOST or agreed >= 3 or len(found) == 10 * MOST:
            continue
        tried[kind] += 1
        found.append(fitted(candidate, trace))
        agreed += worst(found[-1], trace) <= agrees
    return found


def _kind(candidate: Candidate) -> tuple[str, bool]:
    """A law, and whether its v starts off 0."""
    return candidate.declared.name, bool(candidate.declared.settings.v0)


def _starts(candidate: Candidate) -> list[Candidate]:
    out = [candidate]
    for beta1, beta2 in ((0.5, 0.9), (0.9, 0.99), (0.9, 0.95)):
        for eps in (1e-8, 1e-4):
            values = {"beta1": beta1, "beta": beta1, "momentum": beta1, "beta2": beta2, "eps": eps}
            out.append(moved(candidate, {n: v for n, v in values.items() if n in candidate.free}))
            if "eps" not in candidate.free:
                break
    return out


def _ranked(found: list[Candidate], trace: Trace, agrees: float) -> list[tuple[float, Candidate]]:
    """By deviation; of those that agree, the one that says least first."""
    rated = [(worst(c, trace), c) for c in found]
    return sorted(
        rated, key=lambda pair: (pair[0] > agrees, pair[1].weight if pair[0] <= agrees else pair[0])
    )


def _told(ranked: list[tuple[float, Candidate]], trace: Trace, agrees: float) -> Identified:
    gap, best = ranked[0]
    name, settings = _name_of(best), _settings_of(best)
    other = next(((g, c) for g, c in ranked[1:] if c.declared != best.declared and g > agrees), None)
    runner = (
        {"law": _name_of(other[1]), "settings": _settings_of(other[1]), "agrees_to": other[0]}
        if other
        else {}
    )
    if gap <= agrees:
        text = f"follows {_say(name, best)}: {len(trace.G)} steps agree to {max(gap, 2.0**-53):.1g}"
        return Identified(name, settings, gap, len(trace.G), runner, {}, text)
    rows = np.abs(deviation(best, trace))
    t = int(np.flatnonzero((rows > agrees).any(axis=1))[0])
    k = int(np.argmax(rows[t]))
    u = directions(best.declared, best.hyper, trace.G, trace.rates, trace.W[:-1])
    witness = {"step": t + 1, "coordinate": k, "measured": float(trace.W[t + 1, k] - trace.W[t, k]),
               "law": float(-trace.rates[t] * u[t, k]), "departs_by": float(rows[t, k])}  # fmt: skip
    text = f"follows none of these laws; the nearest is {_say(name, best)}, left at step {t + 1} by {rows[t, k]:.2g} of the largest step"
    return Identified(
        "none of these", {"nearest": name, **settings}, gap, len(trace.G), runner, witness, text
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
    """A failure of I1 ends with the law that is followed instead."""
    if result.status is not CheckStatus.FAILED or result.check.claim != "I1":
        return result
    text = diagnosis(factory)
    return replace(result, report=f"{result.report}\n  diagnosis: the optimizer {text}") if text else result


def against(one: Any, other: Any) -> dict[str, Any]:
    """Two implementations on the same gradients: the largest relative difference of a step, and where it is."""
    first, second = traced(one), traced(other)
    gap = np.abs(np.diff(first.W, axis=0) - np.diff(second.W, axis=0)) / np.maximum(first.sizes, second.sizes)
    t, k = np.unravel_index(int(np.argmax(gap)), gap.shape)
    late = np.flatnonzero((gap > AGREES).any(axis=1))
    return {"agrees_to": float(gap.max()), "steps": len(gap), "first_departure": int(late[0]) + 1 if len(late) else None,
            "worst": {"step": int(t) + 1, "coordinate": int(k), "measured": [float(np.diff(x.W, axis=0)[t, k]) for x in (first, second)]}}  # fmt: skip
