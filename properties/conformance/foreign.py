"""torch optimizers and optax transformations as subjects, in float64, or in float32 where ``unit`` is 2^-24.

A torch optimizer class (or a ``functools.partial`` of one) gets its learning rate before every step.
An optax function (or a partial of one) is called with ``learning_rate=1.0`` and its updates are
multiplied by the step size; a ready ``GradientTransformation`` must have been built so, and its
hyper-parameters are its own, so it needs a family from ``--marginproof-claims`` and is asked only what
needs no β (family ``gd``).  :mod:`marginproof.properties.conformance.known` says what the well-known ones follow.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from marginproof.properties.checks.subjects import HYPER, OptimizerUnderTest, declared_by, family_of
from marginproof.properties.conformance import optax_stepper, torch_stepper
from marginproof.properties.conformance.declarations import Grid, Said, maker, renamed
from marginproof.properties.conformance.known import B1_B2, BETAS, KNOWN, arguments_of
from marginproof.properties.conformance.optax_stepper import OptaxStepper
from marginproof.properties.conformance.torch_stepper import TorchStepper
from marginproof.properties.conformance.trial import takes
from marginproof.theory.bounds.margin_bounds import UNIT
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared

COMPILED_GRID = (("0", "1/2"), ("1/2", "3/4"), ("7/8", "15/16"))
"""Few settings for optax, each of which is compiled."""


def wrap(factory: Any, family: str | None = None, said: Said | None = None) -> OptimizerUnderTest:
    """A subject from a torch class, an optax function, a partial of either, or an optax transformation.

    Raises:
      MarginproofError: none of these, or of no known law.
    """
    bare = maker(factory)
    said = said or Said()
    if inspect.isclass(bare) and any(
        _module(base).startswith("torch.optim") for base in inspect.getmro(bare)
    ):
        return _subject(factory, bare, "torch", family, said)
    if callable(getattr(factory, "init", None)) and callable(getattr(factory, "update", None)):
        return _ready(factory, family, said)
    if callable(bare) and not inspect.isclass(bare):
        return _subject(factory, bare, "torch" if takes_parameters(bare) else "optax", family, said)
    raise MarginproofError(
        f"optimizer={bare!r} is not an optimizer we know: give a class with step(w, grad, lr) and a law, a torch.optim.Optimizer "
        "class, or an optax transformation"
    )


def _ready(transformation: Any, family: str | None, said: Said) -> OptimizerUnderTest:
    """A ready transformation: its averaging constants are its own, given as a ``grid`` of one where a law needs them."""
    unit = said.law.settings.unit if said.law else said.unit
    kind = family_of(said.law) if said.law else said.family or family or "gd"
    return OptimizerUnderTest("GradientTransformation", kind, lambda dim, hyper: OptaxStepper(transformation, dim, unit), said.grid,
                              said.law.settings.corrected if said.law else said.corrected, unit=unit, declared=said.law,
                              split=optax_stepper.split_of(lambda hyper: transformation, unit))  # fmt: skip


def takes_parameters(function: Any) -> bool:
    """Whether a function's first argument is torch's parameters."""
    try:
        first = next(iter(inspect.signature(function).parameters), "")
    except (TypeError, ValueError):
        return False
    return first in ("params", "parameters", "model_params")


def _module(found: Any) -> str:
    return str(getattr(found, "__module__", ""))


def _subject(factory: Any, bare: Any, library: str, family: str | None, said: Said) -> OptimizerUnderTest:
    name = str(getattr(bare, "__name__", bare))
    declared, keywords = _declared(factory, bare, library, family, said)
    unit = declared.settings.unit if said.law else said.unit
    declared = declared.changed(unit=unit)
    if declared.name == "adafactor" and unit > UNIT and declared.settings.eps == 2.0**-52:
        declared = declared.changed(eps=2.0**-23)  # the machine's epsilon of the parameters
    hyper = LAWS[declared.name].hyper
    fixed = _fixed(factory, hyper, keywords)
    grid = said.grid or fixed or (few(hyper) if library == "optax" else ())
    given = not fixed or bool(said.grid)
    passed: Callable[[dict[str, float]], dict[str, Any]] = lambda h: renamed(h, keywords) if given else {}  # noqa: E731
    if library == "torch":
        usual = {name: float(value) for name, value in (grid or few(hyper) or ({},))[-1].items()}
        make: Callable[..., Any] = lambda dim, h: TorchStepper(factory, passed(h), dim, unit)  # noqa: E731
        split = torch_stepper.split_of(factory, passed, unit, usual)
    else:
        built = _builder(factory, passed)
        make = lambda dim, h: OptaxStepper(built(h), dim, unit)  # noqa: E731
        split = optax_stepper.split_of(built, unit)
    kind = family_of(declared)
    return OptimizerUnderTest(
        name,
        kind,
        make,
        grid,
        declared.settings.corrected,
        unit=unit,
        declared=declared,
        split=split,
        signature=takes(factory),
        library=True,
    )


def _builder(factory: Any, passed: Callable[[dict[str, float]], dict[str, Any]]) -> Callable[..., Any]:
    """From hyper-parameters to the transformation, each built once."""

    @functools.lru_cache(maxsize=64)
    def built(settings: tuple[tuple[str, Any], ...]) -> Any:
        return factory(learning_rate=1.0, **dict(settings))

    return lambda hyper: built(tuple(passed(hyper).items()))


def _declared(
    factory: Any, bare: Any, library: str, family: str | None, said: Said
) -> tuple[Declared, Mapping[str, str]]:
    """The law, said or known or guessed, and the keywords that go with it."""
    bases = inspect.getmro(bare) if inspect.isclass(bare) else (bare,)
    names = [f"{library}.{getattr(base, '__name__', '')}" for base in bases]
    known = next((KNOWN[name] for name in names if name in KNOWN), None)
    usual: Mapping[str, str] = known.keywords if known else BETAS if library == "torch" else B1_B2
    keywords = {**usual, **said.keywords}
    if said.law is not None:
        return said.law, keywords
    meant = known.declares(arguments_of(factory)) if known else None
    if meant is not None and said.family is None:
        return meant, keywords
    guessed = declared_by(said.family or family or "", corrected=True)
    if guessed is None:
        raise MarginproofError(
            f"optimizer={getattr(bare, '__name__', bare)} is not one of {', '.join(sorted(KNOWN))}; say its law by the class "
            f"attribute `law`, by --marginproof-law, or its family with --marginproof-claims {', '.join(f for f in HYPER if f in LAWS)}; "
            "`marginproof identify` names the law that it follows"
        )
    return guessed, keywords


def _fixed(factory: Any, hyper: tuple[str, ...], keywords: Mapping[str, str]) -> Grid:
    """The one setting that a partial fixes by its own keywords, if it does."""
    given = factory.keywords if isinstance(factory, functools.partial) else {}
    if not hyper or not all(keywords.get(name, name) in given for name in hyper):
        return ()
    values: dict[str, Fraction] = {}
    for place, name in enumerate(hyper):
        value = given[keywords.get(name, name)]
        values[name] = Fraction(value[place] if isinstance(value, tuple | list) else value)
    return (values,)


def few(hyper: tuple[str, ...]) -> Grid:
    """A few settings of these averaging constants."""
    if hyper == ("beta1", "beta2"):
        return tuple({"beta1": Fraction(a), "beta2": Fraction(b)} for a, b in COMPILED_GRID)
    return tuple({hyper[0]: Fraction(b)} for b in ("1/2", "3/4", "15/16")) if hyper else ()
