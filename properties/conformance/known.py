"""Which law torch's and optax's own optimizers follow, read from the arguments they are built with.

Each entry takes the constructor's arguments, defaults and a partial's keywords included, and says the law with
its settings; ``None`` where no law of the catalogue is meant.  Our averaging constants stand beside it under the
constructor's names.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from marginproof.properties.conformance.declarations import maker
from marginproof.theory.laws.catalogue import law
from marginproof.theory.laws.settings import Declared, adjusted

Arguments = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """One of a library's optimizers.

    Attributes:
      declares: from its arguments to its law.
      keywords: our hyper-parameters to its own.
    """

    declares: Callable[[Arguments], Declared | None]
    keywords: Mapping[str, str]


def said(name: str, **settings: Any) -> Declared:
    """A law with settings over its defaults."""
    known = law(name)
    return Declared(known.name, adjusted(known.defaults, settings))


def arguments_of(factory: Any) -> dict[str, Any]:
    """Defaults of a class's constructor or of a function, and what a partial gives."""
    bare = maker(factory)
    try:
        parameters = inspect.signature(bare.__init__ if inspect.isclass(bare) else bare).parameters
    except (TypeError, ValueError):
        parameters = {}  # type: ignore[assignment]
    found = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    return {**found, **(factory.keywords if isinstance(factory, functools.partial) else {})}


def _sgd(a: Arguments) -> Declared:
    decay = {"weight_decay": float(a.get("weight_decay", 0)), "decoupled": False}
    if not a.get("momentum"):
        return said("gd", **decay)
    nesterov = bool(a.get("nesterov"))
    return said("nesterov" if nesterov else "momentum", dampening=float(a.get("dampening", 0)), **decay)


def _torch_adam(a: Arguments, decoupled: bool = False) -> Declared:
    decoupled = decoupled or bool(a.get("decoupled_weight_decay"))
    common = {
        "eps": a["eps"],
        "weight_decay": float(a["weight_decay"]),
        "decoupled": decoupled,
        "corrected": True,
    }
    if a.get("amsgrad"):
        return said("amsgrad", maximum="before", **common)
    return said("adamw" if decoupled and a["weight_decay"] else "adam", **common)


def _coupled(name: str, **more: str) -> Callable[[Arguments], Declared]:
    def declares(a: Arguments) -> Declared:
        decoupled = bool(a.get("decoupled_weight_decay"))
        return said(name, eps=a["eps"], weight_decay=float(a["weight_decay"]), decoupled=decoupled, **more)

    return declares


def _torch_rmsprop(a: Arguments) -> Declared:
    name = "rmsprop_centered" if a["centered"] else "rmsprop"
    return said(
        name,
        eps=a["eps"],
        weight_decay=float(a["weight_decay"]),
        decoupled=False,
        momentum=float(a["momentum"]),
    )


def _torch_nadam(a: Arguments) -> Declared:
    base = _coupled("nadam")(a)
    return base.changed(momentum_decay=float(a["momentum_decay"]), product_unit=2.0**-24)  # kept in float32


def _torch_adagrad(a: Arguments) -> Declared:
    base = _coupled("adagrad")(a)
    return base.changed(v0=float(a["initial_accumulator_value"]), rate_decay=float(a["lr_decay"]))


def _torch_adafactor(a: Arguments) -> Declared:
    eps1, eps2 = a["eps"]
    return said("adafactor", eps=2.0**-52 if eps1 is None else eps1, eps2=eps2, power=-a["beta2_decay"], clip=a["d"],
                weight_decay=float(a["weight_decay"]))  # fmt: skip


def _optax_adam(name: str, **more: Any) -> Callable[[Arguments], Declared | None]:
    def declares(a: Arguments) -> Declared | None:
        if a.get("eps") and a.get("eps_root"):
            return None
        root = bool(a.get("eps_root"))
        decay = float(a.get("weight_decay") or 0.0)
        kind = "nadam" if a.get("nesterov") and name in ("adam", "adamw") else name
        return said(kind, eps=a["eps_root"] if root else a["eps"], eps_placement="inside" if root else "outside",
                    corrected=True, weight_decay=decay, **more)  # fmt: skip

    return declares


