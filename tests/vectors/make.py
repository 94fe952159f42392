"""Make the test vectors of the certificate format: small files, each with its verdict and the reason.

``python tests/vectors/make.py`` writes ``tests/vectors/*.json`` and ``index.json``. Every vector is a
change of a small corpus file whose effect is known by its construction: the expected verdict is written
here, and the Python checker, run as a program, must agree before anything is written. The seed chooses
which entry is changed where several would do.
"""

import copy
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from marginproof import Adam, Power, certify_run

Body = dict[str, Any]
Change = Callable[[Body], object]
Vector = tuple[str, str, str, str]  # name, text, verdict, reason

SEED = 17
HERE = Path(__file__).parent
CORPUS = HERE.parents[1] / "constructions" / "corpus"
SMALL = (
    "R1-three-solutions",
    "R1-three-solutions-inc-adam",
    "R2-two-basins",
    "R3-cycle-proxy",
    "R4-margin",
    "R4-signsgd-drift",
    "R6-segment",
    "R7-step-growth",
    "not-separable",
    "both-margins-poor",
    "one-direction-in-the-limit",
    "pairs-reshuffled-settle",
    "complete-separation",
    "quasi-complete-separation",
    "overlap",
    "l1-margin",
    "l2-margin",
    "zero-entries-in-tiers",
)


def certificate(kind: str, data: list[list[str]], witness: Body, conclusion: Body) -> Body:
    """A certificate of its own, not from the corpus."""
    head = {"format": "marginproof-certificate/2", "claim": None, "statement": None, "kind": kind}
    return head | {
        "data": data,
        "field": None,
        "witness": witness,
        "conclusion": conclusion,
        "producer": "vectors",
    }


def separation(data: list[list[str]], w: list[str], c: list[str], name: str) -> Body:
    """A certificate of one of the three kinds of separation."""
    found = {"separation": name, "boundary": [i for i, v in enumerate(c) if v != "0"]}
    return certificate("separation", data, {"w": w, "c": c}, found)


def bracket(norm: str, w: list[str], lower: str, upper: str) -> Body:
    """A margin bracket of the single row (3, 4)."""
    found = {"norm": norm, "lower": lower, "upper": upper}
    return certificate("margin_bracket", [["3", "4"]], found | {"w": w, "c": ["1"]}, found)


OWN = {
    "complete-separation": separation([["1", "1"], ["2", "1"]], ["1", "0"], ["0", "0"], "complete"),
    "quasi-complete-separation": separation(
        [["1", "0"], ["0", "1"], ["0", "-1"]], ["1", "0"], ["0", "1", "1"], "quasi-complete"
    ),
    "overlap": separation([["1"], ["-1"]], ["0"], ["1", "1"], "overlap"),
    "l1-margin": bracket("1", ["0", "1"], "4", "4"),
    "l2-margin": bracket("2", ["3", "4"], "5", "6"),
}


def base(name: str) -> Body:
    """A valid certificate, to be changed."""
    found: Body = OWN.get(name) or json.loads((CORPUS / f"{name}.json").read_text())
    return copy.deepcopy(found)


def put(*path: Any) -> Change:
    """Set the last of `path` at the place that the others name."""

    def change(body: Any) -> None:
        *way, last, value = path
        for key in way:
            body = body[key]
        body[last] = value

    return change


def drop(*path: Any) -> Change:
    """Remove one entry."""

    def change(body: Any) -> None:
        *way, last = path
        for key in way:
            body = body[key]
        body.pop(last)

    return change


def both(*changes: Change) -> Change:
    """One change after another."""

    def change(body: Body) -> None:
        for one in changes:
            one(body)

    return change


UNCLAIMED = both(put("claim", None), put("statement", None))


def equal_entry(rng: random.Random) -> Change:
    """One entry of the data written with another numerator and denominator."""

    def change(body: Body) -> None:
        row = rng.choice(body["data"])
        k = rng.randrange(len(row))
        value = Fraction(row[k]) * 6
        row[k] = f"{value.numerator}/{6 * value.denominator}"

    return change


def doubled(body: Body) -> None:
    """All data multiplied by two: the fields of degree 0 do not change."""
    body["data"] = [[str(2 * Fraction(v)) for v in row] for row in body["data"]]


def halved(body: Body) -> None:
    """The preconditioners divided by two."""
    for point in body["witness"]["points"]:
        point["preconditioner"] = [[str(Fraction(v) / 2) for v in row] for row in point["preconditioner"]]


def everywhere(rng: random.Random) -> Iterator[tuple[str, Change, str, str]]:
    """What can be done to any certificate."""
    yield "same", lambda body: None, "VALID", "the certificate itself"
    yield "other-note", put("note", {"any": [1.5, None]}), "VALID", "the note is not judged"
    yield "equal-entry", equal_entry(rng), "VALID", "a data entry is written as an equal fraction"
    yield "extra-key", put("comment", "x"), "INVALID", "a key that the schema does not have"
    yield "no-producer", drop("producer"), "INVALID", "a key is missing"
    yield "wrong-statement", put("statement", "All is well."), "INVALID", "the statement is not the claim's"
    yield "empty-conclusion", put("conclusion", {}), "INVALID", "the conclusion lacks what is found"


