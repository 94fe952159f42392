"""Whether a run has settled: one definition for every figure, table and sentence.

A run has settled once its direction has all but stopped moving, near what was predicted for it, at the rate of theory.
A run that has not says little of the limit: it is drawn hollow and called "not settled".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from marginproof.theory.number_systems import Array

MOVED = 1.0
"""Degrees: a run whose direction moved by more in the second half of its flow time has not settled."""
CHATTER = 4.0
"""The bounded part of w may double over the last stretch: steps of size η ∝ t^(-1/2) add Σ η², a logarithm."""
ROUNDING = 1e-14
"""One minus a cosine that double precision cannot tell from 1, with room for d = 50 coordinates."""
SAME = float(np.degrees(np.sqrt(2 * ROUNDING)))
"""The same in degrees."""
NOT_SETTLED = (
    f"not settled (moved by more than {MOVED:g}° in the second half of its flow time, or does not near its prediction), "
    "so it says little of the limit"
)
"""What a hollow mark means."""


def apart(first: Array, second: Array) -> float:
    """Degrees between two directions, without the cosine's cancellation near 0."""
    a, b = first / np.linalg.norm(first), second / np.linalg.norm(second)
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))


@dataclass(frozen=True, eq=False)
class Approach:
    """The directions that a run had, and the one that was predicted.

    Attributes:
      time: flow time Σ η, increasing, shape (K,).
      directions: at these times, shape (K, d).
      aim: the predicted direction, shape (d,); ``None`` where there is no single one.
    """

    time: Array
    directions: Array
    aim: Array | None

    @property
    def end(self) -> Array:
        """The last direction, shape (d,)."""
        return np.asarray(self.directions[-1])

    @property
    def miss(self) -> float:
        """Degrees from the end to the prediction, nan where there is none."""
        return float("nan") if self.aim is None else apart(self.end, self.aim)

    @property
    def late_move(self) -> float:
        """Degrees moved in the second half of the flow time: at the theory's rate, what it has still to move."""
        late = max(int(np.searchsorted(self.time, self.time[-1] / 2, side="right")) - 1, 0)
        return apart(self.end, self.directions[late])

    def nears(self, direction: Array | None = None) -> bool:
        """Whether the run nears a direction [default: the predicted one] at the theory's rate.

        At that rate angle · Σ η stays bounded; its square may grow by :data:`CHATTER` from the stretch around
        a tenth of the run's flow time to its end.  Near a wrong direction it grows by 25 or more.
        """
        aim = self.aim if direction is None else direction
        if aim is None:
            return False
        angles = np.array([apart(one, aim) for one in self.directions])
        before = (self.time >= self.time[-1] / 30) & (self.time <= self.time[-1] / 5)
        if angles[-1] <= SAME or not before.any():
            return bool(angles[-1] <= SAME)
        bounded = (angles * self.time) ** 2
        return bool(bounded[-1] <= CHATTER * bounded[before].max())

    def settled(self, others: Iterable[Array]) -> bool:
        """Whether the run nears its prediction u, and has come and slowed down enough to tell it from other directions.

        At the theory's rate the angle to u falls like 1/Σ η: what a run moved in the second half of its flow time is
        what it has still to move.  That and its angle to u must each be at most half the angle from u to
        the nearest of the others; then none of these is nearer to where the run is.
        And it moved by at most :data:`MOVED`.

        Arguments:
          others: the directions to tell u from; those that are u itself to rounding are passed over.
        """
        if self.aim is None or self.late_move > MOVED:
            return False
        gaps = [gap for u in others if (gap := apart(u, self.aim)) > SAME]
        return self.nears() and max(self.late_move, self.miss) <= min(gaps, default=np.inf) / 2
