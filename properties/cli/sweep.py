"""``marginproof sweep``: data × optimizers × batch sizes × learning rates to one table, resumable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from marginproof.properties.cli.options import json_option, workers_options
from marginproof.properties.cli.output import emit, notices, say, table
from marginproof.properties.cli.places import take_file
from marginproof.properties.file_kinds import TABLE
from marginproof.properties.presentation.names import DIRECTIONS, angle, plural

SHOWN = {
    "data": "data",
    "optimizer": "optimizer",
    "batch_size": "b",
    "lr": "η",
    "seed": "seed",
    "outcome": "outcome",
    "cosine_l2": f"angle to {DIRECTIONS['l2']}",
    "cosine_linf": f"angle to {DIRECTIONS['linf']}",
}
"""Columns of the table on a terminal with their heads; cosines are shown as angles."""
MOST_SHOWN = 40
REASONS = 3
"""Refusals that are told apart below the table."""


@click.command("sweep")
@click.argument("file", metavar="FILE.toml")
@click.option("--out", metavar="TABLE.csv", help="The table [default: FILE.csv].")
@workers_options
@json_option
def command(file: str, out: str | None, jobs: int, backend: str, json_target: str | None) -> None:
    """Predict every limit that FILE.toml describes: data × optimizers × batch sizes × learning rates × starts.

    Rows are added to the table as they finish; interrupted, the same command goes on.  Data that cannot be read are refused before
    anything is written; exit code 1 if a case was refused, such as a batch size that does not divide N, and the table says why.

    \b
    Example:
      marginproof sweep sweep.toml --out table.csv

    \b
    Example of FILE.toml:
      data = ["sr4", {file = "rows.csv", label = "kind", bias = true}]
      optimizers = ["adamproxy", {name = "adam", beta1 = 0.9, beta2 = [0.95, 0.99]}]
      batch_sizes = [1, 2]
      lr = ["vanishing", 0.01]
      seeds = [0, 1]
    """
    from marginproof.properties.progress import late_spinner
    from marginproof.properties.sweep.case import REFUSED
    from marginproof.properties.sweep.plan import read_plan
    from marginproof.properties.sweep.sweep import sweep

    target = Path(out) if out else Path(file).with_suffix(".csv")
    take_file("out", target, TABLE)
    planned = read_plan(Path(file))
    cases = list(dict.fromkeys(planned))
    if len(cases) < len(planned):
        notices(
            [
                f"{len(planned) - len(cases)} of {len(planned)} cases stand twice in {file}; each is predicted once"
            ]
        )
    with late_spinner(f"sweeping {file}") as tell, _resumable(target):
        rows = sweep(
            cases,
            target,
            backend=backend,
            jobs=jobs,
            told=lambda done, total: tell(f"sweeping {file}: {done} of {total} cases"),
        )
    refused = [row for row in rows if row["outcome"] == REFUSED]

    def show() -> None:
        used = [name for name in SHOWN if any(row[name] for row in rows)]
        shown = [
            {**row, "optimizer": f"{row['optimizer']} {row['settings']}".strip()} for row in rows[:MOST_SHOWN]
        ]
        table(
            f"{file}: {plural(len(rows), 'case')}",
            [SHOWN[name] for name in used],
            [[_cell(name, row[name]) for name in used] for row in shown],
        )
        say(f"{target}: {plural(len(rows), 'row')}, {len(refused)} of them refused; floating-point evidence.")
        _show_refused(refused, target)

    emit({"table": str(target), "rows": rows}, json_target, show, answer=not refused)


@contextmanager
def _resumable(table: Path) -> Iterator[None]:
    """Say of a sweep that the user stops how it goes on."""
    try:
        yield
    except KeyboardInterrupt:
        notices([f"the sweep was interrupted; give it again to go on from {table}"])
        raise


def _show_refused(refused: list[dict[str, str]], target: Path) -> None:
    """Why cases were refused, the first few reasons, each with the number of its cases."""
    told = Counter(
        f"{row['data']}, {row['optimizer']}, batch size {row['batch_size'] or 'default'}: {row['reason']}"
        for row in refused
    )
    for line, count in list(told.items())[:REASONS]:
        say(f"refused{f' ({count} cases)' * (count > 1)}: {line}.")
    left = sum(list(told.values())[REASONS:])
    if left:
        say(f"{plural(left, 'more case')} refused; the reasons stand in {target}.")


def _cell(name: str, text: str) -> str:
    if name.startswith("cosine"):
        return angle(1 - float(text)) if text else ""
    return {"vanishing": "→ 0"}.get(text, text) if name == "lr" else text.replace("_", " ")