def shape() -> Iterator[tuple[str, str, Change, str, str]]:
    """Format, kind, field and numbers, on one certificate each."""
    name, lower = "R4-margin", ("witness", "lower")
    yield name, "format-1", put("format", "marginproof-certificate/1"), "UNSUPPORTED", "a format of the past"
    yield name, "format-unknown", put("format", "x"), "UNSUPPORTED", "an unknown format"
    yield name, "format-number", put("format", 2), "UNSUPPORTED", "a format that is no string"
    yield name, "kind-unknown", put("kind", "x"), "UNSUPPORTED", "an unknown kind"
    yield name, "claim-unknown", put("claim", "R99"), "UNSUPPORTED", "an unknown claim"
    yield name, "field-due-none", put("field", {"name": "gd"}), "INVALID", "a field where none is due"
    yield name, "norm-unknown", put("witness", "norm", "3"), "INVALID", "a norm other than 1, 2, inf"
    yield name, "ragged", put("data", 0, ["1"]), "INVALID", "rows of different lengths"
    yield name, "no-rows", put("data", []), "INVALID", "data without rows"
    numbers: dict[str, Any] = {
        "float": 0.5,
        "integer": 1,
        "decimal": "0.5",
        "exponent": "1e-1",
        "plus": "+1",
        "space": " 1",
        "newline": "1\n",
        "minus-below": "1/-2",
        "zero-below": "1/0",
        "long": "1" * 401,
        "long-below": "1/" + "1" * 401,
        "underscore": "1_0",
        "arabic-digit": "\u0661",
        "empty": "",
        "null": None,
        "true": True,
    }
    for label, value in numbers.items():
        yield (
            name,
            f"number-{label}",
            put(*lower, value),
            "INVALID",
            f"a rational may not be {json.dumps(value)[:20]}",
        )
    yield (
        name,
        "number-400",
        put("data", 0, 0, "1" + "0" * 399 + "/1" + "0" * 399),
        "VALID",
        "400 digits are allowed",
    )
    solution = "R1-three-solutions"
    yield solution, "field-unknown", put("field", {"name": "x"}), "UNSUPPORTED", "an unknown field"
    yield solution, "field-none", put("field", None), "INVALID", "a field is due"
    yield solution, "theta-1", put("field", "theta", "1"), "INVALID", "theta must be below 1"
    yield solution, "theta-negative", put("field", "theta", "-1/2"), "INVALID", "theta must not be negative"
    batches = ("field", "batches")
    for label, value, why in (
        ("missing", [[0]], "every row is due in a batch"),
        ("twice", [[0], [0]], "a row occurs twice"),
        ("bool", [[False], [True]], "true and false are no row numbers"),
        ("empty", [], "batches are due"),
        ("beyond", [[0], [2]], "there is no row 2"),
    ):
        yield "R2-two-basins", f"batches-{label}", put(*batches, value), "INVALID", why
    yield "R2-two-basins", "beta-1", put("field", "beta2", "1"), "INVALID", "beta2 must be below 1"


def margins() -> Iterator[tuple[str, str, Change, str, str]]:
    """False brackets, separations and runs."""
    zero = ["0", "0"]
    yield "R4-margin", "w-zero", put("witness", "w", zero), "INVALID", "w = 0 has no margin"
    yield "R4-margin", "c-negative", put("witness", "c", 0, "-1"), "INVALID", "c must not be negative"
    yield "R4-margin", "c-short", drop("witness", "c", 0), "INVALID", "one weight a row is due"
    yield (
        "l2-margin",
        "upper-low",
        both(put("witness", "upper", "4"), put("conclusion", "upper", "4")),
        "INVALID",
        "5 > 4",
    )
    yield (
        "l2-margin",
        "lower-high",
        both(put("witness", "lower", "6"), put("conclusion", "lower", "6")),
        "INVALID",
        "5 < 6",
    )
    yield (
        "l2-margin",
        "tight",
        both(put("witness", "upper", "5"), put("conclusion", "upper", "5")),
        "VALID",
        "both are 5",
    )
    yield (
        "l2-margin",
        "unreduced",
        put("conclusion", "upper", "12/2"),
        "INVALID",
        "conclusions are compared as written",
    )
    yield (
        "l1-margin",
        "wide",
        both(put("witness", "lower", "0"), put("conclusion", "lower", "0")),
        "VALID",
        "0 is below",
    )
    low = both(put("witness", "lower", "-1"), put("conclusion", "lower", "-1"))
    yield "l1-margin", "lower-negative", low, "INVALID", "a lower bound must not be negative"
    yield "l1-margin", "c-zero", put("witness", "c", ["0"]), "INVALID", "c = 0 proves nothing"
    same = both(put("witness", "other", ["0", "2"]), put("conclusion", "unique", False))
    yield "l1-margin", "other-parallel", same, "INVALID", "the other w is a multiple of w"
    yield (
        "R6-segment",
        "other-null",
        put("witness", "other", None),
        "INVALID",
        "without it nothing is said of uniqueness",
    )
    bare = both(UNCLAIMED, drop("witness", "other"), drop("conclusion", "unique"))
    yield "R6-segment", "bracket-alone", bare, "VALID", "the bracket without the second direction"
    claim = both(put("claim", "R6"), put("statement", base("R6-segment")["statement"]))
    yield "R4-margin", "claim-R6", claim, "INVALID", "one direction does not refute R6"
    yield "not-separable", "c-wrong", put("witness", "c", 0, "7"), "INVALID", "X'c is not zero"
    yield (
        "not-separable",
        "separable",
        put("conclusion", "separable", True),
        "INVALID",
        "the opposite follows",
    )
    yield (
        "overlap",
        "c-zero",
        put("witness", "c", ["0", "0"]),
        "INVALID",
        "no row has one of the two positive",
    )
    yield (
        "overlap",
        "called-complete",
        put("conclusion", "separation", "complete"),
        "INVALID",
        "it is overlap",
    )
    yield "complete-separation", "w-negative", put("witness", "w", ["-1", "0"]), "INVALID", "Xw >= 0 fails"
    boundary = ("conclusion", "boundary")
    yield (
        "quasi-complete-separation",
        "order",
        put(*boundary, [2, 1]),
        "INVALID",
        "the rows are due in ascending order",
    )
    yield "quasi-complete-separation", "bool", put(*boundary, [True, 2]), "INVALID", "true is no row number"
    run = "R4-signsgd-drift"
    yield run, "order-short", put("witness", "order", [0, 1]), "INVALID", "every row is due in the order"
    yield run, "row-fine", put("witness", "row", 0), "INVALID", "row 0 is not misclassified for ever"
    yield run, "eta-grows", put("witness", "eta", 29, "1/2"), "INVALID", "steps must not grow"
    yield run, "eta-short", drop("witness", "eta", 29), "INVALID", "the run ends elsewhere"
    yield run, "separator", put("witness", "separator", ["1", "-1"]), "INVALID", "it does not separate"
    yield run, "unclaimed", UNCLAIMED, "VALID", "the run without the claim"
    step = "R7-step-growth"
    yield step, "beta2-large", put("witness", "beta2", "9/10"), "INVALID", "beta2 < beta1^2 is due"
    large = both(put("witness", "bound", "1000000"), put("conclusion", "bound", "1000000"))
    yield step, "bound-large", large, "INVALID", "the bound is not passed"
    small = both(put("witness", "bound", "1"), put("conclusion", "bound", "1"))
    yield step, "bound-small", small, "INVALID", "every Adam may pass 1/sqrt(1 - beta2)"
    yield step, "sign", put("data", 0, 0, "0"), "INVALID", "the first gradient carries the bound"


