"""Coq's kernel as evidence: with Coq, without it, with a proof that fails, and never from a record."""

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.verification import formal_evidence, verify
from marginproof.properties.verification.formal_evidence import formal_sources
from marginproof.properties.verification.verdict import ClaimVerdict, collect, combine
from marginproof.properties.verification.verify import KeptVerdicts
from marginproof.theory.claims.claim import QUICK, Evidence
from marginproof.theory.formal.files import FORMAL
from marginproof.theory.formal.kernel import AcceptedTheorem, Refused
from marginproof.theory.registry import claim
from marginproof.theory.verdicts import Verdict

HELD = Evidence(True, 5, source="runs", at_most=Verdict.HELD)


def verdict_of(claim_id, monkeypatch, coq, prove=None):
    """The verdict on a claim from runs that held and from its formal source."""
    monkeypatch.setattr(formal_evidence, "usable", lambda: coq)
    monkeypatch.setattr(formal_evidence, "prove", prove)
    stated = claim(claim_id)
    evidence = (HELD, *(collect(source, stated, QUICK) for source in formal_sources(stated)))
    verdict, reason = combine(stated, evidence)
    return ClaimVerdict(claim_id, verdict, reason, evidence, 0.0)


def accept(names):
    return [AcceptedTheorem(name, "b4", ()) for name in names]


def refuse(names):
    raise Refused("b4.v: line 3")


def test_with_coq_the_claim_is_proved_by_the_kernel(monkeypatch):
    assert verdict_of("B4", monkeypatch, True, accept).label == "PROVED (kernel)"


def test_without_coq_the_verdict_stands_and_the_row_says_where_the_proof_is(monkeypatch):
    found = verdict_of("B4", monkeypatch, False, refuse)
    assert found.label == "HELD 5; kernel proof in theory/formal/b4.v, not re-run here"


def test_a_proof_that_fails_leaves_the_claim_undecided(monkeypatch):
    found = verdict_of("B4", monkeypatch, True, refuse)
    assert (found.verdict, found.reason) == (Verdict.UNDECIDED, "Coq: b4.v: line 3")


@pytest.mark.parametrize("entry", FORMAL, ids=lambda entry: entry.claim)
def test_a_part_of_a_claim_does_not_decide_it(entry, monkeypatch):
    found = verdict_of(entry.claim, monkeypatch, True, accept)
    assert found.verdict is (Verdict.PROVED if entry.whole else Verdict.HELD)
    assert entry.whole or found.label.endswith(f"PROVED for {entry.scope} (kernel)")


def test_a_claim_without_theorems_is_left_alone():
    assert formal_sources(claim("I4")) == ()


def test_a_resumed_run_asks_the_kernel_again(monkeypatch, tmp_path):
    state, asked = tmp_path / "kept.json", []
    kept = KeptVerdicts(state, "quick")
    kept.add(verdict_of("B4", monkeypatch, True, accept))
    kept.add(ClaimVerdict("B5", Verdict.HELD, "", (HELD,), 0.0))

    def run(names, effort, jobs):
        asked.extend(names)
        yield from (ClaimVerdict(name, Verdict.HELD, "", (HELD,), 0.0) for name in names)

    monkeypatch.setattr(verify, "run", run)
    arguments = [
        "verify",
        "--profile",
        "quick",
        "--resume",
        "--state",
        str(state),
        "--claim",
        "B4",
        "--claim",
        "B5",
    ]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert asked == ["B4"]
