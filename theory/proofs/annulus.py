"""An annulus around a limit cycle of the replicator flow, N = 3: two polygons crossed one way each.

In the chart r_p = 1 the flow of the two other ratios is planar.  Let V be the flow in log-ratios
and V_θ the same turned by a small angle θ.  A cycle of V_θ is crossed by V everywhere, by the angle
-θ, so a polygon close to it is too.  Turned so that the focus repels less, V_θ has a small cycle,
which V crosses outward; turned the other way, a large one, which V crosses inward.  By
Poincaré–Bendixson the annulus between them, if no zero of V lies in it, holds a closed orbit.

Everything here is float64 and proves nothing; :mod:`marginproof.theory.checker` checks the polygons exactly.

Reference: L. Perko, Differential Equations and Dynamical Systems, 3rd ed., section 4.6 (rotated
vector fields).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array, dyadic

POINTS = 3000
"""Points on a numerical cycle from which chords are chosen."""

SLACK = 0.15
"""A chord must keep the sine of the crossing angle above this share of the turn's sine."""

Polygon = tuple[tuple[Fraction, Fraction], ...]


class NoAnnulusError(MarginproofError):
    """No pair of polygons was found; the message says which is missing."""


@dataclass(frozen=True)
class Annulus:
    """Two polygons in the ratios of the rows other than the chart's, in increasing order of row.

    Attributes:
      chart: p, the row whose weight is 1.
      outer, inner: counterclockwise vertices, positive dyadics.
      turns: the angles (outer, inner) by which the field was turned, radians.
      swing: the largest change of a weight c_i along the flow's own cycle.
    """

    chart: int
    outer: Polygon
    inner: Polygon
    turns: tuple[float, float]
    swing: float


class PlanarFlow:
    """The flow of b = (log r_i, log r_j) in the chart r_p = 1, turned by an angle."""

    def __init__(self, problem: LimitProblem, chart: int) -> None:
        if problem.n_unknowns != 3:
            raise NoAnnulusError(
                f"n_samples={problem.n_unknowns}: an annulus certificate needs three distinct rows"
            )
        self.problem, self.chart = problem, chart
        self.rows = [i for i in range(3) if i != chart]

    def weights(self, b: Array) -> Array:
        """c on the simplex, shape (3,)."""
        log = np.zeros(3)
        log[self.rows] = b
        c = np.exp(log - log.max())
        return np.asarray(c / c.sum())

    def velocity(self, b: Array) -> Array:
        """db/dτ = -(F_i - F_p), shape (2,)."""
        F = self.problem.F(self.weights(b))
        return np.asarray(F[self.chart] - F[self.rows])

    def jacobian(self, b: Array) -> Array:
        """∂(db/dτ)/∂b, shape (2, 2)."""
        c = self.weights(b)
        J = self.problem.jacobian(c) * c
        return np.asarray((J[self.chart] - J[self.rows])[:, self.rows])

    def cycle(self, focus: Array, start: Array, angle: float, returns: int = 80) -> Array | None:
        """The attracting cycle of the flow turned by the angle, shape (POINTS, 2), or ``None``.

        Follows the returns to the ray from the focus along the first axis until two agree to 1e-7
        of their distance to the focus.
        """
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        sense = float(np.sign(turn @ self.velocity(start))[1])

        def rhs(_: float, b: Array) -> Array:
            return np.asarray(turn @ self.velocity(b))

        def half(at: Array, direction: float, dense: bool = False) -> Any:
            def event(_: float, b: Array) -> float:
                return float(b[1] - focus[1])

            event.terminal, event.direction = True, direction  # type: ignore[attr-defined]
            run = solve_ivp(
                rhs,
                (0, 2000),
                at,
                "DOP853",
                rtol=1e-9,
                atol=1e-11,
                events=[event, _escape],
                dense_output=dense,
            )
            return run if len(run.t_events[0]) else None

        before = np.inf
        for _ in range(returns):
            parts = [half(start, -sense, True)]
            parts.append(None if parts[0] is None else half(parts[0].y_events[0][0], sense, True))
            if parts[1] is None:
                return None
            start = parts[1].y_events[0][0]
            distance = float(start[0] - focus[0])
            if abs(distance - before) < 1e-7 * distance:
                return _evenly(np.vstack([_path(run) for run in parts]))
            before = distance
        return None


def _escape(_: float, b: Array) -> float:
    return float(40.0 - np.abs(b).max())


_escape.terminal = True  # type: ignore[attr-defined]


def _path(run: Any) -> Array:
    """The path at 60 times in each of the solver's own steps, shape (·, 2)."""
    share = np.linspace(0, 1, 60, endpoint=False)
    times = (run.t[:-1, None] + share * np.diff(run.t)[:, None]).ravel()
    return np.asarray(run.sol(times).T)


