"""Proof that Inc-Adam at a constant step converges from one start: contraction of the epoch map.

**Theorem.** Let Φ be the epoch map on s = (r_S, M, V) with the other rows' ratios R as parameters.  Suppose, with
the ball B = {y + Wz: ‖z‖_2 <= 1} and the box R ∈ Π[0, r̄_j],

1. the run's state after T epochs lies in B × Π[0, r̄_j];
2. ‖W⁻¹ DΦ(s, R) W‖_2 <= q < 1 on B × Π[0, r̄_j] (D by s);
3. ‖W⁻¹(Φ(y, R) - y)‖_2 <= 1 - q for every R in the box;
4. on B × Π[0, r̄_j] an epoch lowers every r_j off the support, by a factor below one.

Then s_n → s*, the only fixed point of Φ(·, 0) in B, R_n → 0, the way of w an epoch tends to Δ(s*), and if
X Δ(s*) > 0 then w_t/‖w_t‖ → Δ(s*)/‖Δ(s*)‖.

*Proof.* B is convex, so by conditions 2 and 3, ‖Φ(s, R) - y‖_W <= q + (1 - q): B × box is mapped into itself (with 4), and
R_n → 0 geometrically.  Φ(·, 0) is a contraction of B; s* is its fixed point.  ‖s_{n+1} - s*‖_W <= q‖s_n - s*‖_W +
‖Φ(s_n, R_n) - Φ(s_n, 0)‖_W, and the last term tends to zero, Φ being uniformly continuous there.  Δ is continuous,
so the averages of Δ(s_n, R_n) tend to Δ(s*); since XΔ(s*) > 0 the margins and ‖w‖ tend to infinity linearly, and
within an epoch w moves by a bounded amount.

A fixed point lies within e/(1 - q) of y where e = ‖W⁻¹(Φ(y, 0) - y)‖_2, which makes the direction's box narrow.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

import flint
import numpy as np

from marginproof.theory.number_systems import balls, decide_sign
from marginproof.theory.proofs.balls import bounds, to_array, to_matrix
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.runs.ball_run import BallState, initial_state, steps_in_balls
from marginproof.theory.proofs.runs.contraction import BITS, Contraction, in_trap
from marginproof.theory.proofs.runs.epoch import Epoch
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun
from marginproof.theory.proofs.runs.saved import Saved
from marginproof.theory.proofs.runs.trap_search import Progress, find_contraction

PRECISIONS = (160, 256, 384, 512, 768, 1024, 2048, 4096)
"""Bits that a run in balls is tried with."""
CHUNK = 2000
"""Steps of a run in balls from one saved state to the next."""


@dataclass(frozen=True)
class ConstantStepProof:
    """A run at a constant step that provably converges.

    Attributes:
      run, lr: the algorithm and η.
      contraction: the trap.  epochs: T, after which the run is in it.  bits: the run's working precision.
      direction: a box around the limit of w/‖w‖, (lo, hi) a coordinate.
      growth: (lo, hi) around the growth of the support's margins an epoch.
    """

    run: IncAdamRun
    lr: Fraction
    contraction: Contraction
    epochs: int
    bits: int
    direction: tuple[tuple[Fraction, Fraction], ...]
    growth: tuple[Fraction, Fraction]


def constant_step_proof(
    run: IncAdamRun,
    lr: Fraction,
    digits: int = 12,
    most_epochs: int = 200_000,
    progress: Progress = lambda what, done, total: None,
    saved: Saved | None = None,
) -> ConstantStepProof:
    """Find a trap, run into it in balls, and enclose the limit direction.

    Arguments:
      run, lr: the algorithm and its constant step η > 0, exact.
      digits: of the limit direction's box.
      most_epochs: give up after so many.
      progress: called with what is done, how many epochs, out of how many.
      saved: where the search goes on, and leaves its states.

    Raises:
      CertificateError: no trap was found, or the run did not reach it.
    """
    saved = saved or Saved()
    contraction, epochs = find_contraction(run, lr, digits, most_epochs, progress, saved)
    bits = _reach(run, lr, contraction, epochs, progress, saved)
    direction, growth = limit_box(run, lr, contraction, digits)
    return ConstantStepProof(run, lr, contraction, epochs, bits, direction, growth)


def _reach(
    run: IncAdamRun, lr: Fraction, trap: Contraction, epochs: int, progress: Progress, saved: Saved
) -> int:
    """The precision at which the run in balls is in the trap after so many epochs."""
    part = saved.parts.get("balls")
    for bits in PRECISIONS if part is None else [b for b in PRECISIONS if b >= part["bits"]]:
        numbers = balls(bits)
        with numbers.working():
            state = (
                BallState.from_plain(part)
                if part is not None and bits == part["bits"]
                else initial_state(run)
            )
            advance, etas = steps_in_balls(run, state), repeat(numbers.convert(lr))
            while state.steps < epochs * run.n_steps and state.narrow(run, trap.chart):
                advance(etas, min(CHUNK, epochs * run.n_steps - state.steps))
                progress(f"running in balls of {bits} bits, epochs", state.steps // run.n_steps, epochs)
                if state.narrow(run, trap.chart):
                    saved.put("balls", state.plain() | {"bits": bits})
            if state.narrow(run, trap.chart) and in_trap(trap, *state.in_units_of(run, trap.chart)):
                return bits
    raise CertificateError(
        f"lr={lr}: the run's enclosure is too wide after {epochs} epochs, at {PRECISIONS[-1]} bits too; a "
        "smaller lr needs fewer"
    )


def limit_box(
    run: IncAdamRun, lr: Fraction, trap: Contraction, digits: int
) -> tuple[tuple[tuple[Fraction, Fraction], ...], tuple[Fraction, Fraction]]:
    """(a box around Δ(s*)/‖Δ(s*)‖, one around the margins' growth), outward to ``digits`` decimals."""
    numbers = balls(math.ceil((digits + 15) * math.log2(10)) + BITS)
    with numbers.working():
        epoch = Epoch(run, numbers.convert(lr), trap.chart, trap.free, numbers)
        W, y = (
            numbers.array(np.array(trap.basis, dtype=object)),
            numbers.array(np.array(trap.centre, dtype=object)),
        )
        moved = to_array(to_matrix(W).solve(to_matrix((epoch(y).state - y)[:, None])))[:, 0]
        radius = sum((v * v for v in moved), flint.arb(0)).sqrt() / (1 - numbers.convert(trap.factor))
        reach = [
            flint.arb(0, (radius * sum((w * w for w in row), flint.arb(0)).sqrt()).abs_upper()) for row in W
        ]
        way = epoch(y + np.array(reach, dtype=object)).travelled
        unit = way / sum((v * v for v in way), flint.arb(0)).sqrt()
        if not all(decide_sign(v) == 1 for v in epoch.X @ way):
            raise CertificateError(f"lr={lr}: not every margin grows at the fixed point")
        return tuple(outward(v, digits) for v in unit), outward(epoch.X[trap.chart] @ way, digits)


def outward(ball: flint.arb, digits: int) -> tuple[Fraction, Fraction]:
    """Decimals around a ball with one unit of room on each side."""
    low, high = bounds(ball)
    scale = 10**digits
    return Fraction(math.floor(low * scale) - 1, scale), Fraction(math.ceil(high * scale) + 1, scale)
