"""``marginproof verify``: collect the evidence for each claim and print one table of verdicts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import json_option
from marginproof.properties.cli.output import emit, say, table
from marginproof.properties.cli.places import writes
from marginproof.properties.file_kinds import VERDICTS

if TYPE_CHECKING:
    from marginproof.properties.verification.verdict import ClaimVerdict
    from marginproof.properties.verification.verify import KeptVerdicts

INTERRUPTED = 130


@click.command("verify")
@click.option("--profile", type=click.Choice(["quick", "default", "thorough"]), default="default",
              show_default=True, help="How far the checks go.")  # fmt: skip
@click.option("--claim", "names", multiple=True, metavar="ID", help="A claim, or a letter; may be repeated.")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Processes [default: one a core].")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), default=None, callback=writes(VERDICTS),
              help="Where verdicts are kept [default: the user's cache folder].")  # fmt: skip
@click.option("--resume/--fresh", default=None, help="Continue an earlier run [default: thorough resumes].")
@json_option
def command(
    profile: str,
    names: tuple[str, ...],
    jobs: int | None,
    state: Path | None,
    resume: bool | None,
    json_target: str | None,
) -> None:
    """Test the claims and print a verdict for each; exit 0 when every verdict is at least the expected one.

    \b
    UNDECIDED < OBSERVED < HELD < CERTIFIED < PROVED; a claim expected REFUTED must be REFUTED.
    Ctrl-C prints what is done; a thorough run continues where it stopped, unless sources changed.

    \b
    Example:
      marginproof verify --profile quick
      marginproof verify --claim I4 --claim B --json verdicts.json
    """
    from marginproof.properties.verification.verify import KeptVerdicts, chosen, default_state, fingerprint

    wanted = chosen(names)
    path = state or default_state(profile)
    kept = KeptVerdicts.load(path, profile)
    if not (resume if resume is not None else profile == "thorough"):
        kept = KeptVerdicts(path, profile, dict(kept.done) if names else {})
        kept.forget(wanted)
    kept.forget(name for name in wanted if name in kept.done and kept.done[name].by_kernel)
    fingerprint()
    interrupted = False
    try:
        _run(wanted, profile, jobs or os.cpu_count() or 1, kept)
    except KeyboardInterrupt:
        interrupted = True
    done = [kept.done[name] for name in wanted if name in kept.done]
    ok = len(done) == len(wanted) and all(one.ok for one in done)
    result = {"claims": [entry(one) for one in done], "profile": profile, "ok": ok}
    emit(result, json_target, lambda: _show(done, wanted, profile, interrupted), answer=ok or interrupted)
    if interrupted:
        click.get_current_context().exit(INTERRUPTED)


def _run(wanted: list[str], profile: str, jobs: int, kept: KeptVerdicts) -> None:
    """Judge what is missing, keeping each verdict as it comes; a display names the claims in hand."""
    from marginproof.properties.progress import counted
    from marginproof.properties.verification.verify import in_order, run
    from marginproof.theory.claims.claim import PROFILES

    missing = in_order(name for name in wanted if name not in kept.done)
    with counted("claims", len(wanted)) as at:
        at(len(wanted) - len(missing), " ".join(missing[:jobs]))
        for verdict in run(list(missing), PROFILES[profile], jobs):
            missing.remove(verdict.claim)
            at(len(wanted) - len(missing), " ".join(missing[:jobs]))
            kept.add(verdict)


def entry(found: ClaimVerdict) -> dict[str, Any]:
    """What ``--json`` says of one claim."""
    from marginproof.theory.registry import claim as claim_of
    from marginproof.theory.verdicts import strength_label

    claim = claim_of(found.claim)
    checks = [
        {
            "name": one.source,
            "at_most": strength_label(one.at_most),
            "scope": one.scope,
            "part": one.part,
            "passed": one.passed,
            "count": one.count,
            "detail": one.detail,
            "seconds": round(one.seconds, 3),
        }
        for one in found.evidence
    ]
    evidence = {
        "count": found.count,
        "label": found.label,
        "parts": [
            {"verdict": one.at_most, "scope": one.part, "count": one.count, "certificates": one.paths}
            for one in found.parts
        ],
        "checks": checks,
        "certificates": found.paths,
        "reason": found.reason,
    }
    return {
        "id": claim.id,
        "statement": claim.plain,
        "source": claim.source,
        "verdict": found.verdict,
        "expected": claim.expected,
        "evidence": evidence,
        "seconds": round(found.seconds, 3),
    }


def _show(done: list[ClaimVerdict], wanted: list[str], profile: str, interrupted: bool) -> None:
    from marginproof.theory.registry import claim as claim_of
    from marginproof.theory.verdicts import Verdict

    rows: list[list[object]] = []
    for found in done:
        claim = claim_of(found.claim)
        word = found.label if found.ok else f"{found.label} (expected {claim.expected.value})"
        rows.append(
            [claim.id, claim.title, _brief(claim.source), word, found.count, f"{found.seconds:.1f} s"]
        )
    table(f"Claims, profile {profile}", ["id", "statement", "source", "verdict", "evidence", "time"], rows)
    for found in done:
        if found.reason:
            say(f"{found.claim}: {found.reason}")
        if found.verdict is Verdict.REFUTED and found.paths:
            say(f"{found.claim}: refuted by {', '.join(found.paths)}")
    short = [found.claim for found in done if not found.ok]
    if interrupted or len(done) < len(wanted):
        say(f"Interrupted: {len(done)} of {len(wanted)} claims judged.")
    elif short:
        say(
            f"{len(done) - len(short)} of {len(done)} verdicts are at least the "
            f"expected ones; not: {', '.join(short)}."
        )
    else:
        say(
            "The verdict is at least the expected one."
            if len(done) == 1
            else f"All {len(done)} verdicts are at least the expected ones."
        )


def _brief(source: str) -> str:
    """The source in a table cell: what stands before the first semicolon or bracket."""
    return source.split(";")[0].split(" (")[0]
