"""The engine's promises: bit-for-bit resumption, margins of 10^6 as exact as margins of 1, honest records."""

from __future__ import annotations

from pathlib import Path

import mpmath
import numpy as np
import pytest

from marginproof.properties.simulation import trajectories
from marginproof.properties.simulation.compensated import accurate_margins
from marginproof.properties.simulation.many import grid, simulate_many
from marginproof.properties.simulation.records import Ending, load
from marginproof.properties.simulation.trajectories import simulate, trace
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField as AdamProxyField
from marginproof.theory.fields import IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
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
from marginproof.theory.schedules import Power, StepTable
from tests.reference.oracle import run_at_many_digits

X = np.array([[5.0, 1.0], [1.0, 4.0]])
SR4 = np.array([[1.0, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]])

RUNS: list[tuple[Optimizer, Batching]] = [
    (Adam(0.9, 0.95), Reshuffled(2)),
    (Adam(0.9, 0.95, eps=1e-8, bias_correction=True), Cyclic(1, order=(3, 1, 0, 2))),
    (Signum(0.9), WithReplacement(2)),
    (SignGD(), Reshuffled(1)),
    (AdamProxy(), Full()),
    (NormalisedGD(), Cyclic(2)),
    (GD(), Full()),
    (RMSProp(0.9), Cyclic(4)),
]


def same(a: object, b: object) -> bool:
    return np.asarray(a).tobytes() == np.asarray(b).tobytes()


@pytest.mark.parametrize(("optimizer", "batching"), RUNS, ids=str)
def test_resumed_runs_are_bit_for_bit_the_same(
    optimizer: Optimizer, batching: Batching, tmp_path: Path
) -> None:
    settings = {"batching": batching, "schedule": Power(0.2, 0.3), "seed": 11}
    whole = simulate(SR4, optimizer, steps=3001, **settings)  # type: ignore[arg-type]
    simulate(SR4, optimizer, steps=1237, **settings).save(tmp_path / "run.npz")  # type: ignore[arg-type]
    resumed = simulate(SR4, optimizer, steps=3001, resume=load(tmp_path / "run.npz"), **settings)  # type: ignore[arg-type]
    assert whole.state is not None and resumed.state is not None
    assert all(same(a, b) for a, b in zip(whole.state, resumed.state, strict=True))
    assert same(whole.w, resumed.w)


@pytest.mark.parametrize(("optimizer", "batching"), RUNS, ids=str)
def test_chunks_and_checkpoints_change_no_bit(optimizer: Optimizer, batching: Batching) -> None:
    settings = {"batching": batching, "schedule": 0.1, "steps": 700, "seed": 2}
    once = simulate(SR4, optimizer, checkpoints=1, **settings)  # type: ignore[arg-type]
    often = simulate(SR4, optimizer, checkpoints=list(range(0, 700, 7)), **settings)  # type: ignore[arg-type]
    path = trace(SR4, optimizer, **settings)  # type: ignore[arg-type]
    assert same(once.w, often.w)
    assert same(often.checkpoints[3].w, path.W[21])


@pytest.mark.parametrize(("optimizer", "batching"), RUNS, ids=str)
def test_a_trace_keeps_every_step(optimizer: Optimizer, batching: Batching) -> None:
    path = trace(SR4, optimizer, batching=batching, schedule=Power(0.2, 0.3), steps=300, seed=5)
    step = path.W[1:] - (path.W[:-1] - path.etas[:, None] * path.U)
    assert np.abs(step).max() <= 4 * np.finfo(float).eps * np.abs(path.W).max()  # a few roundings of w
    assert (path.visits.sum(axis=1) == batching.size(4)).all()


