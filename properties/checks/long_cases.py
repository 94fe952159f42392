"""Data and settings of the long runs that are compared with predicted limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from marginproof.constructions.strategies import Separated, batchings, small_integers, witnessed
from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import hyper
from marginproof.properties.checks.eps_cut import farthest
from marginproof.properties.checks.finite_time import dyadic_below
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.batching import Full
from marginproof.theory.losses import Loss

STEPS = 1000
"""Steps of a case."""


@st.composite
def long_case(
    draw: st.DrawFn,
    subject: OptimizerUnderTest,
    family: Callable[[], st.SearchStrategy[Separated]],
    full: bool = False,
    proper: bool = False,
    samplings: tuple[str, ...] = ("cyclic",),
    most: int = 5,
) -> Case:
    """A case of :data:`STEPS` steps with R Σ η <= 2^6, and R η <= (1-β2)/8: squares g² that decay faster than
    Adam forgets them would let v remember the start instead of the flow.

    Arguments:
      proper: b < N (a single sample is its own full batch).
    """
    drawn = draw(family())
    data = drawn.dataset
    radius = float(np.abs(data.X).sum(axis=1).max())
    batching = draw(batchings(data.n_samples, samplings))
    single = replace(batching, batch_size=1)
    chosen = Full() if full else single if proper else batching
    if subject.family == "gd":
        radius = max(radius, radius**2)
    setting = draw(hyper(subject, 3 if subject.family == "adam" else most))
    memory = 1 - float(setting.get("beta2", 0))
    return Case(
        rows=tuple(map(tuple, data.exact.tolist())),
        hyper=setting,
        eta0=dyadic_below(
            min(farthest(subject, setting, data.X, chosen.size(data.n_samples)) / STEPS, memory / 8) / radius
        ),
        steps=STEPS,
        batching=Full() if chosen.is_full(data.n_samples) else chosen,
        loss=draw(st.sampled_from(Loss)),
        witness=drawn.separator,
    )


def small() -> st.SearchStrategy[Separated]:
    """Up to 3 × 3, entries nonzero small integers."""
    return witnessed.separable(st.integers(1, 3), st.integers(1, 3), small_integers(3), keep_nonzero=True)


def sr(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Scaled Rademacher data, one sample a step, β near 1."""
    return long_case(
        subject, lambda: witnessed.scaled_rademacher(st.integers(1, 3), st.integers(1, 3)), proper=True
    )


def diagonal(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Shifted-diagonal data of 2 or 3 samples, one sample a step."""
    return long_case(subject, lambda: witnessed.shifted_diagonal(st.integers(2, 3)), proper=True)


def per_sample(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Small data, one sample a step."""
    return long_case(subject, small, proper=True)


def any_batch(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Small data, any batch size, cyclic."""
    return long_case(subject, small)


def full_batch(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Small data, full batch."""
    return long_case(subject, small, full=True)


def reshuffled_or_not(subject: OptimizerUnderTest) -> st.SearchStrategy[Case]:
    """Small data, any batch size, cyclic or reshuffled, β to 1 - 2^-7."""
    return long_case(subject, small, samplings=("cyclic", "reshuffle"), most=7)
