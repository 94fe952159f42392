"""What could not run is not said not to hold: refused settings, unknown signatures, what is not finite, and small cases."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from marginproof.properties.checks.cases import Case
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reduction import reduced, smaller_cases
from marginproof.properties.conformance.reference import PlainAdam, PlainSignum
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckStatus, check_optimizer, run_check
from marginproof.theory.batching import Cyclic
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError

Array = np.ndarray


class NoZeroBeta(PlainSignum):
    def __init__(self, dim: int, beta: float) -> None:
        if not 0.5 <= beta < 1:
            raise ValueError("beta must lie in [0.5, 1)")
        super().__init__(dim, beta)


class Refuses(PlainSignum):
    def __init__(self, dim: int, beta: float) -> None:
        raise ValueError("not today")


def test_a_refused_setting_is_skipped_once_in_words() -> None:
    result = run_check(BY_ID["I1.unrolled"], subject_of(NoZeroBeta), 20, 1)
    assert result.status is CheckStatus.HELD and 0 < result.examples < 40
    assert result.reason.count("beta must lie") == 1 and "were left out" in result.reason
    never = run_check(BY_ID["I1.unrolled"], subject_of(Refuses), 5, 1)
    assert never.status is CheckStatus.SKIPPED and "not today" in never.reason


def test_a_correct_twin_that_refuses_nothing_says_nothing() -> None:
    assert run_check(BY_ID["I1.unrolled"], subject_of(PlainSignum), 5, 1).reason == ""


class NanLater(PlainSignum):
    """Not a number from its third step on."""

    def __init__(self, dim: int, beta: float) -> None:
        super().__init__(dim, beta)
        self.t = 0

    def step(self, w: Array, grad: Array, lr: float) -> Array:
        self.t += 1
        return super().step(w, grad, lr) * (np.nan if self.t > 2 else 1.0)


@pytest.mark.parametrize("check", ["I1.unrolled", "I1.run", "B2.norm", "B6.bracket", "L6.margin"])
def test_claims_that_ask_for_finiteness_say_at_which_step_it_ends(check: str) -> None:
    result = run_check(BY_ID[check], subject_of(NanLater), 20, 1)
    assert result.status is CheckStatus.FAILED
    assert "not finite at step" in result.report and "nan !=" not in result.report


def test_equality_asks_for_no_finiteness() -> None:
    assert run_check(BY_ID["I3.signs"], subject_of(NanLater), 20, 1).status is CheckStatus.HELD


class AlwaysNan(PlainSignum):
    def step(self, w: Array, grad: Array, lr: float) -> Array:
        return super().step(w, grad, lr) * np.nan


class Forgets(PlainSignum):
    """Moves w in place and returns nothing."""

    def step(self, w: Array, grad: Array, lr: float) -> Any:
        w[:] = super().step(w, grad, lr)


@pytest.mark.parametrize(
    ("factory", "said"),
    [(AlwaysNan, "not finite at step 1"), (Forgets, "step returned None; return the next")],
)
def test_equality_of_nothing_is_no_symmetry(factory: Any, said: str) -> None:
    result = run_check(BY_ID["I3.signs"], subject_of(factory), 20, 1)
    assert result.status is CheckStatus.FAILED and said in result.report


class Scalar(PlainSignum):
    def step(self, w: Array, grad: Array, lr: float) -> Array:
        return np.zeros(1)


class ScalarLater(PlainSignum):
    """Of w's shape only where every coordinate has a gradient."""

    def step(self, w: Array, grad: Array, lr: float) -> Array:
        return super().step(w, grad, lr) if len(w) == 2 and grad.all() else np.zeros(1)


def test_a_step_of_another_shape_is_refused() -> None:
    with pytest.raises(MarginproofError, match=r"step returned shape \(1,\) for w of shape \(2,\)"):
        check_optimizer(Scalar, claims="I3", max_examples=5)
    for check in ("I3.signs", "I3.permutation", "I3.scale"):
        result = run_check(BY_ID[check], subject_of(ScalarLater), 20, 1)
        assert result.status is CheckStatus.FAILED
        assert "step returned shape (1,) for w of shape (" in result.report


@pytest.mark.parametrize("number", [0, -3])
def test_no_examples_are_no_check(number: int) -> None:
    with pytest.raises(MarginproofError, match=f"max_examples={number} is no number of examples"):
        check_optimizer(PlainSignum, claims="I3", max_examples=number)


def test_the_cause_of_a_failure_to_step_comes_first() -> None:
    result = run_check(BY_ID["I3.signs"], subject_of(Forgets), 20, 1)
    first, second, *_ = result.report.splitlines()
    assert first == "I3.signs (claim I3): step returned None; return the next iterate"
    assert second.startswith("  to be compared: ")
    assert result.report.count("returned None") == 1
    false = run_check(BY_ID["I1.unrolled"], subject_of(AlwaysNan), 20, 1)
    assert false.report.startswith("I1.unrolled (claim I1) does not hold: ")


def test_an_error_of_the_optimizer_s_own_is_its_failure() -> None:
    class Breaks(PlainSignum):
        def step(self, w: Array, grad: Array, lr: float) -> Array:
            if not grad.all():
                raise AttributeError("no zeros, please")
            return super().step(w, grad, lr)

    result = run_check(BY_ID["I1.unrolled"], subject_of(Breaks), 20, 1)
    assert "the optimizer raised AttributeError: no zeros, please" in result.report


