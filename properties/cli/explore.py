"""``marginproof explore``: one offline page on which data, optimizer and start can be changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from marginproof.properties.cli.options import reading_options
from marginproof.properties.cli.output import notices, say
from marginproof.properties.cli.places import writes
from marginproof.properties.file_kinds import WEB_PAGE


@click.command("explore")
@click.argument("data", required=False, metavar="[DATA]")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE.html",
    callback=writes(WEB_PAGE),
    help="Where the page goes.",
)
@reading_options
def command(data: str | None, out: Path, how: dict[str, Any]) -> None:
    """Write one HTML file that shows the flow of the loss weights, and lets DATA, optimizer and start be changed.

    The file needs no network and no other file.  DATA has 2 or 3 rows and 2 to 8 features.

    \b
    Example:
      marginproof explore cycle-3x3 --out explore.html
    """
    from marginproof.constructions.builtin import read
    from marginproof.properties.explorer.build import write
    from marginproof.theory.errors import MarginproofError

    if out.suffix.lower() not in (".html", ".htm"):
        raise MarginproofError(f"out={out} is not an HTML file; end its name in .html")
    dataset = None if data is None else read(data, **how)
    if dataset is not None:
        notices(dataset.notices)
    write(out, dataset)
    say(f"Wrote {out}.")
