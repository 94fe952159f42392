"""The engine's loop with an optimizer's law bound into it, compiled, and kept on disk under a name that says what it was compiled from.

Fast-math flags are those that keep NaN and inf meaningful.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from marginproof.properties.simulation.engine import add_sample, advance, many_samples, one_row, one_sample
from marginproof.properties.simulation.quotients import FAST, faster, quotients
from marginproof.properties.simulation.state import KernelData, Plan, State
from marginproof.theory import laws, losses, schedules
from marginproof.theory.laws import CoordinateLaw, Scale, over
from marginproof.theory.optimizers import Optimizer

HERE = Path(__file__).parent
COMPILED_FROM = (
    *(
        HERE / f"{name}.py"
        for name in ("sampling", "roots", "quotients", "compensated", "state", "engine", "kernels")
    ),
    *(Path(str(module.__file__)) for module in (laws, losses, schedules)),
)


@njit(error_model="numpy", fastmath=FAST)
def _sign(x: float) -> float:
    return np.float64(x > 0.0) - np.float64(x < 0.0)


def _version(law: CoordinateLaw, flags: tuple[bool | str, ...]) -> str:
    """Names a compiled kernel by all it was compiled from, so that numba's cache is never stale."""
    code = getattr(law, "__code__")  # noqa: B009 (a Callable need not have one)
    digest = sha256(b"".join(path.read_bytes() for path in COMPILED_FROM))
    digest.update(repr((code.co_code, code.co_consts, code.co_names, flags)).encode())
    return digest.hexdigest()[:12]


def kernel_of(optimizer: Optimizer) -> Callable[[KernelData, Plan, State, int, np.ndarray, np.ndarray], None]:
    """:func:`advance` with an optimizer's law bound into it, compiled (and cached on disk)."""
    return _compiled(
        optimizer.law,
        squares=optimizer.squares,
        shared=optimizer.scale is Scale.SHARED,
        absolute=optimizer.scale is Scale.ABSOLUTE,
        unbiased=optimizer.unbiased,
        quotient=faster() if optimizer.hyper.eps == 0.0 else "",
    )


@cache
def _compiled(
    law: CoordinateLaw, *, squares: bool, shared: bool, absolute: bool, unbiased: bool, quotient: str
) -> Callable[[KernelData, Plan, State, int, np.ndarray, np.ndarray], None]:
    """The kernel.

    Arguments:
      law: the update law.
      squares: whether v is Σ of squared per-sample gradients.
      shared: whether the law reads ‖g‖ (then one scale serves all coordinates).
      absolute: whether it wants gradients in true units.
      unbiased: whether it reads 1-β^t.
      quotient: how m / √v is made, a name in :data:`~marginproof.properties.simulation.quotients.quotients`; empty for an ε > 0.
    """
    fast = njit(error_model="numpy", fastmath=FAST)
    flags: dict[str, Any] = {"squares": squares, "shared": shared, "absolute": absolute, "unbiased": unbiased}
    way = quotients[quotient or "roots"]
    # a compiled function's symbol is its name and a count of its own process, and the linker keeps the first of two equal ones,
    # so that kernels kept by two processes would share the loop of one: what differs has a name that says so
    version = _version(law, (*flags.values(), quotient))
    bound = fast(over(law, f"{law.__name__}_{version}", ratio=way, sqrt=math.sqrt, sign=_sign))
    loops = (one_sample, one_row, many_samples, add_sample)
    parts = {
        loop.__name__: fast(over(loop, f"{loop.__name__}_{version}", rule=bound, **flags)) for loop in loops
    }
    name = f"advance_{law.__name__}_{version}"
    return njit(cache=True, error_model="numpy")(over(advance, name, **parts, **flags))
