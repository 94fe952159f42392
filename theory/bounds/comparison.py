"""Numbers compared on one example: both sides of a property, and whether it held.

Example:
  >>> import numpy as np
  >>> found = inequality("B1", np.array([1.0, 2.0]), np.array([1.0, 3.0]), np.zeros(2), note="step <= bound")
  >>> found.holds, found.worst
  (True, 0)
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


def _none() -> Vector:
    return np.empty(0)


@dataclass(frozen=True)
class Comparison:
    """Numbers compared on one example.

    Attributes:
      holds: whether the property held.
      text: the two sides, for the reader.
      vacuous: whether the example could not have failed (a bound below zero, a limit not resolved).
      strength: for bounds, 1 for all it could ever say, at most 0 where it says nothing; for limits, how nearly
        one was reached; ``None`` where there is no such scale.
      raised: whether there was nothing to compare, since the optimizer raised or returned no iterate; ``text`` says what.
      pressure: how near the example came to failing, larger is nearer; ``mp-hunt`` climbs it.
      lower, upper, allowance: of an inequality ``lower <= upper + allowance``, shape (T,) or (T+1,); else empty.
    """

    holds: bool
    text: str
    vacuous: bool = False
    strength: float | None = None
    pressure: float | None = None
    raised: bool = False
    lower: Vector = field(default_factory=_none, repr=False, compare=False)
    upper: Vector = field(default_factory=_none, repr=False, compare=False)
    allowance: Vector = field(default_factory=_none, repr=False, compare=False)

    @property
    def worst(self) -> int:
        """The step at which an inequality is closest to failing, or fails worst; a nan is worst of all."""
        excess = self.lower - self.upper - self.allowance
        return int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))


def inequality(
    claim: str,
    lower: Vector,
    upper: Vector,
    allowance: Vector,
    strength: float | None = None,
    note: str = "",
) -> Comparison:
    """``lower <= upper + allowance`` at every step of a run; a nan anywhere is a failure.

    Arguments:
      claim: its id.
      lower, upper: the two sides, shape (T,) or (T+1,).
      allowance: what rounding may add to their difference, same shape; derived where the sides are.
      strength: see :class:`Comparison`; the example is vacuous where it is at most 0.
      note: what the two sides are, for the reader.
    """
    with np.errstate(invalid="ignore"):
        excess = np.asarray(lower - upper - allowance)
    t = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
    if np.isfinite(lower[t]) and np.isfinite(upper[t]):
        said, sign = (note, "<=") if excess[t] <= 0 else (f"{note} fails", ">")
        text = f"{claim} at step {t}: {said}: {float(lower[t])!r} {sign} {float(upper[t])!r} + allowance {float(allowance[t]):.3g}"
    else:
        text = f"{claim}: not finite at step {t}"
    return Comparison(
        bool(np.all(excess <= 0)),
        text,
        vacuous=strength is not None and strength <= 0,
        strength=strength,
        pressure=float(np.max(excess)),
        lower=lower,
        upper=upper,
        allowance=allowance,
    )


def not_finite(W: Vector, what: str) -> Comparison | None:
    """The failure of a run that stops being finite, by the first step at which it does; ``None`` for a finite one."""
    bad = ~np.isfinite(np.asarray(W, dtype=np.float64)).reshape(len(W), -1).all(axis=1)
    return (
        Comparison(False, f"{what}: not finite at step {int(np.flatnonzero(bad)[0])}") if bad.any() else None
    )


def equal(left: Vector, right: Vector, what: str) -> Comparison:
    """Equality bit for bit: 0 and -0 are equal, and so are two nan, unless nothing but nan came after the start."""
    same = np.asarray((left == right) | (np.isnan(left) & np.isnan(right)))
    if same.all() and left.ndim == 2 and len(left) > 1 and np.isnan(left[1:]).all():
        return Comparison(False, f"{what}: not finite at step 1")
    if same.all():
        return Comparison(True, f"{what}: equal")
    late = [x for x in (not_finite(left, what), not_finite(right, what)) if x is not None]
    if late:
        return late[0]
    place = tuple(int(i) for i in np.argwhere(~same)[0])
    return Comparison(
        False, f"{what}: {float(left[place])!r} != {float(right[place])!r} at {place} (step, coordinate)"
    )


def within(measured: Vector, expected: Vector, allowance: Vector, what: str) -> Comparison:
    """The two differ by ``allowance`` at most, elementwise; nan is a failure."""
    gap = np.abs(np.asarray(measured) - expected)
    bad = ~(gap <= allowance)
    if not bad.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            used = np.nan_to_num(gap / allowance, nan=0.0, posinf=0.0)
        return Comparison(True, f"{what}: within rounding", pressure=float(used.max()))
    place = tuple(int(i) for i in np.argwhere(bad)[0])
    if not np.isfinite(np.asarray(measured)[place]):
        return Comparison(False, f"{what}: not finite at step {place[0]}")
    return Comparison(
        False,
        f"{what}: {float(np.asarray(measured)[place])!r} against {float(np.asarray(expected)[place])!r} "
        f"+- {np.broadcast_to(allowance, gap.shape)[place]:.3g} at {place} (step, coordinate)",
    )
