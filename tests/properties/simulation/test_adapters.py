"""Other people's optimizers: the same path while floating point lasts, and a name for where it ends."""

from __future__ import annotations

import numpy as np
import pytest

from marginproof.properties.simulation.adapters import from_callable, from_optax, from_torch
from marginproof.properties.simulation.driving import drive
from marginproof.properties.simulation.records import Ending
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.batching import Cyclic, Full, Reshuffled
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.optimizers import GD, Adam, RMSProp, Signum

X = np.array([[5.0, 1.0], [1.0, 4.0]])
LR = 0.01


def test_a_start_of_another_length_is_refused_with_a_way_out() -> None:
    still = from_callable(lambda m, g: (m, 0 * g), np.zeros(2))
    with pytest.raises(
        MarginproofError, match=r"has shape \(3,\); the data have n_features=2, so give as many numbers"
    ):
        drive(X, still, start=np.zeros(3), steps=1)


def test_a_callable_gives_the_same_record_as_the_engine() -> None:
    def signum(m: np.ndarray, g: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        m = 0.9 * m + (1 - 0.9) * g
        return m, -LR * np.sign(m)

    settings = {"batching": Cyclic(1), "steps": 500, "checkpoints": 7}
    theirs = drive(X, from_callable(signum, np.zeros(2)), lr=LR, **settings)  # type: ignore[arg-type]
    ours = simulate(X, Signum(0.9), schedule=LR, **settings)  # type: ignore[arg-type]
    assert theirs.ending is Ending.COMPLETED
    assert theirs.breakdown is None
    assert [p.step for p in theirs.checkpoints] == [p.step for p in ours.checkpoints]
    for a, b in zip(theirs.checkpoints, ours.checkpoints, strict=True):
        # 500 additions of η, each rounded at |w| < 8: 500 · 2^-53 · 8 < 1e-12.
        np.testing.assert_allclose(a.w, b.w, atol=1e-12)
        np.testing.assert_allclose(a.weights, b.weights, atol=1e-10)
        assert a.log_loss == pytest.approx(b.log_loss, abs=1e-10)


@pytest.mark.real
@pytest.mark.parametrize("loss", ["exponential", "logistic"])
@pytest.mark.parametrize("name", ["Adam", "RMSprop", "SGD"])
def test_torch_follows_the_engine(name: str, loss: str) -> None:
    torch = pytest.importorskip("torch")
    make, ours = {
        "Adam": (
            lambda p: torch.optim.Adam(p, lr=LR, betas=(0.9, 0.99), eps=1e-8),
            Adam(0.9, 0.99, eps=1e-8, bias_correction=True),
        ),
        "RMSprop": (lambda p: torch.optim.RMSprop(p, lr=LR, alpha=0.9, eps=1e-8), RMSProp(0.9, eps=1e-8)),
        "SGD": (lambda p: torch.optim.SGD(p, lr=LR), GD()),
    }[name]
    settings = {"batching": Reshuffled(1), "steps": 300, "seed": 4, "loss": loss}
    theirs = drive(X, from_torch(make), **settings)  # type: ignore[arg-type]
    mine = simulate(X, ours, schedule=LR, **settings)  # type: ignore[arg-type]
    # 300 steps in double precision on the same formula; ε = 1e-8 joins in another order of operations.
    np.testing.assert_allclose(theirs.w, mine.w, rtol=1e-11)


@pytest.mark.real
def test_optax_follows_the_engine() -> None:
    jax = pytest.importorskip("jax")
    optax = pytest.importorskip("optax")
    before = jax.config.read("jax_enable_x64")
    jax.config.update("jax_enable_x64", False)
    try:
        with pytest.raises(MarginproofError, match="jax_enable_x64"):
            from_optax(optax.adam(LR))
        jax.config.update("jax_enable_x64", True)
        adam = from_optax(optax.adam(LR, b1=0.9, b2=0.99, eps=1e-8))
        theirs = drive(X, adam, batching=Full(), steps=200)
        mine = simulate(
            X, Adam(0.9, 0.99, eps=1e-8, bias_correction=True), batching=Full(), schedule=LR, steps=200
        )
        np.testing.assert_allclose(theirs.w, mine.w, rtol=1e-11)
        paper = from_optax(optax.scale_by_adam(b1=0.9, b2=0.95, eps=0.0))  # no learning rate: u itself
        assert drive(X, paper, batching=Cyclic(1), steps=3).steps == 3
        far = drive(X, adam, batching=Full(), steps=3, start=np.array([80.0, 80.0]))
        assert far.breakdown is not None
        assert "second moment is zero" in far.breakdown.what
    finally:
        jax.config.update("jax_enable_x64", before)


@pytest.mark.real
@pytest.mark.parametrize(("dtype", "low", "high"), [(np.float64, 350, 373), (np.float32, 40, 52)])
def test_torch_underflow_is_named(dtype: type, low: float, high: float) -> None:
    """v = g² underflows at half the margin where g does: 708/2 … 745/2 in float64, 87/2 … 104/2 in float32."""
    torch = pytest.importorskip("torch")
    adam = from_torch(lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.9, 0.95), eps=0.0), dtype)
    run = drive(X, adam, batching=Cyclic(1), steps=20_000)
    assert run.ending is Ending.UNDERFLOW
    assert run.breakdown is not None
    assert low < run.breakdown.margin < high
    assert run.steps == run.breakdown.step
    assert np.isfinite(run.direction).all()
    assert "underflow" in run.ending.advice


@pytest.mark.real
def test_torch_goes_two_ways_from_two_starts() -> None:
    """R2 with torch's own Adam: ε = 0, float64, until it underflows."""
    torch = pytest.importorskip("torch")
    limits = []
    for start in (np.zeros(2), np.array([0.0, 0.733])):
        adam = from_torch(lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.95), eps=0.0))
        run = drive(X, adam, batching=Cyclic(1), steps=12_000, start=start, lr=0.01)
        limit = solve(LimitProblem(X, IncAdamField()), start).direction
        assert run.breakdown is None
        # w = w_0 + Σ η u(c): the angle falls like |w_0 and transient| / Σ η, the gap like its square;
        # the two limits are 1.0e-2 apart, six times this tolerance.
        assert run.final.gap(limit) < (5.0 / run.final.sum_lr) ** 2
        limits.append(run.direction)
    assert np.abs(limits[0] - limits[1]).max() > 0.05


def test_a_gradient_that_underflows_is_named() -> None:
    def descent(state: None, gradient: np.ndarray) -> tuple[None, np.ndarray]:
        return None, -gradient

    far = np.array([200.0, 200.0])
    run = drive(X, from_callable(descent), batching=Full(), steps=10, start=far)
    assert run.breakdown is not None
    assert run.breakdown.step == 1
    assert run.breakdown.what == "the gradient is zero in float64"
    single = drive(X, from_callable(descent, dtype=np.float32), batching=Full(), steps=10, start=far / 10)
    assert single.breakdown is not None
    assert "float32" in single.breakdown.what


def test_a_sane_run_reports_no_breakdown() -> None:
    run = drive(X, from_callable(lambda s, g: (s, -0.1 * g)), batching=Full(), steps=200, lr=0.1)
    assert run.breakdown is None
    assert run.ending is Ending.COMPLETED
    assert run.final.sum_lr == pytest.approx(20.0)


def test_bad_starts_are_named() -> None:
    with pytest.raises(MarginproofError, match="n_features=2"):
        drive(X, from_callable(lambda s, g: (s, g)), start=np.zeros(3))
