"""The verdict on one certificate: VALID with its conclusion, INVALID or UNSUPPORTED with the reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from .claims import CLAIMS, Facts, Found, statement_of
from .constant_steps import constant_step
from .cycles import limit_cycle
from .fields import Field
from .lists import solutions
from .points import Point
from .problem import Problem
from .rational import farkas, finite_run, margin_bracket, step_growth
from .reading import parse, table, take
from .refusals import Clock, Unsupported, can, need
from .sentences import sentence
from .separated import separation
from .tiers import tiers
from .units import in_units
from .vanishing_steps import vanishing_steps
from .vertices import vertex

FORMAT = "marginproof-certificate/2"
OLD = "marginproof-certificate/1"
SECONDS = 60.0
KEYS = "format claim statement kind data field witness conclusion producer"

PLAIN: dict[str, Callable[[Problem, Any], Facts]] = {
    "margin_bracket": margin_bracket,
    "farkas": farkas,
    "separation": separation,
    "finite_run": finite_run,
    "step_growth": step_growth,
}
"""The kinds without a field."""

FIELDED: dict[str, Callable[[Problem, Field, Any], tuple[Facts, list[Point]]]] = {
    "fixed_point": partial(solutions, "fixed_point"),
    "several_attractors": partial(solutions, "several_attractors"),
    "all_fixed_points": partial(solutions, "all_fixed_points"),
    "limit_cycle": limit_cycle,
    "tiers": tiers,
    "constant_step": in_units(constant_step),
    "vanishing_steps": in_units(vanishing_steps),
    "vertex": in_units(vertex),
}
"""The kinds about a field's limit equation, and about runs of its algorithm."""

KINDS = (*PLAIN, *FIELDED)


class FileVerdict(NamedTuple):
    """One file's verdict.

    Attributes:
      word: VALID, INVALID or UNSUPPORTED.
      says: the conclusion as JSON text, or the reason.
      sentence: what a VALID file proves, in English; else empty.
    """

    word: str
    says: str
    sentence: str


def judge(text: bytes, seconds: float = SECONDS) -> FileVerdict:
    """Judge a certificate; never raises (but KeyboardInterrupt)."""
    try:
        found, claim = establish(text, Clock(seconds))
        return FileVerdict("VALID", json.dumps(found.facts), sentence(found, claim))
    except Unsupported as reason:
        return FileVerdict("UNSUPPORTED", str(reason), "")
    except Exception as reason:  # whatever a hostile file provokes is a refusal
        return FileVerdict("INVALID", str(reason) or type(reason).__name__, "")


def check(text: bytes, seconds: float = SECONDS) -> tuple[str, str]:
    """("VALID", the conclusion), ("INVALID", reason) or ("UNSUPPORTED", reason)."""
    verdict = judge(text, seconds)
    return verdict.word, verdict.says


def establish(text: bytes, clock: Clock) -> tuple[Found, str | None]:
    """What the certificate proves and the claim it refutes; or a refusal."""
    file = parse(text)
    version, claim, statement, kind, data, entry, witness, conclusion, *_ = take(file, KEYS, "note")
    can(version != OLD, f"format {OLD} is no longer read; make it again, or use the checker it came with")
    can(version == FORMAT, f"a format unknown to this checker, which reads {FORMAT}")
    can(kind in KINDS, "a kind unknown to this checker")
    can(claim in [None, *CLAIMS], "a claim unknown to this checker")
    problem = Problem(table(data, clock), clock)
    need((entry is None) == (kind in PLAIN), "a field is due, or none, as the kind says")
    field = None if entry is None else Field(entry, problem)
    words = None if field is None else field.words
    need(statement == statement_of(claim, words), "the claim states otherwise")
    need(claim is None or CLAIMS[claim].speaks_of(field), "the claim speaks of another field")
    if field is None:
        found = Found(problem, None, [], PLAIN[kind](problem, witness))
    else:
        facts, points = FIELDED[kind](problem, field, witness)
        found = Found(problem, field, points, facts)
    same = json.dumps(found.facts, sort_keys=True) == json.dumps(conclusion, sort_keys=True)
    need(same, f"the conclusion should be {json.dumps(found.facts)}")
    need(claim is None or CLAIMS[claim].refuted(found), "the claim is not refuted by this")
    return found, claim
