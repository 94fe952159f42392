"""Exact invariances: of the correct optimizers, of the engine's runs, and seen to fail."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marginproof.constructions.dataset import Dataset
from marginproof.constructions.strategies import Separated, witnessed
from marginproof.properties.checks import invariances, step_law
from marginproof.properties.checks.check import Check
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT
from marginproof.properties.conformance.suite import CheckStatus, run_check
from marginproof.properties.simulation.trajectories import trace
from marginproof.theory import optimizers
from marginproof.theory.batching import Cyclic, Full, Reshuffled

CHECKS = (*invariances.CHECKS, *step_law.CHECKS)
PAIRS = [(cls, check) for cls in CORRECT for check in CHECKS if not check.reason_to_skip(subject_of(cls))]


@pytest.mark.parametrize(("cls", "check"), PAIRS, ids=lambda x: getattr(x, "id", getattr(x, "__name__", x)))
def test_correct_optimizers_keep_every_check(cls: type, check: Check) -> None:
    result = run_check(check, subject_of(cls))
    assert result.status is CheckStatus.HELD, result.report
    assert result.examples > 0
    assert result.vacuous == 0


def run(X: np.ndarray, optimizer: optimizers.Optimizer, batching: object, seed: int = 0) -> np.ndarray:
    return trace(X, optimizer, batching=batching, schedule=2.0**-6, steps=24, seed=seed).W  # type: ignore[arg-type]


ADAM, SIGNUM = optimizers.Adam(0.5, 0.75), optimizers.Signum(0.75)
SQUARE = witnessed.separable(st.integers(2, 3), st.integers(2, 3), keep_nonzero=True)


@given(SQUARE, st.sampled_from([ADAM, SIGNUM]), st.integers(0, 7))
def test_the_engine_commutes_with_sign_flips(
    drawn: Separated, optimizer: optimizers.Optimizer, flips: int
) -> None:
    X = drawn.dataset.X
    signs = np.array([-1.0 if flips >> k & 1 else 1.0 for k in range(X.shape[1])])
    assert np.array_equal(run(X * signs, optimizer, Cyclic(1)), run(X, optimizer, Cyclic(1)) * signs)


SLACK = 24 * 2.0**-6 * 1e-9
"""24 steps of 2^-6, each off by the order of summation: γ_32 relative, grown by at most e^{R Σ η} <= e^12."""


@given(SQUARE, st.sampled_from([ADAM, SIGNUM]))
def test_full_batches_do_not_depend_on_the_order_of_samples(
    drawn: Separated, optimizer: optimizers.Optimizer
) -> None:
    """On positive data, whose sums do not cancel.  Where they cancel exactly, as for rows (3, 1) and (-3, 1),
    the sign of a rounding error would be all that is left, and these optimizers see nothing but signs."""
    X = np.abs(drawn.dataset.X)
    gap = np.abs(run(X, optimizer, Full()) - run(X[::-1], optimizer, Full())).max()
    assert gap <= (SLACK if optimizer is ADAM else 0)


def test_cyclic_batches_do_depend_on_the_order_of_samples() -> None:
    X = np.array([[5.0, 1.0], [1.0, 4.0]])
    assert not np.array_equal(run(X, ADAM, Cyclic(1)), run(X[::-1], ADAM, Cyclic(1)))
    assert not np.array_equal(run(X, ADAM, Reshuffled(1), seed=1), run(X, ADAM, Reshuffled(1), seed=2))


@given(SQUARE, st.sampled_from([ADAM, SIGNUM]), st.integers(0, 5))
def test_a_batch_of_everything_is_the_full_batch(
    drawn: Separated, optimizer: optimizers.Optimizer, seed: int
) -> None:
    """Cyclic batches of N rows are the full batch, bit for bit; reshuffled ones up to the order of summation."""
    X = drawn.dataset.X
    n = X.shape[0]
    assert np.array_equal(run(X, optimizer, Cyclic(n)), run(X, optimizer, Full()))
    gap = np.abs(run(np.abs(X), optimizer, Reshuffled(n), seed) - run(np.abs(X), optimizer, Full())).max()
    assert gap <= (SLACK if optimizer is ADAM else 0)


@given(witnessed.separable(), st.lists(st.sampled_from((1, -1)), min_size=4, max_size=4))
@settings(max_examples=25)
def test_labels_fold_symmetrically(drawn: Separated, labels: list[int]) -> None:
    """(x, y) and (-x, -y) are one sample; every row stands there with both labels, so that both classes occur."""
    rows, chosen = np.vstack([drawn.dataset.exact] * 2), labels[: len(drawn.dataset.exact)]
    y = np.array([Fraction(label) for label in (*chosen, *(-label for label in chosen))], dtype=object)
    one = Dataset.of(rows * y[:, None], labels=[int(v) for v in y])
    other = Dataset.of(rows * -y[:, None], labels=[-int(v) for v in y])
    assert np.array_equal(one.X, other.X)
    assert np.array_equal(one.X, np.vstack([drawn.dataset.X] * 2))


@pytest.mark.parametrize("power", [-20, 20])
def test_feature_scaling_moves_only_its_coordinate_of_the_direction(power: int) -> None:
    """x → D x changes gradients by D; Adam's steps stay, so w(Dx) on the rescaled data is another run: not equal."""
    X = np.array([[2.0, 1.0], [1.0, 3.0]])
    scaled = X * np.array([2.0**power, 1.0])
    assert not np.array_equal(run(scaled, ADAM, Cyclic(1))[-1], run(X, ADAM, Cyclic(1))[-1])
    assert np.array_equal(
        run(scaled, ADAM, Cyclic(1))[1], run(X, ADAM, Cyclic(1))[1]
    )  # the first step is the same