def _evenly(path: Array) -> Array:
    """POINTS points of a closed path, even in arc length plus turning angle, each scaled to 1.

    A cycle that passes a saddle of the boundary turns sharply within a short length.
    """
    chords = np.diff(path, axis=0)
    length = np.linalg.norm(chords, axis=1)
    keep = np.concatenate([[True], length > 1e-9])  # below: differences are rounding, not direction
    path = path[keep]
    chords = np.diff(path, axis=0)
    length = np.linalg.norm(chords, axis=1)
    heading = np.unwrap(np.arctan2(chords[:, 1], chords[:, 0]))
    turning = np.abs(np.diff(heading, prepend=heading[0]))
    measure = np.concatenate([[0.0], np.cumsum(length / length.sum() + turning / turning.sum())])
    at = np.linspace(0, measure[-1], POINTS, endpoint=False)
    return np.stack([np.interp(at, measure, path[:, k]) for k in (0, 1)], axis=1)


SHARES = (0.8, 0.6, 0.4, 0.2)
"""Turns tried for the inner polygon, as shares of the turn that makes the focus a centre."""


def find_annulus(
    problem: LimitProblem, c: Array, bits: int = 24, shares: tuple[float, ...] = SHARES
) -> Annulus:
    """Polygons around the repelling interior solution c (float64, shape (3,)).

    Arguments:
      problem: three distinct rows and a smooth field.
      c: weights of the solution.
      bits: significant bits of the vertices.
      shares: the smaller, the closer the inner polygon is to the cycle, and the more edges it has.

    Raises:
      NoAnnulusError: the point does not repel in a spiral, or the flow or a turned flow has no cycle.
    """
    flow = PlanarFlow(problem, int(np.argmax(c)))
    focus = np.log(c[flow.rows] / c[flow.chart])
    J = flow.jacobian(focus)
    spin, trace = float(J[1, 0] - J[0, 1]), float(np.trace(J))
    if trace <= 0 or np.linalg.det(J) <= 0:
        raise NoAnnulusError(f"trace={trace:.4g}: the solution does not repel in both directions")
    start = focus + np.array([0.05, 0.0])
    own = flow.cycle(focus, start, 0.0)
    if own is None:
        raise NoAnnulusError("cycle=none: the flow from near the solution leaves for the boundary")
    centre = np.arctan2(trace, abs(spin))  # the angle at which the focus becomes a centre
    inner_angle, inner = _first_cycle(
        flow, focus, start, [np.sign(spin) * share * centre for share in shares]
    )
    far = own[np.argmax(np.where(np.abs(own[:, 1] - focus[1]) < 0.05, own[:, 0], -np.inf))]
    start = np.array([far[0] + 1e-3, focus[1]])
    outer_angle, outer = _first_cycle(flow, focus, start, [-np.sign(spin) * 0.6 * 0.75**k for k in range(24)])
    swing = np.ptp(np.array([flow.weights(b) for b in own]), axis=0).max()
    polygons = (_polygon(flow, outer, outer_angle, bits), _polygon(flow, inner, inner_angle, bits))
    return Annulus(flow.chart, *polygons, (outer_angle, inner_angle), float(swing))


def _first_cycle(flow: PlanarFlow, focus: Array, start: Array, angles: list[float]) -> tuple[float, Array]:
    for angle in angles:
        path = flow.cycle(focus, start, float(angle))
        if path is not None:
            return float(angle), path
    raise NoAnnulusError(f"angles={np.round(angles, 4).tolist()}: no flow turned by one of these has a cycle")


def _polygon(flow: PlanarFlow, path: Array, angle: float, bits: int) -> Polygon:
    """Greedy chords of a cycle of the turned flow, counterclockwise in r."""
    closed = np.log(np.array([[float(v) for v in vertex] for vertex in _rounded(np.exp(path), bits)]))
    vertices, at, n = [0], 0, len(closed)
    while at < n:
        reach, step = at + 1, 1
        while (
            at + step <= n and step <= n // 4 and _crossed(flow, closed[at], closed[(at + step) % n], angle)
        ):
            reach, step = at + step, max(step + 1, int(step * 1.3))
        at = min(reach, n)
        vertices.append(at)
    corners = _rounded(np.exp(closed[vertices[:-1]]), bits)
    area = sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(corners, corners[1:] + corners[:1], strict=True))
    return tuple(corners if area > 0 else corners[::-1])


def _crossed(flow: PlanarFlow, a: Array, b: Array, angle: float) -> bool:
    """Whether the straight chord in r keeps SLACK of the turn's sine, measured in b.

    Sampled evenly in r_i and in both log r_i, since a chord may span orders of magnitude.
    """
    ends, even = np.exp(np.array([a, b])), np.linspace(0, 1, 12)
    logs = [np.expm1(even * (b[k] - a[k])) / np.expm1(b[k] - a[k]) for k in (0, 1) if b[k] != a[k]]
    for t in np.concatenate([even, *logs]):
        r = ends[0] + t * (ends[1] - ends[0])
        tangent, V = (ends[1] - ends[0]) / r, flow.velocity(np.log(r))
        # the path runs along the turned V, so V points to the side of -angle
        sine = (tangent[0] * V[1] - tangent[1] * V[0]) / np.linalg.norm(tangent) / np.linalg.norm(V)
        if sine * -np.sign(angle) < SLACK * abs(np.sin(angle)):
            return False
    return True


def _rounded(r: Array, bits: int) -> list[tuple[Fraction, Fraction]]:
    return [(dyadic(float(x), bits), dyadic(float(y), bits)) for x, y in r]
