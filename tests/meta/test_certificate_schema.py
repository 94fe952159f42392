"""The published JSON Schema: every certificate has its shape, and whatever has not is never VALID."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from marginproof.constructions.corpus import corpus
from marginproof.theory import checker

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "certificate.schema.json").read_text("utf-8"))
SHAPE = Draft202012Validator(SCHEMA)
BODIES = {entry.name: json.loads(entry.path.read_text()) for entry in corpus()}
SLOW = ("cycle", "4x8", "three-directions", "scaled")  # above 0.2 s each to judge
QUICK = sorted(name for name in BODIES if not any(part in name for part in SLOW))


def test_the_schema_is_one():
    Draft202012Validator.check_schema(SCHEMA)


def test_it_names_what_the_checker_knows():
    parts = SCHEMA["properties"]
    assert set(parts["kind"]["enum"]) == set(checker.KINDS)
    assert parts["claim"]["enum"] == [None, *checker.CLAIMS]
    assert parts["format"]["const"] == checker.FORMAT
    names = [field["properties"]["name"]["const"] for field in parts["field"]["oneOf"][1:]]
    assert set(names) == set(checker.FIELDS)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_the_corpus_has_the_shape(name):
    SHAPE.validate(BODIES[name])


WRONG = {
    "a float": (["witness", "lower"], 3.0),
    "an integer for a rational": (["data", 0, 0], 1),
    "a zero denominator": (["witness", "upper"], "3/0"),
    "another kind": (["kind"], "lion"),
    "another kind's witness": (["kind"], "farkas"),
    "another claim's statement": (["claim"], "R5"),
    "an unknown key": (["witness", "extra"], "1"),
    "a field where none is due": (["field"], {"name": "gd"}),
    "no rows": (["data"], []),
    "another format": (["format"], "marginproof-certificate/1"),
    "another norm": (["witness", "norm"], "3"),
}


@pytest.mark.parametrize("case", sorted(WRONG))
def test_the_schema_and_the_checker_refuse(case):
    path, value = WRONG[case]
    certificate = copy.deepcopy(BODIES["R6-segment"])
    at = certificate
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    assert not SHAPE.is_valid(certificate)
    assert checker.check(json.dumps(certificate).encode())[0] != "VALID"


@pytest.mark.parametrize("name", sorted(BODIES))
def test_every_key_but_the_note_is_due(name):
    for key in set(BODIES[name]) - {"note"}:
        assert not SHAPE.is_valid({k: v for k, v in BODIES[name].items() if k != key}), key
    for key in set(BODIES[name]["witness"]) - {"other", "traps", "margins"}:
        witness = {k: v for k, v in BODIES[name]["witness"].items() if k != key}
        assert not SHAPE.is_valid(BODIES[name] | {"witness": witness}), key


def spoilt(value, rng):
    """One place of a certificate taken out, wrapped, or given another type."""
    out = copy.deepcopy(value)
    at, key = {"": out}, ""
    while isinstance(at[key], (dict, list)) and at[key] and rng.random() < 0.85:
        at = at[key]
        key = rng.choice(list(at) if isinstance(at, dict) else range(len(at)))
    if key and rng.random() < 0.3:
        del at[key]
    else:
        at[key] = rng.choice((None, 1, 1.5, True, "1", "x", [], {}, [at[key]], {"a": at[key]}))
    return out


def test_what_is_valid_has_the_shape():
    """150 spoilt certificates: those that the schema refuses, the checker never calls VALID."""
    rng, seen = random.Random(0), Counter()
    for _ in range(150):
        certificate = spoilt(BODIES[rng.choice(QUICK)], rng)
        shaped = SHAPE.is_valid(certificate)
        if shaped and seen[True, True]:
            continue  # nothing is claimed of it; one VALID shows that the shape can be met
        verdict = checker.check(json.dumps(certificate).encode())[0]
        assert shaped or verdict != "VALID", json.dumps(certificate)
        seen[shaped, verdict == "VALID"] += 1
    assert seen[False, False] > 75
    assert seen[True, True] > 0
