"""Inc-Adam at speed: the log-domain engine against a C loop, optax, numpy and torch.

Run: ``python -m benchmarks.trajectories [--repeats R] [--only-c]``; with ``NUMBA_CPU_NAME=haswell`` engine and C loop alike
are compiled for that processor (nothing is then stored).  All contenders do the same arithmetic on the
same seeded Gaussian data (β1 = .9, β2 = .95, constant η, float64, one sample a step, cyclic order)
and are interleaved: one repetition runs each once, and what is reported is the median over
repetitions of (contender's time per step / engine's time per step), with the ratio of the fastest
times beside it.  Other work on the machine slows all alike; it widens the spread, not the median.
The C loop, optax, numpy and torch work in true units and would underflow past margin 372; the
engine does not.  Results go to ``benchmarks/results/trajectories.json`` and ``.md``.
"""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.properties.simulation.quotients import faster
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.optimizers import Adam

HERE = Path(__file__).parent
RESULTS = HERE / "results"
TARGET = os.environ.get("NUMBA_CPU_NAME", "native")
COMPILER = ["gcc", "-O3", f"-march={TARGET}", "-ffast-math", "-shared", "-fPIC"]
Runner = Callable[[], float]
"""Seconds per step of one short run."""
WINDOW = 8e-3
"""Seconds of one run: about the time a busy machine leaves a process alone."""
NEED = {
    "C loop": {"10x50": 0.95, "100x1000": 0.95},
    "optax + lax.scan": 6.0,
    "numpy loop": 50.0,
    "torch fused": 400.0,
}


def c_loop(X: np.ndarray, eta: float, steps: int, folder: str) -> Runner:
    library = Path(folder) / "inc_adam.so"
    subprocess.run([*COMPILER, str(HERE / "inc_adam.c"), "-o", str(library), "-lm"], check=True)
    run = ctypes.CDLL(str(library)).inc_adam
    (n, d), double = X.shape, ctypes.c_double

    def pointer(array: np.ndarray) -> Any:
        return array.ctypes.data_as(ctypes.POINTER(double))

    def once() -> float:
        w, m, v = np.zeros(d), np.zeros(d), np.zeros(d)
        began = time.perf_counter()
        run(
            pointer(X),
            n,
            d,
            ctypes.c_long(steps),
            double(eta),
            double(0.9),
            double(0.95),
            pointer(w),
            pointer(m),
            pointer(v),
        )
        return (time.perf_counter() - began) / steps

    return once


def engine(X: np.ndarray, eta: float, steps: int) -> Runner:
    return lambda: simulate(X, Adam(0.9, 0.95), schedule=eta, steps=steps, checkpoints=1).seconds / steps


def numpy_loop(X: np.ndarray, eta: float, steps: int) -> Runner:
    n, d = X.shape

    def once() -> float:
        w, m, v, g, r = (np.zeros(d) for _ in range(5))
        began = time.perf_counter()
        for t in range(steps):
            x = X[t % n]
            np.multiply(x, -np.exp(-(x @ w)), out=g)
            m *= 0.9
            np.multiply(g, 0.1, out=r)
            m += r
            v *= 0.95
            np.multiply(g, g, out=g)
            g *= 0.05
            v += g
            np.sqrt(v, out=r)
            np.divide(m, r, out=r)
            r *= eta
            w -= r
        return (time.perf_counter() - began) / steps

    return once


def optax_scan(X: np.ndarray, eta: float, steps: int) -> Runner:
    import jax
    import jax.numpy as jnp
    import optax

    jax.config.update("jax_enable_x64", True)
    rows, adam = jnp.asarray(X), optax.adam(eta, b1=0.9, b2=0.95, eps=0.0)

    def step(carry: Any, t: Any) -> tuple[Any, None]:
        w, state = carry
        x = rows[t % X.shape[0]]
        updates, state = adam.update(-jnp.exp(-(x @ w)) * x, state, w)
        return (optax.apply_updates(w, updates), state), None

    scan = jax.jit(lambda w: jax.lax.scan(step, (w, adam.init(w)), jnp.arange(steps))[0][0])
    zero = jnp.zeros(X.shape[1])
    scan(zero).block_until_ready()

    def once() -> float:
        began = time.perf_counter()
        scan(zero).block_until_ready()
        return (time.perf_counter() - began) / steps

    return once


