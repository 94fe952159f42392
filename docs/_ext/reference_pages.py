"""Writes the generated part of the reference before a build: one page a module, the claims, the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from module_pages import api_index, module_page, modules
from registry_pages import claims_page, formal_page

SETTINGS: dict[str, Any] = {
    "terminal_width": 86,
    "max_content_width": 86,
    "help_option_names": ["-h", "--help"],
}


def cli_page() -> str:
    """Every command with its own ``--help``, in Markdown."""
    import click

    from marginproof.properties.cli import main

    out = [
        "# Command line",
        "",
        "`DATA` is a built-in name (`marginproof data` lists them) or a file",
        '([how to](../../how-to/own-data.md)). Exit codes: 0 done; 1 the answer is "no", or not certified; 2 bad input,',
        "with one sentence that names the value and a way out; 130 interrupted.",
    ]

    def describe(command: click.Command, context: click.Context, depth: int) -> None:
        out.extend(
            ["", f"{'#' * depth} {context.command_path}", "", "```text", command.get_help(context), "```"]
        )
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                describe(child, click.Context(child, context, info_name=name, **SETTINGS), min(depth + 1, 3))

    describe(main, click.Context(main, info_name="marginproof", **SETTINGS), 2)
    return "\n".join(out) + "\n"


def write(folder: Path) -> None:
    """All generated pages; files are touched only where they change."""
    folder.mkdir(parents=True, exist_ok=True)
    names = modules()
    pages = {f"{name}.rst": module_page(name) for name in names}
    pages |= {"modules.rst": api_index(names), "claims.md": claims_page(), "cli.md": cli_page()}
    pages["formal.md"] = formal_page()
    for old in folder.iterdir():
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Write the pages when a build begins."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir) / "reference" / "generated"))
    return {"parallel_read_safe": True}
