"""The optimizers of torch and optax, with the checks each was measured to break, and why.

Every check that applies and is not named in ``breaks`` must hold on the examples of :data:`EXAMPLES` and
:data:`SEED`, and every one named must fail: ``make real`` asks both, and the table of ``docs/conformance.md``
is compared with these values.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from marginproof.properties.checks.subjects import OptimizerUnderTest, Split, family_of
from marginproof.properties.conformance.foreign import few
from marginproof.properties.conformance.selection import CHECKS
from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared, read

EXAMPLES = 8
"""A check; long runs take their share."""
SEED = 1


@dataclass(frozen=True)
class Measured:
    """One optimizer in one setting.

    Attributes:
      name: as the documentation's table has it.
      module, attribute: where it is.
      options: keyword arguments that are fixed.
      law: the law it follows, as ``--marginproof-law`` takes it.
      breaks: check id to the reason it fails.
    """

    name: str
    module: str
    attribute: str
    options: Mapping[str, Any] = field(default_factory=dict)
    law: str = ""
    breaks: Mapping[str, str] = field(default_factory=dict)

    @property
    def library(self) -> str:
        """``torch`` or ``optax``: the extra that installs it."""
        return self.module.partition(".")[0]

    def factory(self) -> Any:
        """What :func:`marginproof.properties.conformance.suite.check_optimizer` takes.  Imports the library."""
        found = getattr(importlib.import_module(self.module), self.attribute)
        return functools.partial(found, **self.options) if self.options else found


def torch_(attribute: str, law: str, shown: str = "", **options: Any) -> Measured:
    """One of torch's, with options."""
    breaks = {"I1.state_dict": CAST} if attribute == "NAdam" else {}
    return Measured(f"torch {attribute}{shown}", "torch.optim", attribute, options, law, breaks)


CAST = "reading a state_dict casts Π μ_t from float32 to the parameters' float64, and the run goes on with other bits"


def optax_(attribute: str, law: str, shown: str = "", **options: Any) -> Measured:
    """One of optax's, with options."""
    return Measured(f"optax {attribute}{shown}", "optax", attribute, options, law)


E8 = "eps=1e-8,corrected=yes"
TABLE: tuple[Measured, ...] = (
    torch_("SGD", "gd"),
    torch_("SGD", "momentum", ", momentum", momentum=0.5),
    torch_("SGD", "nesterov", ", nesterov", momentum=0.5, nesterov=True),
    torch_("Adam", f"adam:{E8}"),
    torch_("Adam", "adam:corrected=yes", ", ε = 0", eps=0.0),
    torch_("Adam", f"amsgrad:{E8}", ", amsgrad", amsgrad=True),
    torch_("Adam", f"adam:{E8},weight_decay=0.01,decoupled=no", ", weight decay", weight_decay=0.01),
    torch_("AdamW", f"adamw:{E8},weight_decay=0.01"),
    torch_("RMSprop", "rmsprop:eps=1e-8"),
    torch_("RMSprop", "rmsprop", ", ε = 0", eps=0.0),
    torch_("RMSprop", "rmsprop_centered:eps=1e-8", ", centered", centered=True),
    torch_("Adamax", f"adamax:{E8},eps_placement=inside"),
    torch_("NAdam", f"nadam:{E8},momentum_decay=0.004,product_unit={2.0**-24}"),
    torch_("RAdam", f"radam:{E8},eps_placement=uncorrected"),
    torch_("Adagrad", "adagrad:eps=1e-10"),
    torch_("Adadelta", "adadelta:eps=1e-6"),
    torch_("Adafactor", f"adafactor:eps={2.0**-52}"),
    optax_("sgd", "gd"),
    optax_("sign_sgd", "signgd"),
    optax_("signum", "signum"),
    optax_("lion", "lion:weight_decay=0.001"),
    optax_("adam", f"adam:{E8}"),
    optax_("adam", "adam:corrected=yes", ", ε = 0", eps=0.0),
    optax_("adamw", f"adamw:{E8},weight_decay=1e-4"),
    optax_("amsgrad", f"amsgrad:{E8},maximum=after"),
    optax_("nadam", f"nadam:{E8}"),
    optax_("radam", f"radam:{E8}"),
    optax_("adamax", f"adamax:{E8},eps_placement=inside"),
    optax_("rmsprop", "rmsprop:eps=1e-8,eps_placement=inside"),
    optax_("adagrad", "adagrad:eps=1e-7,eps_placement=inside,v0=0.1"),
    optax_("adadelta", "adadelta:eps=1e-6"),
    optax_("yogi", "yogi:eps=1e-3,corrected=yes,m0=1e-6,v0=1e-6"),
    optax_("lamb", "lamb:eps=1e-6"),
    optax_("adabelief", "adabelief:eps=1e-16,eps_root=1e-16"),
)


def declared(known: Measured) -> Declared:
    """The law that it is expected to follow."""
    return read(known.law)


def applicable(known: Measured) -> list[str]:
    """The checks that apply; which do is known without the library."""
    law = declared(known)
    grid = few(LAWS[law.name].hyper) if known.library == "optax" or "momentum" in known.options else ()
    subject = OptimizerUnderTest(
        known.name,
        family_of(law),
        lambda dim, hyper: None,
        grid,
        declared=law,
        split=Split(dict, ("variant",), closures=known.library == "torch", absences=known.library == "torch"),
    )
    return [c.id for c in CHECKS if not c.reason_to_skip(subject)]


def ids(checks: Collection[str], among: Collection[str]) -> str:
    """Check ids for a reader: a claim's id alone where all its checks ``among`` those that apply are named.

    Example:
      >>> ids(["I1.run", "I3.signs"], among=["I1.run", "I1.steady", "I3.signs"])
      'I1.run, I3'
    """
    whole: dict[str, set[str]] = {}
    for name in among:
        whole.setdefault(name.partition(".")[0], set()).add(name)
    said: dict[str, None] = {}
    for name in sorted(checks, key=_place):
        claim = name.partition(".")[0]
        said[claim if whole[claim] <= set(checks) else name] = None
    return ", ".join(said)


def _place(check: str) -> tuple[int, int]:
    claim = check.partition(".")[0]
    return "IBL".index(claim[0]), int(claim[1:])


def row(known: Measured) -> str:
    """The row of the documentation's table: what is kept, what is broken, and why."""
    apply = applicable(known)
    reasons: dict[str, list[str]] = {}
    for check, reason in known.breaks.items():
        reasons.setdefault(reason, []).append(check)
    told = [f"{ids(checks, apply)}: {reason}" for reason, checks in reasons.items()]
    kept = ids([name for name in apply if name not in known.breaks], apply)
    return f"| {known.name} | {declared(known)} | {kept or '–'} | {'; '.join(told) or '–'} |"


def table() -> list[str]:
    """The rows, one an optimizer."""
    return [row(known) for known in TABLE]