def torch_fused(X: np.ndarray, eta: float, steps: int) -> Runner:
    import torch

    torch.set_num_threads(1)
    rows = [torch.from_numpy(x.copy()) for x in X]

    def once() -> float:
        w = torch.zeros(X.shape[1], dtype=torch.float64, requires_grad=True)
        adam = torch.optim.Adam([w], lr=eta, betas=(0.9, 0.95), eps=0.0, fused=True)
        began = time.perf_counter()
        with torch.no_grad():
            for t in range(steps):
                x = rows[t % len(rows)]
                w.grad = x * -torch.exp(-(x @ w))
                adam.step()
        return (time.perf_counter() - began) / steps

    return once


def calibrated(make: Callable[[int], Runner]) -> Runner:
    """A runner whose every run takes about WINDOW: what interrupts the machine then hits all alike."""
    steps = 100
    for _ in range(4):  # what a run costs once, whatever its length, fades from the estimate
        runner = make(steps)
        runner()
        steps = max(int(WINDOW / min(runner() for _ in range(5))), 50)
    runner = make(steps)
    runner()
    return runner


def contest(n: int, d: int, repeats: int, folder: str, only_c: bool) -> dict[str, Any]:
    X, eta = np.random.default_rng(0).normal(size=(n, d)), 5e-3 / d
    makers: dict[str, Callable[[int], Runner]] = {
        "engine": lambda steps: engine(X, eta, steps),
        "C loop": lambda steps: c_loop(X, eta, steps, folder),
        "optax + lax.scan": lambda steps: optax_scan(X, eta, steps),
        "numpy loop": lambda steps: numpy_loop(X, eta, steps),
        "torch fused": lambda steps: torch_fused(X, eta, steps),
    }
    if only_c:
        makers = {name: makers[name] for name in ("engine", "C loop")}
    runners = {name: calibrated(make) for name, make in makers.items()}
    times: dict[str, list[float]] = {name: [] for name in runners}
    for _ in range(repeats):
        for name, once in runners.items():
            times[name].append(once())
    ours = np.array(times["engine"])
    return {
        name: {
            "ns_per_step_fastest": min(t) * 1e9,
            "median_ratio": float(np.median(np.array(t) / ours)),
            "quartiles": np.percentile(np.array(t) / ours, [25, 75]).tolist(),
            "ratio_of_fastest": min(t) / float(ours.min()),
        }
        for name, t in times.items()
    }


def main() -> None:
    repeats = int(sys.argv[sys.argv.index("--repeats") + 1]) if "--repeats" in sys.argv else 41
    with tempfile.TemporaryDirectory() as folder:
        only_c = "--only-c" in sys.argv
        result = {f"{n}x{d}": contest(n, d, repeats, folder, only_c) for n, d in ((10, 50), (100, 1000))}
    text = table(result, repeats)
    print(text)
    if TARGET == "native" and not only_c:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / "trajectories.json").write_text(
            json.dumps({"repeats": repeats, **result}, indent=1) + "\n"
        )
        (RESULTS / "trajectories.md").write_text(text, encoding="utf-8")


def table(result: dict[str, Any], repeats: int) -> str:
    lines = [
        f"Compiled for {TARGET}, m/√v by {faster()}.  Median over {repeats} interleaved repetitions of time per step relative to the engine (above 1: slower).",
        "",
        "| data | contender | median ratio | quartiles | ratio of fastest | fastest, ns a step | asked |",
        "|---|---|---|---|---|---|---|",
    ]
    for size, contenders in result.items():
        for name, row in contenders.items():
            need = NEED.get(name, "")
            need = need.get(size, "") if isinstance(need, dict) else (need if size == "10x50" else "")
            low, high = row["quartiles"]
            lines.append(
                f"| {size} | {name} | {row['median_ratio']:.3g} | {low:.3g} … {high:.3g} | "
                f"{row['ratio_of_fastest']:.3g} | {row['ns_per_step_fastest']:.4g} | {need} |"
            )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
