"""``marginproof verify`` and ``marginproof explain``."""

import json

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.verification.verdict import ClaimVerdict
from marginproof.theory.claims.claim import Evidence
from marginproof.theory.registry import claims
from marginproof.theory.verdicts import Verdict


@pytest.fixture
def call(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "marginproof.properties.verification.verify.default_state",
        lambda profile: tmp_path / f"{profile}.json",
    )

    def run(*words):
        return CliRunner().invoke(main, list(words), catch_exceptions=False)

    return run


def test_json_has_the_contract_s_keys(call):
    found = call("verify", "--profile", "quick", "--claim", "I4", "--claim", "R6", "--jobs", "1", "--json")
    assert found.exit_code == 0
    body = json.loads(found.stdout)
    assert body["ok"] is True
    assert [entry["id"] for entry in body["claims"]] == ["I4", "R6"]
    for entry in body["claims"]:
        assert set(entry) == {"id", "statement", "source", "verdict", "expected", "evidence", "seconds"}
    assert [entry["verdict"] for entry in body["claims"]] == ["PROVED", "REFUTED"]
    assert body["claims"][1]["evidence"]["certificates"][0].startswith("constructions/corpus/")


def test_the_table_and_its_sentence(call):
    found = call("verify", "--profile", "quick", "--claim", "I4", "--jobs", "1")
    assert found.exit_code == 0
    assert "PROVED" in found.stdout
    assert "The verdict is at least the expected one." in found.stdout


def judged(verdict, reason=""):
    return lambda names, effort, jobs: iter([ClaimVerdict(name, verdict, reason, (), 0.1) for name in names])


def test_a_weaker_verdict_ends_with_exit_code_one(call, monkeypatch):
    monkeypatch.setattr(
        "marginproof.properties.verification.verify.run", judged(Verdict.OBSERVED, "only looked at")
    )
    found = call("verify", "--profile", "quick", "--claim", "I4")
    assert found.exit_code == 1
    assert "expected" in found.stdout
    assert "I4: only looked at" in found.stdout
    assert "not: I4" in found.stdout


def test_thorough_resumes_and_quick_does_not(call, monkeypatch):
    monkeypatch.setattr("marginproof.properties.verification.verify.run", judged(Verdict.PROVED))
    assert call("verify", "--profile", "thorough", "--claim", "I4").exit_code == 0
    assert call("verify", "--profile", "quick", "--claim", "I4").exit_code == 0
    asked = []

    def run(names, effort, jobs):
        asked.append(list(names))
        yield from judged(Verdict.PROVED)(names, effort, jobs)

    monkeypatch.setattr("marginproof.properties.verification.verify.run", run)
    assert call("verify", "--profile", "thorough", "--claim", "I").exit_code == 0
    assert call("verify", "--profile", "quick", "--claim", "I4").exit_code == 0
    assert "I4" not in asked[0]
    assert set(asked[0]) == {name for name in claims() if name.startswith("I")} - {"I4"}
    assert asked[1] == ["I4"]


def test_an_interrupted_run_shows_and_keeps_what_is_done(call, monkeypatch):
    def run(names, effort, jobs):
        yield ClaimVerdict(names[0], Verdict.PROVED, "", (), 0.1)
        raise KeyboardInterrupt

    monkeypatch.setattr("marginproof.properties.verification.verify.run", run)
    found = call("verify", "--profile", "thorough", "--claim", "I1", "--claim", "I2")
    assert found.exit_code == 130
    assert "1 of 2 claims judged" in found.stdout
    monkeypatch.setattr("marginproof.properties.verification.verify.run", judged(Verdict.PROVED))
    assert call("verify", "--profile", "thorough", "--claim", "I1", "--claim", "I2").exit_code == 0


@pytest.mark.parametrize("words", [("verify", "--claim", "I99"), ("explain", "I99")])
def test_an_unknown_claim_is_bad_input(call, words):
    found = call(*words)
    assert found.exit_code == 2
    assert "claim='I99'" in found.stderr
    assert len(found.stderr.strip().splitlines()) == 1


