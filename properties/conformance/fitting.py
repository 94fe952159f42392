"""Fits of the laws' constants to the steps of an optimizer.

Every law with its discrete settings is fitted roughly, the nearest ones to the end; where none agrees, once more from
other starts with the ε that was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from scipy.optimize import least_squares

from marginproof.properties.conformance.candidates import Candidate
from marginproof.properties.conformance.probes import SCALES, ProbeRun
from marginproof.theory.laws.catalogue import directions

AGREES = 1e-7
"""A relative deviation of a step that a law explains; √2^-24 where the optimizer computes in float32."""
ROUGH, FULL = 6, 40
"""Evaluations of a rough fit and of a full one."""
KEPT = 12
"""Full fits at most."""


def agrees(trace: ProbeRun) -> float:
    """The deviation that a law explains."""
    return 2.0**-12 if trace.single else AGREES


def deviation(candidate: Candidate, trace: ProbeRun) -> np.ndarray:
    """Steps less the law's, relative to the coordinate's largest step, shape (T, d); rounding of w is taken off."""
    u = directions(candidate.declared, candidate.hyper, trace.G, trace.rates, trace.W[:-1])
    gap = np.diff(trace.W, axis=0) + trace.rates[:, None] * u
    unit = 2.0**-23 if trace.single else 2.0**-52
    lost = unit * (np.abs(trace.W[1:]) + np.abs(trace.W[:-1]))
    return np.asarray(np.sign(gap) * np.maximum(np.abs(gap) - lost, 0.0) / trace.sizes)


def worst(candidate: Candidate, trace: ProbeRun) -> float:
    """The largest deviation."""
    found = float(np.abs(deviation(candidate, trace)).max())
    return found if np.isfinite(found) else np.inf


def typical(candidate: Candidate, trace: ProbeRun) -> float:
    """The mean deviation, each counted as 1 at most."""
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


def _least(candidate: Candidate, trace: ProbeRun, evaluations: int) -> Candidate:
    """Least squares over the free constants: averaging constants as log(1-β), ε and λ as logarithms."""
    names = list(candidate.free)
    if not names:
        return candidate
    log = [n in ("eps", "weight_decay") for n in names]

    def values(x: np.ndarray) -> dict[str, float]:
        return {n: float(np.exp(np.clip(v, -600, 20))) if plain else float(1 - np.exp(np.clip(v, -34, 0)))
                for n, v, plain in zip(names, x, log, strict=True)}  # fmt: skip

    def residual(x: np.ndarray) -> np.ndarray:
        gaps = deviation(moved(candidate, values(x)), trace).ravel()
        return np.asarray(np.clip(np.nan_to_num(gaps, nan=1.0), -1.0, 1.0))

    begin = [
        np.log(max(v, 1e-300)) if plain else np.log(max(1 - v, 1e-15))
        for v, plain in zip(_constants(candidate).values(), log, strict=True)
    ]
    found = least_squares(
        residual, begin, x_scale=0.1, xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=evaluations
    )
    return moved(candidate, values(found.x))


def fitted(candidate: Candidate, trace: ProbeRun) -> Candidate:
    """The constants that bring it nearest, in few digits where these are as near as rounding lets them be."""
    best = _least(candidate, trace, FULL)

    def order(c: Candidate) -> tuple[bool, float]:
        gap = worst(c, trace)
        return (gap > AGREES / 100, gap if gap > AGREES / 100 else 0.0)

    tiny = 0 < best.declared.settings.weight_decay < 1e-10
    plain = [moved(best, {"weight_decay": 0.0})] if tiny else []
    return min((*plain, _rounded(best), candidate, best), key=order)


def _rounded(candidate: Candidate) -> Candidate:
    """Averaging constants to six digits, ε and λ to three."""
    shown = {
        n: float(f"{v:.3g}") if n in ("eps", "weight_decay") else round(v, 6) if v < 1 - 1e-6 else v
        for n, v in _constants(candidate).items()
    }
    return moved(candidate, shown)


def searched(everyone: Iterable[Candidate], trace: ProbeRun) -> list[Candidate]:
    """Fits from the best of a few starts: until one agrees, and then those that say less than it."""
    short = replace(trace, G=trace.G[:8], rates=trace.rates[:8], W=trace.W[:9])
    started = [min(_starts(c, trace), key=lambda c: typical(c, short)) for c in everyone]
    rough = [_least(c, short, ROUGH) for c in started]
    ordered = sorted(rough, key=lambda c: typical(c, trace))
    found = _until_one_agrees(ordered[:KEPT], trace)
    if worst(found[-1], trace) > agrees(trace):
        nearest = _one_a_law(sorted(found, key=lambda c: typical(c, trace)))[:4]
        found += _until_one_agrees([again for c in nearest for again in _restarts(c)], trace)
    if worst(found[-1], trace) <= agrees(trace):
        last = found[-1]
        same = [c for c in ordered if c.declared.name == last.declared.name and c.weight < last.weight]
        found += [fitted(c, trace) for c in same[:4]]
    return found


def _one_a_law(some: list[Candidate]) -> list[Candidate]:
    """The first of each law."""
    return list({c.declared.name: c for c in reversed(some)}.values())[::-1]


def _until_one_agrees(some: list[Candidate], trace: ProbeRun) -> list[Candidate]:
    found: list[Candidate] = []
    for candidate in some:
        found.append(fitted(candidate, trace))
        if worst(found[-1], trace) <= agrees(trace):
            break
    return found


BETAS = ((0.5, 0.9), (0.9, 0.99), (0.9, 0.95), (0.2, 0.999))


def _starts(candidate: Candidate, trace: ProbeRun) -> list[Candidate]:
    """The hints' constants, and usual ones with the ε that the first step shows: |u| at scales 1 and 2^-54."""
    first = np.abs(trace.W[1] - trace.W[0])
    seen = float(first[0] / first[-1] * SCALES[-1]) if first[-1] else 0.0
    sizes = sorted({1e-8, 1e-6, 1e-4, *([seen, seen * seen] if 0 < seen < 1e3 else [])})
    out = [candidate]
    for beta1, beta2 in BETAS:
        for eps in sizes if "eps" in candidate.free else (0.0,):
            values = {"beta1": beta1, "beta": beta1, "momentum": beta1, "beta2": beta2, "eps": eps}
            out.append(moved(candidate, {n: v for n, v in values.items() if n in candidate.free}))
    return out


def _restarts(candidate: Candidate) -> list[Candidate]:
    """The ε that was found, with usual averaging constants."""
    out = []
    for beta1, beta2 in (*BETAS, (0.9, 0.999)):
        values = {"beta1": beta1, "beta": beta1, "momentum": beta1, "beta2": beta2}
        out.append(moved(candidate, {n: v for n, v in values.items() if n in candidate.free}))
    return out
