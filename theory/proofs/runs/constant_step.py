"""Proof that Inc-Adam at a constant step converges from one start: contraction of the epoch map.

**Theorem.** Let Φ be the epoch map on s = (r_S, M, V) with the other rows' ratios R as parameters.  Suppose, with
the ball B = {y + Wz: ‖z‖_2 <= 1} and the box R ∈ Π[0, r̄_j],

1. the run's state after T epochs lies in B × Π[0, r̄_j];
2. ‖W⁻¹ DΦ(s, R) W‖_2 <= q < 1 on B × Π[0, r̄_j] (D by s);
3. ‖W⁻¹ (Φ(y, R) - y)‖_2 <= 1 - q for every R in the box;
4. on B × Π[0, r̄_j] an epoch lowers every r_j off the support, by a factor below one.

Then s_n → s*, the only fixed point of Φ(·, 0) in B, R_n → 0, the way of w an epoch tends to Δ(s*), and if
X Δ(s*) > 0 then w_t/‖w_t‖ → Δ(s*)/‖Δ(s*)‖.

*Proof.* B is convex, so by 2 and 3 ‖Φ(s, R) - y‖_W <= q + (1 - q): B × box is mapped into itself (with 4), and
R_n → 0 geometrically.  Φ(·, 0) is a contraction of B; s* is its fixed point.  ‖s_{n+1} - s*‖_W <= q‖s_n - s*‖_W +
‖Φ(s_n, R_n) - Φ(s_n, 0)‖_W, and the last term tends to zero, Φ being uniformly continuous there.  Δ is continuous,
so the averages of Δ(s_n, R_n) tend to Δ(s*); since XΔ(s*) > 0 the margins and ‖w‖ tend to infinity linearly, and
within an epoch w moves by a bounded amount.

A fixed point lies within e/(1 - q) of y where e = ‖W⁻¹(Φ(y, 0) - y)‖_2, which makes the direction's box narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat

import flint
import numpy as np
from scipy.linalg import LinAlgError, solve_discrete_lyapunov

from marginproof.theory.number_systems import (
    FLOAT64,
    Array,
    NumberSystem,
    UndecidedSignError,
    balls,
    decide_sign,
    dyadic,
)
from marginproof.theory.proofs.balls import (
    all_finite,
    bounds,
    midpoints,
    surely_positive_definite,
    to_array,
    to_matrix,
)
from marginproof.theory.proofs.certificates import CertificateError
from marginproof.theory.proofs.runs.ball_run import initial_state, steps_in_balls
from marginproof.theory.proofs.runs.epoch import Epoch
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun

BITS = 192
"""Working precision of the contraction's balls."""
OFF_SUPPORT = 1e-7
"""A ratio below it, still falling, counts as off the support when the support is guessed."""
ROOM = 1.25
"""How much wider than its balls the checker's intervals may be; its own verdict is what counts."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Contraction:
    """The ball in which the epoch map contracts.

    Attributes:
      chart, free, rest: p, the other rows of the support, the rows off it.
      centre: y, exact dyadics, shape (m,).
      basis: W, upper triangular, exact dyadics, shape (m, m).
      factor: q < 1.
      others: r̄_j for the rows in ``rest``.
      spectral_radius: of DΦ at the fixed point, float64, not proved.
    """

    chart: int
    free: tuple[int, ...]
    rest: tuple[int, ...]
    centre: tuple[Fraction, ...]
    basis: tuple[tuple[Fraction, ...], ...]
    factor: Fraction
    others: tuple[Fraction, ...]
    spectral_radius: float


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
) -> ConstantStepProof:
    """Find a trap, run into it in balls, and enclose the limit direction.

    Arguments:
      run, lr: the algorithm and its constant step η > 0, exact.
      digits: of the limit direction's box.
      most_epochs: give up after so many.
      progress: called with what is done, how many epochs, out of how many.

    Raises:
      CertificateError: no trap was found, or the run did not reach it.
    """
    contraction, epochs = find_contraction(run, lr, digits, most_epochs, progress)
    bits = _reach(run, lr, contraction, epochs, progress)
    direction, growth = limit_box(run, lr, contraction, digits)
    return ConstantStepProof(run, lr, contraction, epochs, bits, direction, growth)


def find_contraction(
    run: IncAdamRun, lr: Fraction, digits: int, most_epochs: int, progress: Progress
) -> tuple[Contraction, int]:
    """The trap, and the epochs after which the run (in floating point) is inside."""
    r, M, V = _ratios(run, run.start), np.zeros(run.X.shape[1]), np.zeros(run.X.shape[1])
    done, chunk, trap = 0, 200, None
    every = tuple(range(len(run.X)))
    while done < most_epochs:
        chart = int(np.argmax(r))
        M, V, r = M / r[chart], V / r[chart] ** 2, r / r[chart]
        epoch = Epoch(run, float(lr), chart, tuple(i for i in every if i != chart), FLOAT64)
        s = np.concatenate([r[list(epoch.free)], M, V])
        for _ in range(chunk):
            before, passage = s, epoch(s)
            s, r = passage.state, passage.ratios
            done += 1
            if trap is not None and _inside(trap, r, s):
                return trap, done
        M, V = s[len(epoch.free) : len(epoch.free) + run.X.shape[1]], s[-run.X.shape[1] :]
        progress("looking for a trap", done, most_epochs)
        if trap is None:
            trap = _trap(run, lr, chart, r, before, s, digits)
            chunk = 200 if trap is None else 50
            continue
        if trap.chart != chart:
            trap = None
    raise CertificateError(
        f"lr={lr}: no trap was reached in {most_epochs} epochs (the run may circle, or converge slowly near its "
        "speed limit); try a smaller lr, or more epochs"
    )


def _ratios(run: IncAdamRun, start: tuple[Fraction, ...]) -> Array:
    far = (run.X @ np.array(start, dtype=object)).astype(float)
    return np.asarray(np.exp(far.min() - far))


def _inside(trap: Contraction, r: Array, s_all: Array) -> bool:
    """Whether a float state is well inside the trap (half its radius)."""
    d = (len(trap.centre) - len(trap.free)) // 2
    if any(r[j] > float(bound) / 2 for j, bound in zip(trap.rest, trap.others, strict=True)):
        return False
    s = np.concatenate([r[list(trap.free)], s_all[-2 * d :]])
    offset = np.linalg.solve(_floats(trap.basis), s - np.array([float(v) for v in trap.centre]))
    return bool(np.linalg.norm(offset) < 0.5)


def _floats(rows: tuple[tuple[Fraction, ...], ...]) -> Array:
    return np.array([[float(v) for v in row] for row in rows])


def _trap(
    run: IncAdamRun, lr: Fraction, chart: int, r: Array, before: Array, after: Array, digits: int
) -> Contraction | None:
    """A trap near the present state, or ``None`` where the state is not near a fixed point yet."""
    rest = tuple(int(j) for j in np.flatnonzero(r < OFF_SUPPORT))
    free = tuple(i for i in range(len(r)) if i != chart and i not in rest)
    d = run.X.shape[1]
    s = np.concatenate([r[list(free)], after[-2 * d :]])
    epoch = Epoch(run, float(lr), chart, free, FLOAT64)
    found = _newton(epoch, s)
    if found is None or (rest and (_fall(epoch, found, rest) <= 0).any()):
        return None
    slope = epoch(found, along=np.eye(len(found))).slope
    assert slope is not None
    rho = float(np.abs(np.linalg.eigvals(slope)).max())
    if not rho < 1:
        return None
    W = _basis(slope, rho, np.abs(found))
    if W is None:
        return None
    centre = polished(run, lr, chart, free, found, slope, digits)
    norm = float(np.linalg.norm(np.linalg.solve(W, slope @ W), 2))
    for k in range(2, 40):
        scaled = W * 0.5**k
        bound = 0.5**k * 1e-3 * (1 - norm)
        trap = Contraction(
            chart,
            free,
            rest,
            centre,
            tuple(tuple(dyadic(float(v), 24) for v in row) for row in scaled),
            dyadic((1 + 3 * norm) / 4 if k < 20 else (1 + norm) / 2, 40),
            tuple(dyadic(min(bound, OFF_SUPPORT), 8) for _ in rest),
            rho,
        )
        if norm < float(trap.factor) < 1 and contracts(run, lr, trap):
            return trap
    return None


def _newton(epoch: Epoch, s: Array) -> Array | None:
    """The fixed point of a float epoch map near s, or ``None``."""
    with np.errstate(all="ignore"):
        for _ in range(30):
            passage = epoch(s, along=np.eye(len(s)))
            assert passage.slope is not None
            try:
                step = np.linalg.solve(np.eye(len(s)) - passage.slope, passage.state - s)
            except LinAlgError:  # equal rows
                return None
            s = s + step
            if not np.isfinite(s).all() or (s[: len(epoch.free)] <= 0).any():
                return None
            if (np.abs(step) <= 1e-12 * (np.abs(s) + 1e-3)).all():
                return s
    return None


def _fall(epoch: Epoch, s: Array, rest: tuple[int, ...]) -> Array:
    """(x_j - x_p)·Δw over an epoch for the rows off the support."""
    return np.asarray(epoch.above[list(rest)] @ epoch(s).travelled)


def _basis(slope: Array, rho: float, size: Array) -> Array | None:
    """W upper triangular with ‖W⁻¹ slope W‖_2 < 1, from a discrete Lyapunov equation in relative coordinates."""
    scaled = slope * size[None, :] / size[:, None]
    try:
        P = solve_discrete_lyapunov((scaled / (rho + 0.3 * (1 - rho))).T, np.eye(len(size)))
        gram = size[:, None] * np.linalg.inv(P) * size[None, :]
        return np.linalg.cholesky(gram[::-1, ::-1])[::-1, ::-1].copy()
    except (LinAlgError, ValueError):
        return None


def polished(
    run: IncAdamRun, lr: Fraction, chart: int, free: tuple[int, ...], s: Array, slope: Array, digits: int
) -> tuple[Fraction, ...]:
    """The fixed point to ``digits`` + 5 digits: chord Newton on midpoints of balls."""
    bits = math.ceil((digits + 15) * math.log2(10)) + BITS
    numbers = balls(bits)
    inverse = np.linalg.inv(np.eye(len(s)) - slope)
    with numbers.working():
        epoch = Epoch(run, numbers.convert(lr), chart, free, numbers)
        point = numbers.array(s)
        G = numbers.array(inverse)
        for _ in range(2 + digits // 6):
            point = np.array([v.mid() for v in point + G @ (epoch(point).state - point)], dtype=object)
        width = math.ceil((digits + 8) * math.log2(10))
        return tuple(Fraction(math.floor(_exactly(v) * 2**width), 2**width) for v in point)


def _exactly(ball: flint.arb) -> Fraction:
    return bounds(ball)[0]


def contracts(run: IncAdamRun, lr: Fraction, trap: Contraction) -> bool:
    """Whether conditions 2–4 of the theorem hold, decided in balls."""
    numbers = balls(BITS)
    with numbers.working():
        try:
            return _contracts(Epoch(run, numbers.convert(lr), trap.chart, trap.free, numbers), trap)
        except UndecidedSignError:
            return False


def _contracts(epoch: Epoch, trap: Contraction) -> bool:
    numbers = epoch.numbers
    W, y = (
        numbers.array(np.array(trap.basis, dtype=object)),
        numbers.array(np.array(trap.centre, dtype=object)),
    )
    others = numbers.array(np.zeros(len(epoch.X), dtype=int))
    for j, bound in zip(trap.rest, trap.others, strict=True):
        half = numbers.convert(bound) / 2
        others[j] = half + flint.arb(0, half)
    reach = [flint.arb(0, sum((w * w for w in row), flint.arb(0)).sqrt().abs_upper()) for row in W]
    whole = epoch(y + np.array(reach, dtype=object), others, along=W)
    assert whole.slope is not None
    if not (all_finite(whole.slope) and all_finite(whole.travelled)):
        return False
    factor = numbers.convert(trap.factor)
    E = to_matrix(W).solve(to_matrix(whole.slope))
    if not _norm_below(E, factor, numbers):
        return False
    falls = epoch.above[list(trap.rest)] @ whole.travelled if trap.rest else []
    if not all(decide_sign(v) == 1 for v in falls):
        return False
    moved = to_array(to_matrix(W).solve(to_matrix((epoch(y, others).state - y)[:, None])))[:, 0]
    slack = 1 - factor
    return decide_sign(slack * slack - sum((v * v for v in moved), flint.arb(0))) == 1


def _norm_below(E: flint.arb_mat, factor: flint.arb, numbers: NumberSystem) -> bool:
    """Whether |E|_2 < factor: the middle of factor² - EᵀE, less the Frobenius norm of its radii, is positive definite."""
    eye = numbers.array(np.eye(E.nrows(), dtype=int))
    gap = to_array(to_matrix(eye * (factor * factor)) - E.transpose() * E)
    spread = sum((v.rad() * v.rad() for v in gap.flat), flint.arb(0)).sqrt()
    return surely_positive_definite(to_matrix(midpoints(gap) - eye * spread * ROOM))


def _reach(run: IncAdamRun, lr: Fraction, trap: Contraction, epochs: int, progress: Progress) -> int:
    """The precision at which the run in balls is in the trap after so many epochs."""
    for bits in (256, 512, 1024, 2048, 4096):
        numbers = balls(bits)
        with numbers.working():
            state = initial_state(run, trap.chart)
            advance, etas = steps_in_balls(run, trap.chart, state), repeat(numbers.convert(lr))
            done = 0
            while done < epochs:
                count = min(100, epochs - done)
                advance(etas, count * run.n_steps)
                done += count
                progress(f"running in balls of {bits} bits", done, epochs)
                if not all(v.is_finite() for v in state.V):
                    break
            if done == epochs and in_trap(trap, state.r, state.M, state.V):
                return bits
    raise CertificateError(
        f"lr={lr}: the run's enclosure is too wide after {epochs} epochs, at 4096 bits too"
    )


def in_trap(trap: Contraction, r: list[flint.arb], M: list[flint.arb], V: list[flint.arb]) -> bool:
    """Condition 1, decided in balls at the working precision."""
    numbers = balls(flint.ctx.prec)
    s = [r[i] for i in trap.free] + M + V
    if not all(v.is_finite() for v in s):
        return False
    offset = np.array(s, dtype=object) - numbers.array(np.array(trap.centre, dtype=object))
    W = to_matrix(numbers.array(np.array(trap.basis, dtype=object)))
    z = to_array(W.solve(to_matrix(offset[:, None])))[:, 0]
    low = all(
        decide_sign(numbers.convert(b) - r[j]) == 1 for j, b in zip(trap.rest, trap.others, strict=True)
    )
    return low and decide_sign(1 - sum((v * v for v in z), flint.arb(0))) == 1


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
