"""``marginproof report``: one page on the claims and on data sets, readable offline."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import as_typed, reading_options
from marginproof.properties.cli.output import ANSWER_IS_NO, notices, say
from marginproof.properties.cli.places import take
from marginproof.properties.file_kinds import CERTIFICATE, FIGURE, WEB_PAGE
from marginproof.properties.presentation.names import plural
from marginproof.theory.errors import MarginproofError, NotSeparableError

if TYPE_CHECKING:
    from marginproof.constructions.dataset import Dataset


@click.command("report")
@click.argument("data", nargs=-1, metavar="[DATA…]")
@click.option(
    "--out", required=True, metavar="DIR", help="The folder that gets index.html, figures, certificates."
)
@click.option("--claims", "mode", default="kept", show_default=True, metavar="[kept|last|quick|none]",
              help="Verdicts: those that verify kept; these with the missing judged quickly; all judged again, "
              "quickly; none.")  # fmt: skip
@click.option("--steps", type=int, default=300_000, show_default=True, metavar="T", help="Steps of each run.")
@click.option(
    "--jobs", type=click.IntRange(1), default=None, help="Processes for claims [default: one a core]."
)
@reading_options
def command(
    data: tuple[str, ...],
    out: str,
    mode: str,
    steps: int,
    jobs: int | None,
    how: dict[str, Any],
) -> None:
    """Write one HTML page on the claims and on each DATA, a file or a built-in name [default: six built-in sets].

    The page needs no network and no scripts; figures stand beside it as SVG and PNG, and the
    certificates of the claims shown as JSON files.

    \b
    Example:
      marginproof report --out report
      marginproof report iris mine.csv --out report
    """
    from marginproof.constructions.builtin import read
    from marginproof.properties.progress import counted
    from marginproof.properties.report.build import PAGE, build, check_folder, default_data, total_parts
    from marginproof.properties.report.claims import MODES, kept, origin

    if mode not in MODES:
        raise MarginproofError(f"claims={mode} is unknown; choose one of {', '.join(MODES)}")
    if steps < 1000:
        raise MarginproofError(f"steps={steps} is too few for a limit to show; give 1000 or more")
    check_folder(Path(out))
    take("out", Path(out) / PAGE, WEB_PAGE)
    given = [(name, read(name, **how)) for name in data] or [(one.name, one) for one in default_data()]
    datasets = _separable(given, how)
    _take_places(Path(out), datasets, mode)
    for dataset in datasets:
        notices(tuple(f"{dataset.name}: {notice}" for notice in dataset.notices))
    total = total_parts(datasets, mode)
    with counted("report", total) as at:
        done = iter(range(total))
        page = build(
            datasets,
            Path(out),
            mode=mode,
            steps=steps,
            jobs=jobs or os.cpu_count() or 1,
            data_first=bool(data),
            on=lambda part: at(next(done), part),
        )
    known = kept() if mode == "kept" else {}
    claims = mode in ("last", "quick") or bool(known)
    say(f"Wrote {page}: {_contents(datasets, claims)}.")
    if mode == "kept":
        notices([_kept(origin(known.values()))])
    if len(datasets) < len(given):
        click.get_current_context().exit(ANSWER_IS_NO)


def _take_places(out: Path, datasets: list[Dataset], mode: str) -> None:
    """Refuse a folder that has files of the user's where figures and certificates go."""
    from marginproof.properties.report.claims import files_of
    from marginproof.properties.report.page import slug
    from marginproof.theory.registry import claims

    for number, dataset in enumerate(datasets):
        for path in sorted((out / "figures").glob(f"{number + 1}-{slug(dataset.name)}-*")):
            take("out", path, FIGURE)
    for name in sorted(
        {path.name for claim in claims() for path in files_of(claim)} if mode != "none" else ()
    ):
        take("out", out / "certificates" / name, CERTIFICATE)


def _separable(given: list[tuple[str, Dataset]], how: dict[str, Any]) -> list[Dataset]:
    """The sets that a page can be written on; the others are left out with a notice that names the file.

    Raises:
      NotSeparableError: none is left.
    """
    from marginproof.properties.separating import refusal
    from marginproof.theory.margins.separability import decide

    def ask(name: str) -> str:
        return f"marginproof separation {as_typed(name, how)}"

    kept = []
    for name, dataset in given:
        w, weights = decide(dataset.entries)
        if w is not None:
            kept.append(dataset)
        elif len(given) == 1:
            raise NotSeparableError(refusal(dataset, name, ask(name)), weights)
        else:
            notices([f"left out: {refusal(dataset, name, ask(name))}"])
    if not kept:
        raise MarginproofError(
            f"data={', '.join(name for name, _ in given)}: none is linearly separable; see the notices"
        )
    return kept


def _kept(origin: str) -> str:
    if not origin:
        return "no verdicts on claims are kept, so the page has none; marginproof verify judges them, or --claims quick"
    return f"{origin[:-1]}; --claims quick judges all again"


def _contents(datasets: list[Dataset], claims: bool) -> str:
    return f"{'the claims and ' * claims}{plural(len(datasets), 'data set')}"
