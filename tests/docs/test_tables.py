"""Every row of a table in Markdown has as many cells as its head: a bar that is not escaped cuts off what follows it."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BAR = re.compile(r"(?<!\\)\|")


def uneven(text: str) -> list[str]:
    """Rows with more or fewer cells than the head above them; code blocks are left out."""
    found, cells = [], 0
    for line in re.sub(r"^```.*?^```", "", text, flags=re.M | re.S).splitlines():
        here = len(BAR.findall(line)) if line.startswith("|") else 0
        if cells and here and here != cells:
            found.append(line)
        cells = here and (cells or here)
    return found


def test_no_row_of_a_table_is_cut_off() -> None:
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "constructions").rglob("*.md")]
    assert len(pages) > 20
    found = {str(page.relative_to(ROOT)): uneven(page.read_text(encoding="utf-8")) for page in pages}
    assert not {page: rows for page, rows in found.items() if rows}


def test_a_bar_within_a_cell_is_noticed() -> None:
    head = "| a | b |\n|---|---|\n"
    assert uneven(head + "| 1 | |g| |\n") == ["| 1 | |g| |"]
    assert not uneven(head + "| 1 | \\|g\\| |\n\n| c |\n|---|\n```\n| x | y | z |\n```\n")
