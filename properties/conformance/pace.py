"""How fast an optimizer starts and steps, said where a run will be slow."""

from __future__ import annotations

from time import perf_counter

import numpy as np

from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.trial import USUAL

PATIENCE = 3.0
"""Seconds to the first step up to which nothing is printed about it."""
COSTLY = 5e-4
"""Seconds a step above which the long checks are told to be slow."""
LONG = 7000
"""Steps of an example of a long check: 1000, 2000 and 4000 (:mod:`marginproof.properties.checks.predictions`)."""
TRIED = 20


def pace(subject: OptimizerUnderTest, started: float) -> str:
    """A line that names a slow starter, or a slow step; "" for others and where no step can be tried.

    Arguments:
      started: seconds it took to import the optimizer and to make a first step.
    """
    if subject.owns_loop or subject.per_sample or subject.drives is not None:
        return ""
    hyper = dict(subject.grid[0]) if subject.grid else {name: USUAL[name] for name in subject.names}
    w, grad = np.zeros(2), np.ones(2)
    try:
        stepper = subject.start(2, hyper)
        stepper.step(w, grad, 1.0)
        begun = perf_counter()
        for _ in range(TRIED):
            stepper.step(w, grad, 1.0)
    except Exception:  # the checks say why
        return ""
    return told(subject.name, started, (perf_counter() - begun) / TRIED)


def told(name: str, started: float, step: float) -> str:
    """The line for these seconds, or ""."""
    parts = [f"it took {started:.1f} s to import and to make its first step"] if started > PATIENCE else []
    if step > COSTLY:
        parts.append(
            f"a step takes {1e3 * step:.1f} ms, an example of a long check (L*) about {LONG * step:.0f} s: "
            "--marginproof-claims I1,I3,I11,B1,B2,B4,B5 leaves these out"
        )
    return f"marginproof: {name} is slow: {'; '.join(parts)}" if parts else ""
