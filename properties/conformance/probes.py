"""What an optimizer does on a few designed gradients, and what those steps say at once.

The gradients (:func:`probe`) have a scale for each coordinate, from 1 to 2^-54, so that an ε of any size shows and
says where it stands; they fall by 2^-4 midway, change sign and vanish once, the rates vary, and w starts off 0:
maxima, corrections, decays and velocities that hold an old rate each leave a mark.  Two more runs ask for symmetries
(:func:`symmetries`): the same gradients scaled, and none at all.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from marginproof.properties.checks.running import Guarded, OptimizerRaisedError
from marginproof.properties.conformance.declarations import maker, said_by
from marginproof.properties.conformance.foreign import takes_parameters
from marginproof.properties.conformance.known import arguments_of
from marginproof.properties.conformance.optax_stepper import OptaxStepper
from marginproof.properties.conformance.torch_stepper import TorchStepper
from marginproof.theory.errors import MarginproofError

STEPS = 20
SCALES = 2.0 ** -np.array([0.0, 9.0, 18.0, 27.0, 36.0, 54.0])


@dataclass(frozen=True)
class ProbeRun:
    """Gradients and rates, and the iterates that an optimizer made of them.

    Attributes:
      G: gradients, shape (T, d).
      rates: shape (T,).
      W: iterates, shape (T+1, d).
      single: whether the optimizer computes in float32.
    """

    G: np.ndarray
    rates: np.ndarray
    W: np.ndarray
    single: bool

    @property
    def sizes(self) -> np.ndarray:
        """The largest step of each coordinate, shape (d,)."""
        return np.asarray(np.maximum(np.abs(np.diff(self.W, axis=0)).max(axis=0), 1e-300))


def probe() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(gradients, rates, w_0)."""
    rng = np.random.default_rng(15)
    G = (
        rng.integers(4, 33, size=(STEPS, len(SCALES)))
        / 16
        * rng.choice([-1.0, 1.0], size=(STEPS, len(SCALES)), p=[0.3, 0.7])
    )
    G[STEPS // 2 :] *= 2.0**-4
    G[5, ::2] = 0.0
    rates = np.array([1.0, 0.5, 0.75, 0.25, 1.0])[np.arange(STEPS) % 5] / 4
    return G * SCALES, rates, SCALES * np.array([1.0, -2.0, 0.5, -1.0, 2.0, -0.5])


def traced(factory: Any, scale: float = 1.0, start_scale: float = 1.0) -> ProbeRun:
    """The optimizer's iterates under :func:`probe`, as it is constructed by default.

    Arguments:
      scale, start_scale: what the gradients, and w_0, are multiplied by.
    """
    G, rates, start = probe()
    W = _run(factory, scale * G, rates, start_scale * start)
    if not np.isfinite(W).all():
        t = int(np.flatnonzero(~np.isfinite(W).all(axis=1))[0])
        raise MarginproofError(
            f"optimizer={_name(factory)}: not finite at step {t}; nothing can be compared from there"
        )
    single = bool(np.array_equal(W[1:], W[1:].astype(np.float32))) or said_by(factory).unit > 2.0**-40
    return ProbeRun(G, rates, W, single)


def _run(factory: Any, G: np.ndarray, rates: np.ndarray, start: np.ndarray) -> np.ndarray:
    """The iterates.  Raises :class:`~marginproof.theory.errors.MarginproofError` where the optimizer cannot be constructed or stepped."""
    W = np.empty((len(G) + 1, G.shape[1]))
    W[0] = start
    stepper = Guarded(_built(factory, G.shape[1]), G.shape[1])
    for t, g in enumerate(G):
        try:
            with np.errstate(all="ignore"):
                W[t + 1] = stepper.step(W[t], g.copy(), float(rates[t]))
        except OptimizerRaisedError as error:
            raise MarginproofError(f"optimizer={_name(factory)}, in step {t + 1}: {_told(error)}") from error
    return W


def _built(factory: Any, dim: int) -> Any:
    """A fresh one.  Raises :class:`~marginproof.theory.errors.MarginproofError` where there is none."""
    try:
        made = constructed(factory, dim)
    except MarginproofError:
        raise
    except Exception as error:
        raise MarginproofError(
            f"optimizer={_name(factory)} could not be constructed: {type(error).__name__}: {error}; it must be constructed at its "
            "defaults, as cls(dim) (docs/how-to/own-optimizer.md)"
        ) from error
    if not hasattr(made, "step"):
        raise MarginproofError(
            f"optimizer={_name(factory)} has no step; give it step(w, grad, lr), which returns the next w"
        )
    return made


def _told(error: OptimizerRaisedError) -> str:
    """What went wrong in a step, with a way out."""
    if error.__cause__ is None:  # the shape or None, said with a way out
        return str(error)
    called = isinstance(error.__cause__, TypeError) and "argument" in str(error)
    return f"{error}; {'it is called as step(w, grad, lr)' if called else 'fix its step'}"


@dataclass(frozen=True)
class Symmetries:
    """What two more runs say.

    Attributes:
      scale: ``free`` where the gradients' scale changes no step, ``equivariant`` where the steps take it on, or "".
      rests: without a gradient w stays.
      decay: λ where without a gradient w first moves by -η λ w, else ``None``.
    """

    scale: str
    rests: bool
    decay: float | None


def symmetries(factory: Any, trace: ProbeRun) -> Symmetries:
    """The optimizer under scaled gradients, and under none."""
    tolerance = 2.0**-12 if trace.single else 1e-6

    def same(one: np.ndarray, other: np.ndarray) -> bool:
        gap = np.abs(np.diff(one, axis=0) - np.diff(other, axis=0)).max(axis=0)
        return bool((gap <= tolerance * trace.sizes).all())

    start, shift = trace.W[0], 2.0**-3
    scaled = _run(factory, shift * trace.G, trace.rates, start)
    scale = "free" if same(scaled, trace.W) else ""
    if not scale and same(_run(factory, shift * trace.G, trace.rates, shift * start) / shift, trace.W):
        scale = "equivariant"
    at = start / SCALES
    idle = _run(factory, np.zeros((3, len(at))), trace.rates[:3], at)
    lost = (idle[0] - idle[1]) / (trace.rates[0] * at)
    steady = bool(np.ptp(lost) <= (1e-3 if trace.single else 1e-9) * np.abs(lost).max())
    rests = bool(np.array_equal(idle, np.tile(idle[0], (4, 1))))
    return Symmetries(scale, rests, float(np.median(lost)) if steady and not rests and lost[0] > 0 else None)


def _name(factory: Any) -> str:
    bare = maker(factory)
    return str(getattr(bare, "__name__", type(bare).__name__))


def constructed(factory: Any, dim: int) -> Any:
    """An optimizer at its own defaults; where a plain class asks for constants, they are the usual ones."""
    bare, unit = maker(factory), said_by(factory).unit
    if inspect.isclass(bare) and any(b.__module__.startswith("torch.optim") for b in inspect.getmro(bare)):
        return TorchStepper(factory, {}, dim, unit)
    if callable(getattr(factory, "init", None)) and callable(getattr(factory, "update", None)):
        return OptaxStepper(factory, dim, unit)
    if inspect.isclass(bare):
        return factory(dim, **_asked(bare, said_by(factory).keywords))
    if takes_parameters(bare):
        return TorchStepper(factory, {}, dim, unit)
    return OptaxStepper(factory(learning_rate=1.0), dim, unit)


_USUAL = {"beta": 0.9, "momentum": 0.9, "beta1": 0.9, "beta2": 0.95}


def _asked(cls: Any, keywords: Mapping[str, str]) -> dict[str, Any]:
    ours = {keywords.get(name, name): value for name, value in _USUAL.items()}
    parameters = list(inspect.signature(cls.__init__).parameters.values())[2:]
    return {p.name: ours[p.name] for p in parameters if p.default is p.empty and p.name in ours}


_ALIASES = {"b1": "beta1", "b2": "beta2", "alpha": "beta2", "rho": "beta2", "decay": "beta2",
            "initial_accumulator_value": "v0", "initial_scale": "v0", "eps_root": "eps"}  # fmt: skip


def hints(factory: Any) -> dict[str, float]:
    """Where to look first: the numbers among the constructor's defaults.  The fit does not rely on them."""
    bare = maker(factory)
    found: dict[str, float] = {}
    given = {**arguments_of(factory)}
    if inspect.isclass(bare) and "torch" not in str(getattr(bare, "__module__", "")):
        given = {**_asked(bare, {}), **given}
    for name, value in given.items():
        if isinstance(value, tuple | list) and name == "betas" and len(value) >= 2:
            found["beta1"], found["beta2"] = float(value[0]), float(value[1])
        elif isinstance(value, int | float) and not isinstance(value, bool) and value:
            found[_ALIASES.get(name, name)] = float(value)
    if "momentum" in found:
        found.setdefault("beta", found["momentum"])
    return {k: v for k, v in found.items() if k not in ("beta", "beta1", "beta2", "momentum") or 0 <= v < 1}


def sign_constants(factory: Any) -> dict[str, float]:
    """β1, β2 and β of an optimizer that steps by signs, empty for another; from w = 0, where a decay does nothing.

    After g = 1, Lion's second step changes sign at g = -x, x = β1 (1-β2)/(1-β1), and after a zero gradient its third at
    β2 x: two thresholds, each met by a grid of a thousand gradients at once, refined thrice.  Signum is β1 = β2.
    """
    first, later = _threshold(factory, 0), _threshold(factory, 1)
    if first is None or later is None:
        return {}
    beta2 = min(later / first, 1 - 1e-12) if first else 0.0
    beta1 = first / (first + 1 - beta2)
    return {"beta1": round(beta1, 7), "beta2": round(beta2, 7), "beta": round((beta1 + beta2) / 2, 7)}


def _threshold(factory: Any, zeros: int) -> float | None:
    """The x at which a step against g = -x turns, after g = 1 and some zeros; ``None`` where steps are no signs."""
    low, high = 0.0, 64.0
    for _ in range(4):
        grid = np.linspace(low, high, 1001)
        stepper, zero = constructed(factory, len(grid)), np.zeros(len(grid))
        moved = [stepper.step(zero, g, 1.0) for g in (np.ones(len(grid)), *[zero] * zeros, -grid)]
        if not np.isin(np.abs(moved[-1]), (0.0, 1.0)).all() or not (moved[0] == -1).all():
            return None
        turned = np.flatnonzero(moved[-1] > 0)
        if not len(turned):
            return None
        low, high = float(grid[max(turned[0] - 1, 0)]), float(grid[turned[0]])
    return (low + high) / 2 if low else 0.0