def points() -> Iterator[tuple[str, str, Change, str, str]]:
    """False points, lists, traps and margins."""
    name, first = "R1-three-solutions", ("witness", "points", 0)
    yield (
        name,
        "flipped-lyapunov",
        put(*first, "lyapunov", [["-1"]]),
        "INVALID",
        "the sign belongs to a repelling point",
    )
    yield (
        name,
        "scaled-lyapunov",
        put(*first, "lyapunov", [["1/1000000"]]),
        "VALID",
        "positive factors do not count",
    )
    yield (
        name,
        "no-preconditioner",
        put(*first, "preconditioner", [["0"]]),
        "INVALID",
        "A = 0 contracts nothing",
    )
    yield name, "box-aside", put(*first, "box", [["2", "3"]]), "INVALID", "no solution lies in the box"
    yield name, "box-at-zero", put(*first, "box", [["0", "1/4"]]), "INVALID", "a box must keep away from zero"
    yield name, "box-reversed", put(*first, "box", [["1/4", "1/8"]]), "INVALID", "low > high"
    yield name, "support-twice", put(*first, "support", [0, 0]), "INVALID", "a row is repeated"
    yield name, "support-beyond", put(*first, "support", [0, 2]), "INVALID", "there is no row 2"
    yield name, "support-bool", put(*first, "support", [False, True]), "INVALID", "true is no row number"
    yield (
        name,
        "vertex-wrong",
        put("witness", "points", 2, "support", [0]),
        "INVALID",
        "row 0 alone is no solution",
    )
    fewer = both(drop("witness", "points", 1), put("conclusion", "unstable_directions", [0, 0]))
    yield name, "one-missing", fewer, "INVALID", "the list is not complete"
    part = both(UNCLAIMED, fewer, put("kind", "several_attractors"), put("conclusion", "complete", False))
    yield name, "two-attractors", part, "VALID", "two attracting points, no claim of completeness"
    called = both(UNCLAIMED, put("kind", "fixed_point"), put("conclusion", "complete", False))
    yield name, "three-for-one", called, "INVALID", "one point is due"

    def twice(body: Body) -> None:
        body["witness"]["points"].append(copy.deepcopy(body["witness"]["points"][0]))
        body["conclusion"]["unstable_directions"].append(0)

    yield name, "one-twice", twice, "INVALID", "the same solution is listed twice"
    yield (
        name,
        "count-wrong",
        put("conclusion", "unstable_directions", [0, 0, 0]),
        "INVALID",
        "the second point repels",
    )
    yield name, "doubled-data", doubled, "INVALID", "the preconditioner is in the data's units"
    yield name, "doubled-units", both(doubled, halved), "VALID", "twice the data, the same field"
    yield (
        name,
        "theta-words",
        put("field", "theta", "1/1000"),
        "INVALID",
        "another field does not refute the claim",
    )
    yield name, "traps-null", put("witness", "traps", None), "VALID", "null is as good as absent"
    yield name, "traps-empty", put("witness", "traps", []), "INVALID", "then the conclusion has traps: []"
    ratio = both(put("witness", "margins", 0, "ratio", "1/10"), put("conclusion", "margins", 0, 1, "1/10"))
    yield "both-margins-poor", "ratio-low", ratio, "INVALID", "the margin is above that ratio"
    high = both(put("witness", "margins", 0, "ratio", "1/2"), put("conclusion", "margins", 0, 1, "1/2"))
    yield "both-margins-poor", "ratio-high", high, "VALID", "a weaker statement"
    yield (
        "both-margins-poor",
        "w-bad",
        put("witness", "margins", 0, "w", ["1", "-1", "0"]),
        "INVALID",
        "w does not separate",
    )
    yield (
        "both-margins-poor",
        "no-margins",
        both(drop("witness", "margins"), drop("conclusion", "margins")),
        "VALID",
        "fewer",
    )
    trap = ("witness", "traps", 0)
    yield (
        "R2-two-basins",
        "trap-wide",
        put(*trap, "box", [["0", "100"], ["1", "1"]]),
        "INVALID",
        "the flow leaves at 100",
    )
    yield "R2-two-basins", "trap-other", put(*trap, "point", 0), "INVALID", "that point is not in the trap"
    yield "R2-two-basins", "trap-no-chart", put(*trap, "box", [["0", "3"], ["1", "2"]]), "INVALID", "no chart"
    lone = both(drop(*trap), put("conclusion", "traps", [0]))
    yield (
        "R2-two-basins",
        "trap-missing",
        lone,
        "INVALID",
        "an attracting point without a trap: R2 is not refuted",
    )
    yield (
        "R2-two-basins",
        "trap-missing-unclaimed",
        both(lone, UNCLAIMED),
        "VALID",
        "without the claim one trap will do",
    )
    yield (
        "R2-two-basins",
        "batches-swapped",
        put("field", "batches", [[1], [0]]),
        "VALID",
        "with two batches the order is free",
    )


