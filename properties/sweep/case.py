"""One row of a sweep's table: the predicted limit of one optimizer on one data set, or why there is none."""

from __future__ import annotations

import shlex
from hashlib import sha256
from typing import Any

import numpy as np

from marginproof.constructions.builtin import read
from marginproof.constructions.dataset import Dataset
from marginproof.properties.separating import refusal
from marginproof.properties.sweep.plan import PlannedCase, made
from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.choice import constant_step
from marginproof.theory.prediction import compare
from marginproof.theory.reference_margins import references

RESULTS = (
    "n_samples", "n_features", "sha256", "outcome", "stability", "gamma", "residual", "support", "cosine_l2", "cosine_linf",
    "cosine_adamproxy", "margin_ratio_l2", "margin_ratio_linf", "direction", "reason",
)  # fmt: skip
"""The columns after those that name the case; ``support`` counts rows, ``direction`` is shown up to 20 features."""
REFUSED = "refused"
LONGEST = 20


def row_of(case: PlannedCase) -> dict[str, str]:
    """The row; a case that cannot be predicted has the outcome ``refused`` and says why."""
    row = case.named | dict.fromkeys(RESULTS, "")
    try:
        dataset = read(case.data, **dict(case.reading))
        row |= {
            "n_samples": str(dataset.n_samples),
            "n_features": str(dataset.n_features),
            "sha256": digest(dataset),
        }
        try:
            return row | {key: _text(value) for key, value in _predicted(case, dataset).items()}
        except NotSeparableError:
            why = refusal(dataset, case.data, f"marginproof separation {shlex.quote(case.data)}")
            return row | {"outcome": REFUSED, "reason": why}
    except MarginproofError as error:
        return row | {"outcome": REFUSED, "reason": str(error)}


def digest(dataset: Dataset) -> str:
    """Which rows were used, in a few letters: a table is not resumed with other data."""
    exact = dataset.entries
    content = exact.tobytes() if exact.dtype != object else " ".join(map(str, exact.flat)).encode()
    return sha256(content).hexdigest()[:12]


def _predicted(case: PlannedCase, dataset: Dataset) -> dict[str, Any]:
    optimizer = made(case.optimizer, case.settings)
    batching = optimizer.batching(dataset.n_samples, case.batch_size, case.sampling, None)
    problem = LimitProblem(dataset.entries, optimizer.field(dataset.n_samples, batching))
    start = None if case.seed is None else np.random.default_rng(case.seed).normal(size=dataset.n_features)
    marks = references(problem)
    marks["l2"]  # data that are not separable are refused here
    if case.lr is None:
        limit = solve(problem, start)
        outcome, reason = limit.outcome.value, limit.reason
    else:
        found = constant_step(dataset.entries, optimizer, batching, case.lr, start)
        limit, outcome, reason = found.limit, found.outcome.value, found.reason
    compared = compare(problem, limit, start, marks)
    return {
        "outcome": outcome,
        "stability": limit.stability.value,
        "gamma": limit.gamma,
        "residual": limit.residual,
        "support": len(limit.support),
        **{f"cosine_{name}": value for name, value in compared.cosines.items()},
        **{f"margin_ratio_{name}": value for name, value in compared.margin_ratios.items()},
        "direction": limit.direction if len(limit.direction) <= LONGEST else "",
        "reason": reason,
    }


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return " ".join(repr(float(v)) for v in value)
    return "" if value is None else repr(float(value)) if isinstance(value, float) else str(value)
