"""``marginproof explain``: a claim's statement, hypotheses, proof, checks and last verdict."""

from __future__ import annotations

import re
import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import json_option
from marginproof.properties.cli.output import emit, say, table
from marginproof.properties.presentation.names import plural
from marginproof.theory.verdicts import Verdict, strength_label

if TYPE_CHECKING:
    from marginproof.properties.verification.verdict import ClaimVerdict
    from marginproof.theory.claims.claim import Claim, EvidenceSource


ROLE = re.compile(r":[a-z:]+:`~?([^`]+)`")
"""A cross-reference in a docstring, as the documentation's pages link it."""


@click.command("explain")
@click.argument("identifier", metavar="ID")
@json_option
def command(identifier: str, json_target: str | None) -> None:
    """Show what claim ID says, under which hypotheses, why, what checks it, and the last verdict.

    \b
    Example:
      marginproof explain I5
    """
    from marginproof.constructions.corpus import refutations
    from marginproof.properties.verification.sources import sources_for
    from marginproof.properties.verification.verify import last_verdict
    from marginproof.theory.registry import claim as claim_of

    claim = claim_of(identifier)
    checks = [(one.name, strength_label(one.at_most), one.scope, _part(one)) for one in sources_for(claim)]
    last = last_verdict(claim.id)
    proofs = [shown_path(entry.path) for entry in refutations(claim.id)]
    result: dict[str, Any] = {
        "id": claim.id,
        "title": claim.title,
        "statement": claim.plain,
        "tex": claim.tex,
        "quantifiers": claim.quantifiers,
        "source": claim.source,
        "hypotheses": [{"name": h.name, "meaning": h.plain} for h in claim.hypotheses],
        "proof": without_roles(claim.proof),
        "checks": [dict(zip(("name", "at_most", "scope", "part"), check, strict=True)) for check in checks],
        "mutants": [mutant.kind for mutant in claim.mutants],
        "expected": claim.expected,
        "corpus": proofs,
        "last": None if last is None else _last(*last),
    }

    def human() -> None:
        say(f"{claim.id}  {claim.title}\n\n{claim.plain}\n")
        say(f"{_range(claim)}\nSource: {claim.source}.")
        click.echo(f"TeX: {claim.tex}\n")  # to be pasted, so as it is
        hypotheses = "\n".join(f"  {h.name}: {h.plain}" for h in claim.hypotheses)
        say(
            f"Hypotheses\n{hypotheses or '  none'}\n\nProof\n{textwrap.indent(without_roles(claim.proof), '  ')}\n"
        )
        rows: list[list[object]] = [
            [name, at_most, f"{part}: {scope}" if part else scope] for name, at_most, scope, part in checks
        ]
        table("Checks", ["check", "can show", "scope"], rows)
        say(f"Mutants that the checks must reject: {', '.join(mutant.kind for mutant in claim.mutants)}.")
        say(f"Expected verdict: {claim.expected.value}. {claim.expected.meaning}")
        if proofs:
            say("Refuted by these certificates of the corpus; `marginproof check FILE` judges one:")
            for proof in proofs:
                say(f"  {proof}")
        if last is None:
            say("Last verdict: none yet; run `marginproof verify`.")
        else:
            profile, verdict, current = last
            why = f"; {verdict.reason}" if verdict.reason else ""
            age = "" if current else "; sources have changed since"
            say(f"Last verdict: {verdict.label} ({profile}, {plural(verdict.count, 'instance')}{why}{age}).")

    emit(result, json_target, human)


def without_roles(text: str) -> str:
    """A docstring as a terminal shows it: names in the place of links.

    Example:
      >>> without_roles("by :mod:`marginproof.theory.claims.descent` (:doc:`/proofs` has every step).")
      'by marginproof.theory.claims.descent (docs/proofs.md has every step).'
    """
    return ROLE.sub(r"\1", re.sub(r":doc:`/([\w/-]+)`", r"docs/\1.md", text)).strip()


def shown_path(path: Path) -> str:
    """A path as a shell takes it, from here where it lies below."""
    return shlex.quote(str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path))


def _part(source: EvidenceSource) -> str:
    """What part of the claim a source is about; a run of it counts the data sets."""
    return source.part.format(count="the corpus'", data_sets="data sets")


def _range(claim: Claim) -> str:
    """Who ranges over what, as a sentence; a false statement is claimed for some and refuted by others."""
    text = claim.quantifiers
    return f"{text[0].upper()}{text[1:]}." if claim.expected is Verdict.REFUTED else f"Holds {text}."


def _last(profile: str, verdict: ClaimVerdict, current: bool) -> dict[str, Any]:
    return {
        "profile": profile,
        "verdict": verdict.verdict,
        "label": verdict.label,
        "count": verdict.count,
        "reason": verdict.reason,
        "certificates": verdict.paths,
        "sources_unchanged": current,
    }