def cycles() -> Iterator[tuple[str, str, Change, str, str]]:
    """False annuli."""
    name = "R3-cycle-proxy"

    def swap(body: Body) -> None:
        witness = body["witness"]
        witness["outer"], witness["inner"] = witness["inner"], witness["outer"]

    def turned(which: str) -> Change:
        return lambda body: body["witness"][which].reverse()

    def rotated(body: Body) -> None:
        outer = body["witness"]["outer"]
        outer.append(outer.pop(0))

    def crossed(body: Body) -> None:
        outer = body["witness"]["outer"]
        outer[1], outer[2] = outer[2], outer[1]

    yield name, "swapped", swap, "INVALID", "the outer polygon must be the larger"
    yield name, "outer-clockwise", turned("outer"), "INVALID", "polygons are counterclockwise"
    yield name, "inner-clockwise", turned("inner"), "INVALID", "polygons are counterclockwise"
    yield name, "outer-rotated", rotated, "VALID", "a polygon may start at any vertex"
    yield name, "outer-crossed", crossed, "INVALID", "the polygon is not simple"
    yield name, "outer-zero", put("witness", "outer", 0, 0, "0"), "INVALID", "vertices are positive"
    yield name, "outer-thirds", put("witness", "outer", 0, 0, "1/3"), "INVALID", "vertices are dyadic"
    yield (
        name,
        "inner-two",
        lambda b: b["witness"].update(inner=b["witness"]["inner"][:2]),
        "INVALID",
        "three vertices",
    )
    yield name, "no-annulus", drop("conclusion", "annulus"), "INVALID", "the conclusion lacks the annulus"
    yield (
        name,
        "complete-only",
        both(UNCLAIMED, put("kind", "all_fixed_points")),
        "INVALID",
        "no polygons in that kind",
    )
    yield (
        name,
        "theta-1-20",
        put("field", "theta", "1/20"),
        "INVALID",
        "another field, which is not the claim's",
    )


Point = tuple[list[int], list[list[str]], list[list[str]], list[list[str]]]


def solved(data: list[list[str]], field: Body, words: str, point: Point | None, **more: Any) -> str:
    """A complete list of one attracting point, or of none."""
    names = ("support", "box", "preconditioner", "lyapunov")
    listed = [dict(zip(names, point, strict=True))] if point else []
    found = {
        "field": words,
        "complete": True,
        "unstable_directions": [0] * len(listed),
        "different_limits": False,
    }
    body = certificate("all_fixed_points", data, {"points": listed}, found | more)
    return json.dumps(body | {"field": field})


def fields() -> Iterator[Vector]:
    """Gradient descent, equal rows, the data's units, zeros; solved by hand: u = m, and F = X u."""
    gd, words = {"name": "gd"}, "gradient descent"
    theta, theta_words = {"name": "theta", "theta": "2/4"}, "the theta field at theta = 1/2"
    two, three = [["1", "0"], ["0", "2"]], [["1", "0"], ["1", "0"], ["0", "2"]]
    box, one = [["1/8", "1/2"]], [["1"]]
    point: Point = ([0, 1], box, [["1/4"]], one)
    pair: Point = ([0, 2], [["1/4", "3/4"]], [["1/4"]], one)
    later: Point = ([1, 2], [["1/4", "3/4"]], [["1/4"]], one)
    yield "gd--two-rows", solved(two, gd, words, point), "VALID", "F = (r_0, 4 r_1): r_1/r_0 = 1/4"
    yield "gd--none", solved(two, gd, words, None), "INVALID", "there is a solution"
    yield (
        "gd--equal-rows",
        solved(three, gd, words, pair, equal_rows=[[0, 1]]),
        "VALID",
        "one weight for two rows",
    )
    yield (
        "gd--equal-rows-unsaid",
        solved(three, gd, words, pair),
        "INVALID",
        "the conclusion lacks equal_rows",
    )
    yield (
        "gd--equal-rows-later",
        solved(three, gd, words, later, equal_rows=[[0, 1]]),
        "INVALID",
        "row 0 names it",
    )
    for label, unit in (("huge", 10**12), ("tiny", Fraction(1, 10**12))):
        scaled = [[str(Fraction(v) * unit) for v in row] for row in two]
        inverse = str(1 / (4 * Fraction(unit) ** 2))
        units = solved(scaled, gd, words, ([0, 1], box, [[inverse]], one))
        yield f"gd--{label}", units, "VALID", "A is in the data's units; they do not matter otherwise"
    yield (
        "theta--one-row",
        solved([["3", "-4"]], theta, theta_words, ([0], [], [], [])),
        "VALID",
        "in lowest terms",
    )
    yield (
        "theta--zero-column",
        solved([["3", "0"]], theta, theta_words, ([0], [], [], [])),
        "VALID",
        "u = 0 there",
    )
    proxy = solved(two, {"name": "theta", "theta": "0"}, "AdamProxy", None)
    yield "proxy--zeros", proxy, "INVALID", "the field is not defined at the vertices"
    yield "field--nameless", solved(two, {}, words, point), "INVALID", "a field has a name"
    both_faults = json.loads(solved(two, {"name": "x"}, words, point)) | {"witness": None}
    yield "field--and-witness", json.dumps(both_faults), "UNSUPPORTED", "the field is asked for first"


