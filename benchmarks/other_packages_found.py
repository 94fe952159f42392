"""Optimizers of other packages as subjects: adapters for those that are no torch classes, and all of a package by name."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import os
import queue
import sys
import threading
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.expected_conformance import TABLE

VARIANTS: dict[str, tuple[tuple[str, dict[str, Any]], ...]] = {
    "timm": (("Lion", {"caution": True}),),
    "torch-optimizer": (("QHM", {"momentum": 0.9}), ("PID", {"momentum": 0.9}), ("SGDW", {"momentum": 0.9})),
}
"""Beside the defaults."""


class Looping:
    """An autograd routine, which owns its loop: it runs in a thread that waits for each gradient."""

    routine: Callable[..., Any]

    def __init__(self, dim: int) -> None:
        self.given: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.reached: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.begun = False

    def run(self, start: np.ndarray) -> None:
        rate = np.zeros(())  # read anew by every step

        def gradient(x: np.ndarray, i: int) -> np.ndarray:
            self.reached.put(x)
            grad, rate[...] = self.given.get()
            return grad

        type(self).routine(gradient, start, num_iters=10**9, step_size=rate)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        if not self.begun:
            self.begun = True
            threading.Thread(target=self.run, args=(w.copy(),), daemon=True).start()
            self.reached.get()
        self.given.put((grad, lr))
        return np.asarray(self.reached.get())


class Sklearn:
    """One of scikit-learn's stochastic optimizers."""

    kind: Any

    def __init__(self, dim: int) -> None:
        self.w = [np.zeros(dim)]
        self.own = type(self).kind(self.w, learning_rate_init=1.0)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        self.w[0][...] = w
        self.own.learning_rate_init = self.own.learning_rate = lr
        self.own.update_params(self.w, [grad])
        return self.w[0].copy()


class Keras:
    """One of keras's optimizers, on its torch backend, in float64."""

    kind: Any

    def __init__(self, dim: int) -> None:
        import keras

        keras.backend.set_floatx("float64")
        self.w, self.own = keras.Variable(np.zeros(dim)), type(self).kind(learning_rate=1.0)
        self.own.build([self.w])

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        import torch

        self.w.assign(w)
        self.own.learning_rate = lr
        self.own.apply_gradients([(torch.from_numpy(grad), self.w)])
        return np.array(self.w.numpy(), dtype=np.float64)


class TorchShaped:
    """torch's SparseAdam, which takes sparse gradients alone, and its Muon, which takes matrices alone (here of one row)."""

    kind: Any

    def __init__(self, dim: int) -> None:
        import torch

        self.sparse = type(self).kind is torch.optim.SparseAdam
        shape = (dim,) if self.sparse else (1, dim)
        self.w = torch.zeros(shape, dtype=torch.float64, requires_grad=True)
        self.own = type(self).kind([self.w], lr=1.0)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        import torch

        with torch.no_grad():
            self.w.copy_(torch.from_numpy(w).reshape(self.w.shape))
        g = torch.from_numpy(grad).reshape(self.w.shape)
        self.w.grad = g.to_sparse() if self.sparse else g
        self.own.param_groups[0]["lr"] = lr
        self.own.step()
        return np.array(self.w.detach().numpy().ravel())


def torch_remaining() -> Iterator[tuple[str, Any]]:
    """torch's own that the table of torch and optax has not."""
    import torch

    for name in ("ASGD", "LBFGS", "Rprop"):
        yield name, getattr(torch.optim, name)
    for name in ("Muon", "SparseAdam"):
        yield name, adapted(TorchShaped, kind=getattr(torch.optim, name))


def optax_remaining() -> Iterator[tuple[str, Any]]:
    """optax's own that the table of torch and optax has not, and all of its contrib that take a learning rate."""
    import optax
    import optax.contrib

    shown = {known.attribute for known in TABLE if known.library == "optax"}
    base = {"schedule_free": {"base_optimizer": optax.sgd(1.0)}}
    for prefix, home in (("", optax), ("contrib.", optax.contrib)):
        for name, f in sorted(vars(home).items()):
            takes = inspect.isfunction(f) and "learning_rate" in inspect.signature(f).parameters
            if takes and not name.startswith(("scale_by", "_")) and name not in shown:
                yield prefix + name, functools.partial(f, **base[name]) if name in base else f
    yield "contrib.mechanize(sgd)", lambda learning_rate: optax.contrib.mechanize(optax.sgd(learning_rate))
    yield (
        "contrib.sam(sgd, sgd)",
        lambda learning_rate: optax.contrib.sam(optax.sgd(learning_rate), optax.sgd(0.05)),
    )


def adapted(base: type, **attributes: Any) -> type:
    name = str(next(iter(attributes.values())).__name__)
    wrapped = {k: staticmethod(v) if inspect.isfunction(v) else v for k, v in attributes.items()}
    return type(name, (base,), wrapped)


def factories(package: str) -> Iterator[tuple[str, Any]]:
    """Names and factories.  timm's modules are imported without timm itself, whose import needs torchvision."""
    if package == "torch":
        yield from torch_remaining()
    elif package == "optax":
        yield from optax_remaining()
    elif package == "autograd":
        found = importlib.import_module("autograd.misc.optimizers")
        yield from ((n, adapted(Looping, routine=getattr(found, n))) for n in ("sgd", "rmsprop", "adam"))
    elif package == "scikit-learn":
        found = importlib.import_module("sklearn.neural_network._stochastic_optimizers")
        yield from ((n, adapted(Sklearn, kind=getattr(found, n))) for n in ("SGDOptimizer", "AdamOptimizer"))
    elif package == "keras":
        os.environ.setdefault("KERAS_BACKEND", "torch")
        found = importlib.import_module("keras").optimizers
        names = [n for n, c in vars(found).items() if inspect.isclass(c) and n not in ("Optimizer", "LossScaleOptimizer", "MultiOptimizer", "OptimizerMap")]  # fmt: skip
        yield from ((n, adapted(Keras, kind=getattr(found, n))) for n in sorted(names))
    else:
        yield from torch_classes(package)


def torch_classes(package: str) -> Iterator[tuple[str, Any]]:
    import torch

    module = {"lion-pytorch": "lion_pytorch", "torch-optimizer": "torch_optimizer"}.get(package, package)
    if module == "timm":
        spec = importlib.util.find_spec("timm")
        assert spec is not None and spec.submodule_search_locations is not None
        folder = Path(spec.submodule_search_locations[0]) / "optim"
        for name, path in (("timm", folder.parent), ("timm.optim", folder)):
            bare = types.ModuleType(name)
            bare.__path__ = [str(path)]
            bare.__spec__ = spec  # else it is not found a second time
            sys.modules[name] = bare
        files = sorted(f.stem for f in folder.glob("*.py") if f.stem[0] != "_")
        modules = [m for f in files if (m := imported(f"timm.optim.{f}")) is not None]
    else:
        modules = [importlib.import_module(module)]
    found: dict[str, Any] = {}
    for home in modules:
        for name, c in vars(home).items():
            ours = (
                inspect.isclass(c) and issubclass(c, torch.optim.Optimizer) and c is not torch.optim.Optimizer
            )
            if ours and not c.__module__.startswith("torch.optim") and name[0] != "_":
                found[name] = c
    yield from sorted(found.items())
    for name, options in VARIANTS.get(package, ()):
        shown = ", ".join(f"{key}={value}" for key, value in options.items())
        yield f"{name}({shown})", functools.partial(found[name], **options)


def imported(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        return None
