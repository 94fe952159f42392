"""From ``module:name`` to a subject: a plain class, a torch optimizer or an optax transformation."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from marginproof.properties.checks.subjects import FAMILIES, OptimizerUnderTest
from marginproof.properties.conformance.foreign import wrap
from marginproof.theory.errors import MarginproofError


def load(target: str, family: str | None = None) -> OptimizerUnderTest:
    """The subject behind ``module:name``.

    Raises:
      MarginproofError: no such module or name, or not an optimizer of a kind we know.
    """
    module, _, name = target.partition(":")
    if not name:
        raise MarginproofError(
            f"optimizer={target}: give it as module:name, for example mypkg.optim:MySignum"
        )
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as cause:
        raise MarginproofError(
            f"optimizer={target} could not be imported ({cause}); check the spelling, and that it is installed or on PYTHONPATH"
        ) from cause
    return replace(subject_of(found, family), origin=target)


def subject_of(factory: Any, family: str | None = None) -> OptimizerUnderTest:
    """A subject from a class, a torch optimizer, an optax transformation, or a subject itself."""
    if isinstance(factory, OptimizerUnderTest):
        return factory
    if (
        inspect.isclass(factory)
        and (hasattr(factory, "step") or hasattr(factory, "train"))
        and not _is_torch(factory)
    ):
        return _plain_class(factory, family)
    return wrap(factory, family)


def _is_torch(factory: Any) -> bool:
    return any(base.__module__.startswith("torch.optim") for base in inspect.getmro(factory))


def _plain_class(cls: Any, family: str | None) -> OptimizerUnderTest:
    kind = getattr(cls, "family", None) or family
    if kind not in FAMILIES:
        raise MarginproofError(
            f"family={kind!r} of optimizer={cls.__name__}: set the class attribute `family` to one of {', '.join(FAMILIES)}"
        )
    return OptimizerUnderTest(
        name=cls.__name__,
        family=kind,
        make=lambda dim, hyper: cls(dim, **hyper),
        grid=tuple(_exact(entry, cls.__name__) for entry in getattr(cls, "grid", ())),
        corrected=bool(getattr(cls, "corrected", False)),
        owns_loop=hasattr(cls, "train"),
        per_sample=bool(getattr(cls, "per_sample", False)),
        origin=f"{cls.__module__}:{cls.__qualname__}",
    )


def _exact(entry: Mapping[str, Any], name: str) -> dict[str, Fraction]:
    allowed = {"beta", "beta1", "beta2"}
    if not set(entry) <= allowed:
        raise MarginproofError(
            f"grid={dict(entry)} of optimizer={name}: the keys are beta, or beta1 and beta2"
        )
    return {key: Fraction(value) for key, value in entry.items()}