def run_of(data: list[list[int]], optimizer: Adam, schedule: Power, **more: Any) -> Body:
    """A certificate of a run, made here."""
    made = certify_run(data, optimizer=optimizer, schedule=schedule, most_steps=6000, **more)
    body: Body = json.loads(made.to_json())
    return body | {"producer": "vectors"}


def told(key: str, value: Any) -> Change:
    """A value in the witness, and in the conclusion where it is told again."""

    def change(body: Body) -> None:
        for part in ("witness", "conclusion"):
            if part == "witness" or key in body["conclusion"]:
                body[part][key] = copy.deepcopy(value)

    return change


def times_value(value: Any, factor: int | Fraction) -> Any:
    """A number, or all of a list, multiplied."""
    if isinstance(value, list):
        return [times_value(entry, factor) for entry in value]
    return str(Fraction(value) * factor)


def times(factor: int | Fraction, *path: Any) -> Change:
    """A number in the witness multiplied; all of a list."""

    def change(body: Body) -> None:
        found: Any = body["witness"]
        *way, last = path
        for key in way:
            found = found[key]
        found[last] = times_value(found[last], factor)

    return change


def turned(name: str) -> Change:
    """Every interval of an entry of the witness written high before low."""

    def change(body: Body) -> None:
        body["witness"][name] = [pair[::-1] for pair in body["witness"][name]]

    return change


def about_runs(shared: Body) -> Iterator[tuple[str, Change, str, str]]:
    """Changes for a certificate of any kind of run."""
    zeros = ["0"] * len(shared["data"][0])
    yield "same", lambda body: None, "VALID", "the certificate itself"
    yield "field-gd", put("field", {"name": "gd"}), "INVALID", "a run is of Inc-Adam"
    yield "field-none", put("field", None), "INVALID", "a field is due"
    yield "limit-words", put("conclusion", "limit", "w_t converges"), "INVALID", "the limit's words are fixed"
    yield (
        "start-unsaid",
        put("conclusion", "start", ["1", *zeros[1:]]),
        "INVALID",
        "another start is concluded",
    )
    yield "start-short", told("start", zeros[1:]), "INVALID", "a start has a number a column"
    yield (
        "claimed",
        both(put("claim", "R1"), put("statement", STATEMENT)),
        "INVALID",
        "a run refutes no claim",
    )
    yield "others-zero", times(0, "others"), "INVALID", "the ratios off the support are positive"
    yield "others-short", drop("witness", "others", 0), "INVALID", "a number for each row off the support"


STATEMENT = (
    "The limit equation of Inc-Adam at beta1 = 1/2, beta2 = 3/4, one sample a step has only one solution."
)


def constant_steps(body: Body) -> Iterator[tuple[str, Change, str, str]]:
    """Changes for a constant step, with a row off the support."""
    epochs = body["witness"]["epochs"]
    wide = [["-1", "1"]] * len(body["witness"]["direction"])
    huge = [["-1" + "0" * 360, "1"], *wide[1:]]
    yield "epochs-0", told("epochs", 0), "INVALID", "the run starts outside the ball"
    yield "epochs-more", told("epochs", epochs + 1), "VALID", "the ball is not left"
    yield "lr-doubled", told("lr", "1/5"), "INVALID", "another epoch map, with another fixed point"
    yield "lr-0", told("lr", "0"), "INVALID", "a step is positive"
    yield "factor-1", told("factor", "1"), "INVALID", "a factor is below 1"
    yield "factor-small", told("factor", "1/1000"), "INVALID", "the map does not contract so fast"
    yield "centre-moved", times(2, "centre"), "INVALID", "the run is not in that ball"
    yield "basis-narrow", times(Fraction(1, 2**60), "basis"), "INVALID", "the run is not in so small a ball"
    yield "basis-wide", times(2**20, "basis"), "INVALID", "the map does not contract so large a ball"
    yield "basis-lower", put("witness", "basis", 1, 0, "1"), "INVALID", "W is upper triangular"
    yield "basis-negative", times(-1, "basis"), "INVALID", "the diagonal of W is positive"
    yield "direction-wide", told("direction", wide), "VALID", "a larger box holds the direction too"
    yield "direction-huge", told("direction", huge), "INVALID", "ends of a direction lie in [-2, 2]"
    yield "direction-turned", times(-1, "direction"), "INVALID", "the direction is not in that box"
    yield "growth-doubled", times(2, "growth"), "INVALID", "the margins do not grow so fast"
    yield "bits-many", told("bits", 4096), "INVALID", "bits are at most 4095"
    yield "bits-text", told("bits", "64"), "INVALID", "bits are an integer"
    yield "support-other", told("support", [0]), "INVALID", "the centre is in another chart"
    yield "support-empty", told("support", []), "INVALID", "a support has a row"
    yield "row-zero", put("data", 0, ["0", "0"]), "INVALID", "the first step is 0/0"