def test_one_message_names_what_the_class_takes() -> None:
    class Absent:
        law = "adam"

        def __init__(self, dim: int, decay: float = 0.9) -> None: ...

        def step(self, w: Array, grad: Array, lr: float) -> Array:
            return w

    with pytest.raises(MarginproofError, match=r"it takes \(dim.*decay.*keywords"):
        check_optimizer(Absent, claims="I1")

    class Signature(PlainSignum):
        def step(self, gradients: Any) -> None:  # type: ignore[override]
            ...

    with pytest.raises(MarginproofError, match=r"it takes \(gradients.*step\(w, grad, lr\)"):
        check_optimizer(Signature, claims="I1")


@pytest.mark.real
def test_torch_closures_are_given_betas_that_are_absent_are_named_and_functions_are_torch_s() -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")

    class Asks(torch.optim.SGD):  # type: ignore[misc, name-defined]
        law = "gd"

        def step(self, closure: Any) -> Any:  # a closure without a default
            return super().step(closure)

    assert run_check(BY_ID["I1.unrolled"], subject_of(Asks), 5, 1).status is CheckStatus.HELD
    adagrad = functools.partial(torch.optim.Adagrad)
    adagrad.law = "adam"  # type: ignore[attr-defined]
    with pytest.raises(MarginproofError, match=r"it takes \(params.*lr_decay.*keywords"):
        check_optimizer(adagrad, claims="I1")

    def made(params: Any, lr: float, alpha: float) -> Any:
        return torch.optim.RMSprop(params, lr=lr, alpha=alpha, eps=0.0)

    made.law, made.keywords = "rmsprop", {"beta2": "alpha"}  # type: ignore[attr-defined]
    assert run_check(BY_ID["I1.split"], subject_of(made), 5, 1).status is CheckStatus.HELD


def test_a_first_failure_is_told_before_it_is_shrunk() -> None:
    class Wrong(PlainAdam):
        def step(self, w: Array, grad: Array, lr: float) -> Array:
            return w - 2 * lr * self.direction(grad)

    said: list[str] = []
    result = run_check(BY_ID["I1.unrolled"], subject_of(Wrong), 10, 1, say=said.append)
    assert result.status is CheckStatus.FAILED
    assert len(said) == 1 and "I1.unrolled fails on example" in said[0]


def fractions(*rows: tuple[int, ...]) -> tuple[tuple[Fraction, ...], ...]:
    return tuple(tuple(Fraction(x) for x in row) for row in rows)


def test_rows_and_zero_columns_that_play_no_part_are_dropped() -> None:
    def third_column_is_positive(case: Case) -> Comparison:
        return Comparison(not any(row[-1] == 7 for row in case.rows), "")

    gradients = Case(
        fractions((0, 1, 2), (0, 3, 7), (0, 4, 5)),
        steps=3,
        order=(2, 0, 1),
        signs=(1, -1, 1),
        absent=(1,) * 9,
    )
    small, found = reduced(BY_ID["I1.unrolled"], gradients, Comparison(False, ""), third_column_is_positive)
    assert not found.holds
    assert small == Case(fractions((7,)), steps=1, order=(0,), signs=(1,), absent=(1,) * 3)
    data = Case(
        fractions((0, 1, 2), (0, 3, 7), (0, 4, 5)), steps=9, batching=Cyclic(1), witness=(Fraction(1),) * 3
    )
    small, _ = reduced(BY_ID["B1.step"], data, Comparison(False, ""), third_column_is_positive)
    assert small == Case(fractions((3, 7)), steps=9, batching=Cyclic(1), witness=(Fraction(1),) * 2)
    shaped, _ = reduced(BY_ID["L8.direction"], data, Comparison(False, ""), third_column_is_positive)
    assert shaped == data


def test_rows_stay_where_the_batches_would_not_divide_them() -> None:
    data = Case(fractions((1, 2), (3, 7), (4, 5), (1, 1)), batching=Cyclic(2))
    assert not list(smaller_cases(data, gradients=False))


class ClipsInPlace(PlainSignum):
    """The right step, and the caller's gradient is another one after it."""

    def step(self, w: Array, grad: Array, lr: float) -> Array:
        new = super().step(w, grad, lr)
        grad *= 0.9
        return new


class ClipsACopy(PlainSignum):
    """Its right twin."""

    def step(self, w: Array, grad: Array, lr: float) -> Array:
        new, own = super().step(w, grad, lr), grad.copy()
        own *= 0.9
        return new


@pytest.mark.parametrize("check", ["I1.unrolled", "I1.run", "I3.signs", "B2.norm"])
def test_a_step_that_changes_the_callers_gradient_is_noticed(check: str) -> None:
    result = run_check(BY_ID[check], subject_of(ClipsInPlace), 5, 1)
    assert result.status is CheckStatus.FAILED
    assert "step changed the gradient in the array that it was given; work on a copy" in result.report
    assert run_check(BY_ID[check], subject_of(ClipsACopy), 5, 1).status is CheckStatus.HELD
