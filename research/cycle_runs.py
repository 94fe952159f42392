"""Discrete runs along a certified cycle: do the loss weights enter the annulus, stay, and turn?  OBSERVED, no proof.

A run is looked at in the ratios r of its certificate's chart, at times evenly spaced in Σ η.  Turns are counted
round the certified solution in log r.  How small steps must be is told by two angles in log r: the
least angle at which the flow crosses the polygons (``crossing``), and the largest between the motion of a
run over an epoch and the flow at the same place (``lag``).  Inc-Adam's averages reach back 1/(1-β2) steps, so
its lag grows as η/(1-β2); a run whose lag stays below the crossing angle of a polygon cannot pass it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from matplotlib.path import Path

from marginproof.constructions.corpus import corpus
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Adam, AdamProxy, Optimizer
from marginproof.theory.proofs.annulus import PlanarFlow
from marginproof.theory.proofs.certificates.field_entry import field_of_entry
from marginproof.theory.schedules import Power


@dataclass(frozen=True)
class Cycle:
    """A certificate of a limit cycle in float64.

    Attributes:
      X: data, shape (3, d).
      flow: the field's flow in log-ratios, with the chart.
      focus: log-ratios of the solution, shape (2,).
      outer, inner: vertices in the ratios, shape (·, 2).
    """

    X: Array
    flow: PlanarFlow
    focus: Array
    outer: Array
    inner: Array

    def ratios(self, c: Array) -> Array:
        """r of weights c, shape (·, 3) to (·, 2); 0 or inf where a weight has underflown."""
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(c[:, self.flow.rows] / c[:, [self.flow.chart]])

    def between(self, r: Array) -> Array:
        """Which ratios lie between the polygons."""
        return np.asarray(Path(self.outer).contains_points(r) & ~Path(self.inner).contains_points(r))

    def crossing(self, polygon: Array) -> float:
        """The least angle between the flow and the edges, radians, at 24 points an edge."""
        even = np.linspace(0, 1, 12)
        least = np.inf
        for a, b in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
            in_logs = [
                np.expm1(even * np.log(y / x)) / (y / x - 1) for x, y in zip(a, b, strict=True) if x != y
            ]
            for t in np.concatenate([even, *in_logs]):
                r = a + t * (b - a)
                least = min(least, _angle((b - a) / r, self.flow.velocity(np.log(r)), np.pi))
        return least


def _angle(p: Array, q: Array, period: float = 2 * np.pi) -> float:
    """The angle between two directions, or with period π between two lines."""
    turn = abs(float(np.arctan2(p[0] * q[1] - p[1] * q[0], p @ q)))
    return min(turn, period - turn)


def read_cycle(name: str) -> Cycle:
    """A certificate of the corpus by its name."""
    cycles = {entry.name: entry for entry in corpus() if entry.kind == "limit_cycle"}
    if name not in cycles:
        raise MarginproofError(f"name={name} is no certified cycle; choose one of {', '.join(cycles)}")
    body = json.loads(cycles[name].path.read_text(encoding="ascii"))
    witness, field = body["witness"], field_of_entry(body["field"])
    X = np.array([[float(v) for v in row] for row in cycles[name].rows])
    point = witness["points"][0]
    focus = np.log([float(Fraction(lo) + Fraction(hi)) / 2 for lo, hi in point["box"]])
    outer, inner = (
        np.array([[float(Fraction(v)) for v in vertex] for vertex in witness[key]])
        for key in ("outer", "inner")
    )
    return Cycle(X, PlanarFlow(LimitProblem(X, field), point["support"][0]), focus, outer, inner)


@dataclass(frozen=True)
class Followed:
    """How a path of loss weights went round a certified cycle.

    Attributes:
      entry: Σ η at the first sample between the polygons; NaN without one.
      turns: round the solution since then; samples: how many since then, and ``off`` of them not between.
      last_off: Σ η at the last of those; NaN without one.
      stride: the largest angle round the solution between two samples, radians; at π turns are miscounted.
      lag: the largest angle between the run's motion and the flow in the later half, radians; NaN if not measured.
    """

    entry: float
    turns: float
    samples: int
    off: int
    last_off: float
    stride: float
    lag: float = float("nan")

    def follows(self, turns: float = 3.0) -> bool:
        """Whether it stayed since its entry and went round at least ``turns`` times, with turns surely counted."""
        return self.off == 0 and self.turns >= turns and self.stride < np.pi / 2


def follow(cycle: Cycle, c: Array, time: Array) -> Followed:
    """A path of weights c, shape (·, 3), at times Σ η, shape (·,)."""
    r = cycle.ratios(c)
    between = cycle.between(r)
    if not between.any():
        return Followed(float("nan"), 0.0, 0, 0, float("nan"), float("nan"))
    first = int(np.argmax(between))
    with np.errstate(divide="ignore"):
        b = (np.log(r) - cycle.focus)[first:]
    angle = np.unwrap(np.arctan2(b[:, 1], b[:, 0]))
    off = np.flatnonzero(~between[first:])
    return Followed(
        entry=float(time[first]),
        turns=abs(float(angle[-1] - angle[0])) / (2 * np.pi),
        samples=len(b),
        off=len(off),
        last_off=float(time[first + off[-1]]) if len(off) else float("nan"),
        stride=float(np.abs(np.diff(angle)).max()) if len(b) > 1 else float("nan"),
    )


def run_along(
    cycle: Cycle,
    optimizer: Optimizer,
    schedule: Power,
    steps: int,
    loss: str = "exponential",
    samples: int = 4000,
) -> Followed:
    """A run from w = 0 on the certificate's data, one sample a step in order (AdamProxy: all), and how it went."""
    epoch = 1 if optimizer.full_batch_only else len(cycle.X)
    even = np.linspace(0, 1, samples + 1)  # in Σ η, about t^{1-a}
    at = np.unique(((steps - epoch) * even ** (1 / (1 - schedule.decay))).astype(int))
    run = simulate(cycle.X, optimizer, schedule=schedule, steps=steps, loss=loss,
                   checkpoints=np.union1d(at, at + epoch).tolist())  # fmt: skip
    here = {point.step: point for point in run.checkpoints}
    now, then = ([here[int(t)] for t in steps_] for steps_ in (at, at + epoch))
    c, time = np.array([p.weights for p in now]), np.array([p.sum_lr for p in now])
    found = follow(cycle, c, time)
    b = [np.log(cycle.ratios(np.array([p.weights for p in points]))) for points in (now, then)]
    inside = time >= time[-1] / 2
    lag = max((_angle(q - p, cycle.flow.velocity(p)) for p, q in zip(b[0][inside], b[1][inside], strict=True)),
              default=float("nan"))  # fmt: skip
    return Followed(**{**vars(found), "lag": lag})


