"""Every claim of the registry: complete, its checks pass, its hypotheses decide."""

import pytest

from marginproof.theory.claims.cases import (
    DOMINATED,
    NONZERO,
    SCALED_RADEMACHER,
    SEPARABLE,
    SHIFTED_DIAGONAL,
    VANISHING,
    ClaimCase,
    exact_rows,
)
from marginproof.theory.claims.claim import QUICK
from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.separability import separator
from marginproof.theory.optimizers import GD
from marginproof.theory.registry import claim, claims
from marginproof.theory.schedules import Power
from marginproof.theory.verdicts import Verdict

IDS = [*(f"I{k}" for k in range(1, 14)), *(f"B{k}" for k in range(1, 9)), *(f"L{k}" for k in range(1, 10)),
       *(f"R{k}" for k in range(1, 8))]  # fmt: skip
CHECKS = [(name, check.name) for name, entry in claims().items() for check in entry.checks]
EXPECTED = {"I": Verdict.PROVED, "B": Verdict.HELD, "L": Verdict.OBSERVED, "R": Verdict.REFUTED}


def test_the_registry_holds_every_id_in_order():
    assert list(claims()) == IDS


@pytest.mark.parametrize("name", IDS)
def test_a_claim_is_complete(name):
    entry = claim(name)
    texts = (entry.title, entry.plain, entry.tex, entry.quantifiers, entry.source, entry.proof)
    assert all(text.strip() for text in texts)
    assert len(entry.title.split()) <= 7
    assert len(entry.mutants) >= 5
    assert len({mutant.kind for mutant in entry.mutants}) == len(entry.mutants)
    assert entry.hypotheses
    special = {
        "B1": Verdict.PROVED,  # by I11
        "B6": Verdict.CERTIFIED,
    }
    assert entry.expected is special.get(name, EXPECTED[name[0]])


@pytest.mark.parametrize("name", IDS)
def test_only_identities_and_the_step_bound_may_call_themselves_proved(name):
    whole = {check.at_most for check in claim(name).checks if not check.part}
    parts = {check.at_most for check in claim(name).checks if check.part}
    assert (Verdict.PROVED in whole) == (name.startswith("I") or name == "B1")
    assert (Verdict.PROVED in parts) == (name in ("L2", "L6", "L7", "L8"))
    assert Verdict.REFUTED not in whole | parts  # that takes the independent checker


@pytest.mark.parametrize(("name", "check"), CHECKS)
def test_a_check_passes_and_covers_something(name, check):
    entry = claim(name)
    (found,) = [c for c in entry.checks if c.name == check]
    finding = found.run(entry.formula, QUICK)
    assert finding.passed, finding.detail
    assert finding.count > 0


def test_an_unknown_id_is_a_sentence_with_the_known_ones():
    with pytest.raises(MarginproofError, match=r"claim='I99' .* known ids: I1, I2"):
        claim("I99")


def test_a_claim_is_found_in_any_case():
    assert claim("r3") is claim("R3")


SR = exact_rows([[1, 1], [2, -2]])
DIAGONAL = exact_rows([[2, 1], [1, 3]])


@pytest.mark.parametrize(
    ("hypothesis", "meets", "violates"),
    [
        (SEPARABLE, SR, exact_rows([[1, 1], [-1, -1]])),
        (NONZERO, SR, exact_rows([[1, 0]])),
        (SCALED_RADEMACHER, SR, DIAGONAL),
        (SHIFTED_DIAGONAL, DIAGONAL, exact_rows([[3, 1], [1, 2]])),
        (DOMINATED, DIAGONAL, exact_rows([[5, -1], [-1, 4]])),
    ],
)
def test_a_hypothesis_accepts_and_refuses(hypothesis, meets, violates):
    assert hypothesis.holds(ClaimCase(meets))
    assert not hypothesis.holds(ClaimCase(violates))


def test_a_separator_is_exact():
    X = exact_rows([["1/3", "-2/7"], ["-1/5", "4/9"]])
    assert min(X @ separator(X)) > 0


def test_unmet_hypotheses_are_named():
    case = ClaimCase(exact_rows([[1, 2], [3, 1]]), optimizer=GD(), schedule=Power(0.1))
    assert "scaled Rademacher" in claim("L2").unmet(case)
    assert "optimizer" in claim("L2").unmet(case)
    assert not VANISHING.holds(case)
    assert claim("I4").unmet(case) == ()
