"""Jupyter notebooks as pages: cells become Markdown, code blocks and their kept outputs.

``tests/docs/test_notebooks.py`` executes them and compares; nothing is executed here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any


def markdown(notebook: str) -> str:
    """A notebook's text as MyST Markdown."""
    return "\n\n".join(part for cell in json.loads(notebook)["cells"] for part in _cell(cell)) + "\n"


def _cell(cell: dict[str, Any]) -> Iterator[str]:
    text = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        yield text
        return
    yield f"```python\n{text}\n```"
    for output in cell["outputs"]:
        yield f"```text\n{''.join(output['text']).rstrip()}\n```"


def setup(app: Any) -> dict[str, bool]:
    """Read ``.ipynb`` files as Markdown."""

    def read(app: Any, name: str, source: list[str]) -> None:
        if str(app.env.doc2path(name)).endswith(".ipynb"):
            source[0] = markdown(source[0])

    app.add_source_suffix(".ipynb", "markdown")
    app.connect("source-read", read, priority=100)
    return {"parallel_read_safe": True}