def test_explain_shows_everything(call):
    found = call("explain", "b2")
    assert found.exit_code == 0
    for word in ("Signum", "Hypotheses", "Proof", "Checks", "Mutants", "Expected verdict: HELD", "none yet"):
        assert word in found.stdout


@pytest.mark.parametrize("claim", sorted(claims()))
def test_a_proof_in_the_terminal_has_no_markup_of_links(call, claim):
    assert ":`" not in call("explain", claim).stdout


def test_the_proof_of_a_limit_names_its_page(call):
    assert "docs/proofs.md" in json.loads(call("explain", "L2", "--json").stdout)["proof"]


def test_a_false_statement_is_claimed_for_some_and_refuted_by_others(call):
    text = " ".join(call("explain", "R1").stdout.split())
    assert (
        "Claimed for AdamProxy's field on every separable X without zero entries; refuted by X = [[5,1],[1,4]]."
        in text
    )
    assert "Holds" not in text
    assert "Holds for every" in " ".join(call("explain", "I4").stdout.split())


def test_what_cannot_decide_alone_supports(call):
    body = json.loads(call("explain", "R1", "--json").stdout)
    assert {check["at_most"] for check in body["checks"]} == {"supports", "REFUTED"}
    assert any("R1-three-solutions.json" in path for path in body["corpus"])
    text = call("explain", "R1").stdout
    assert "supports" in text and "R1-three-solutions.json" in text
    assert "UNDECIDED" not in text


def test_the_parts_of_a_verdict_are_printed_and_written(call, monkeypatch):
    def run(names, effort, jobs):
        said = (
            Evidence(True, 9, source="runs", at_most=Verdict.OBSERVED, scope="long runs"),
            Evidence(True, 6, source="runs' certificates", at_most=Verdict.CERTIFIED, part="for 6 data sets"),
        )
        yield ClaimVerdict("L2", Verdict.OBSERVED, "", said, 0.1)

    monkeypatch.setattr("marginproof.properties.verification.verify.run", run)
    monkeypatch.setenv("COLUMNS", "200")
    assert "OBSERVED in general; CERTIFIED for 6 data sets" in call("verify", "--claim", "L2").stdout
    (entry,) = json.loads(call("verify", "--claim", "L2", "--json").stdout)["claims"]
    assert entry["verdict"] == "OBSERVED"
    assert entry["evidence"]["count"] == 9
    assert entry["evidence"]["label"] == "OBSERVED in general; CERTIFIED for 6 data sets"
    (part,) = entry["evidence"]["parts"]
    assert part == {"verdict": "CERTIFIED", "scope": "for 6 data sets", "count": 6, "certificates": []}
    assert entry["evidence"]["checks"][0]["scope"] == "long runs"


@pytest.mark.parametrize("claim", ["L2", "L4", "L8", "L9"])
def test_explain_names_the_certified_part(call, claim):
    checks = {check["name"]: check for check in json.loads(call("explain", claim, "--json").stdout)["checks"]}
    assert checks["certificates"]["at_most"] == "CERTIFIED"
    assert checks["certificates"]["part"] == "for the corpus' data sets"


def test_explain_shows_the_last_verdict(call):
    assert call("verify", "--profile", "quick", "--claim", "R6", "--jobs", "1").exit_code == 0
    body = json.loads(call("explain", "R6", "--json").stdout)
    assert body["last"]["verdict"] == "REFUTED"
    assert body["last"]["profile"] == "quick"


def test_a_refuted_claim_is_printed_with_its_certificate(call):
    found = call("verify", "--profile", "quick", "--claim", "R6", "--claim", "I4", "--jobs", "1")
    assert "R6: refuted by constructions/corpus/R6-segment.json\n" in found.stdout
    assert "I4: refuted" not in found.stdout