def test_interruption_returns_what_was_done(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def impatient(step: int) -> None:
        if step >= 40_000:
            raise KeyboardInterrupt

    settings = {"schedule": Power(0.1, 0.5), "steps": 200_000, "checkpoints": 9}
    whole = simulate(X, Adam(), **settings)  # type: ignore[arg-type]
    monkeypatch.setattr(trajectories, "CHUNK_SECONDS", 1e-4)
    part = simulate(X, Adam(), progress=impatient, **settings)  # type: ignore[arg-type]
    assert part.ending is Ending.INTERRUPTED
    assert 40_000 <= part.steps < 200_000
    assert part.final.step == part.steps
    part.save(tmp_path / "part.npz")
    rest = simulate(X, Adam(), resume=load(tmp_path / "part.npz"), **settings)  # type: ignore[arg-type]
    assert [p.step for p in rest.checkpoints] == [p.step for p in whole.checkpoints]
    assert all(
        same(a.w, b.w) and a.sum_lr == b.sum_lr
        for a, b in zip(rest.checkpoints, whole.checkpoints, strict=True)
    )


@pytest.mark.parametrize(
    ("optimizer", "batching"),
    [(Adam(0.9, 0.95), Cyclic(1)), (Signum(0.9), Cyclic(2)), (AdamProxy(), Full()), (NormalisedGD(), Full())],
    ids=str,
)
@pytest.mark.parametrize("loss", ["exponential", "logistic"])
def test_margins_of_a_million_are_as_exact_as_margins_of_one(
    optimizer: Optimizer, batching: Batching, loss: str
) -> None:
    start = np.array([0.1, 0.7]) + 2.0**18 * np.array(
        [3.0, 4.0]
    )  # both margins near 5e6; their difference small
    far = run_at_many_digits(X, optimizer, batching=batching, steps=400, start=start, loss=loss, digits=60)
    ours = simulate(X, optimizer, batching=batching, steps=400, start=start, loss=loss)
    assert ours.state is not None
    moved = (ours.state.base - start) + ours.state.low + ours.state.delta
    true = np.array([float(a - mpmath.mpf(float(b))) for a, b in zip(far[-1], start, strict=True)])
    # 400 steps from a margin of 5e6, relative to the distance moved: no digit is lost to the margin.
    assert np.abs(moved - true).max() < 1e-12 * np.abs(true).max()
    assert ours.final.margin > 1e6
    assert np.isfinite(ours.final.log_loss)


def test_accurate_margins_are() -> None:
    rng = np.random.default_rng(0)
    rows, high, low = rng.normal(size=(5, 40)), rng.normal(size=40) * 1e8, rng.normal(size=40) * 1e-9
    a, b = accurate_margins(np.ascontiguousarray(rows.T), high, low)
    with mpmath.workdps(60):
        for i in range(5):
            true = mpmath.fsum(
                mpmath.mpf(x) * (mpmath.mpf(h) + mpmath.mpf(l))
                for x, h, l in zip(rows[i], high, low, strict=True)
            )
            # Dot2's bound: u |x·w| + (d u)² |x|·|w| for the pair's sum, d = 40, |x|·|w| about 4e9.
            assert abs(mpmath.mpf(a[i]) + mpmath.mpf(b[i]) - true) < (40 * 2.0**-53) ** 2 * 1e10 + 1e-20
    assert not np.array_equal(a, rows @ high)  # a plain product has lost digits that are kept here


def test_checkpoints_record_the_limit_equation() -> None:
    field = AdamProxyField()
    run = simulate(X, AdamProxy(), schedule=0.05, steps=20_000, field=field, start=np.array([0.0, 0.733]))
    limit = solve(LimitProblem(X, field), np.array([0.0, 0.733]))
    gaps = run.gaps(limit.direction)
    # w = w_0 + Σ η u(c) with u → the limit: the angle falls like 1/Σ η, the gap like its square.
    assert gaps[-1] < (10.0 / run.final.sum_lr) ** 2
    assert run.final.residual < 1e-6 < run.checkpoints[0].residual
    assert run.final.weights == pytest.approx(limit.weights, abs=1e-6)
    assert run.final.margin_l2 == pytest.approx((X @ run.direction).min())
    assert run.final.sum_lr == pytest.approx(0.05 * 20_000, rel=1e-15)
    assert 1 - run.final.cosine(limit.direction) == pytest.approx(gaps[-1], abs=1e-15)


def test_two_starts_two_limits() -> None:
    """R2: the data alone do not decide the limit."""
    field = IncAdamField()
    ends = []
    for start in (np.zeros(2), np.array([0.0, 0.733])):
        run = simulate(X, Adam(0.9, 0.95), schedule=Power(0.05, 0.3), steps=400_000, start=start)
        ends.append(run)
        assert run.final.gap(solve(LimitProblem(X, field), start).direction) < (10.0 / run.final.sum_lr) ** 2
    assert ends[0].final.weights[0] < 1e-6
    assert ends[1].final.weights[0] > 0.8


def test_memory_does_not_grow_with_steps() -> None:
    short, long = (simulate(X, Adam(), steps=T, checkpoints=5) for T in (1000, 200_000))
    size = [sum(array.nbytes for array in run.state) for run in (short, long)]  # type: ignore[union-attr]
    assert size[0] == size[1]
    assert len(long.checkpoints) <= 6


def test_counters_are_64_bit() -> None:
    run = simulate(X, Adam(), schedule=1e-3, steps=10, checkpoints=1)
    assert run.state is not None
    run.state.step[0] = 2**40
    later = simulate(
        X,
        Adam(),
        schedule=1e-3,
        steps=2**40 + 5,
        checkpoints=1,
        resume=run.__class__(run.checkpoints, run.ending, 2**40, run.settings, 0.0, run.state),
    )
    assert later.steps == 2**40 + 5
    assert np.isfinite(later.w).all()


def test_unbounded_steps_are_reported() -> None:
    # R7: with β1² > β2 the step bound fails; here the ratio m/√v overflows.
    run = simulate(X, Adam(0.99, 0.0), schedule=1e200, steps=2000)
    assert run.ending is Ending.DIVERGED
    assert "β1" in run.ending.advice


def test_many_runs_are_the_single_ones() -> None:
    jobs = grid(data=[X], optimizer=[Adam(), Signum(0.9)], start=[None, np.array([0.0, 0.7])], steps=[300])
    runs = simulate_many(jobs, n_jobs=2)
    assert len(runs) == 4
    for job, run in zip(jobs, runs, strict=True):
        assert same(run.w, simulate(X, job["optimizer"], start=job["start"], steps=300).w)


@pytest.mark.slow
def test_the_same_call_runs_on_a_dask_cluster() -> None:
    distributed = pytest.importorskip("distributed")
    jobs = grid(data=[X], optimizer=[Adam()], start=[None, np.array([0.0, 0.7])], steps=[300])
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        runs = simulate_many(jobs, backend="dask", client=client)
    assert all(same(a.w, b.w) for a, b in zip(runs, simulate_many(jobs, backend="sequential"), strict=True))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"steps": -1}, "steps=-1"),
        ({"start": np.zeros(3)}, "n_features=2, so give as many numbers"),
        ({"start": np.array([0.0, np.inf])}, "not finite; give finite numbers"),
        ({"schedule": StepTable(np.ones(5)), "steps": 6}, "steps=6 exceeds"),
        ({"checkpoints": 0}, "checkpoints=0"),
        ({"loss": "hinge"}, "loss=hinge"),
        ({"batching": Cyclic(3)}, "batch_size=3"),
    ],
)
def test_bad_input_is_named(change: dict[str, object], words: str) -> None:
    with pytest.raises(MarginproofError, match=words):
        simulate(X, Adam(), **{"steps": 10, **change})  # type: ignore[arg-type]


def test_a_run_is_not_continued_with_other_settings(tmp_path: Path) -> None:
    run = simulate(X, Adam(), steps=10)
    with pytest.raises(MarginproofError, match="same data and settings"):
        simulate(X, Adam(0.8), steps=20, resume=run)
    with pytest.raises(MarginproofError, match="fewer than the saved"):
        simulate(X, Adam(), steps=5, resume=run)
    (tmp_path / "no.npz").write_bytes(b"no")
    with pytest.raises(MarginproofError, match="not a saved run"):
        load(tmp_path / "no.npz")
