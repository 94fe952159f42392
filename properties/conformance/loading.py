"""From ``module:name`` to a subject: a plain class, a torch optimizer or an optax transformation."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import replace
from importlib.util import find_spec
from typing import Any

from marginproof.properties.checks.subjects import FAMILIES, OptimizerUnderTest, family_of
from marginproof.properties.conformance.declarations import Said, maker, renamed, said_by
from marginproof.properties.conformance.foreign import wrap
from marginproof.properties.conformance.trial import takes
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared


def load(target: str, family: str | None = None, declared: Declared | None = None) -> OptimizerUnderTest:
    """The subject behind ``module:name``.

    Arguments:
      family, declared: as for :func:`subject_of`.

    Raises:
      MarginproofError: no such module or name, or not an optimizer of a kind we know.
    """
    return replace(subject_of(found_at(target), family, declared), origin=target)


def found_at(target: str) -> Any:
    """What stands at ``module:name``.  Raises :class:`~marginproof.theory.errors.MarginproofError` where nothing does."""
    module, _, name = target.partition(":")
    if not name or not all(module.split(".")):
        raise MarginproofError(
            f"optimizer={target}: give it as module:name, for example mypkg.optim:MySignum"
        )
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as cause:
        raise _not_imported(target, str(cause)) from cause
    except Exception as cause:  # the module's own
        raise _not_imported(target, f"{type(cause).__name__}: {cause}") from cause
    return found


EXTRAS = ("torch", "optax")
"""Packages that an extra of the same name installs."""


def _not_imported(target: str, why: str) -> MarginproofError:
    package = target.partition(":")[0].partition(".")[0]
    missing = package in EXTRAS and find_spec(package) is None
    way_out = (
        f"pip install 'marginproof[{package}]' installs {package}"
        if missing
        else "check the spelling, and that it is installed or on PYTHONPATH"
    )
    return MarginproofError(f"optimizer={target} could not be imported ({why}); {way_out}")


def subject_of(
    factory: Any, family: str | None = None, declared: Declared | None = None
) -> OptimizerUnderTest:
    """A subject from a class, a torch optimizer, an optax transformation, or a subject itself.

    Arguments:
      family: for optimizers that do not say theirs.
      declared: a law, over what the optimizer says.
    """
    if isinstance(factory, OptimizerUnderTest):
        return factory
    said = said_by(factory)
    if declared is not None:
        said = replace(said, law=declared)
    if said.law is None and said.family not in (None, *FAMILIES):
        raise _unknown_family(factory, said.family)
    if (
        inspect.isclass(factory)
        and (hasattr(factory, "step") or hasattr(factory, "train"))
        and not _is_torch(factory)
    ):
        return _plain_class(factory, family, said)
    return wrap(factory, family, said)


def _unknown_family(factory: Any, family: Any) -> MarginproofError:
    name = getattr(maker(factory), "__name__", factory)
    if family in LAWS:
        return MarginproofError(
            f'family={family} of optimizer={name} is the name of a law: write law = "{family}" instead'
        )
    return MarginproofError(
        f"family={family} of optimizer={name} is unknown; choose one of {', '.join(FAMILIES)}, or say the `law` instead"
    )


def _is_torch(factory: Any) -> bool:
    return any(base.__module__.startswith("torch.optim") for base in inspect.getmro(factory))


def _plain_class(cls: Any, family: str | None, said: Said) -> OptimizerUnderTest:
    kind = family_of(said.law) if said.law else said.family or family
    if said.law is None and kind not in FAMILIES:
        raise MarginproofError(
            f"family={kind!r} of optimizer={cls.__name__}: set the class attribute `law` to one of {', '.join(LAWS)}, "
            f"or `family` to one of {', '.join(FAMILIES)}; `marginproof identify` names the law that it follows"
        )
    return OptimizerUnderTest(
        name=cls.__name__,
        family=str(kind),
        make=lambda dim, hyper: cls(dim, **renamed(hyper, said.keywords)),
        grid=said.grid,
        corrected=said.law.settings.corrected if said.law else said.corrected,
        owns_loop=hasattr(cls, "train"),
        per_sample=bool(getattr(cls, "per_sample", False)),
        unit=said.law.settings.unit if said.law else said.unit,
        origin=f"{cls.__module__}:{cls.__qualname__}",
        declared=said.law,
        signature=takes(cls),
    )
