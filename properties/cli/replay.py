"""``marginproof replay``: check again the case that a failing property printed."""

from __future__ import annotations

import click


@click.command("replay")
@click.argument("check")
@click.argument("optimizer")
@click.argument("case")
@click.pass_context
def command(ctx: click.Context, check: str, optimizer: str, case: str) -> None:
    """Run CHECK on CASE (one line of JSON, as printed) for OPTIMIZER (module:name).

    Exit code 0 if the property holds on it, 1 if not.

    \b
    Example:
      marginproof replay B1.step marginproof.properties.conformance.reference:PlainAdam
        '{"rows":[["1","2"]],"hyper":{"beta1":"1/2","beta2":"3/4"},"eta0":"1/8","steps":4,"batch_size":1}'
    """
    import os
    import sys

    from marginproof.properties.conformance.replay import replay

    sys.path.insert(0, os.getcwd())
    comparison, text = replay(check, optimizer, case)
    click.echo(text)
    ctx.exit(0 if comparison.holds else 1)
