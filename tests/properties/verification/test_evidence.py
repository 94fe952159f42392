"""Evidence combined into verdicts: no verdict is stronger than its evidence."""

import json

import pytest

from marginproof.properties.verification import sources
from marginproof.properties.verification.certificate_evidence import certificates, checked
from marginproof.properties.verification.sources import SOURCES, sources_for
from marginproof.properties.verification.verdict import ClaimVerdict, collect, combine, judge
from marginproof.properties.verification.verify import KeptVerdicts, chosen, last_verdict, run
from marginproof.theory.claims.claim import QUICK, Evidence, EvidenceSource
from marginproof.theory.registry import claim, claims
from marginproof.theory.verdicts import STRENGTH, SUPPORTS, Verdict, reaches

V = Verdict


def said(at_most, passed=True, count=1, part=""):
    return Evidence(passed, count, "because", source="a check", at_most=at_most, part=part)


def test_the_order_of_verdicts():
    ranked = [V.UNDECIDED, V.OBSERVED, V.HELD, V.CERTIFIED, V.PROVED]
    assert sorted(STRENGTH, key=STRENGTH.__getitem__) == ranked
    assert reaches(V.PROVED, V.HELD)
    assert not reaches(V.OBSERVED, V.HELD)
    assert reaches(V.REFUTED, V.REFUTED)
    assert not any(reaches(v, V.REFUTED) or reaches(V.REFUTED, v) for v in ranked)


@pytest.mark.parametrize(
    ("evidence", "verdict"),
    [
        ([], V.UNDECIDED),
        ([said(SUPPORTS)], V.UNDECIDED),
        ([said(V.OBSERVED), said(V.HELD)], V.HELD),
        ([said(V.PROVED), said(V.OBSERVED, passed=False)], V.UNDECIDED),
        ([said(V.PROVED, passed=False)], V.UNDECIDED),
        ([said(SUPPORTS), said(V.REFUTED)], V.REFUTED),
        ([said(SUPPORTS), said(V.OBSERVED), said(V.CERTIFIED, part="for 2 data sets")], V.OBSERVED),
        ([said(V.OBSERVED), said(V.CERTIFIED, False, part="for 2 data sets")], V.UNDECIDED),
    ],
)
def test_combining(evidence, verdict):
    assert combine(claim("B1"), evidence)[0] is verdict


def test_the_reason_names_the_failed_check_or_what_is_missing():
    assert combine(claim("B4"), [said(V.HELD, passed=False)])[1] == "a check: because"
    assert "zero tolerance" in combine(claim("B4"), [said(V.OBSERVED)])[1]
    assert combine(claim("B4"), [said(V.HELD)])[1] == ""


def test_a_check_that_raises_has_failed():
    def broken(formula, effort):
        raise ZeroDivisionError("nothing")

    found = collect(EvidenceSource("broken", V.PROVED, "", broken), claim("I4"), QUICK)
    assert not found.passed
    assert "ZeroDivisionError" in found.detail


def test_every_source_is_in_one_tuple_and_names_a_claim(monkeypatch):
    assert {claim_id for claim_id, _ in SOURCES} <= set(claims())
    assert len({(claim_id, source.name) for claim_id, source in SOURCES}) == len(SOURCES)
    a_run = EvidenceSource("a run", V.HELD, "", lambda formula, effort: Evidence(True, effort.examples))
    monkeypatch.setattr(sources, "SOURCES", (("I4", a_run), ("I5", a_run)))
    assert sources_for(claim("I4"))[-1] is a_run
    assert a_run not in sources_for(claim("I3"))
    assert judge("I4", QUICK).verdict is V.PROVED


