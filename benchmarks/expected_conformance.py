"""The optimizers of torch and optax, with the checks each was measured to break, and why.

Every check that applies and is not named in ``breaks`` must hold on the examples of :data:`EXAMPLES` and
:data:`SEED`, and every one named must fail: ``make real`` asks both, and the table of ``docs/conformance.md``
is compared with these values.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.foreign import KNOWN
from marginproof.properties.conformance.selection import CHECKS

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
      breaks: check id to the reason it fails.
    """

    name: str
    module: str
    attribute: str
    options: Mapping[str, Any] = field(default_factory=dict)
    breaks: Mapping[str, str] = field(default_factory=dict)

    @property
    def library(self) -> str:
        """``torch`` or ``optax``: the extra that installs it."""
        return self.module.partition(".")[0]

    def factory(self) -> Any:
        """What :func:`marginproof.properties.conformance.suite.check_optimizer` takes.  Imports the library."""
        found = getattr(importlib.import_module(self.module), self.attribute)
        return functools.partial(found, **self.options) if self.options else found


def because(reasons: Mapping[str, str]) -> dict[str, str]:
    """Check ids, given as words under their reason, each with that reason."""
    return {check: reason for reason, checks in reasons.items() for check in checks.split()}


EPSILON = "ε = 1e-8 is part of every step"
FAR = "at the margins reached ε outweighs √v"
MAXIMUM = "v is a maximum, not an average"
AHEAD = "its momentum looks a step ahead, with a schedule of its own"
RECTIFIED = "its first steps are plain momentum, which sees the gradient's scale"
CENTRED = "v averages (g - m)², which may vanish where g does not"

ADAM = {
    EPSILON: "I3.scale I1.unrolled I1.steady I11.extremal I1.run",
    FAR: "B5.strong B6.bracket L1.margin L8.direction",
}
PLAIN = {EPSILON: "I3.scale I1.unrolled I1.steady I1.run", FAR: "L1.margin L8.direction"}
ADAMAX = "I1.unrolled I1.steady I11.extremal I1.run B1.step L8.direction"
NADAM = "I1.unrolled I1.steady I11.extremal I1.run B1.step"
RADAM = f"I3.scale {NADAM} B5.margin B5.strong B6.bracket L1.margin L8.direction"
BELIEF = "I3.scale I1.unrolled I1.steady I1.run B1.step"
BELIEF_ENDS = "L2.direction L4.direction L8.direction"


def pair(
    library: str,
    attribute: str,
    breaks: Mapping[str, str],
    without: Mapping[str, str] = MappingProxyType({}),
    **zero: float,
) -> tuple[Measured, Measured]:
    """An optimizer as it comes and with its stability constants at 0 [default: ``eps``], with what each breaks.

    Arguments:
      library: ``torch`` or ``optax``.
      breaks, without: reasons to check ids (:func:`because`), as it comes and without constants.
    """
    module = {"torch": "torch.optim", "optax": "optax"}[library]
    name = f"{library} {attribute}"
    return (
        Measured(name, module, attribute, {}, because(breaks)),
        Measured(f"{name}, ε = 0", module, attribute, zero or {"eps": 0.0}, because(without)),
    )


TABLE: tuple[Measured, ...] = (
    Measured("torch SGD", "torch.optim", "SGD"),
    *pair("torch", "Adam", ADAM),
    *pair("torch", "AdamW", ADAM),
    *pair("torch", "RMSprop", PLAIN),
    *pair(
        "torch",
        "Adamax",
        {EPSILON: "I3.scale", MAXIMUM: ADAMAX, FAR: "B5.strong B6.bracket L1.margin"},
        {MAXIMUM: ADAMAX},
    ),
    *pair("torch", "NAdam", {EPSILON: "I3.scale", AHEAD: NADAM, FAR: ADAM[FAR]}, {AHEAD: NADAM}),
    *pair("torch", "RAdam", {RECTIFIED: RADAM}, {RECTIFIED: RADAM}),
    Measured("optax sgd", "optax", "sgd"),
    Measured("optax sign_sgd", "optax", "sign_sgd"),
    Measured("optax signum", "optax", "signum"),
    Measured("optax lion", "optax", "lion"),
    *pair("optax", "adam", PLAIN),
    *pair("optax", "rmsprop", PLAIN),
    *pair(
        "optax",
        "adabelief",
        {CENTRED: f"{BELIEF} {BELIEF_ENDS}"},
        {CENTRED: f"I3.signs I3.permutation {BELIEF} L1.margin {BELIEF_ENDS}"},
        eps=0.0,
        eps_root=0.0,
    ),
)


def kept(known: Measured) -> list[str]:
    """The checks that apply and are not broken; which apply is known without the library."""
    kind = KNOWN[f"{known.library}.{known.attribute}"]
    subject = OptimizerUnderTest(known.name, kind.family, lambda dim, hyper: None, kind.grid, kind.corrected)
    return [c.id for c in CHECKS if not c.reason_to_skip(subject) and c.id not in known.breaks]


def ids(checks: list[str]) -> str:
    """Check ids for a reader, a claim's id alone where all its checks are named."""
    whole: dict[str, set[str]] = {}
    for check in CHECKS:
        whole.setdefault(check.claim, set()).add(check.id)
    said: dict[str, None] = {}
    for name in checks:
        claim = name.split(".")[0]
        said[claim if whole[claim] <= set(checks) else name] = None
    return ", ".join(said)


def row(known: Measured) -> str:
    """The row of the documentation's table: what is kept, what is broken, and why."""
    reasons: dict[str, list[str]] = {}
    for check, reason in known.breaks.items():
        reasons.setdefault(reason, []).append(check)
    told = [f"{ids(checks)}: {reason}" for reason, checks in reasons.items()]
    return f"| {known.name} | {ids(kept(known)) or '–'} | {'; '.join(told) or '–'} |"


def table() -> list[str]:
    """The rows, one an optimizer."""
    return [row(known) for known in TABLE]
