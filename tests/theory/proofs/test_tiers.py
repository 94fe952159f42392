"""Limits in tiers: proved in balls, certified, and refused where a tier is not regular."""

from __future__ import annotations

import copy
import json
from typing import Any

import numpy as np
import pytest

from marginproof.constructions.corpus import FOLDER
from marginproof.theory import checker
from marginproof.theory.fields import AdamProxyField, IncAdamField, ThetaField
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.number_systems import decide_sign
from marginproof.theory.prediction import predict
from marginproof.theory.proofs.certificates.tiers import tiers
from marginproof.theory.proofs.tiers import TieredWitness, certify_tiers

TWO_AND_TWO = [[2, -1, 0], [1, 1, 0], [1, 0, 2], [2, 1, -1]]
TWO_AND_TWO_AND_ONE = [[2, -1, 0, 0], [1, 1, 0, 0], [1, 0, 2, 0], [2, 1, -1, 0], [9, 9, 0, 1], [9, 9, 9, 1]]
FIELDS = [AdamProxyField(), ThetaField(0.25), IncAdamField(), IncAdamField(2)]


def problem(rows: Any, field: Any) -> LimitProblem:
    return LimitProblem(np.array(rows, dtype=float), field)


@pytest.mark.parametrize("field", FIELDS, ids=repr)
@pytest.mark.parametrize("rows", [TWO_AND_TWO, TWO_AND_TWO_AND_ONE], ids=["two", "three"])
def test_proved_and_certified(rows: Any, field: Any) -> None:
    whole = problem([rows[i] for i in (0, 2, 1, *range(3, len(rows)))], field)  # a tier's rows in two batches
    limit = solve(whole)
    assert (limit.outcome, len(limit.tiers)) == (Outcome.FIXED_POINT, len(rows[0]) - 1)
    found = certify_tiers(whole, limit.tiers)
    assert isinstance(found, TieredWitness)
    for value, middle in zip(found.direction, limit.direction, strict=True):
        assert abs(float(value) - middle) < 1e-12
        assert float(value.rad()) < 1e-20
    assert tiers(whole, found).verdict()[0] == "VALID"


def test_equal_rows_share_a_weight_in_a_later_tier() -> None:
    found = predict(np.array([*TWO_AND_TWO, TWO_AND_TWO[3]], dtype=float), AdamProxyField(), proof=True)
    assert found.certified
    certificate = found.certificate()
    assert certificate.conclusion["supports"][1] == [2, 3]
    assert certificate.verdict()[0] == "VALID"


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_units_do_not_matter(size: float) -> None:
    found = predict(np.array(TWO_AND_TWO) * size, AdamProxyField(), proof=True)
    assert found.certified
    assert found.certificate().verdict()[0] == "VALID"


def test_digits_come_from_the_same_balls() -> None:
    found = predict(np.array(TWO_AND_TWO, dtype=float), AdamProxyField(), digits=40)
    assert found.digits is not None
    assert found.digits.direction[0] == "0.8164965809277260327324280249019637973220"  # 2/√6


def test_a_tier_that_does_not_attract_is_not_proved() -> None:
    """The same columns, another support: the single row 3 has row 4 below it."""
    whole = problem(TWO_AND_TWO, AdamProxyField())
    first, second = solve(whole).tiers
    wrong = replace_totals(second, [0, 0, 1, 0], (2,))
    found = certify_tiers(whole, [first, wrong])
    assert not found.certified
    assert found.reason.startswith("tier 2: ")


def test_levels_that_do_not_increase_are_not_proved() -> None:
    """The second tier's rows, made small, would be slower than the first's."""
    whole = problem([[2, -1, 0], [1, 1, 0], [0, 0, 1]], AdamProxyField())
    limit = solve(problem([[2, -1, 0], [1, 1, 0], [0, 0, 3]], AdamProxyField()))
    found = certify_tiers(whole, limit.tiers)
    assert (found.certified, found.reason) == (
        False,
        "tier 2: its level is not surely above that of the tier before",
    )


def replace_totals(tier: Any, totals: list[float], support: tuple[int, ...]) -> Any:
    return tier._replace(totals=np.array(totals, dtype=float), support=support)


def test_the_first_tier_is_below_the_second_surely() -> None:
    found = certify_tiers(p := problem(TWO_AND_TWO, AdamProxyField()), solve(p).tiers)
    assert isinstance(found, TieredWitness)
    low, high = (tier.witness.gamma for tier in found.tiers)
    assert low is not None
    assert high is not None
    assert decide_sign(high - low) == 1


