"""Opinions weighed into verdicts: nothing wears a stronger word than its evidence."""

import json

import pytest

from marginproof.properties.verification import evidence
from marginproof.properties.verification.evidence import (
    STRENGTH,
    Judgement,
    Opinion,
    certificates,
    checked,
    hear,
    judge,
    reaches,
    speakers,
    speaks_for,
    weigh,
)
from marginproof.properties.verification.verify import State, chosen, run
from marginproof.theory.claims.claim import QUICK, Check, Finding
from marginproof.theory.errors import MarginproofError
from marginproof.theory.registry import claim
from marginproof.theory.verdicts import Verdict

V = Verdict


def opinion(at_most, passed=True, count=1):
    return Opinion("a check", at_most, passed, count, "because", 0.0)


def test_the_order_of_verdicts():
    ranked = [V.UNDECIDED, V.OBSERVED, V.HELD, V.CERTIFIED, V.PROVED]
    assert sorted(STRENGTH, key=STRENGTH.__getitem__) == ranked
    assert reaches(V.PROVED, V.HELD)
    assert not reaches(V.OBSERVED, V.HELD)
    assert reaches(V.REFUTED, V.REFUTED)
    assert not any(reaches(v, V.REFUTED) or reaches(V.REFUTED, v) for v in ranked)


@pytest.mark.parametrize(
    ("opinions", "verdict"),
    [
        ([], V.UNDECIDED),
        ([opinion(V.UNDECIDED)], V.UNDECIDED),
        ([opinion(V.OBSERVED), opinion(V.HELD)], V.HELD),
        ([opinion(V.PROVED), opinion(V.OBSERVED, passed=False)], V.UNDECIDED),
        ([opinion(V.PROVED, passed=False)], V.UNDECIDED),
        ([opinion(V.UNDECIDED), opinion(V.REFUTED)], V.REFUTED),
    ],
)
def test_weighing(opinions, verdict):
    assert weigh(claim("B1"), opinions)[0] is verdict


def test_the_reason_names_the_failed_check_or_what_is_awaited():
    assert weigh(claim("B1"), [opinion(V.HELD, passed=False)])[1] == "a check: because"
    assert "zero tolerance" in weigh(claim("B1"), [opinion(V.OBSERVED)])[1]
    assert weigh(claim("B1"), [opinion(V.HELD)])[1] == ""


def test_a_check_that_raises_has_failed():
    def broken(formula, effort):
        raise ZeroDivisionError("nothing")

    heard = hear(Check("broken", V.PROVED, "", broken), claim("I4"), QUICK)
    assert not heard.passed
    assert "ZeroDivisionError" in heard.detail


def test_evidence_registers_by_claim_id(monkeypatch):
    monkeypatch.setattr(evidence, "_registered", {})
    monkeypatch.setattr(evidence, "SPEAKERS", ())

    @speaks_for("I4", at_most=V.HELD, name="a run")
    def a_run(effort):
        return Finding(True, effort.examples, "")

    names = [check.name for check in speakers(claim("I4"))]
    assert names[-1] == "a run"
    assert judge("I4", QUICK).verdict is V.PROVED
    with pytest.raises(MarginproofError, match="known ids"):
        speaks_for("I99", at_most=V.HELD)


def test_only_instances_behind_the_verdict_are_counted():
    opinions = (opinion(V.HELD, count=7), opinion(V.OBSERVED, count=100))
    assert Judgement("B1", V.HELD, "", opinions, 0.0).count == 7


def test_a_corrupted_certificate_undoes_the_refutation(tmp_path):
    (source, *_) = certificates("R7")
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(source.read_bytes())
    body = json.loads(source.read_text())
    body["conclusion"] = {}
    bad.write_text(json.dumps(body))
    assert checked([good]).passed
    assert certificates("R7", tmp_path) == [good, bad] or set(certificates("R7", tmp_path)) == {good, bad}
    finding = checked([good, bad])
    assert not finding.passed
    assert "bad.json is INVALID" in finding.detail


def test_claims_are_chosen_by_id_or_letter():
    assert chosen(("i4", "R", "I4")) == ["I4", *(f"R{k}" for k in range(1, 8))]
    assert len(chosen(())) == 32


def test_parallel_and_serial_runs_agree(tmp_path):
    def verdicts(jobs):
        return {j.claim: (j.verdict, j.count) for j in run(["I4", "R6"], QUICK, jobs)}

    assert verdicts(1) == verdicts(2)


def test_state_survives_a_round_trip_and_a_change_of_sources(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    judgement = judge("R6", QUICK)
    State.load(path, "quick").add(judgement)
    assert State.load(path, "quick").done == {"R6": judgement}
    assert State.load(path, "default").done == {}
    monkeypatch.setattr("marginproof.properties.verification.verify.fingerprint", lambda: "other")
    assert State.load(path, "quick").done == {}
