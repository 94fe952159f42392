"""Writes the generated part of the reference before a build: one page a module, the claims, the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from command_page import cli_page
from module_pages import api_index, module_page, modules
from registry_pages import claims_page, formal_page


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
