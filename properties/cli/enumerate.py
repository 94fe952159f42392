"""``marginproof enumerate``: every limit direction an optimizer can have on the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import numpy as np

from constructions.dataset import Dataset
from properties.cli.options import data_options, json_option, optimizer_options
from properties.cli.output import emit, say, table

if TYPE_CHECKING:
    from theory.enclosures.fixed_points import Enumeration, FixedPoint
    from theory.optimizers import Optimizer


@click.command("enumerate")
@data_options
@optimizer_options
@click.option("--digits", default=15, show_default=True, help="Decimal digits of each point's enclosure.")
@click.option(
    "--complete/--starts",
    "complete",
    default=None,
    help="Search the whole simplex, or only from starts [default: the simplex up to 6 distinct rows].",
)
@click.option("--max-boxes", default=200_000, show_default=True, help="Budget of the exhaustive search.")
@click.option("--seed", default=0, show_default=True, help="Of the random starts.")
@json_option
def command(
    dataset: Dataset,
    optimizer: Optimizer,
    start: np.ndarray,
    digits: int,
    complete: bool | None,
    max_boxes: int,
    seed: int,
    json_target: str | None,
) -> None:
    """List every fixed point of the flow on DATA, with its stability, and whether these are all.

    Fixed points are told apart by their weights; --json also lists each distinct direction once, with
    the points (counted from 0) that share it.  The starting point plays no part.  Ends with exit code 1 where --complete was asked for and not reached.

    \b
    Example:
      marginproof enumerate shifted-diagonal --optimizer adam --beta1 0.9 --beta2 0.95
    """
    from properties.progress import late_spinner
    from theory.enclosures.enumeration import enumerate_all
    from theory.errors import MarginproofError
    from theory.limit.equation import LimitProblem

    for name, value in (("digits", digits), ("max_boxes", max_boxes)):
        if value < 1:
            raise MarginproofError(f"{name}={value} is not positive; give 1 or more")
    problem = LimitProblem(dataset.entries, optimizer.field(dataset.n_samples))
    with late_spinner(f"enumerating the fixed points on {dataset.name}"):
        found = enumerate_all(problem, complete=complete, digits=digits, max_boxes=max_boxes, seed=seed)
    result = {
        "dataset": dataset.name,
        "complete": found.complete,
        "reason": found.reason,
        "boxes": found.boxes,
        "starts": found.starts,
        "seed": seed,
        "points": [_described(point) for point in found.points],
        "directions": [
            {"direction": direction, "points": members} for direction, members in found.directions
        ],
    }
    emit(result, json_target, lambda: _show(dataset, found), answer=found.complete or not complete)


def _described(point: FixedPoint) -> dict[str, Any]:
    """What ``--json`` says of one point; support counts rows from 0."""
    radius = None if point.enclosure is None else point.enclosure.radius
    return {
        "weights": point.weights,
        "direction": point.direction,
        "support": point.support,
        "gamma": point.gamma,
        "stability": point.stability,
        "certified": point.certified,
        "unique": point.unique,
        "radius": radius,
        "reason": point.reason,
    }


def _show(dataset: Dataset, found: Enumeration) -> None:
    rows: list[list[object]] = [
        [
            number,
            point.direction,
            point.weights,
            point.stability.value,
            "certified" if point.certified else "floating point",
        ]
        for number, point in enumerate(found.points, 1)
    ]
    table(
        f"Limit directions on {dataset.name}", ["", "direction u(c)", "weights c", "stability", "word"], rows
    )
    say(sentence(found) + shared(found))


def shared(found: Enumeration) -> str:
    """Which points share a direction; empty where none do."""
    common = [members for _, members in found.directions if len(members) > 1]
    if not common:
        return ""
    groups = "; ".join(" and ".join(str(number + 1) for number in members) for members in common)
    return f" Points {groups} share a direction: {len(found.directions)} distinct directions."


def sentence(found: Enumeration) -> str:
    """What the list means."""
    count = len(found.points)
    attracting = sum(point.stability.value == "attracting" for point in found.points)
    noun = "fixed point" if count == 1 else "fixed points"
    if not found.complete:
        return f"{count} {noun} found, {attracting} attracting; there may be more ({found.reason})."
    listing = f"These are all: {count} {noun}, {attracting} attracting"
    if attracting == 0 and count == 1 and found.points[0].stability.value == "unstable":
        return f"{listing}; the flow settles from no start but that point and those drawn exactly onto it."
    if attracting > 1:
        return f"{listing}; where w/‖w‖ goes depends on the start."
    return f"{listing}."
