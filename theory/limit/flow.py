"""The replicator flow in logarithms: a = log y, da/dτ = -F(softmax a), from a start w_0.

For the exponential loss this is the optimizer's limit flow itself (I8), so following it tells
which solution of the limit equation a start leads to.  Logarithms cannot underflow: a row that
loses weight for ever just goes down its straight line.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array


def start_logits(problem: LimitProblem, start: Array | None = None) -> Array:
    """a_0 = log of the distinct rows' total loss weights at w_0 (default w_0 = 0), shape (G,)."""
    if start is None and not problem.merged:
        return np.zeros(problem.n_unknowns)
    a = np.log(np.bincount(problem.groups).astype(np.float64))
    if start is not None:
        a = a - problem.floats[problem.representatives] @ np.asarray(start, dtype=np.float64)
    return cast(Array, a - a.max())


def softmax(a: Array) -> Array:
    """The point of the simplex with logarithms a, up to a constant."""
    y = np.exp(a - np.maximum.reduce(a))  # the ufuncs themselves: half the time of .max() on ten rows
    return cast(Array, y / np.add.reduce(y))


ROUNDING = 8 * np.finfo(np.float64).eps
"""Differences of F, relative to max |F|, that may be rounding alone."""


class CoarseFlow:
    """Adaptive steps at one field evaluation each: Euler predicts, the trapezoid rule corrects.

    Second order; the difference of the two is the error estimate.  It bounds the local error of every
    log-weight, weighted by √y so that rows which have lost their weight do not hold the step down.

    Arguments:
      problem, a: the problem and the logarithms to start from.
      tolerance: of the weighted local error per step.  On 7,500 small integer data sets with random starts
        0.02 and 0.1 never led to another fixed point than the fine flow, 0.2 did once.
    """

    def __init__(self, problem: LimitProblem, a: Array, tolerance: float = 0.05) -> None:
        self._problem, self._tolerance = problem, tolerance
        self._a = a
        y = softmax(a)
        F = problem.F(y)
        self._slope = y @ F - F
        self.still = bool(np.ptp(F) <= ROUNDING * np.abs(F).max())
        """Whether all rows have the same F, so that the weights do not change."""
        self._h = 0.5 / max(float(self._slope.max() - self._slope.min()), 1e-300)

    @property
    def logits(self) -> Array:
        """The present logarithms a."""
        return self._a

    @property
    def h(self) -> float:
        """The next step's length."""
        return self._h

    def _slope_at(self, y: Array) -> Array:
        F = self._problem.F(y)
        return cast(Array, y @ F - F)

    def advance(self, steps: int) -> Array:
        """Make ``steps`` accepted steps; returns y."""
        done = 0
        while done < steps:
            predicted = softmax(self._a + self._h * self._slope)
            slope = self._slope_at(predicted)
            gap = slope - self._slope
            error = 0.5 * self._h * float(np.maximum.reduce(np.sqrt(predicted) * np.abs(gap)))
            if not math.isfinite(error):
                return predicted * np.nan
            if error <= self._tolerance:
                self._a = self._a + 0.5 * self._h * (self._slope + slope)
                self._slope = slope
                done += 1
            self._h *= min(4.0, max(0.2, 0.9 * math.sqrt(self._tolerance / max(error, 1e-12))))
        return softmax(self._a)


@dataclass(frozen=True)
class Cycle:
    """A closed orbit seen in floating point: evidence, not proof.

    Attributes:
      period: in flow time τ.
      mean_weights: time average of y over a period, shape (G,).
      mean_direction: time average of u, the direction that w/‖w‖ tends to, shape (d,), not normalised.
      swing: largest range of a weight over the period.
      closure: distance between successive returns, relative to the swing.
    """

    period: float
    mean_weights: Array
    mean_direction: Array
    swing: float
    closure: float


