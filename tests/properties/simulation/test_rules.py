"""Each rule against the paper's formula, and the engine against the same rule at many digits."""

from __future__ import annotations

import math
from typing import Any

import mpmath
import numpy as np
import pytest

from marginproof.properties.simulation.roots import inverse_root, plain_ratio
from marginproof.properties.simulation.simulation import Simulation
from marginproof.properties.simulation.trajectories import simulate, trace
from marginproof.theory import laws
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws import Hyper, over
from marginproof.theory.optimizers import (
    GD,
    Adam,
    AdamProxy,
    NormalisedGD,
    Optimizer,
    RMSProp,
    SignGD,
    Signum,
)
from marginproof.theory.schedules import Power
from tests.reference.oracle import run_at_many_digits

STEPS = 2000
RELATIVE = 1e-10
"""What is asked; rounding alone gives at most 2e-14 when last measured."""

CASES: list[tuple[Optimizer, Batching]] = [
    (GD(), Full()),
    (GD(), Cyclic(2)),
    (NormalisedGD(), Full()),
    (NormalisedGD(), Cyclic(3)),
    (SignGD(), Full()),
    (SignGD(), Reshuffled(1)),
    (Signum(0.9), Cyclic(1)),
    (Signum(0.5), WithReplacement(2)),
    (Adam(0.9, 0.95), Cyclic(1)),
    (Adam(0.9, 0.95), Full()),
    (Adam(0.9, 0.99, bias_correction=True), Reshuffled(2)),
    (Adam(0.9, 0.99, eps=1e-8), Cyclic(1)),
    (Adam(0.9, 0.99, eps=1e-8, bias_correction=True), Full()),
    (RMSProp(0.9), Cyclic(2, order=(5, 3, 1, 0, 2, 4))),
    (RMSProp(0.9, eps=1e-6), Cyclic(1)),
    (AdamProxy(), Full()),
]


