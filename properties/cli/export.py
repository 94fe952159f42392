"""``marginproof export CERT --to coq``: a certificate as a Coq file whose theorem is its conclusion."""

from __future__ import annotations

import json
from os.path import isfile
from pathlib import Path

import click

from marginproof.properties.cli.places import writes
from marginproof.properties.file_kinds import COQ


@click.command("export")
@click.argument("certificate", metavar="CERT", type=click.Path(path_type=Path))
@click.option("--to", "target", type=click.Choice(["coq"]), required=True, help="The form to write.")
@click.option("--output", "-o", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE",
              callback=writes(COQ),
              help="Where to write it [default: standard output].")  # fmt: skip
def command(certificate: Path, target: str, output: Path | None) -> None:
    """Write a certificate as a self-contained Coq file, whose theorem is the certificate's conclusion.

    The file needs Coq's own library only; `coqc FILE` checks it in Coq's kernel and prints what it assumes.
    Kinds: `margin_bracket`, `farkas`, `finite_run`, `step_growth`, and `all_fixed_points` of AdamProxy on two samples
    with two features (the list, not the stability).  A certificate that the checker does not find VALID is not exported.

    \b
    Example:
      marginproof export mine.json --to coq --output mine.v
    """
    from marginproof.properties.cli.check import no_json
    from marginproof.theory import checker
    from marginproof.theory.errors import MarginproofError
    from marginproof.theory.formal.export import to_coq

    if not isfile(certificate):
        raise MarginproofError(f"certificate={certificate} is not a file; give a certificate file")
    text = certificate.read_bytes()
    verdict, reason = checker.check(text)
    if verdict != "VALID":
        why = no_json(text) or f"{verdict} ({checker.plain(reason)}); only a VALID one is exported"
        raise MarginproofError(f"certificate={certificate}: {why}")
    written = to_coq(json.loads(text))
    if output is None:
        click.echo(written, nl=False)
        return
    try:
        output.write_text(written, encoding="utf-8")
    except OSError as error:
        raise MarginproofError(f"output={output} cannot be written ({error}); name another place") from None
