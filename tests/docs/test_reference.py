"""The generated reference: what its pages list, once each, with links."""

from __future__ import annotations

import importlib
import re
from pathlib import Path
from typing import Any

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest.importorskip("sphinx", reason="install the extra docs")
LISTED = re.compile(r"^(?:\* )?:mod:`~?([\w.]+)`", re.M)


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    return importlib.import_module("module_pages")


def test_each_module_stands_once_in_the_table_of_modules(pages: Any) -> None:
    listed = re.findall(r":doc:`([\w.]+) <", pages.api_index(pages.modules()))
    assert sorted(listed) == sorted(pages.modules())


def test_no_package_lists_its_modules_beside_the_table(pages: Any) -> None:
    docs = {name: importlib.import_module(name).__doc__ or "" for name in pages.modules()}
    by_hand = {
        name: [m for m in LISTED.findall(doc) if m.startswith(f"{name}.")] for name, doc in docs.items()
    }
    assert not {name: found for name, found in by_hand.items() if len(found) > 1}


def test_first_sentences_are_whole(pages: Any) -> None:
    cut = [name for name in pages.modules() if not re.search(r"[.?]\W*$", pages.first_sentence(name))]
    assert not cut


def test_main_names_are_described_by_their_own_docstrings_where_they_are_defined(pages: Any) -> None:
    page = pages.module_page("marginproof")
    assert ":obj:`mp.GD <marginproof.theory.optimizers.gradient.GD>`" in page
    assert "IEEE double precision" in page
    rows = re.findall(r":obj:`mp\.\w+ <[\w.]+>`\n     - (.*)", page)
    assert len(rows) == len(set(rows)) > 50
    assert ":meth:`of <marginproof.constructions.dataset.Dataset.of>`" in page


def test_modules_that_gather_names_list_them(pages: Any) -> None:
    page = pages.module_page("marginproof.constructions.strategies.witnessed")
    assert len(re.findall(r":obj:`(\w+) <marginproof\.constructions\.strategies\.\w+\.\1>`", page)) == 14


def test_commands_are_listed_with_their_whole_sentence() -> None:
    from marginproof.properties.cli.plot import command

    assert "batch size, reshuffled Adam." in " ".join(command.get_help(click.Context(command)).split())


def test_main_names_and_the_tables_of_packages_are_links(site: Path) -> None:
    folder = site / "reference" / "generated"
    for name in ("marginproof", "marginproof.theory.fields", "marginproof.theory.optimizers"):
        text = (folder / f"{name}.html").read_text(encoding="utf-8")
        linked = re.sub(r"<a\b[^>]*>\s*<code.*?</a>", "", text, flags=re.S)
        assert not re.findall(r'<code class="xref py[^>]*>.*?</code>', linked, flags=re.S)[:3], name