def separable(seed: int, n: int = 6, d: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    X, w = rng.normal(size=(n, d)), rng.normal(size=d)
    return X * np.sign(X @ w)[:, None]


def distance(X: np.ndarray, optimizer: Optimizer, batching: Batching, loss: str, steps: int) -> float:
    """Largest relative distance, over all steps, between the engine's w and the oracle's."""
    # On some data full-batch Adam is chaotic; its own test is below.
    settings = {"batching": batching, "schedule": Power(0.1, 0.0), "steps": steps, "loss": loss, "seed": 7}
    exact = run_at_many_digits(X, optimizer, digits=30, **settings)  # type: ignore[arg-type]
    W = np.array([[float(x) for x in row] for row in exact])
    ours = trace(X, optimizer, **settings).W  # type: ignore[arg-type]
    return float((np.abs(ours - W).max(axis=1)[1:] / np.abs(W).max(axis=1)[1:]).max())


@pytest.mark.parametrize("loss", ["exponential", "logistic"])
@pytest.mark.parametrize(("optimizer", "batching"), CASES, ids=str)
def test_engine_agrees_with_the_oracle(optimizer: Optimizer, batching: Batching, loss: str) -> None:
    assert distance(separable(5), optimizer, batching, loss, STEPS) < RELATIVE


def test_sparse_data_agree_with_the_oracle() -> None:
    # Columns with different zeros drift apart in scale; an engine with one scale would stop moving some.
    X = np.array([[3.0, 0.0, 0.5], [0.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 0.0]])
    for optimizer in (Adam(0.9, 0.95), RMSProp(0.5), SignGD(), Signum(0.5), Adam(0.9, 0.95, eps=1e-8)):
        assert distance(X, optimizer, Cyclic(1), "exponential", 1000) < RELATIVE
    assert distance(X, AdamProxy(), Full(), "exponential", 1000) < RELATIVE


@pytest.mark.parametrize(("seed", "parts"), [(6, True), (7, True), (8, False)])
def test_full_batch_adam_agrees_as_long_as_any_arithmetic_can(seed: int, parts: bool) -> None:
    """On some data full-batch Adam multiplies rounding errors 1e4-fold within twenty steps.

    Twenty digits then part from sixty just as double precision does.  Its errors are 1e-4 of ours, so
    the engine is held to 1e-10 up to the step where 1e4 times the twenty-digit error reaches 1e-11.
    """
    X, settings = separable(seed), {"batching": Full(), "schedule": 0.1, "steps": STEPS}
    exact, coarse = (
        np.array(
            [[mpmath.mpf(x) for x in row] for row in run_at_many_digits(X, Adam(), digits=digits, **settings)]
        )  # type: ignore[arg-type]
        for digits in (60, 20)
    )
    by_digits = np.abs(exact - coarse).max(axis=1).astype(float)
    beyond = np.flatnonzero(1e4 * by_digits > 0.1 * RELATIVE)
    horizon = int(beyond[0]) if len(beyond) else STEPS + 1
    assert (horizon <= STEPS) == parts
    assert horizon > 500
    W = trace(X, Adam(), **settings).W  # type: ignore[arg-type]
    error = np.abs(W - exact.astype(float)).max(axis=1) / np.maximum(np.abs(W).max(axis=1), 1e-3)
    assert error[:horizon].max() < RELATIVE


def eps_inside(g, m, v, h):  # type: ignore[no-untyped-def]
    """ε under the square root."""
    m = h.beta1 * m + (1 - h.beta1) * g
    v = h.beta2 * v + (1 - h.beta2) * (g * g)
    return m, v, m / sqrt(v + h.eps)  # noqa: F821 (bound by the engine)


def swapped_betas(g, m, v, h):  # type: ignore[no-untyped-def]
    """β1 and β2 exchanged in v."""
    m = h.beta1 * m + (1 - h.beta1) * g
    v = h.beta1 * v + (1 - h.beta1) * (g * g)
    return m, v, m / (sqrt(v) + h.eps)  # noqa: F821


@pytest.mark.parametrize("mutant", [eps_inside, swapped_betas])
def test_a_mutated_rule_is_caught(mutant, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    """The engine runs the mutant, the oracle the true rule: they must part."""
    optimizer = Adam(0.9, 0.95, eps=1e-3)
    true = np.array(
        [float(x) for x in run_at_many_digits(separable(5), optimizer, batching=Cyclic(1), steps=200)[-1]]
    )
    monkeypatch.setattr(Adam, "law", property(lambda self: mutant))
    mutated = simulate(separable(5), optimizer, batching=Cyclic(1), steps=200).w
    assert np.abs(mutated - true).max() / np.abs(true).max() > 1e3 * RELATIVE


def test_rules_in_plain_floats_read_like_the_paper() -> None:
    h = Hyper(beta1=0.5, beta2=0.75, eps=0.25, unbias1=0.5, unbias2=0.25, norm=4.0)
    assert laws.gradient(2.0, 0.0, 0.0, h) == (0.0, 0.0, 2.0)
    assert laws.normalised(2.0, 0.0, 0.0, h._replace(eps=0.0)) == (0.0, 0.0, 0.5)
    assert laws.sign_gradient(-3.0, 0.0, 0.0, h)[2] == -1.0
    assert laws.signum(-3.0, 5.0, 0.0, h) == (1.0, 0.0, 1.0)
    assert laws.adam(2.0, 4.0, 4.0, h) == (3.0, 4.0, 3.0 / 2.25)
    assert laws.adam_unbiased(2.0, 4.0, 4.0, h) == (3.0, 4.0, 6.0 / 4.25)
    assert laws.rmsprop(2.0, 0.0, 4.0, h) == (0.0, 4.0, 2.0 / 2.25)
    assert laws.adam_proxy(2.0, 0.0, 4.0, h._replace(eps=0.0)) == (0.0, 4.0, 1.0)


def test_over_gives_the_same_code_another_meaning() -> None:
    doubled = over(laws.adam_proxy, ratio=over(laws.ratio, sqrt=lambda v: 2 * math.sqrt(v)))
    assert doubled(2.0, 0.0, 4.0, Hyper(eps=0.0))[2] == 0.5
    assert laws.adam_proxy(2.0, 0.0, 4.0, Hyper(eps=0.0))[2] == 1.0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Adam(1.0), "beta1=1.0"),
        (lambda: Adam(0.9, -0.1), "beta2=-0.1"),
        (lambda: Signum(2.0), "beta=2.0"),
        (lambda: Adam(eps=-1.0), "eps=-1.0"),
        (lambda: Simulation(np.eye(2), AdamProxy(), Cyclic(1), Power()), "AdamProxy passes over all samples"),
    ],
)
def test_bad_settings_are_named(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(MarginproofError, match=words):
        make()


def test_inverse_roots_are_exact_to_a_few_units_in_the_last_place() -> None:
    v = np.exp(np.random.default_rng(0).uniform(-500, 500, 20_000))
    found = np.array([inverse_root(x) for x in v])
    assert np.abs(found * np.sqrt(v) - 1).max() < 5 * 2.0**-52  # 4 of ours, half of sqrt, half of the product
    assert plain_ratio(0.0, 0.0, 0.0) == 0.0


def test_kernels_that_differ_share_no_name_within() -> None:
    """Kernels kept on disk by two processes are linked by the names of the functions in them (and a count of each process)."""
    from marginproof.properties.simulation.kernels import kernel_of
    from marginproof.theory.optimizers import OPTIMIZERS, Adam, RMSProp

    optimizers = [kind() for kind in OPTIMIZERS.values()]
    optimizers += [Adam(eps=1e-8), RMSProp(eps=1e-8), Adam(bias_correction=True)]
    kernels: dict[int, Any] = {id(kernel): kernel for kernel in map(kernel_of, optimizers)}
    for loop in ("one_sample", "one_row", "many_samples", "add_sample"):
        found = [kernel.py_func.__globals__[loop].py_func for kernel in kernels.values()]
        assert len({function.__name__ for function in found}) == len(kernels)
        assert len({function.__globals__["rule"].py_func.__name__ for function in found}) == len(kernels)
