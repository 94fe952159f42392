"""A run of Inc-Adam in rigorous balls: the state after any number of steps, enclosed.

w is followed in the data's own coordinates, and the moments without units: a ball's exponent has no bounds.  A ball's
radius grows like e^{LΣη}, not with the number of steps, so precision alone keeps a run sharp; a row's weight is computed
where it is visited, so a step costs one exponential a sample, whatever N is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import flint

from marginproof.theory.number_systems import balls
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun

Balls = list[flint.arb]


@dataclass
class BallState:
    """w, m and v in balls after ``steps`` steps."""

    w: Balls
    m: Balls
    v: Balls
    steps: int = 0

    def plain(self) -> dict[str, Any]:
        """Plain JSON values, exact: each ball's midpoint and radius as p·2^e."""
        parts = {name: [_ball_text(ball) for ball in getattr(self, name)] for name in ("w", "m", "v")}
        return parts | {"steps": self.steps}

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> BallState:
        """From :meth:`plain`.  Inside the working precision."""
        w, m, v = ([_ball_of(text) for text in plain[name]] for name in ("w", "m", "v"))
        return cls(w, m, v, plain["steps"])

    def narrow(self, run: IncAdamRun, row: int) -> bool:
        """Whether x_i·w is known within 1 (a wider state is in no trap of that chart).  Inside the working precision."""
        margin = _dot([balls(flint.ctx.prec).convert(v) for v in run.X[row]], self.w)
        return bool(margin.is_finite() and margin.rad() < 1)

    def in_units_of(self, run: IncAdamRun, chart: int) -> tuple[Balls, Balls, Balls]:
        """(r, M, V) = (c/c_p, m/c_p, v/c_p²).  Inside the working precision."""
        convert = balls(flint.ctx.prec).convert
        rows, base = run.X, run.X[chart]
        r = [(-_dot([convert(v) for v in row - base], self.w)).exp() for row in rows]
        unit = _dot([convert(v) for v in base], self.w).exp()
        return r, [value * unit for value in self.m], [value * unit * unit for value in self.v]


def _ball_text(ball: flint.arb) -> str:
    return " ".join(str(n) for part in (ball.mid(), ball.rad()) for n in part.man_exp())


def _ball_of(text: str) -> flint.arb:
    p, e, q, f = (int(n) for n in text.split())
    return flint.arb((p, e), (q, f))


def initial_state(run: IncAdamRun) -> BallState:
    """The state at w_0, without moments.  Inside the working precision."""
    convert = balls(flint.ctx.prec).convert
    nothing = [flint.arb(0)] * len(run.start)
    return BallState([convert(v) for v in run.start], list(nothing), list(nothing))


def steps_in_balls(run: IncAdamRun, state: BallState) -> Callable[[Iterator[flint.arb], int], None]:
    """A function that takes ``count`` steps of the given sizes from ``state``, in place."""
    convert = balls(flint.ctx.prec).convert
    X = [[convert(v) for v in row] for row in run.X]
    rule = run.field
    b1, b2, c1, c2 = (convert(v) for v in (rule.beta1, rule.beta2, 1 - rule.beta1, 1 - rule.beta2))

    def one(batch: tuple[int, ...], eta: flint.arb) -> None:
        G = [flint.arb(0)] * len(state.w)
        for i in batch:
            c = (-_dot(X[i], state.w)).exp()
            G = [g + c * x for g, x in zip(G, X[i], strict=True)]
        state.m = [b1 * m + c1 * g for m, g in zip(state.m, G, strict=True)]
        state.v = [b2 * v + c2 * (g * g) for v, g in zip(state.v, G, strict=True)]
        state.w = [w + eta * m / v.sqrt() for w, m, v in zip(state.w, state.m, state.v, strict=True)]
        state.steps += 1

    def advance(etas: Iterator[flint.arb], count: int) -> None:
        K, batches = run.n_steps, run.batches
        for _ in range(count):
            one(batches[state.steps % K], next(etas))

    return advance


def _dot(xs: Balls, ys: Balls) -> flint.arb:
    return sum((x * y for x, y in zip(xs, ys, strict=True)), flint.arb(0))
