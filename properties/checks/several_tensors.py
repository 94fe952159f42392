"""Optimizers as they are used: several tensors, shapes and groups, other implementations, a state that is saved.

On one vector a counter that is raised once a parameter, or state kept under the wrong key, cannot show.  Here the
coordinates are split over a matrix, a vector and a scalar: torch's in two groups, optax's in a nested tree.  A
coordinatewise law must not notice.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of
from marginproof.properties.checks.gradient_cases import gradient_cases, law_of
from marginproof.properties.checks.moving_averages import law
from marginproof.properties.checks.running import Guarded
from marginproof.properties.checks.step_law import compare
from marginproof.properties.checks.subjects import ANY, OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, equal

WIDE = 6
"""Coordinates, a multiple of the cases' 1, 2 or 3: 2 in the matrix, 3 in the vector, 1 in the scalar."""
PIECES = (slice(0, 2), slice(2, WIDE - 1), slice(WIDE - 1, WIDE))
SINGLE = 2.0**-24


def needs_tensors(subject: OptimizerUnderTest) -> str:
    """It is torch's or optax's, and its law sees single coordinates."""
    if subject.split is None:
        return "it takes one array"
    return "its law sees whole tensors" if law_of(subject).norms else ""


def needs_absences(subject: OptimizerUnderTest) -> str:
    """Only torch's parameters may lack a gradient."""
    return "" if subject.split and subject.split.absences else "a tree of gradients is complete"


def needs_variants(subject: OptimizerUnderTest) -> str:
    """It offers more than one implementation."""
    return "" if subject.split and subject.split.flags else "it has one implementation"


def needs_closures(subject: OptimizerUnderTest) -> str:
    """Its step takes a closure."""
    return "" if subject.split and subject.split.closures else "its step takes no closure"


def refusals(subject: OptimizerUnderTest) -> str:
    """The variants that do not run here, for the coverage table."""
    return subject.split.able()[1] if subject.split else ""


