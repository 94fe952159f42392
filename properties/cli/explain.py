"""``marginproof explain``: a claim's statement, hypotheses, proof, checks and last verdict."""

from __future__ import annotations

import textwrap
from typing import Any

import click

from marginproof.properties.cli.options import json_option
from marginproof.properties.cli.output import emit, say, table


@click.command("explain")
@click.argument("identifier", metavar="ID")
@json_option
def command(identifier: str, json_target: str | None) -> None:
    """Show what claim ID says, under which hypotheses, why, who checks it, and the last verdict.

    \b
    Example:
      marginproof explain I5
    """
    from marginproof.properties.verification.evidence import speakers
    from marginproof.properties.verification.verify import last_judgement
    from marginproof.theory.registry import claim as claim_of

    claim = claim_of(identifier)
    checks = speakers(claim)
    last = last_judgement(claim.id)
    result: dict[str, Any] = {
        "id": claim.id,
        "title": claim.title,
        "statement": claim.plain,
        "tex": claim.tex,
        "quantifiers": claim.quantifiers,
        "source": claim.source,
        "hypotheses": [{"name": h.name, "meaning": h.plain} for h in claim.hypotheses],
        "proof": claim.proof.strip(),
        "checks": [{"name": c.name, "at_most": c.at_most, "scope": c.scope} for c in checks],
        "mutants": [mutant.kind for mutant in claim.mutants],
        "expected": claim.expected,
        "last": None if last is None else _last(*last),
    }

    def human() -> None:
        say(f"{claim.id}  {claim.title}\n\n{_fill(claim.plain)}\n")
        say(f"{_fill(f'Holds {claim.quantifiers}.')}\nSource: {claim.source}.\nTeX: {claim.tex}\n")
        hypotheses = "\n".join(f"  {h.name}: {h.plain}" for h in claim.hypotheses)
        say(f"Hypotheses\n{hypotheses or '  none'}\n\nProof\n{textwrap.indent(claim.proof.strip(), '  ')}\n")
        table("Checks", ["check", "at most", "scope"], [[c.name, c.at_most.value, c.scope] for c in checks])
        say(f"Mutants that the checks must reject: {', '.join(mutant.kind for mutant in claim.mutants)}.")
        say(f"Expected verdict: {claim.expected.value}. {claim.expected.meaning}")
        if last is None:
            say("Last verdict: none yet; run `marginproof verify`.")
        else:
            profile, judgement, current = last
            why = f"; {judgement.reason}" if judgement.reason else ""
            age = "" if current else "; sources have changed since"
            say(
                f"Last verdict: {judgement.verdict.value} ({profile}, {judgement.count} instances{why}{age})."
            )

    emit(result, json_target, human)


def _last(profile: str, judgement: Any, current: bool) -> dict[str, Any]:
    return {
        "profile": profile,
        "verdict": judgement.verdict,
        "count": judgement.count,
        "reason": judgement.reason,
        "certificates": judgement.paths,
        "sources_unchanged": current,
    }


def _fill(text: str) -> str:
    return textwrap.fill(text, 96)
