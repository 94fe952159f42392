"""``python -m properties.verification.mutants``: run every mutant of every claim and print the kill table.

Exit status 0 when all are rejected and every claim has at least five; 1 otherwise.  Arguments are
claim ids or letters (default: all).
"""

from __future__ import annotations

import sys

import click

from properties.cli.output import table
from properties.verification.verify import chosen
from theory.claims.mutation import Kill, kill_table
from theory.claims.registry import claim as claim_of

AT_LEAST = 5
"""Mutants a claim must have."""


def survivors(kills: list[Kill]) -> list[Kill]:
    """Mutants that no check rejected."""
    return [kill for kill in kills if kill.killer is None]


@click.command()
@click.argument("names", nargs=-1, metavar="[ID]...")
def main(names: tuple[str, ...]) -> None:
    """Print who killed which mutant."""
    entries = [claim_of(name) for name in chosen(names)]
    kills = kill_table(entries)
    rows: list[list[object]] = [
        [kill.claim, kill.kind, kill.killer or "SURVIVED", kill.why] for kill in kills
    ]
    table("Mutants", ["claim", "mutant", "killed by", "because"], rows)
    few = [entry.id for entry in entries if len(entry.mutants) < AT_LEAST]
    alive = survivors(kills)
    share = 100 * (len(kills) - len(alive)) / max(len(kills), 1)
    click.echo(
        f"{len(kills) - len(alive)} of {len(kills)} mutants killed ({share:.1f} %), {len(entries)} claims."
    )
    if few:
        click.echo(f"fewer than {AT_LEAST} mutants: {', '.join(few)}")
    sys.exit(1 if alive or few or not kills else 0)


if __name__ == "__main__":
    main()
