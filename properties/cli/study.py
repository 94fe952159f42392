"""``marginproof study``: reproduce one phenomenon of the paper, with its table, its figures and its claims."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import json_option, style_options
from marginproof.properties.cli.output import emit, say, table
from marginproof.properties.cli.places import take
from marginproof.properties.file_kinds import FIGURE
from marginproof.properties.studies import STUDIES
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.properties.studies.study import Study


@click.command("study")
@click.argument("name", metavar=f"[{'|'.join(STUDIES)}]")
@click.option("--steps", type=int, metavar="T", help="Steps of each run [default: the study's own].")
@click.option("--out", metavar="DIR", help="Write the figures there, as SVG and PNG.")
@style_options
@json_option
def command(
    name: str, steps: int | None, out: str | None, style: str, width: float | None, json_target: str | None
) -> None:
    """Run a study: its table, its finding, and what it says about which claims.

    \b
    Example:
      marginproof study two-limits --out figures
    """
    from marginproof.properties.plots.style import look
    from marginproof.properties.progress import late_spinner
    from marginproof.properties.studies import run_study

    folder = None if out is None else Path(out)
    if folder is not None and folder.exists() and not folder.is_dir():
        raise MarginproofError(f"out={out} is a file; give a folder for the figures")
    for path in folder.glob(f"{name}-*.*") if folder is not None else ():
        if path.suffix in (".svg", ".png"):
            take("out", path, FIGURE)
    with look(style, width):
        with late_spinner(f"study {name}"):
            study = run_study(name, steps)
        written = [] if folder is None else _write(study, folder)
    emit(described(study, written), json_target, lambda: _show(study, written))


def described(study: Study, written: list[str]) -> dict[str, Any]:
    """What ``--json`` says of a study."""
    return {
        "study": study.name,
        "title": study.title,
        "question": study.question,
        "finding": study.finding,
        "columns": study.columns,
        "rows": study.rows,
        "claims": [{"id": b.claim, "verdict": b.word, "why": b.why} for b in study.bearings],
        "settings": study.settings,
        "figures": written,
        "captions": captions(study),
    }


def captions(study: Study) -> dict[str, str]:
    """A figure's caption by its stem: what it shows, and what its dashes and hollow marks mean, as in :func:`note_of`."""
    from marginproof.properties.plots.labels import note_of

    return {stem: f"{study.captions[stem]}. {note_of(study.figures[stem])}".strip() for stem in study.figures}


def _write(study: Study, folder: Path) -> list[str]:
    from marginproof.properties.plots.style import save

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as cause:
        raise MarginproofError(
            f"out={folder} cannot be made ({cause.strerror}); choose another place"
        ) from cause
    paths = [folder / f"{study.name}-{stem}{kind}" for stem in study.figures for kind in (".svg", ".png")]
    for path in paths:
        save(study.figures[path.stem.removeprefix(f"{study.name}-")], path)
    return [str(path) for path in paths]


def _show(study: Study, written: list[str]) -> None:

    say(f"{study.title}\n{study.question}")
    table(study.settings, list(study.columns), [list(row) for row in study.rows])
    say(study.finding)
    for bearing in study.bearings:
        say(f"  {bearing.claim} {bearing.word}: {bearing.why}  ({bearing.title})")
    if written:
        say(f"Wrote {', '.join(written)}.")
        for stem, text in captions(study).items():
            say(f"For the caption of {study.name}-{stem}: {text}")