def wide(case: Case) -> np.ndarray:
    """The gradients, repeated over :data:`WIDE` coordinates."""
    return np.tile(case.X, (1, WIDE // case.d))


def run(
    subject: OptimizerUnderTest, case: Case, saved_at: int | None = None, evaluated_at: int | None = None, **how: Any
) -> tuple[np.ndarray, str]:  # fmt: skip
    """The iterates on the gradients of :func:`wide`, and what was touched that should not be.

    Arguments:
      saved_at, evaluated_at: the step before which the state is saved and read back, or evaluated.
      how: for the stepper.
    """
    gradients = wide(case)
    stepper = subject.start_split(WIDE, case.hyper, **how)
    seen, W = Guarded(stepper, WIDE), np.zeros((len(gradients) + 1, WIDE))
    gaps = np.reshape(case.absent or [0] * 3 * len(gradients), (len(gradients), 3))
    for t, g in enumerate(gradients):
        if t == saved_at:
            stepper.round_trip()
        if t == evaluated_at:
            stepper.evaluate(subject.unit)
        stepper.absent = np.flatnonzero(gaps[t]).tolist()
        present = g.copy()
        for place in stepper.absent:
            present[PIECES[place]] = 0.0
        W[t + 1] = seen.step(W[t], present, float(case.etas[t]))
    return W, stepper.touched


def judged(subject: OptimizerUnderTest, case: Case, W: np.ndarray, touched: str) -> Comparison:
    """Each tensor of a run against the law at its group's rate."""
    if touched:
        return Comparison(False, touched)
    assert subject.split is not None
    there, found = np.arange(case.n), []
    for place in range(3):
        found.append(_on_its_own(subject, case, W, place, there))
        if not found[-1].holds:
            return found[-1]
    return max(found, key=lambda judged: judged.pressure or 0.0)


def follows_its_law(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The split parameters follow the law; gradients and foreign tensors are left alone, and evaluation comes back."""
    return judged(subject, case, *run(subject, case, evaluated_at=len(case.rows) // 2))


def resumes(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """The state, read into a fresh optimizer in mid-run, gives the same bits."""
    plain, _ = run(subject, case)
    resumed, _ = run(subject, case, saved_at=len(case.rows) // 2)
    return equal(np.nan_to_num(resumed), np.nan_to_num(plain), "w after a state_dict round trip")


def skips_what_has_no_gradient(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """A tensor without a gradient stays, its memory too; its counter counts its own steps, or all of the optimizer's."""
    W, touched = run(subject, case)
    if touched:
        return Comparison(False, touched)
    gaps = np.reshape(case.absent, (case.n, 3)).astype(bool)
    last = Comparison(True, "no tensor had a gradient", vacuous=True)
    for place, piece in enumerate(PIECES):
        moved = np.flatnonzero(gaps[:, place] & (np.diff(W[:, piece], axis=0) != 0).any(axis=1))
        if len(moved):
            return Comparison(False, f"tensor {place} moved at step {moved[0]}, where it had no gradient")
        there = np.flatnonzero(~gaps[:, place])
        if len(there):
            last = _on_its_own(subject, case, W, place, there)
            if not last.holds:
                return last
    return last


def _on_its_own(
    subject: OptimizerUnderTest, case: Case, W: np.ndarray, place: int, there: np.ndarray
) -> Comparison:
    """A tensor's steps against the law on the gradients that it had, by its own counter or the optimizer's."""
    assert subject.split is not None
    own, G = W[:, PIECES[place]], wide(case)[there, PIECES[place]]
    own, rates = np.vstack([own[there], own[-1:]]), subject.split.rates[place] * case.etas[there]
    counts = (None,) if len(there) == case.n else (None, [int(t) + 1 for t in there])
    found = [compare(subject, own, rates, law(subject, case.hyper, G, own, rates, times=times)) for times in counts]  # fmt: skip
    agreed = next((f for f in found if f.holds), found[0])
    return replace(agreed, text=f"tensor {place}: {agreed.text}")


def variants_agree(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """Another implementation follows the same law; ``differentiable`` and ``capturable`` raise β to a float32 counter."""
    assert subject.split is not None and subject.declared is not None
    able, refused = subject.split.able()
    if not able:
        return Comparison(True, refused, vacuous=True)
    chosen = able[case.seed % len(able)]
    if chosen in ("differentiable", "capturable"):
        coarse = subject.declared.changed(correction_unit=SINGLE)
        subject = replace(subject, declared=coarse)
    W, touched = run(subject, case, variant=chosen)
    found = judged(subject, case, W, touched)
    return replace(found, text=f"{chosen}: {found.text}")


def closures_work(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """step(closure) calls it with gradients enabled, returns its loss, and makes the step of the gradients it leaves."""
    W, touched = run(subject, case, closures=True)
    if touched:
        return Comparison(False, touched)
    plain, _ = run(subject, case)
    return equal(np.nan_to_num(W), np.nan_to_num(plain), "w with a closure")


@st.composite
def with_variant(draw: st.DrawFn, subject: OptimizerUnderTest) -> Case:
    """Gradients, and a number that chooses the variant."""
    return replace(draw(gradient_cases(subject)), seed=draw(st.integers(0, 11)))


CHECKS = (
    Check("I1.split", "I1", (ANY,), "Several tensors, shapes and groups, or a tree, follow the law as one vector does.",
          gradient_cases, follows_its_law, share=0.5, skip=needs_tensors),
    Check("I1.absent", "I1", (ANY,), "A tensor without a gradient stays as it is, and the others follow the law.",
          partial(gradient_cases, extra="absent"), skips_what_has_no_gradient, share=0.5, skip=any_of(needs_tensors, needs_absences)),
    Check("I1.variants", "I1", (ANY,), "foreach, fused, capturable, differentiable, masked and partitioned: the same law.",
          with_variant, variants_agree, share=0.5, skip=any_of(needs_tensors, needs_variants), note=refusals),
    Check("I1.closure", "I1", (ANY,), "step(closure) calls it with gradients enabled, returns its loss, and steps as without.",
          gradient_cases, closures_work, share=0.25, skip=any_of(needs_tensors, needs_closures)),
    Check("I1.state_dict", "I1", (ANY,), "A state saved and read back in mid-run gives the same bits.",
          gradient_cases, resumes, share=0.5, skip=needs_tensors),
)  # fmt: skip
"""Checks of torch's and optax's optimizers on several tensors."""
