"""Evidence for L5 and L8: simulated runs of Adam against the predicted direction.

Directions are those of w_T - w_{T/2}, so that the start's offset drops out.  η = (1-β2)/(8R) keeps the
decay of the gradients within Adam's memory.  The tolerance is measured: four times what halving η at equal
Σ η changes (the error is O(η)), plus four times the change from the window before (the tail of a
settling direction is at most geometric).  For L5, whose field is the limit β2 → 1, it also holds four times
what halving 1-β2 changes (the error is O(1-β2), I2).  A run with a tolerance above :data:`TELLING` tells nothing
and fails its check.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.properties.checks.reshuffled import tells_theta_apart
from marginproof.properties.conformance.engine_subjects import Adam as EngineAdam
from marginproof.theory.batching import Batching, Cyclic, Reshuffled
from marginproof.theory.claims.cases import exact_rows
from marginproof.theory.claims.claim import Effort, Evidence, EvidenceSource, all_of, failed
from marginproof.theory.fields import Field, IncAdamField, ReshuffledField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Adam
from marginproof.theory.verdicts import Verdict

WIDE = ((4, 1, 2, -1, 1, 2), (1, 5, -1, 2, 3, -2), (-1, 2, 6, 1, -2, 3), (2, -1, 1, 4, 2, 1))
"""Data on which every batch size has a limit of its own, 0.03 apart."""
TELLING = 0.05
"""The largest tolerance at which a run still tells limits apart."""
EXACT = 1e-12
"""Added to a tolerance for rounding: directions of 10^5 steps carry at most 10^5 units of 10^-17."""


def settles_on(X: Array, adam: Adam, batching: Batching, field: Field, steps: int) -> tuple[float, float]:
    """(gap, tolerance) between a run's direction and the field's limit, both from w_0 = 0."""
    from marginproof.properties.simulation.trajectories import simulate

    floats = np.asarray(X, dtype=np.float64)
    eta = (1 - adam.beta2) / (8 * float(np.abs(floats).sum(axis=1).max()))
    found = []
    for scale in (1, 2):
        marks = [scale * steps // 4, scale * steps // 2, scale * steps]
        run = simulate(
            floats, adam, batching=batching, schedule=eta / scale, steps=marks[-1], checkpoints=marks
        )
        w = {point.step: point.w for point in run.checkpoints}
        found.append((_unit(w[marks[1]] - w[marks[0]]), _unit(w[marks[2]] - w[marks[1]])))
    (early, coarse), (_, fine) = found
    target = _unit(solve(LimitProblem(floats, field)).direction)
    tolerance = 4 * np.linalg.norm(fine - coarse) + 4 * np.linalg.norm(coarse - early)
    return float(np.linalg.norm(fine - target)), float(tolerance) + EXACT


def _unit(w: Array) -> Array:
    return np.asarray(w / np.linalg.norm(w))


def reshuffled_runs(formula: Any, effort: Effort) -> Evidence:
    """Each b against its own θ-field; the other b's limit must be farther than the tolerance or the gap."""
    X, count = exact_rows(WIDE), 0
    for b in (1, 2):
        adam, batching = Adam(0.9, 0.99), Reshuffled(b)
        gap, tolerance = settles_on(X, adam, batching, ReshuffledField(b), effort.run_steps)
        nearer, _ = settles_on(X, Adam(0.9, 0.995), batching, ReshuffledField(b), 2 * effort.run_steps)
        tolerance += 4 * abs(gap - nearer)
        other, _ = settles_on(X, adam, batching, ReshuffledField(3 - b), effort.run_steps)
        if gap > tolerance or tolerance > TELLING or other <= tolerance:
            return failed(
                f"b={b}: gap {gap:.3g}, tolerance {tolerance:.3g}, to the other b {other:.3g}", count
            )
        count += 1
    return Evidence(True, count, f"{count} batch sizes, {effort.run_steps} steps")


def theta_told_apart(formula: Any, effort: Effort) -> Evidence:
    """b = 2, 3 of 6 on data where θ shows: the run confirms θ = (b-1)/(N-1) and refuses θ ± 0.05 and θ = 0."""
    return all_of([case for b in (2, 3) for case in tells_theta_apart(EngineAdam, b)])


def shifted_diagonal_runs(formula: Any, effort: Effort) -> Evidence:
    """Inc-Adam from w_0 = 0 against (1,…,1), which is also its field's limit."""
    field, count = IncAdamField(beta1=Fraction(9, 10), beta2=Fraction(19, 20)), 0
    for n in (2, 3, 4):
        X = exact_rows([[Fraction(2 + i) if i == k else Fraction(1) for k in range(n)] for i in range(n)])
        gap, tolerance = settles_on(X, Adam(0.9, 0.95), Cyclic(1), field, effort.run_steps)
        predicted = _unit(solve(LimitProblem(X, field)).direction)
        away = float(np.linalg.norm(predicted - _unit(np.ones(n))))
        if gap > tolerance or tolerance > TELLING or away > 1e-9:
            return failed(
                f"N={n}: gap {gap:.3g}, tolerance {tolerance:.3g}, prediction off by {away:.3g}", count
            )
        count += 1
    return Evidence(True, count, f"{count} data sets, {effort.run_steps} steps")


SOURCES: tuple[tuple[str, EvidenceSource], ...] = (
    (
        "L5",
        EvidenceSource(
            "reshuffled runs",
            Verdict.OBSERVED,
            "4 × 6 data, b = 1, 2 of 4 reshuffled, β = (0.9, 0.99)",
            reshuffled_runs,
        ),
    ),
    (
        "L5",
        EvidenceSource(
            "θ told apart",
            Verdict.OBSERVED,
            "6 × 6 data, b = 2, 3 reshuffled, β2 from 7/8 to 31/32; θ ± 0.05 and θ = 0 are refused",
            theta_told_apart,
        ),
    ),
    (
        "L8",
        EvidenceSource(
            "shifted diagonal runs",
            Verdict.OBSERVED,
            "shifted-diagonal data, N = 2, 3, 4, β = (0.9, 0.95)",
            shifted_diagonal_runs,
        ),
    ),
)
"""Each source of evidence here, behind the id of its claim."""
