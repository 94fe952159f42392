"""Evidence from the corpus: certificates that name a claim, judged by the independent checker."""

from __future__ import annotations

import json
from pathlib import Path

from marginproof.constructions.corpus import CERTIFIED_FOR, FOLDER
from marginproof.theory import checker
from marginproof.theory.claims.claim import DEFAULT, Claim, Effort, Evidence, EvidenceSource, failed
from marginproof.theory.verdicts import Verdict

QUICK_CERTIFICATES = 2
"""How many of a claim's certificates the quick profile checks, the shortest; one VALID one refutes."""


def certificates(claim_id: str, corpus: Path = FOLDER) -> list[Path]:
    """Files of the corpus that name the claim, or prove it for their own data, shortest first."""
    own = CERTIFIED_FOR.get(claim_id, ())
    files = sorted(corpus.glob("*.json"), key=lambda path: (path.stat().st_size, path.name))
    return [path for path in files if path.stem in own or _claim_in(path) == claim_id]


def _claim_in(path: Path) -> str | None:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return None
    return body.get("claim") if isinstance(body, dict) else None


def checked(files: list[Path], effort: Effort = DEFAULT) -> Evidence:
    """Files judged by the independent checker; all that are judged must be VALID.  Data sets are counted, not files."""
    whole = len(files)
    files = files[:QUICK_CERTIFICATES] if effort.name == "quick" else files
    for path in files:
        verdict, reason = checker.check(path.read_bytes())
        if verdict != "VALID":
            return failed(f"{path.name} is {verdict}: {reason}")
    shown = tuple(f"constructions/corpus/{path.name}" for path in files)
    data = {json.dumps(json.loads(path.read_text(encoding="utf-8"))["data"]) for path in files}
    return Evidence(
        True, len(data), f"{len(files)} of {whole} certificates checked: {', '.join(shown)}", shown
    )


def certificate_sources(claim: Claim) -> tuple[EvidenceSource, ...]:
    """The claim's certificates as one source, none where there are none.

    One certificate refutes a false claim; a true one is certified only for the data sets that the files hold.
    """
    files = certificates(claim.id)
    if not files:
        return ()
    refutes = claim.expected is Verdict.REFUTED
    return (
        EvidenceSource(
            "certificates",
            Verdict.REFUTED if refutes else Verdict.CERTIFIED,
            "exact, by marginproof.theory.checker",
            lambda formula, effort: checked(files, effort),
            part="" if refutes else "for {count} {data_sets}",
        ),
    )
