"""Which of two ways to make m / √v is the faster on this processor: timed once, and remembered beside numba's own cache.

Products (:mod:`~marginproof.properties.simulation.roots`) are twice as fast as a square root and a division on some
processors and half as fast on others, and vector width, compiler and code decide with them.  The answer is kept under the
name of all these; a process that finds it kept does not measure.  The two ways agree to a few units in the last place.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba import njit
from numba.core.registry import cpu_target

from marginproof.properties.simulation import roots
from marginproof.theory.laws import Hyper, adam, over, ratio

FAST = {"reassoc", "contract", "arcp", "nsz"}
"""Fast-math flags that keep NaN and inf meaningful."""
SIZES, ROUNDS, ENTRIES = (50, 1000), 31, 20_000
"""Features of the trial runs, how often each is timed, and entries updated in one run: a fifth of a second in all."""

quotients: dict[str, Callable[..., Any]] = {
    "products": roots.plain_ratio,
    "roots": njit(error_model="numpy", fastmath=FAST)(over(ratio, sqrt=math.sqrt)),
}
"""Each way, compiled: (m, v, ε) -> m / √v for an ε that changes no bit."""


@njit(cache=True)
def _located() -> None:
    """Tells where numba keeps what it compiles from this file."""


def _folder() -> Path:
    return Path(str(_located.stats.cache_path))


@cache
def faster() -> str:
    """``products`` or ``roots``; the first process to have measured decides for all."""
    kept = _folder() / f"quotient-{_circumstances()}.txt"
    found = _read(kept)
    if found is None:
        found = measured()
        _keep(kept, found)
    return _read(kept) or found


def _circumstances() -> str:
    """A name for all that may change the answer: processor and its features as compiled for, compiler, code."""
    target = cpu_target.target_context.codegen().magic_tuple()
    code = (Path(roots.__file__).read_bytes(), Path(__file__).read_bytes())
    return sha256(repr((target, numba.__version__, llvmlite.__version__, code)).encode()).hexdigest()[:12]


def _read(file: Path) -> str | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return text if text in quotients else None


def _keep(file: Path, found: str) -> None:
    """Write the answer unless another process has; a folder that cannot be written to leaves it to each process."""
    draft = file.with_suffix(f".{os.getpid()}")
    try:
        draft.write_text(found + "\n", encoding="ascii")
        if _read(file) is None:
            draft.replace(file)
        draft.unlink(missing_ok=True)
    except OSError:
        return


def measured() -> str:
    """The one whose fastest trial runs, as ratios over all sizes, took less time."""
    trials = {name: _trial(quotient) for name, quotient in quotients.items()}
    fastest = {name: [math.inf] * len(SIZES) for name in trials}
    for at, d in enumerate(SIZES):
        for _ in range(ROUNDS):
            for name, run in trials.items():
                fastest[name][at] = min(fastest[name][at], run(d))
    return min(fastest, key=lambda name: math.prod(fastest[name]))


def _trial(quotient: Callable[..., Any]) -> Callable[[int], float]:
    """d -> seconds for Adam's steps on d features, the engine's innermost loop."""
    fast = njit(error_model="numpy", fastmath=FAST)
    run = fast(over(_steps, rule=fast(over(adam, ratio=quotient))))
    h = Hyper(beta1=0.9, beta2=0.95)

    def seconds(d: int) -> float:
        x, (m, v, w) = np.linspace(0.5, 1.5, d), np.zeros((3, d))
        run(x, m, v, w, h, 1)
        began = time.perf_counter()
        run(x, m, v, w, h, ENTRIES // d)
        return time.perf_counter() - began

    return seconds


def rule(g: float, m: float, v: float, h: Hyper) -> tuple[float, float, float]:
    """(m, v, u) of one coordinate after a step: a trial puts the law that it times in the place of this one."""
    return m, v, g


def _steps(x: Any, m: Any, v: Any, w: Any, h: Hyper, count: int) -> None:
    for _ in range(count):
        for k in range(x.shape[0]):
            m[k], v[k], u = rule(x[k], m[k], v[k], h)
            w[k] -= 0.01 * u
