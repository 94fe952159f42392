"""An interruption is held back until a safe place, never lost, and a second one is not held back."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from marginproof.properties.conformance.interruption import between_examples, raise_if_interrupted
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import PlainSignum
from marginproof.properties.conformance.resume import run_in_slices
from marginproof.properties.conformance.suite import BY_ID


@pytest.fixture(autouse=True)
def default_handler() -> Iterator[None]:
    """Python's own handler, which a test run in the background of a shell does not inherit."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def work(done: list[str], interruptions: int, ask: bool) -> None:
    """Something that is interrupted in its middle."""
    with between_examples():
        for _ in range(interruptions):
            interrupt()
        done.append("went on")
        if ask:
            raise_if_interrupted()
        done.append("ended")


@pytest.mark.parametrize(
    ("interruptions", "ask", "reached"),
    [
        (1, True, ["went on"]),  # held back until somebody asks
        (1, False, ["went on", "ended"]),  # or until the end, but never lost
        (2, True, []),  # a second one is not held back
    ],
)
def test_an_interruption_waits_for_a_safe_place(interruptions: int, ask: bool, reached: list[str]) -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        work(done, interruptions, ask)
    assert done == reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    raise_if_interrupted()  # it is forgotten


def test_without_an_interruption_nothing_happens() -> None:
    done: list[str] = []
    work(done, 0, ask=True)
    assert done == ["went on", "ended"]


def test_somebody_elses_handler_is_left_alone() -> None:
    seen: list[int] = []
    done: list[str] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: seen.append(number))
    try:
        work(done, 1, ask=True)
    finally:
        signal.signal(signal.SIGINT, before)
    assert seen == [signal.SIGINT]
    assert done == ["went on", "ended"]


def test_a_check_ends_the_example_it_is_in_and_starts_no_other() -> None:
    made = []

    class Interrupted(PlainSignum):
        def __init__(self, dim: int, beta: float) -> None:
            super().__init__(dim, beta)
            made.append(self)
            if len(made) == 3:
                interrupt()
            self.steps = 0

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            self.steps += 1
            return super().step(w, grad, lr)

    def run() -> None:
        with between_examples():
            run_in_slices(BY_ID["B2.norm"], subject_of(Interrupted), max_examples=10)

    with pytest.raises(KeyboardInterrupt):
        run()
    assert len(made) == 3
    assert made[-1].steps > 0
