"""The reference of the command line, written from the commands themselves, in Markdown: a list reads on any width."""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from formulas import in_markdown

SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"]}
LITERAL = re.compile(
    r"""(`[^`]+`|(?<![^\s(])"\w+"|(?<![\w^-])--?[a-z][\w-]*|(?<![\w{])[a-z]{2,}(?:_[a-z]{2,})+(?!\w))"""
)
"""Code, a word between double quotes, and the options and the names with underscores that a text has."""
EXAMPLE = re.compile(r"Example( of [\w.]+)?:")
BRACKETED = re.compile(r"\[default: \((.*)\)\]")
"""A default in words, as click shows it."""
AT_LEAST = re.compile(r"(?<=[\[ ])x>=(\d+)\]")
"""The range of a number, as click shows it."""
COLUMNS = re.compile(r"(\S+) {2,}(\S.*)")
CHOICES = re.compile(r"(.*) \[([^\[\]]+\|[^\[\]]+)\]")
HEAD = """# Command line

`DATA` is a built-in name (`marginproof data` lists them) or a file
([how to](../../how-to/own-data.md)). Exit codes: 0 done; 1 the answer is "no", or not certified; 2 bad input,
with one sentence that names the value and a way out; 130 interrupted."""


def cli_page() -> str:
    """Every command with its usage, what it does, examples and options."""
    import click

    from marginproof.properties.cli import main

    context = click.Context(main, info_name="marginproof", **SETTINGS)
    return "\n".join([HEAD, *_command(main, context, 2)]) + "\n"


def _command(command: Any, context: Any, depth: int) -> Iterator[str]:
    """A command, and below it those of a group."""
    yield from ("", f"{'#' * depth} {context.command_path}", "")
    usage = " ".join(command.collect_usage_pieces(context))
    yield from ("```text", f"Usage: {context.command_path} {usage}", "```", "")
    yield from _description(command.help or "")
    yield from _options(command, context)
    children = list(_children(command, context))
    if children:
        yield from ("**Commands**", "")
    for child, below in children:
        target = below.command_path.replace(" ", "-")
        yield from _entry(f"[`{below.info_name}`](#{target})", first_line(child))
    for child, below in children:
        yield from _command(child, below, min(depth + 1, 3))


def _children(command: Any, context: Any) -> Iterator[tuple[Any, Any]]:
    import click

    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        child = command.resolve_command(context, [name])[1]  # with the options that all commands have
        yield child, click.Context(child, context, info_name=name, **SETTINGS)


def first_line(command: Any) -> str:
    """The first sentence of a command's help, whole."""
    return " ".join(cleandoc(command.help or "").split("\n\n")[0].split())


def _description(text: str) -> Iterator[str]:
    """Paragraphs as such; examples as code; two columns as a list."""
    for paragraph in cleandoc(text).split("\n\n"):
        lines = paragraph.removeprefix("\b").strip("\n").splitlines()
        example = EXAMPLE.fullmatch(lines[0].strip()) if lines else None
        if example:
            plural = "s" if len(lines) > 2 and not example[1] else ""
            yield from (f"**Example{plural}{example[1] or ''}**", "", "```text")
            yield from (*(line.strip() for line in lines[1:]), "```", "")
        elif not paragraph.startswith("\b"):
            yield from (_told(" ".join(paragraph.split())), "")
        else:
            for line in lines:
                cells = COLUMNS.fullmatch(line.strip())
                yield from _entry(_told(cells[1]), cells[2]) if cells else (_told(line.strip()), "")


def _options(command: Any, context: Any) -> Iterator[str]:
    """Each option with its value, its help and its default, as ``--help`` has them."""
    yield from ("**Options**", "")
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or parameter.param_type_name == "argument":  # the usage and the text say what it is
            continue
        names, text = record
        text = AT_LEAST.sub(r"at least \1]", BRACKETED.sub(r"[default: \1]", text))
        choices = CHOICES.fullmatch(names)
        if choices:
            values = ", ".join(f"`{value}`" for value in choices[2].split("|"))
            names, text = choices[1], f"One of {values}. {text}"
        yield from _entry(f"`{names}`", text)


def _entry(term: str, text: str) -> tuple[str, ...]:
    return term, f": {_told(text.strip())}", ""


def _told(text: str) -> str:
    """Help as Markdown: options as code, formulas set, and every other sign itself."""
    parts = LITERAL.split(text)
    parts[::2] = [in_markdown(part, lambda prose: re.sub(r"[_*$<\[\]#]", r"\\\g<0>", prose)) for part in parts[::2]]  # fmt: skip
    parts[1::2] = ["`" + part.strip('`"') + "`" for part in parts[1::2]]
    return "".join(parts)
