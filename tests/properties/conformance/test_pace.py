"""A slow optimizer is named before its checks begin; others pass without a word."""

from __future__ import annotations

import time

import numpy as np

from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.pace import pace, told
from marginproof.properties.conformance.reference import PlainSignum


class Sleepy(PlainSignum):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        time.sleep(0.002)
        return super().step(w, grad, lr)


class Broken(PlainSignum):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        raise ValueError("no")


def test_a_slow_step_is_told_with_what_it_will_cost() -> None:
    assert "Sleepy is slow: a step takes" in pace(subject_of(Sleepy), 0.1)
    assert pace(subject_of(PlainSignum), 0.1) == pace(subject_of(Broken), 0.1) == ""


def test_a_slow_starter_is_named() -> None:
    line = "marginproof: AccSGD is slow: it took 6.5 s to import and to make its first step"
    assert told("AccSGD", 6.5, 1e-5) == line
