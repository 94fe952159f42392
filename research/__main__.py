"""``python -m research [QUESTION …]``: the searches reported in ``docs/research.md``, once more."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import click

from marginproof.theory.fields import IncAdamField
from research.attractors import (
    batch_size,
    directions,
    finite_beta,
    print_count,
    two_rows,
)
from research.averages import average_box, widths
from research.cycle_runs import report
from research.cycles import smallest_cycle
from research.poor_margins import poor_margins

QUESTIONS: dict[str, list[Callable[[], object]]] = {
    "exhaust": [partial(print_count, size) for size in range(2, 7)],
    "two-rows": [
        partial(two_rows, d, size) for d, size in ((2, 4), (2, 5), (3, 3), (3, 4), (4, 2), (4, 3), (5, 2))
    ],
    "batch-size": [batch_size],
    "directions": [partial(directions, 3, d, 3000) for d in (3, 2, 4)],
    "finite-beta": [partial(finite_beta, 2, 2, 4000), partial(finite_beta, 3, 3, 1500)],
    "cycle": [partial(smallest_cycle, count=20_000)],
    "average": [average_box],
    "average-inc-adam": [partial(average_box, IncAdamField())],
    "average-widths": [widths],
    "runs": [report],
    "margins": [partial(poor_margins, *shape) for shape in ((2, 3), (3, 4), (4, 8))],
}
"""Question to its searches, in the order of the report."""


@click.command(help=f"Hunt the QUESTIONS again, by default all (hours): {', '.join(QUESTIONS)}.")
@click.argument("questions", nargs=-1, type=click.Choice(list(QUESTIONS)), metavar="[QUESTION]...")
def main(questions: tuple[str, ...]) -> None:
    """Search and print; what a search finds is certified first."""
    for question in questions or QUESTIONS:
        for search in QUESTIONS[question]:
            search()
            sys.stdout.flush()


if __name__ == "__main__":
    main(prog_name="python -m research")