ADAM, SLOW_ADAM = Adam(0.9, 0.95), Adam(0.9, 0.999)
RUNS: tuple[tuple[str, Optimizer, Power, int, str], ...] = tuple(
    (data + end, optimizer, schedule, steps, loss)
    for data in ("R3-cycle-", "R3-wide-cycle-")
    for end, optimizer, schedule, steps, loss in (
        ("proxy", AdamProxy(), Power(0.05, 0.3), 1_000_000, "exponential"),
        ("proxy", AdamProxy(), Power(0.05, 0.3), 1_000_000, "logistic"),
        ("proxy", AdamProxy(), Power(0.01, 0.0), 100_000, "logistic"),
        ("inc-adam-19-20", ADAM, Power(0.02, 0.3), 4_000_000, "exponential"),
        ("inc-adam-19-20", ADAM, Power(0.02, 0.3), 4_000_000, "logistic"),
        *(
            ("inc-adam-19-20", ADAM, Power(eta, 0.0), round(1000 / eta), "logistic")
            for eta in (1e-2, 3e-3, 1e-3, 1e-4)
        ),
        ("inc-adam-999-1000", SLOW_ADAM, Power(0.002, 0.3), 50_000_000, "exponential"),
        ("inc-adam-999-1000", SLOW_ADAM, Power(0.002, 0.3), 50_000_000, "logistic"),
        *(
            ("inc-adam-999-1000", SLOW_ADAM, Power(eta, 0.0), round(500 / eta), "exponential")
            for eta in (1e-3, 1e-4, 3e-5, 2e-5, 1e-5, 2e-6)
        ),
    )
)
"""Certificate, optimizer, steps and loss of the runs reported in the documentation."""


def report() -> None:
    """Make the runs and print how each went."""
    for name in dict.fromkeys(run[0] for run in RUNS):
        cycle = read_cycle(name)
        print(f"cycle runs, {name}: the flow crosses the outer polygon at {cycle.crossing(cycle.outer):.4f} or more, "
              f"the inner at {cycle.crossing(cycle.inner):.4f}")  # fmt: skip
        for of, optimizer, schedule, steps, loss in RUNS:
            if of == name:
                went = run_along(cycle, optimizer, schedule, steps, loss)
                verdict = "OBSERVED to follow" if went.follows() else "not followed"
                print(f"   η = {schedule.lr}{f' (t+2)^-{schedule.decay}' if schedule.decay else ''}, {steps:,} steps, {loss}: enters at Σ η = {went.entry:.1f}, "
                      f"{went.turns:.2f} turns, {went.off} of {went.samples} samples off, largest stride {went.stride:.2f}, "
                      f"lag {went.lag:.4f}: {verdict}", flush=True)  # fmt: skip