def small(body: Body) -> Body:
    """The same run on data 2**-200 times as large, in the data's units: x·w is what it was."""
    unit = Fraction(1, 2**200)
    made = copy.deepcopy(body)
    made["data"] = [[str(Fraction(v) * unit) for v in row] for row in body["data"]]
    for key in ("start", "lr", "largest"):
        if key in body["witness"]:
            told(key, times_value(body["witness"][key], 1 / unit))(made)
    if "steps" in body["witness"]:
        steps = body["witness"]["steps"]
        told("steps", steps | {"eta0": str(Fraction(steps["eta0"]) / unit)})(made)
    if "lr" in body["witness"]:
        d = len(body["data"][0])
        powers = [0] * (len(body["witness"]["support"]) - 1) + [1] * d + [2] * d
        for key in ("centre", "basis"):
            values = zip(body["witness"][key], powers, strict=True)
            made["witness"][key] = [times_value(v, unit**power) for v, power in values]
        return made
    for key, factor in (("most", 1 / unit), ("growth", unit), ("drift", unit), ("fall", unit), ("mu", unit)):
        if key in body["witness"]:
            made["witness"][key] = times_value(body["witness"][key], factor)
    return made


def vanishing_steps(body: Body) -> Iterator[tuple[str, Change, str, str]]:
    """Changes for vanishing steps, with a row off the support."""
    count = body["witness"]["count"]
    steps = body["witness"]["steps"]
    batches = put("field", "batches", [[0, 1]])
    yield "count-odd", told("count", count + 1), "INVALID", "another row would be visited next"
    yield "count-more", told("count", count + 2), "VALID", "the region is not left"
    early = steps | {"offset": "1/5"}
    offset = both(told("steps", early), told("count", count + 2))
    yield "offset-early", offset, "VALID", "an offset below 1, whose logarithm is negative"
    yield "count-few", told("count", count % 2), "INVALID", "the steps are still too large"
    yield "power-2", told("steps", steps | {"power": "2"}), "INVALID", "a power is at most 1"
    yield "power-0", told("steps", steps | {"power": "0"}), "INVALID", "a power is positive"
    yield "power-third", told("steps", steps | {"power": "1/3"}), "INVALID", "p/1, p/2, … p/64 are known"
    yield "offset-0", told("steps", steps | {"offset": "0"}), "INVALID", "the first step would be infinite"
    yield (
        "eta0-unsaid",
        put("witness", "steps", steps | {"eta0": "1/2"}),
        "INVALID",
        "other steps are concluded",
    )
    yield "most-small", times(Fraction(1, 2), "most"), "INVALID", "the steps are larger"
    yield "most-large", times(1000, "most"), "INVALID", "the memories are not bounded for such steps"
    yield "growth-halved", times(Fraction(1, 2), "growth"), "INVALID", "the margins grow faster"
    yield "growth-turned", turned("growth"), "INVALID", "an interval has low <= high"
    yield "drift-zero", times(0, "drift"), "INVALID", "a ratio falls, so a drift is positive"
    own = put("witness", "drift", body["witness"]["support"][0], ["1", "0"])
    yield "drift-turned", turned("drift"), "INVALID", "an interval has low <= high"
    yield "drift-own", own, "VALID", "the drift of the chart's own row is not used"
    yield "mu-0", told("mu", "0"), "INVALID", "mu is positive"
    yield "batch", batches, "INVALID", "one sample a step"
    yield "direction-turned", times(-1, "direction"), "INVALID", "the direction is not in that box"


def vertices(body: Body) -> Iterator[tuple[str, Change, str, str]]:
    """Changes for every schedule."""
    p = body["witness"]["row"]
    other = 1 - p
    signs = [-1, *body["conclusion"]["direction"][1:]]
    yield "largest-less", told("largest", "1/2000"), "VALID", "smaller steps are among those"
    yield "largest-more", told("largest", "1/50"), "INVALID", "most is exceeded"
    yield "largest-0", told("largest", "0"), "INVALID", "a step is positive"
    yield "row-other", told("row", other), "INVALID", "the other vertex does not attract"
    yield "row-beyond", told("row", 2), "INVALID", "there are two rows"
    yield "epochs-0", told("epochs", 0), "INVALID", "the first memories are not between those kept"
    yield "epochs-more", told("epochs", body["witness"]["epochs"] + 5), "VALID", "memories come nearer"
    yield "growth-halved", times(Fraction(1, 2), "growth"), "INVALID", "the margins grow faster"
    yield "growth-turned", turned("growth"), "INVALID", "an interval has low <= high"
    yield "fall-zero", times(0, "fall"), "INVALID", "a fall is positive"
    yield "fall-own-zero", times(0, "fall", p), "INVALID", "also where it is not used"
    yield "fall-small", times(Fraction(1, 100), "fall", other), "INVALID", "the ratio falls faster"
    yield "others-own-zero", times(0, "others", p), "INVALID", "positive, though not used"
    yield "direction-other", put("conclusion", "direction", signs), "INVALID", "the row has other signs"
    yield "beta1-0", put("field", "beta1", "0"), "INVALID", "beta1 is positive"