def _optax_rmsprop(a: Arguments) -> Declared:
    return said("rmsprop_centered" if a["centered"] else "rmsprop", eps=a["eps"], v0=float(a["initial_scale"]),
                eps_placement="inside" if a["eps_in_sqrt"] else "outside", corrected=bool(a.get("bias_correction")),
                momentum=float(a["momentum"] or 0.0), nesterov=bool(a["nesterov"]))  # fmt: skip


def _decayed(name: str) -> Callable[[Arguments], Declared]:
    return lambda a: said(name, weight_decay=float(a.get("weight_decay") or 0.0))


BETAS = {"beta1": "betas", "beta2": "betas"}
B1_B2 = {"beta1": "b1", "beta2": "b2"}
MOMENTUM = {"momentum": "momentum"}
KNOWN: dict[str, Known] = {
    "torch.SGD": Known(_sgd, MOMENTUM),
    "torch.Adam": Known(_torch_adam, BETAS),
    "torch.AdamW": Known(lambda a: _torch_adam(a, True), BETAS),
    "torch.RMSprop": Known(_torch_rmsprop, {"beta2": "alpha"}),
    "torch.Adamax": Known(_coupled("adamax", eps_placement="inside"), BETAS),
    "torch.NAdam": Known(_torch_nadam, BETAS),
    "torch.RAdam": Known(_coupled("radam", eps_placement="uncorrected"), BETAS),
    "torch.Adagrad": Known(_torch_adagrad, {}),
    "torch.Adadelta": Known(_coupled("adadelta"), {"beta2": "rho"}),
    "torch.Adafactor": Known(_torch_adafactor, {}),
    "optax.sgd": Known(_sgd, MOMENTUM),
    "optax.adam": Known(_optax_adam("adam"), B1_B2),
    "optax.adamw": Known(_optax_adam("adamw"), B1_B2),
    "optax.nadam": Known(lambda a: _optax_adam("nadam")({"eps": 1e-8, **a}), B1_B2),
    "optax.nadamw": Known(lambda a: _optax_adam("nadam")({"eps": 1e-8, "weight_decay": 1e-4, **a}), B1_B2),
    "optax.amsgrad": Known(_optax_adam("amsgrad", maximum="after"), B1_B2),
    "optax.adamax": Known(lambda a: said("adamax", eps=a["eps"], eps_placement="inside"), B1_B2),
    "optax.adamaxw": Known(
        lambda a: said("adamax", eps=a["eps"], eps_placement="inside", weight_decay=float(a["weight_decay"])), B1_B2
    ),
    "optax.radam": Known(_optax_adam("radam"), B1_B2),
    "optax.yogi": Known(_optax_adam("yogi", m0=1e-6, v0=1e-6), B1_B2),
    "optax.lamb": Known(_optax_adam("lamb"), B1_B2),
    "optax.adabelief": Known(
        lambda a: None if a["nesterov"] else said("adabelief", eps=a["eps"], eps_root=a["eps_root"]), B1_B2
    ),
    "optax.rmsprop": Known(_optax_rmsprop, {"beta2": "decay"}),
    "optax.adagrad": Known(
        lambda a: said("adagrad", eps=a["eps"], v0=a["initial_accumulator_value"], eps_placement="inside"), {}
    ),
    "optax.adadelta": Known(
        lambda a: said("adadelta", eps=a["eps"], weight_decay=float(a["weight_decay"])), {"beta2": "rho"}
    ),
    "optax.sign_sgd": Known(_decayed("signgd"), {}),
    "optax.signum": Known(_decayed("signum"), {"beta": "beta"}),
    "optax.lion": Known(_decayed("lion"), B1_B2),
}  # fmt: skip
"""The laws of other libraries' optimizers, by library and name."""
