"""torch optimizers as they are used: several tensors, shapes and groups, and a state that is saved and read back.

On one vector a counter that is raised once a parameter, or state kept under the wrong key, cannot show.  Here the
coordinates are split over a matrix, a vector and a scalar in two groups; a coordinatewise law must not notice.
"""

from __future__ import annotations

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check
from marginproof.properties.checks.invariances import compare, gradient_cases, law_of
from marginproof.properties.checks.moving_averages import law
from marginproof.properties.checks.running import Guarded
from marginproof.properties.checks.subjects import ANY, OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, equal


def needs_tensors(subject: OptimizerUnderTest) -> str:
    """It is torch's, and its law sees single coordinates."""
    if subject.split is None:
        return "it takes one array"
    return "its law sees whole tensors" if law_of(subject).norms else ""


def run(subject: OptimizerUnderTest, case: Case, saved_at: int | None = None) -> tuple[np.ndarray, str]:
    """The iterates on the gradients repeated over four coordinates, and what was touched that should not be."""
    assert subject.split is not None
    gradients = wide(case)
    hyper = {key: float(value) for key, value in case.hyper.items() if key in subject.names}
    stepper = subject.split(gradients.shape[1], hyper)
    seen, W = Guarded(stepper, gradients.shape[1]), np.zeros((len(gradients) + 1, gradients.shape[1]))
    for t, g in enumerate(gradients):
        if t == saved_at:
            stepper.round_trip()
        W[t + 1] = seen.step(W[t], g.copy(), float(case.etas[t]))
    return W, stepper.touched


def wide(case: Case) -> np.ndarray:
    """Four coordinates at least: the case's, repeated."""
    return np.tile(case.X, (1, -(-4 // case.d)))


def follows_its_law(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The split parameters follow the law of the whole vector; gradients and foreign tensors are left alone."""
    W, touched = run(subject, case)
    if touched:
        return Comparison(False, touched)
    return compare(subject, W, case.etas, law(subject, case.hyper, wide(case), W, case.etas))


def resumes(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """state_dict, read into a fresh optimizer in mid-run, gives the same bits."""
    plain, _ = run(subject, case)
    resumed, _ = run(subject, case, saved_at=len(case.rows) // 2)
    return equal(np.nan_to_num(resumed), np.nan_to_num(plain), "w after a state_dict round trip")


CHECKS = (
    Check("I1.split", "I1", (ANY,), "Several tensors, shapes and groups follow the law as one vector does.",
          gradient_cases, follows_its_law, share=0.5, skip=needs_tensors),
    Check("I1.state_dict", "I1", (ANY,), "A state_dict saved and read back in mid-run gives the same bits.",
          gradient_cases, resumes, share=0.5, skip=needs_tensors),
)  # fmt: skip
"""Checks of torch optimizers on several tensors."""