def runs() -> Iterator[Vector]:
    """The kinds about runs of the optimizer itself, on small data and with short memories."""
    short, shorter = Adam(Fraction(1, 2), Fraction(3, 4)), Adam(Fraction(1, 4), Fraction(1, 2))
    tenth = Power(0.1, 0)
    rows = [[3, 2], [1, 1]]
    constant = run_of(rows, short, tenth)
    vanishing = run_of(rows, shorter, Power(1, 1))
    vertex = base("run-two-starts-every-schedule") | {"producer": "vectors"}
    both_rows = [[1, 1], [2, -2]]
    for name, body, changes in (
        ("constant", constant, constant_steps(constant)),
        ("vanishing", vanishing, vanishing_steps(vanishing)),
        ("vertex", vertex, vertices(vertex)),
    ):
        for label, change, verdict, why in (*about_runs(body), *changes):
            changed = copy.deepcopy(body)
            change(changed)
            yield f"{name}--{label}", json.dumps(changed), verdict, why
        tiny = small(body)
        yield f"{name}--small", json.dumps(tiny), "VALID", "data 2^-200 times as large, with their units"
        tiny["data"] = body["data"]
        yield f"{name}--small-steps-only", json.dumps(tiny), "INVALID", "the steps are 2^200 times as large"
    for name, body, why in (
        ("constant--two-rows", run_of(both_rows, short, Power(0.25, 0)), "both rows keep weight"),
        ("vanishing--two-rows", run_of(both_rows, short, Power(1, 1)), "both rows keep weight"),
        (
            "constant--equal-rows",
            run_of([[5, 1], [5, 1], [1, 4]], short, tenth),
            "equal rows, both off the support",
        ),
    ):
        yield name, json.dumps(body), "VALID", why
    alone = json.loads(json.dumps(base("R1-three-solutions")))
    vertex_only = next(point for point in alone["witness"]["points"] if len(point["support"]) == 1)
    for name, bound, verdict, why in (
        ("below", "99/100", "VALID", "cos = 7/(5 sqrt 2) = 0.98995"),
        ("above", "98/100", "INVALID", "cos = 0.98995"),
    ):
        cosine = {"w": ["3", "4"], "c": ["8", "17"], "bound": bound}
        found = {
            "field": "AdamProxy",
            "complete": False,
            "unstable_directions": [0],
            "different_limits": False,
            "cosines": [bound],
        }
        body = certificate(
            "fixed_point", alone["data"], {"points": [vertex_only], "cosines": [cosine]}, found
        )
        yield f"cosine--{name}", json.dumps(body | {"field": alone["field"]}), verdict, why


def tier(columns: list[int], rows: list[int], *numbers: Any) -> Body:
    """One tier; a single row has no numbers."""
    box, preconditioner, lyapunov = numbers or ([], [], [])
    point = {"support": rows, "box": box, "preconditioner": preconditioner, "lyapunov": lyapunov}
    return {"features": columns, "point": point}


def blocks(*levels: str) -> Body:
    """A tier of one row and one column for each level, the direction (1, …, 1)/√d in a wide box."""
    size = len(levels)
    data = [["0"] * k + [level] + ["0"] * (size - 1 - k) for k, level in enumerate(levels)]
    ends = [["0", "1"]] * size
    listed = {"tiers": [tier([k], [k]) for k in range(size)], "direction": ends}
    found = {"field": "AdamProxy", "features": [[k] for k in range(size)]}
    body = certificate(
        "tiers", data, listed, found | {"supports": [[k] for k in range(size)], "direction": ends}
    )
    return body | {"field": {"name": "theta", "theta": "0"}}