@pytest.mark.parametrize(
    ("evidence", "label"),
    [
        ([said(V.HELD, count=7)], "HELD 7"),
        ([said(V.OBSERVED)], "OBSERVED"),
        (
            [said(V.OBSERVED), said(V.CERTIFIED, part="for 6 data sets")],
            "OBSERVED in general; CERTIFIED for 6 data sets",
        ),
        ([said(V.PROVED), said(V.CERTIFIED, part="for 6 data sets")], "PROVED"),
        (
            [
                said(V.HELD, count=2),
                said(SUPPORTS, part="kernel proof in theory/formal/b4.v, not re-run here"),
            ],
            "HELD 2; kernel proof in theory/formal/b4.v, not re-run here",
        ),
        ([said(V.OBSERVED), said(V.CERTIFIED, count=0, part="for 0 data sets")], "OBSERVED"),
        ([said(V.OBSERVED, False), said(V.CERTIFIED, part="for 6 data sets")], "UNDECIDED"),
    ],
)
def test_a_verdict_shows_its_parts(evidence, label):
    verdict, reason = combine(claim("L2"), evidence)
    assert ClaimVerdict("L2", verdict, reason, tuple(evidence), 0.0).label == label


def test_a_part_counts_its_instances():
    source = EvidenceSource(
        "runs", V.CERTIFIED, "exact", lambda formula, effort: Evidence(True, 6), part="for {count} data sets"
    )
    found = collect(source, claim("L2"), QUICK)
    assert (found.part, found.scope, found.source) == ("for 6 data sets", "exact", "runs")


def test_certificates_of_a_true_claim_certify_their_data_sets_only(monkeypatch):
    monkeypatch.setattr(
        "marginproof.properties.verification.certificate_evidence.certificates",
        lambda claim_id: certificates("R7"),
    )
    *_, about_l2 = sources_for(claim("L2"))
    *_, about_r7 = sources_for(claim("R7"))
    assert (about_l2.at_most, bool(about_l2.part)) == (V.CERTIFIED, True)
    assert (about_r7.at_most, about_r7.part) == (V.REFUTED, "")


def test_only_instances_behind_the_verdict_are_counted():
    evidence = (said(V.HELD, count=7), said(V.OBSERVED, count=100))
    assert ClaimVerdict("B1", V.HELD, "", evidence, 0.0).count == 7


def test_a_corrupted_certificate_undoes_the_refutation(tmp_path):
    (source, *_) = certificates("R7")
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(source.read_bytes())
    body = json.loads(source.read_text())
    body["conclusion"] = {}
    bad.write_text(json.dumps(body))
    assert checked([good]).passed
    assert certificates("R7", tmp_path) == [good, bad] or set(certificates("R7", tmp_path)) == {good, bad}
    found = checked([good, bad])
    assert not found.passed
    assert "bad.json is INVALID" in found.detail


def test_claims_are_chosen_by_id_or_letter():
    assert chosen(("i4", "R", "I4")) == ["I4", *(f"R{k}" for k in range(1, 8))]
    assert chosen(()) == list(claims())


def test_parallel_and_serial_runs_agree(tmp_path):
    def verdicts(jobs):
        return {j.claim: (j.verdict, j.count) for j in run(["I4", "R6"], QUICK, jobs)}

    assert verdicts(1) == verdicts(2)


def test_state_survives_a_round_trip_and_a_change_of_sources(tmp_path, monkeypatch):
    path = tmp_path / "state.json"
    verdict = judge("R6", QUICK)
    KeptVerdicts.load(path, "quick").add(verdict)
    assert KeptVerdicts.load(path, "quick").done == {"R6": verdict}
    assert KeptVerdicts.load(path, "default").done == {}
    monkeypatch.setattr("marginproof.properties.verification.verify.fingerprint", lambda: "other")
    assert KeptVerdicts.load(path, "quick").done == {}


def test_a_file_of_another_version_is_passed_over(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "marginproof.properties.verification.verify.default_state", lambda profile: tmp_path / profile
    )
    (tmp_path / "quick").write_text(json.dumps({"done": {"R6": {"claim": "R6", "opinions": []}}}))
    assert last_verdict("R6") is None
