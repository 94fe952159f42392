"""The search, in floating point, for a ball around a run's state in which its epoch map contracts."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
from scipy.linalg import LinAlgError, solve_discrete_lyapunov

from marginproof.theory.number_systems import FLOAT64, Array, dyadic
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.runs.contraction import Contraction, contracts, polished
from marginproof.theory.proofs.runs.epoch import Epoch
from marginproof.theory.proofs.runs.inc_adam import IncAdamRun

OFF_SUPPORT = 1e-7
STILL_FALLING = 1e-3
"""A ratio below :data:`OFF_SUPPORT` that falls by this share of the margins' growth, or more, is guessed to be off the support."""
Progress = Callable[[str, int, int], None]


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
    d = run.X.shape[1]
    every = Epoch(run, float(lr), chart, tuple(i for i in range(len(r)) if i != chart), FLOAT64)
    way = every(before).travelled
    falling = every.above @ way > STILL_FALLING * abs(float(every.X[chart] @ way))
    rest = tuple(int(j) for j in np.flatnonzero((r < OFF_SUPPORT) & falling))
    free = tuple(i for i in range(len(r)) if i != chart and i not in rest)
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
        bound = 0.5**k * 1e-3 * (1 - norm) * float(found[: len(free)].min(initial=1.0))
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