def tiers() -> Iterator[Vector]:
    """Limits in tiers."""
    name = "zero-entries-in-tiers"
    body = base(name)
    first, second = body["witness"]["tiers"]
    of = ("witness", "tiers")
    unstable = base("R1-three-solutions")["witness"]["points"][1]
    moved = unstable | {"support": [i + 1 for i in unstable["support"]]}
    cases: list[tuple[str, Change, str, str]] = [
        ("one-tier", put(*of, [first]), "INVALID", "two tiers at least"),
        ("no-tiers", put(*of, []), "INVALID", "two tiers at least"),
        (
            "tiers-turned",
            put(*of, [second, first]),
            "INVALID",
            "a row of the first is not zero on later columns",
        ),
        ("gd", put("field", {"name": "gd"}), "INVALID", "gradient descent's field is of degree 1"),
        ("column-twice", put(*of, 1, "features", [1, 2]), "INVALID", "column 1 is in two tiers"),
        ("column-repeated", put(*of, 1, "features", [2, 2]), "INVALID", "columns ascend"),
        ("columns-descending", put(*of, 0, "features", [1, 0]), "INVALID", "columns ascend"),
        ("column-beyond", put(*of, 1, "features", [2, 3]), "INVALID", "there are three columns"),
        ("column-text", put(*of, 1, "features", ["2"]), "INVALID", "columns are integers"),
        ("column-left-out", put(*of, 0, "features", [0]), "INVALID", "column 1 is in no tier"),
        ("no-columns", put(*of, 1, "features", []), "INVALID", "a tier has a column"),
        ("key-added", put(*of, 1, "level", "1"), "INVALID", "no other keys"),
        ("point-missing", drop(*of, 1, "point"), "INVALID", "a tier has a point"),
        (
            "support-of-the-first",
            put(*of, 1, "point", "support", [1, 0]),
            "INVALID",
            "row 1 is of the first tier",
        ),
        (
            "support-of-both",
            put(*of, 0, "point", "support", [1, 2]),
            "INVALID",
            "row 2 is of the second tier",
        ),
        ("box-elsewhere", put(*of, 1, "point", "box", [["1/8", "1/4"]]), "INVALID", "no solution there"),
        ("box-wide", put(*of, 1, "point", "box", [["1/16", "4"]]), "INVALID", "too wide a box"),
        ("row-of-zeros", put("data", 3, ["0", "0", "0"]), "INVALID", "a row of zeros has no tier"),
        ("direction-turned", turned("direction"), "INVALID", "an interval has low <= high"),
        (
            "direction-elsewhere",
            both(
                put("witness", "direction", 2, ["0", "2/5"]), put("conclusion", "direction", 2, ["0", "2/5"])
            ),
            "INVALID",
            "u_3 = 1/sqrt(6) = 0.40825",
        ),
        (
            "direction-wide",
            both(
                put("witness", "direction", 2, ["0", "1/2"]), put("conclusion", "direction", 2, ["0", "1/2"])
            ),
            "VALID",
            "a wider box holds it too",
        ),
        (
            "direction-beyond",
            both(put("witness", "direction", 2, ["0", "3"]), put("conclusion", "direction", 2, ["0", "3"])),
            "INVALID",
            "ends of a direction lie in [-2, 2]",
        ),
        ("direction-short", drop("witness", "direction", 2), "INVALID", "one interval a column"),
        (
            "features-otherwise",
            put("conclusion", "features", [[0, 1, 2]]),
            "INVALID",
            "the tiers have others",
        ),
        (
            "supports-otherwise",
            put("conclusion", "supports", 0, [0, 1]),
            "INVALID",
            "in the order of the point",
        ),
        (
            "equal-row",
            lambda body: body["data"].append(body["data"][3]),
            "INVALID",
            "row 3 then counts twice: another solution",
        ),
        (
            "further-row",
            lambda body: body["data"].append(["3", "3", "3"]),
            "VALID",
            "a row of the second tier whose F is larger",
        ),
        (
            "tied-row",
            lambda body: body["data"].append(["1", "1", "1"]),
            "INVALID",
            "F = 4/sqrt(6) is the second level itself, not above it",
        ),
        (
            "slow-row",
            lambda body: body["data"].append(["1", "0", "1"]),
            "INVALID",
            "F = 3/sqrt(6) is below the second level 4/sqrt(6)",
        ),
        (
            "repelling",
            both(
                put("data", [["3", "0", "0"], ["9", "5", "1"], ["9", "1", "4"]]),
                put(*of, [tier([0], [0]), {"features": [1, 2], "point": moved}]),
            ),
            "INVALID",
            "the second tier's point is unstable",
        ),
    ]
    for label, change, verdict, why in cases:
        changed = base(name)
        change(changed)
        yield f"{name}--{label}", json.dumps(changed), verdict, why
    for label, levels, verdict, why in (
        ("rising", ("1", "2", "3"), "VALID", "three tiers of a row each"),
        ("equal", ("1", "1"), "INVALID", "equal levels: one tier, whose weights are the start's"),
        ("falling", ("2", "1"), "INVALID", "the second tier's row is the slower one"),
        ("negative", ("1", "-2"), "VALID", "u = sign(x), so F = |x|"),
    ):
        made = blocks(*levels)
        if label == "negative":
            made["witness"]["direction"][1] = made["conclusion"]["direction"][1] = ["-1", "0"]
        yield f"tiers--{label}", json.dumps(made), verdict, why
    early = blocks("2", "5")
    early["data"][1][0] = "1"
    yield "tiers--rows-of-two", json.dumps(early), "VALID", "row 1 has a column of each tier"
    early["witness"]["tiers"][0]["point"]["support"] = early["conclusion"]["supports"][0] = [1]
    yield (
        "tiers--early",
        json.dumps(early),
        "INVALID",
        "row 1 is of the second tier, though slowest on column 0",
    )


def texts() -> Iterator[Vector]:
    """Files that are no certificates at all."""
    text = json.dumps(base("R4-margin"))
    yield "text-empty", "", "INVALID", "no JSON"
    yield "text-truncated", text[:60], "INVALID", "JSON that ends early"
    yield "text-list", "[]", "INVALID", "an object is due"
    yield "text-deep", "[" * 3000 + "]" * 3000, "INVALID", "nested too deeply"
    yield "text-twice", text + text, "INVALID", "two JSON values"
    yield "text-repeated-key", text[:-1] + ', "kind": "margin_bracket"}', "INVALID", "a key is repeated"
    yield "text-bom", "\ufeff" + text, "INVALID", "a byte order mark is no JSON"
    yield "text-comma", text[:-1] + ",}", "INVALID", "a comma before the end"
    yield "text-comment", "// x\n" + text, "INVALID", "a comment is no JSON"
    yield "text-spaces", f"\n\t {text} \r\n", "VALID", "white space around"


def vectors() -> Iterator[Vector]:
    """All of them."""
    rng = random.Random(SEED)
    for name in SMALL:
        for label, change, verdict, why in everywhere(rng):
            body = base(name)
            change(body)
            yield f"{name}--{label}", json.dumps(body), verdict, why
    for make in (shape, margins, points, cycles):
        for name, label, change, verdict, why in make():
            body = base(name)
            change(body)
            yield f"{name}--{label}", json.dumps(body), verdict, why
    yield from fields()
    yield from runs()
    yield from tiers()
    yield from texts()


def main() -> int:
    """Write the vectors if the Python checker agrees with every verdict."""
    made = list(vectors())
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.json") for name, *_ in made]
        for path, (_, text, *_rest) in zip(paths, made, strict=True):
            path.write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "marginproof.theory.checker", *map(str, paths)]
        lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    wrong = 0
    for (name, _, verdict, why), line in zip(made, lines, strict=True):
        found = re.search(r": (VALID|INVALID|UNSUPPORTED)\(", line)
        if found is None or found[1] != verdict:
            wrong += 1
            print(f"{name}: {verdict} expected ({why})\n  {line[-300:]}")
    if wrong or len({name for name, *_ in made}) < len(made):
        print(f"{wrong} of {len(made)} are not as expected, or a name occurs twice; nothing is written")
        return 1
    for old in HERE.glob("*.json"):
        old.unlink()
    index = [{"file": f"{name}.json", "verdict": verdict, "reason": why} for name, _, verdict, why in made]
    for name, text, *_ in made:
        (HERE / f"{name}.json").write_text(text, encoding="utf-8")
    (HERE / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="ascii")
    print(f"{len(made)} vectors, seed {SEED}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
