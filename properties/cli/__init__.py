"""The command line: ``marginproof COMMAND …``, one file a command, loaded only when it is called.

A command is a file ``properties/cli/<name>.py`` that exposes ``command``, and one line in
:data:`COMMANDS`.  Exit codes: 0 done, 1 the answer is "no" (or not certified), 2 bad input, 130
interrupted.  A :class:`~marginproof.theory.errors.MarginproofError` becomes one line on standard error and
exit code 2; data that are not separable also show their certificate.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from marginproof.properties.progress import QUIET
from marginproof.theory.errors import MarginproofError, NotSeparableError

COMMANDS = {
    "data": "List the built-in data sets, or describe one.",
    "separation": "Whether the classes separate, decided exactly.",
    "margins": "The ℓ₂ and ℓ∞ max-margins, each with a bracket.",
    "predict": "Where w/‖w‖ goes under an optimizer, and how sure that is.",
    "enumerate": "Every limit direction an optimizer can have on the data.",
    "simulate": "Run an optimizer and record its path.",
    "verify": "Test the claims and print a verdict for each.",
    "explain": "What a claim says, where it comes from, and what checks it.",
    "mutants": "Change each formula and print which check notices.",
    "hunt": "Search for data that refute a claim.",
    "sweep": "Predict the limits of many data sets and settings, as one table.",
    "check": "Check a certificate with the standard library alone.",
    "export": "Write a certificate as a Coq file.",
    "identify": "Say which law an optimizer follows.",
    "replay": "Check again the case a failing property printed.",
    "report": "Write one page on the claims and on data.",
    "explore": "Write a page to play with: data, optimizer and start.",
    "plot": "Draw a figure of a data set.",
    "study": "Reproduce one phenomenon, with its table and figures.",
}
"""The line that ``--help`` shows for each command, by its name."""

BAD_INPUT = 2
INTERRUPTED = 130


class CommandGroup(click.Group):
    """A group that suggests the nearest command for one mistyped, and whose commands all take ``-q``."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """List a command with the whole first paragraph of its help; Click would cut it at the line's end."""
        if cmd.short_help is None:
            cmd.short_help = " ".join((cmd.help or "").split("\n\n")[0].split())
        super().add_command(cmd, name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command named first, or an error that names the one that was meant."""
        names = self.list_commands(ctx)
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            near = get_close_matches(args[0].lower(), names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(names)}"
            raise click.UsageError(f"command={args[0]} is unknown; {hint}", ctx)
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and not isinstance(command, click.Group):
            _add_quiet(command)
        return name, command, rest


def _add_quiet(command: click.Command) -> None:
    """Give a command ``-q``, once."""
    if not any(parameter.name == "quiet" for parameter in command.params):
        command.params.append(
            click.Option(["-q", "--quiet"], is_flag=True, expose_value=False, callback=_quiet, help="No notices, no progress.")
        )  # fmt: skip


def _quiet(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        ctx.meta[QUIET] = True


class LazyGroup(CommandGroup):
    """A group whose commands are imported when called; one without its file yet is not listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names whose files exist, in the table's order."""
        return [name for name in COMMANDS if find_spec(f"{__name__}.{name}")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's file."""
        if cmd_name not in self.list_commands(ctx):
            return super().get_command(ctx, cmd_name)
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in ``--help``, without importing a command."""
        lines = [(name, COMMANDS[name]) for name in self.list_commands(ctx)]
        if lines:
            with formatter.section("Commands"):
                formatter.write_dl(lines)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors a user can fix end in one sentence."""
        try:
            return super().invoke(ctx)
        except MarginproofError as error:
            show_error(error, ctx)
            ctx.exit(BAD_INPUT)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else f"{ctx.command_path} {ctx.invoked_subcommand}"
            said = error.format_message().rstrip(".")
            click.echo(f"error: {said}{'' if said.endswith('?') else ';'} see {path} --help", err=True)
            ctx.exit(BAD_INPUT)
        except KeyboardInterrupt:
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)


def show_error(error: MarginproofError, ctx: click.Context) -> None:
    """One line on standard error; a non-separability certificate as weights, or as JSON where asked."""
    from marginproof.properties.cli import output

    dataset = ctx.meta.get(output.DATASET)
    if isinstance(error, NotSeparableError) and dataset is not None:
        from marginproof.properties.separating import refusal

        name, ask = ctx.meta.get(output.DATA_NAME), ctx.meta.get(output.SEPARATION)
        said = refusal(dataset, str(name), f"marginproof separation {ask}")
        error = NotSeparableError(said, error.weights)
    sentence = " ".join(str(error).split())
    output.say(f"error: {sentence}", err=True)
    if not isinstance(error, NotSeparableError) or error.weights is None:
        return
    target = ctx.meta.get(output.JSON_TARGET)
    if target is not None:
        output.write_json({"error": sentence, "certificate": list(error.weights)}, target)
        return
    # `enumerate` is our command's module in this package once that is imported, so rows are counted by zip
    rows = zip(range(1, len(error.weights) + 1), error.weights, strict=True)
    shown = [f"{weight} on row {row}" for row, weight in rows if weight]
    output.say(
        f"certificate (weights c >= 0 with Xᵀc = 0, rows counted from 1): {', '.join(shown)}", err=True
    )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="marginproof", prog_name="marginproof")
def main() -> None:
    """Proofs and property tests for the implicit bias of Adam-like optimizers on separable data.

    \b
    Example:
      marginproof predict iris --optimizer adam --batch-size 1 --certify
    """