BODY = json.loads((FOLDER / "zero-entries-in-tiers.json").read_text())


def changed(*path: Any) -> bytes:
    """The corpus's certificate with one value set: the last of the path."""
    body = copy.deepcopy(BODY)
    *way, last, value = path
    place = body
    for key in way:
        place = place[key]
    place[last] = value
    return json.dumps(body).encode()


TIERS = BODY["witness"]["tiers"]
REFUSED = {
    "one tier": (("witness", "tiers", TIERS[:1]), "from 2 to 64 tiers are due"),
    "no tiers": (("witness", "tiers", None), "from 2 to 64 tiers are due"),
    "gd": (("field", {"name": "gd"}), "tiers are of fields of degree 0"),
    "a column twice": (("witness", "tiers", 1, "features", [1, 2]), "a column is in two tiers"),
    "columns out of order": (
        ("witness", "tiers", 0, "features", [1, 0]),
        "the columns of a tier are due in ascending order",
    ),
    "a column that is not there": (("witness", "tiers", 1, "features", [3]), "a whole number from 0 to 2"),
    "no columns": (("witness", "tiers", 1, "features", []), "the columns of a tier are due"),
    "a column left out": (("witness", "tiers", 0, "features", [0]), "every column that is not zero is due"),
    "tiers turned": (("witness", "tiers", TIERS[::-1]), "a row of the support has no part in this equation"),
    "a row of zeros": (("data", 3, ["0", "0", "0"]), "a row of zeros has no tier"),
    "a support of another tier": (
        ("witness", "tiers", 1, "point", "support", [1, 0]),
        "a row of the support has no part in this equation",
    ),
    "a row that falls behind": (("data", 0, ["2", "-3", "0"]), "Krawczyk's inclusion fails"),
    "a direction turned": (
        ("witness", "direction", [[high, low] for low, high in BODY["witness"]["direction"]]),
        "an interval has low <= high",
    ),
    "another direction": (
        ("witness", "direction", 2, ["0", "1/3"]),
        "the direction is not surely in the stated box",
    ),
    "another box": (("witness", "tiers", 1, "point", "box", [["1/8", "1/4"]]), "Krawczyk's inclusion fails"),
}


@pytest.mark.parametrize("case", list(REFUSED))
def test_refuses(case: str) -> None:
    path, reason = REFUSED[case]
    word, says = checker.check(changed(*path))
    assert word == "INVALID"
    assert reason in says


def test_a_level_below_the_tier_before_is_refused() -> None:
    """Two blocks that have nothing in common, the second's level above and below the first's."""
    rows, other = [["2", "-1", "0"], ["1", "1", "0"], ["0", "0", "3"]], ["0", "0", "1"]
    found = predict(np.array(rows, dtype=float), AdamProxyField(), proof=True)
    text = json.loads(found.certificate().to_json())
    assert checker.check(json.dumps(text).encode())[0] == "VALID"
    text["data"][2] = other
    word, says = checker.check(json.dumps(text).encode())
    assert (word, says) == ("INVALID", "the levels of the tiers do not surely increase")


def test_a_row_of_the_tier_that_would_be_slower_is_refused() -> None:
    rows = [[5, 1, 0], [1, 4, 0], [6, 6, 3], [7, 6, 3]]
    found = predict(np.array(rows, dtype=float), AdamProxyField(), proof=True)
    body = json.loads(found.certificate().to_json())
    assert checker.check(json.dumps(body).encode())[0] == "VALID"
    body["data"][3][0] = "5"
    assert checker.check(json.dumps(body).encode()) == ("INVALID", "a row off the support fails")


def test_a_tier_that_repels_is_refused() -> None:
    """Rows (5, 1), (1, 4) have an unstable solution between the two attractors; as a second tier it does not attract."""
    rows = [["3", "0", "0"], ["9", "5", "1"], ["9", "1", "4"]]
    text = json.loads((FOLDER / "R1-three-solutions.json").read_text())
    point = text["witness"]["points"][text["conclusion"]["unstable_directions"].index(1)]
    moved = {**point, "support": [i + 1 for i in point["support"]]}
    vertex = {"support": [0], "box": [], "preconditioner": [], "lyapunov": []}
    body = copy.deepcopy(BODY)
    body["data"] = rows
    body["witness"]["tiers"] = [{"features": [0], "point": vertex}, {"features": [1, 2], "point": moved}]
    assert checker.check(json.dumps(body).encode()) == ("INVALID", "a tier does not attract")
