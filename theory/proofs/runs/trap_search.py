"""The search, in floating point, for a ball around a run's state in which its epoch map contracts."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from scipy.linalg import LinAlgError, solve_discrete_lyapunov

from marginproof.theory.number_systems import FLOAT64, Array, dyadic
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.runs.contraction import Contraction, contracts, fitted, polished
from marginproof.theory.proofs.runs.epoch import Epoch
from marginproof.theory.proofs.runs.float_run import FloatRun
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun
from marginproof.theory.proofs.runs.saved import Saved

OFF_SUPPORT = 1e-7
"""A row whose ratio is below this may be off the support."""
STILL_FALLING = 1e-3
"""A ratio below :data:`OFF_SUPPORT` that falls by this share of the margins' growth, or more, is guessed to be off the support."""
HALVINGS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 40)
"""Sizes of balls that are tried, as powers of 1/2."""
Progress = Callable[[str, int, int], None]


def find_contraction(
    run: IncAdamRun, lr: Fraction, digits: int, most_epochs: int, progress: Progress, saved: Saved
) -> tuple[Contraction, int]:
    """The trap, and the epochs after which the run (in floating point) is inside."""
    part = saved.parts.get("search")
    at = FloatRun.from_start(run, lr) if part is None else FloatRun.from_plain(run, lr, part["run"])
    trap = None if part is None or part["trap"] is None else Contraction.from_plain(part["trap"])
    refused: PeriodicPoint | None = None
    while at.epochs < most_epochs:
        if trap is not None:
            for _ in range(50):
                if _inside(trap, at):
                    return trap, at.epochs
                at.advance(1)
        else:
            at.measure_in(int(np.argmax(at.r)))
            at.advance(max(200, at.epochs // 20))
            found = _fixed_point(at)
            if found is not None and not (refused is not None and found.near(refused)):
                trap, refused = _trap(found, at, digits), found
        progress("looking for a trap", at.epochs, most_epochs)
        saved.put("search", {"run": at.plain(), "trap": None if trap is None else trap.plain()})
    raise CertificateError(f"lr={lr}: no trap was reached in {at.epochs} epochs ({_obstacle(at)}")


def _obstacle(at: FloatRun) -> str:
    """Why a run is in no trap yet, as far as its last epoch shows, and a way out."""
    falls, growth = _falls(at)
    fading = falls > STILL_FALLING * growth
    for first, other in at.run.equal_rows:
        if not fading[first]:
            return (
                f"rows {first + 1} and {other + 1} are equal and keep weight, and no kind of certificate holds such a run); "
                "leave one of them out, which changes the run"
            )
    rest = np.flatnonzero(fading & (at.r >= OFF_SUPPORT))
    if len(rest):
        due = np.log(at.r[rest] / OFF_SUPPORT) / falls[rest]
        slowest = int(rest[np.argmax(due)])
        return (
            f"row {slowest + 1}'s weight still falls by a factor {np.exp(-falls[slowest]):.6g} an epoch; if it fades, that takes "
            f"{due.max():.2g} epochs more); try a larger lr, or more epochs"
        )
    return "the run may circle, or converge slowly near its speed limit); try a smaller lr, or more epochs"


def _falls(at: FloatRun) -> tuple[Array, float]:
    """((x_j - x_p)·Δw of the last epoch for all rows, by how much the chart's margin grew)."""
    margins = at.run.X.astype(float) @ at.way
    return margins - margins[at.chart], abs(float(margins[at.chart]))


def _inside(trap: Contraction, at: FloatRun) -> bool:
    """Whether a float state is well inside the trap (half its radius)."""
    if any(at.r[j] > float(bound) / 2 for j, bound in zip(trap.rest, trap.others, strict=True)):
        return False
    s = np.concatenate([at.r[list(trap.free)], at.M, at.V])
    offset = np.linalg.solve(_floats(trap.basis), s - np.array([float(v) for v in trap.centre]))
    return bool(np.linalg.norm(offset) < 0.5)


def _floats(rows: tuple[tuple[Fraction, ...], ...]) -> Array:
    return np.array([[float(v) for v in row] for row in rows])


@dataclass(frozen=True)
class PeriodicPoint:
    """A fixed point of the float epoch map: its rows, its state, the map's slope there, shapes (m,), (m, m)."""

    chart: int
    free: tuple[int, ...]
    rest: tuple[int, ...]
    s: Array
    slope: Array

    def near(self, other: PeriodicPoint) -> bool:
        """Whether it is the same one."""
        same = (self.chart, self.free) == (other.chart, other.free)
        return same and bool(np.allclose(self.s, other.s, rtol=1e-6, atol=0))


def _fixed_point(at: FloatRun) -> PeriodicPoint | None:
    """The fixed point near a run's state, if it attracts; ``None`` where the state is not near one yet."""
    falls, growth = _falls(at)
    rest = tuple(int(j) for j in np.flatnonzero((at.r < OFF_SUPPORT) & (falls > STILL_FALLING * growth)))
    for _ in range(2):
        free = tuple(i for i in range(len(at.r)) if i != at.chart and i not in rest)
        epoch = Epoch(at.run, float(at.lr), at.chart, free, FLOAT64)
        s = _newton(epoch, np.concatenate([at.r[list(free)], at.M, at.V]))
        if s is None or (rest and (_fall(epoch, s, rest) <= 0).any()):
            return None
        # A weight may be far from zero still, and Newton's method find the point where it is zero.
        fading = zip(free, s[: len(free)], _fall(epoch, s, free), strict=True)
        gone = [i for i, r, fall in fading if r < OFF_SUPPORT and fall > STILL_FALLING * growth]
        if not gone:
            slope = epoch(s, along=np.eye(len(s))).slope
            return None if slope is None else PeriodicPoint(at.chart, free, rest, s, slope)
        rest = tuple(sorted({*rest, *gone}))
    return None


def _trap(found: PeriodicPoint, at: FloatRun, digits: int) -> Contraction | None:
    """A ball around a fixed point in which the epoch map contracts, about as large as balls can show, or ``None``."""
    rho = float(np.abs(np.linalg.eigvals(found.slope)).max())
    W = _basis(found.slope, rho, np.abs(found.s)) if rho < 1 else None
    if W is None:
        return None
    norm = float(np.linalg.norm(np.linalg.solve(W, found.slope @ W), 2))
    failed, best = 1, None
    for k in HALVINGS:
        best = _ball(found, at, W, rho, norm, k, digits)
        if best is not None:
            break
        failed = k
    while best is not None and k - failed > 1:  # the largest is reached soonest
        middle = (k + failed) // 2
        wider = _ball(found, at, W, rho, norm, middle, digits)
        best, k, failed = (best, k, middle) if wider is None else (wider, middle, failed)
    return best


def _ball(
    found: PeriodicPoint, at: FloatRun, W: Array, rho: float, norm: float, k: int, digits: int
) -> Contraction | None:
    """The ball of half-axes 2^-k W, if the map provably contracts there."""
    run, lr = at.run, at.lr
    scaled = W * 0.5**k
    needed = math.ceil(6 - math.log10(np.diag(scaled).min()))
    centre = polished(run, lr, found.chart, found.free, found.s, found.slope, max(digits, needed))
    bound = 0.5**k * 1e-3 * (1 - norm) * float(found.s[: len(found.free)].min(initial=1.0))
    for factor in ((1 + 3 * norm) / 4, (1 + norm) / 2)[: 1 if k < 20 else 2]:
        trap = Contraction(
            found.chart,
            found.free,
            found.rest,
            centre,
            tuple(tuple(dyadic(float(v), 24) for v in row) for row in scaled),
            dyadic(factor, 40),
            tuple(dyadic(min(bound, OFF_SUPPORT), 8) for _ in found.rest),
            rho,
        )
        if not norm < float(trap.factor) < 1:
            continue
        trap = replace(trap, others=fitted(run, lr, trap))
        if contracts(run, lr, trap):
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


def _fall(epoch: Epoch, s: Array, rows: tuple[int, ...]) -> Array:
    """(x_j - x_p)·Δw over an epoch for some rows."""
    return np.asarray(epoch.above[list(rows)] @ epoch(s).travelled)


def _basis(slope: Array, rho: float, size: Array) -> Array | None:
    """W upper triangular with ‖W⁻¹ slope W‖_2 < 1, from a discrete Lyapunov equation in relative coordinates."""
    scaled = slope * size[None, :] / size[:, None]
    try:
        P = solve_discrete_lyapunov((scaled / (rho + 0.3 * (1 - rho))).T, np.eye(len(size)))
        gram = size[:, None] * np.linalg.inv(P) * size[None, :]
        return np.linalg.cholesky(gram[::-1, ::-1])[::-1, ::-1].copy()
    except (LinAlgError, ValueError):
        return None
