"""One step before any check: what cannot be constructed or called is said once, with what the optimizer takes."""

from __future__ import annotations

import inspect
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.properties.checks.subjects import OptimizerUnderTest, RefusedSettingError
from marginproof.theory.errors import MarginproofError

USUAL = {"beta1": Fraction(1, 2), "beta2": Fraction(3, 4), "beta": Fraction(1, 2), "momentum": Fraction(1, 2)}


def tried(subject: OptimizerUnderTest) -> None:
    """Construct it and make a step.

    Raises:
      MarginproofError: the constructor takes other arguments, or ``step`` does, or returns another shape than w's.
    """
    if subject.drives is not None:
        return
    hyper = dict(subject.grid[0]) if subject.grid else {name: USUAL[name] for name in subject.names}
    try:
        made = subject.start(2, hyper)
    except RefusedSettingError:  # another setting may do
        return
    if subject.owns_loop:
        return
    shape: tuple[int, ...] = (2,)
    gradient = np.ones((2, 2)) if subject.per_sample else np.ones(2)
    try:
        if (new := made.step(np.zeros(2), gradient, 0.5)) is not None:
            shape = np.shape(new)
    except TypeError as cause:
        taken = takes(getattr(getattr(made, "optimizer", made), "step", None))
        raise MarginproofError(
            f"optimizer={subject.name}: its step cannot be called as a plain class's step(w, grad, lr) or as torch's step() "
            f"({cause}); it takes {taken}: wrap it in a class with step(w, grad, lr)"
        ) from cause
    except Exception:  # the checks say with which gradients
        pass
    if shape != (2,):
        raise MarginproofError(
            f"optimizer={subject.name}: its step returned shape {shape} for w of shape (2,); return the next iterate, of w's shape"
        )


def takes(function: Any) -> str:
    """A signature, for a message."""
    try:
        return str(inspect.signature(function))
    except (TypeError, ValueError):
        return "what cannot be read from its signature"
