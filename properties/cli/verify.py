"""``marginproof verify``: hear everyone who speaks for each claim and print one table of verdicts."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import json_option
from marginproof.properties.cli.output import emit, say, table

if TYPE_CHECKING:
    from marginproof.properties.verification.evidence import Judgement
    from marginproof.properties.verification.verify import State

INTERRUPTED = 130


@click.command("verify")
@click.option("--profile", type=click.Choice(["quick", "default", "thorough"]), default="default",
              show_default=True, help="How far the checks go.")  # fmt: skip
@click.option("--claim", "names", multiple=True, metavar="ID", help="A claim, or a letter; may be repeated.")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Processes [default: one a core].")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), default=None,
              help="Where judgements are kept [default: the user's cache folder].")  # fmt: skip
@click.option("--resume/--fresh", default=None, help="Take up an earlier run [default: thorough resumes].")
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
    Ctrl-C prints what is done; a thorough run takes up where it stopped, unless sources changed.

    \b
    Example:
      marginproof verify --profile quick
      marginproof verify --claim I4 --claim B --json verdicts.json
    """
    from marginproof.properties.verification.verify import State, chosen, default_state, fingerprint

    wanted = chosen(names)
    path = state or default_state(profile)
    kept = State.load(path, profile)
    if not (resume if resume is not None else profile == "thorough"):
        kept = State(path, profile, dict(kept.done) if names else {})
        kept.done = {key: value for key, value in kept.done.items() if key not in wanted}
    fingerprint()
    interrupted = False
    try:
        _run(wanted, profile, jobs or os.cpu_count() or 1, kept)
    except KeyboardInterrupt:
        interrupted = True
    done = [kept.done[name] for name in wanted if name in kept.done]
    ok = len(done) == len(wanted) and all(judgement.ok for judgement in done)
    result = {"claims": [entry(judgement) for judgement in done], "profile": profile, "ok": ok}
    emit(result, json_target, lambda: _show(done, wanted, profile, interrupted), answer=ok or interrupted)
    if interrupted:
        click.get_current_context().exit(INTERRUPTED)


def _run(wanted: list[str], profile: str, jobs: int, kept: State) -> None:
    """Judge what is missing, keeping each judgement as it comes, under a live display."""
    from marginproof.properties.verification.verify import run
    from marginproof.theory.claims.claim import PROFILES

    missing = [name for name in wanted if name not in kept.done]
    for judgement in _watched(run(missing, PROFILES[profile], jobs), len(wanted), len(wanted) - len(missing)):
        kept.add(judgement)


def _watched(judgements: Iterator[Judgement], total: int, done: int) -> Iterator[Judgement]:
    """Pass judgements on while a progress bar on standard error counts them."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("claims"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[last]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("claims", total=total, completed=done, last="")
        for judgement in judgements:
            progress.update(task, advance=1, last=f"{judgement.claim} {judgement.verdict.value}")
            yield judgement


def entry(judgement: Judgement) -> dict[str, Any]:
    """What ``--json`` says of one claim."""
    from marginproof.theory.registry import claim as claim_of

    claim = claim_of(judgement.claim)
    checks = [
        {
            "name": opinion.name,
            "at_most": opinion.at_most,
            "passed": opinion.passed,
            "count": opinion.count,
            "detail": opinion.detail,
            "seconds": round(opinion.seconds, 3),
        }
        for opinion in judgement.opinions
    ]
    evidence = {
        "count": judgement.count,
        "checks": checks,
        "certificates": judgement.paths,
        "reason": judgement.reason,
    }
    return {
        "id": claim.id,
        "statement": claim.plain,
        "source": claim.source,
        "verdict": judgement.verdict,
        "expected": claim.expected,
        "evidence": evidence,
        "seconds": round(judgement.seconds, 3),
    }


def _show(done: list[Judgement], wanted: list[str], profile: str, interrupted: bool) -> None:
    from marginproof.theory.registry import claim as claim_of
    from marginproof.theory.verdicts import Verdict

    rows: list[list[object]] = []
    for judgement in done:
        claim = claim_of(judgement.claim)
        word = judgement.verdict.value
        if judgement.verdict is Verdict.HELD:
            word = f"{word} {judgement.count}"
        if not judgement.ok:
            word = f"{word} (expected {claim.expected.value})"
        time = f"{judgement.seconds:.1f} s"
        rows.append([claim.id, claim.title, _brief(claim.source), word, judgement.count, time])
    table(f"Claims, profile {profile}", ["id", "statement", "source", "verdict", "evidence", "time"], rows)
    for judgement in done:
        if judgement.reason:
            print(f"{judgement.claim}: {judgement.reason}", file=sys.stdout)
        if judgement.verdict is Verdict.REFUTED and judgement.paths:
            print(f"{judgement.claim}: refuted by {', '.join(judgement.paths)}", file=sys.stdout)
    short = [judgement.claim for judgement in done if not judgement.ok]
    if interrupted or len(done) < len(wanted):
        say(f"Interrupted: {len(done)} of {len(wanted)} claims judged.")
    elif short:
        say(
            f"{len(done) - len(short)} of {len(done)} verdicts are at least the "
            f"expected ones; not: {', '.join(short)}."
        )
    else:
        say(f"All {len(done)} verdicts are at least the expected ones.")


def _brief(source: str) -> str:
    """The source in a table cell: what stands before the first semicolon or bracket."""
    return source.split(";")[0].split(" (")[0]
