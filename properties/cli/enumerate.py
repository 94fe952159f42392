"""``marginproof enumerate``: every limit direction an optimizer can have on the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.certificate import certificate_option, save_certificate
from marginproof.properties.cli.optimizer_options import optimizer_settings
from marginproof.properties.cli.options import data_options, json_option
from marginproof.properties.cli.output import emit, say, table, weights_shown
from marginproof.properties.presentation.names import plural
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.theory.batching import Batching
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.proofs.fixed_points import Enumeration, FixedPoint


FLOAT_DIGITS = 15
"""Of each enclosure when none are asked for: all that a float64 shows."""
MOST = 8
"""Entries of a vector that are written out to more digits than a table holds."""


def _no_start(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    if value is not None:
        raise MarginproofError(
            f"start={value} means nothing to enumerate, which lists the fixed points for every start; "
            "drop it, or ask `marginproof predict` where this start leads"
        )


@click.command("enumerate")
@data_options
@optimizer_settings
@click.option("--start", hidden=True, expose_value=False, callback=_no_start)
@click.option(
    "--digits", type=int, metavar="D",
    help=f"Decimal digits of each point's enclosure, written out [default: {FLOAT_DIGITS}, not written out].",
)  # fmt: skip
@click.option(
    "--complete/--starts",
    "complete",
    default=None,
    help="Search the whole simplex, or only from starts [default: the simplex up to 6 distinct rows].",
)
@click.option("--max-boxes", default=200_000, show_default=True, help="Budget of the exhaustive search.")
@click.option("--seed", default=0, show_default=True, help="Seed of the random starts.")
@certificate_option
@json_option
def command(
    dataset: Dataset,
    optimizer: Optimizer,
    batching: Batching,
    digits: int | None,
    complete: bool | None,
    max_boxes: int,
    seed: int,
    certificate: str | None,
    json_target: str | None,
) -> None:
    """List every fixed point of the flow on DATA, with its stability, and whether these are all.

    Fixed points are told apart by their weights; --json also lists each distinct direction once, with
    the points (counted from 0) that share it.  Ends with exit code 1 where --complete was asked for and not reached.

    \b
    Example:
      marginproof enumerate shifted-diagonal --optimizer adam --beta1 0.9 --beta2 0.95
      marginproof enumerate two-limits --optimizer adamproxy --certificate proof.json
    """
    from marginproof.properties.progress import late_spinner
    from marginproof.theory.limit.problem import LimitProblem
    from marginproof.theory.proofs.certificates.points import certificate_of_list
    from marginproof.theory.proofs.enumeration import enumerate_all

    for name, value in (("digits", digits), ("max_boxes", max_boxes)):
        if value is not None and value < 1:
            raise MarginproofError(f"{name}={value} is not positive; give 1 or more")
    problem = LimitProblem(dataset.entries, optimizer.field(dataset.n_samples, batching))
    with late_spinner(f"enumerating the fixed points on {dataset.name}"):
        found = enumerate_all(
            problem, complete=complete, digits=digits or FLOAT_DIGITS, max_boxes=max_boxes, seed=seed
        )
    result = {
        "data": dataset.name,  # as other commands say
        "dataset": dataset.name,
        "complete": found.complete,
        "reason": found.reason,
        "boxes": found.boxes,
        "starts": found.starts,
        "seed": seed,
        "points": [_described(point, digits) for point in found.points],
        "directions": [
            {"direction": direction, "points": members} for direction, members in found.directions
        ],
    }
    written = certificate is None or save_certificate(
        lambda: certificate_of_list(problem, found), certificate
    )
    answer = (found.complete or not complete) and written
    emit(result, json_target, lambda: _show(dataset, found, digits), answer=answer)


def _described(point: FixedPoint, digits: int | None) -> dict[str, Any]:
    """What ``--json`` says of one point; support counts rows from 0, digits asked for are decimal strings."""
    radius = None if point.witness is None else point.witness.radius
    written = None if digits is None else point.written(digits)
    weights, direction = written or (point.weights, point.direction)
    return {
        "weights": weights,
        "direction": direction,
        "support": point.support,
        "gamma": point.gamma,
        "stability": point.stability,
        "certified": point.certified,
        "unique": point.unique,
        "radius": radius,
        "reason": point.reason,
    }


def _show(dataset: Dataset, found: Enumeration, digits: int | None) -> None:
    rows: list[list[object]] = [
        [
            number,
            point.direction,
            weights_shown(point.weights),
            point.stability.value,
            "certified" if point.certified else "floating point",
        ]
        for number, point in enumerate(found.points, 1)
    ]
    table(
        f"Limit directions on {dataset.name}",
        ["", "direction u(c)", "weights c", "stability", "evidence"],
        rows,
    )
    for number, point in enumerate(found.points if digits else (), 1):
        _write_out(number, point, digits or FLOAT_DIGITS)
    say(sentence(found) + shared(found))


def _write_out(number: int, point: FixedPoint, digits: int) -> None:
    """A point's first entries that are not 0, to so many digits, one a line; they are counted from 1."""
    written = point.written(digits)
    if written is None:
        say(f"point {number}: no enclosure, so no more digits than the table's are known")
        return
    say(f"point {number}, to {digits} digits:")
    for symbol, entries in zip("cu", written, strict=True):
        places = [k for k, entry in zip(range(len(entries)), entries, strict=True) if entry != "0"]
        for k in places[:MOST]:
            say(f"  {symbol}_{k + 1} = {entries[k]}")
        if len(places) > MOST:
            say(f"  … {len(places) - MOST} more entries of {symbol} are not 0; --json writes all")
        elif len(places) < len(entries):
            say(f"  the other entries of {symbol} are 0")


def shared(found: Enumeration) -> str:
    """Which points share a direction; empty where none do."""
    common = [members for _, members in found.directions if len(members) > 1]
    if not common:
        return ""
    groups = "; ".join(_listed([str(number + 1) for number in members]) for members in common)
    return f" Points {groups} share a direction: {plural(len(found.directions), 'distinct direction')}."


def _listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def sentence(found: Enumeration) -> str:
    """What the list means."""
    count = len(found.points)
    attracting = sum(point.stability.value == "attracting" for point in found.points)
    noun = "fixed point" if count == 1 else "fixed points"
    if not found.complete:
        return f"{count} {noun} found, {attracting} attracting; there may be more ({found.reason})."
    listing = f"These are all: {count} {noun}, {attracting or 'none'} attracting"
    if attracting == 0 and count == 1 and found.points[0].stability.value == "unstable":
        return f"{listing}; the flow settles from no start but that point and those drawn exactly onto it."
    if attracting > 1:
        return f"{listing}; where w/‖w‖ goes depends on the start."
    return f"{listing}."
