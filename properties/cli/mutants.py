"""``marginproof mutants``: every claim's changed formulas, and the check that rejected each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import json_option
from marginproof.properties.cli.output import emit, say, table

if TYPE_CHECKING:
    from marginproof.theory.claims.mutation import Kill

AT_LEAST = 5
"""Mutants a claim must have."""


def survivors(kills: list[Kill]) -> list[Kill]:
    """Mutants that no check rejected."""
    return [kill for kill in kills if kill.killer is None]


@click.command("mutants")
@click.argument("names", nargs=-1, metavar="[ID]...")
@json_option
def command(names: tuple[str, ...], json_target: str | None) -> None:
    """Change the formulas of the claims and print which check notices each change.

    ID is a claim id or a letter (default: every claim).  Exit code 0 when every mutant is rejected
    and every claim has at least five, 1 otherwise.

    \b
    Example:
      marginproof mutants I4
    """
    from marginproof.properties.verification.verify import chosen
    from marginproof.theory.claims.mutation import kill_table
    from marginproof.theory.registry import claim as claim_of

    entries = [claim_of(name) for name in chosen(names)]
    kills = kill_table(entries)
    alive = survivors(kills)
    few = [entry.id for entry in entries if len(entry.mutants) < AT_LEAST]
    result: dict[str, Any] = {
        "claims": len(entries),
        "killed": len(kills) - len(alive),
        "mutants": [
            {"claim": k.claim, "mutant": k.kind, "killed_by": k.killer, "because": k.why} for k in kills
        ],
        "too_few": few,
    }

    def human() -> None:
        rows: list[list[object]] = [[k.claim, k.kind, k.killer or "SURVIVED", k.why] for k in kills]
        table("Mutants", ["claim", "mutant", "killed by", "because"], rows)
        share = 100 * (len(kills) - len(alive)) / max(len(kills), 1)
        say(
            f"{len(kills) - len(alive)} of {len(kills)} mutants killed ({share:.1f} %), {len(entries)} claims."
        )
        if few:
            say(f"Fewer than {AT_LEAST} mutants: {', '.join(few)}.")

    emit(result, json_target, human, answer=bool(kills) and not alive and not few)
