"""An interruption is held back until a safe place, never lost, and a second one is not held back."""

from __future__ import annotations

import os
import signal

import numpy as np
import pytest

from properties.conformance.interruption import between_examples, raise_if_interrupted
from properties.conformance.loading import subject_of
from properties.conformance.reference import Signum
from properties.conformance.resume import run_in_slices
from properties.conformance.suite import BY_ID


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_the_first_waits_for_a_safe_place_and_the_second_does_not() -> None:
    done = []
    with pytest.raises(KeyboardInterrupt), between_examples():
        interrupt()
        done.append("went on")
        raise_if_interrupted()
        done.append("unreachable")
    assert done == ["went on"]
    with pytest.raises(KeyboardInterrupt), between_examples():
        interrupt()
        interrupt()
        done.append("unreachable")
    assert done == ["went on"]


def test_one_that_nobody_asked_about_is_raised_at_the_end() -> None:
    reached = False
    with pytest.raises(KeyboardInterrupt), between_examples():
        interrupt()
        reached = True
    assert reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    raise_if_interrupted()  # and is forgotten


def test_somebody_elses_handler_is_left_alone() -> None:
    seen: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        with between_examples():
            interrupt()
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]


def test_a_check_ends_the_example_it_is_in_and_starts_no_other() -> None:
    made = []

    class Interrupted(Signum):
        def __init__(self, dim: int, beta: float) -> None:
            super().__init__(dim, beta)
            made.append(self)
            if len(made) == 3:
                interrupt()
            self.steps = 0

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            self.steps += 1
            return super().step(w, grad, lr)

    with pytest.raises(KeyboardInterrupt), between_examples():
        run_in_slices(BY_ID["B2.norm"], subject_of(Interrupted), max_examples=10)
    assert len(made) == 3
    assert made[-1].steps > 0