class FineFlow:
    """The flow integrated by LSODA (scipy) at relative tolerance 1e-9, step by step.

    LSODA turns to stiff formulas by itself, which badly scaled data need.  The state is the shorter of
    the log-weights, one for each group of rows, and the rescaled w, shape (d,).  Dense output of recent steps is kept, so that returns to a
    section can be located.
    """

    def __init__(self, problem: LimitProblem, a: Array, rtol: float = 1e-9) -> None:
        self._problem, self._a0 = problem, a
        X = problem.floats[problem.representatives]
        if X.shape[1] < X.shape[0]:
            scale = np.abs(X).max(axis=0)
            self._from_state: Array | None = X / scale
            self._onto_state = scale
        else:
            self._from_state, self._onto_state = None, X
        from scipy.integrate import LSODA  # a tenth of a second to import; most limits need no fine flow

        self._solver = LSODA(
            self._slope,
            0.0,
            np.zeros(min(X.shape)),
            np.inf,
            # a constant slope would let the step grow without end: no log-weight moves by more than about 1e9
            max_step=1e9 / max(float(np.abs(X @ problem.direction_at(a)).max()), 1e-300),
            rtol=rtol,
            atol=1e-9,
            jac=self._slope_jacobian,
        )
        self._pieces: list[Any] = []

    def _logits(self, state: Array) -> Array:
        return cast(
            Array, self._a0 + state if self._from_state is None else self._a0 - self._from_state @ state
        )

    def _slope(self, _: float, state: Array) -> Array:
        a = self._logits(state)
        u = self._problem.direction_at(a)
        if self._from_state is not None:
            return np.asarray(self._onto_state * u)
        F = self._onto_state @ u
        return cast(Array, softmax(a) @ F - F)

    def _slope_jacobian(self, _: float, state: Array) -> Array:
        """The derivative of the slope; LSODA uses it only to solve its implicit steps."""
        y = softmax(self._logits(state))
        du = self._problem.direction_jacobian(y) * y
        du = np.nan_to_num(du - du.sum(axis=1)[:, None] * y, nan=0.0, posinf=0.0, neginf=0.0)
        if self._from_state is not None:
            return np.asarray(-self._onto_state[:, None] * (du @ self._from_state))
        dF = self._onto_state @ du
        return cast(Array, y @ dF - dF)

    @property
    def logits(self) -> Array:
        """The present logarithms a."""
        return self._logits(self._solver.y)

    @property
    def y(self) -> Array:
        """The present point of the simplex."""
        return softmax(self.logits)

    @property
    def time(self) -> float:
        """τ."""
        return float(self._solver.t)

    def step(self) -> bool:
        """One accepted step; False where the integrator gives up."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # LSODA's own complaints; the status says the same
            self._solver.step()
        if self._solver.status != "running":
            return False
        self._pieces.append(self._solver.dense_output())
        if len(self._pieces) > 4000:
            del self._pieces[:2000]
        return True

    def find_cycle(self, closure: float = 1e-5) -> Cycle | None:
        """A closed orbit in the recent past, or ``None``.

        Takes the section through the last third's mean, normal to the flow where it crosses; asks that
        three successive returns agree to ``closure`` times the orbit's swing and that the periods agree.
        """
        from scipy.optimize import brentq

        pieces = self._pieces[len(self._pieces) // 2 :]
        if len(pieces) < 30:
            return None
        points = np.array([softmax(self._logits(p(p.t))) for p in pieces])
        swing = float(np.ptp(points, axis=0).max())
        if swing < 1e-3:
            return None
        axis = int(np.argmax(np.ptp(points, axis=0)))
        level = float(np.median(points[:, axis]))

        def height(t: float, piece: Any) -> float:
            return float(softmax(self._logits(piece(t)))[axis]) - level

        times = []
        for piece in pieces:
            if height(piece.t_old, piece) < 0 <= height(piece.t, piece):
                times.append((brentq(height, piece.t_old, piece.t, args=(piece,), xtol=1e-13), piece))
        if len(times) < 4:
            return None
        returns = np.array([softmax(self._logits(piece(t))) for t, piece in times[-4:]])
        periods = np.diff([t for t, _ in times[-4:]])
        gap = float(np.abs(np.diff(returns, axis=0)).max()) / swing
        if gap > closure or np.ptp(periods) > 1e-3 * periods.mean():
            return None
        return self._average(float(times[-2][0]), float(times[-1][0]), swing, gap)

    def _average(self, begin: float, end: float, swing: float, gap: float) -> Cycle:
        nodes = np.linspace(begin, end, 801)[:-1]  # the trapezoid rule converges geometrically on a period
        edges = np.array([p.t for p in self._pieces])
        weights = [softmax(self._logits(self._pieces[int(np.searchsorted(edges, t))](t))) for t in nodes]
        directions = [self._problem.direction(y) for y in weights]
        return Cycle(end - begin, np.mean(weights, axis=0), np.mean(directions, axis=0), swing, gap)
