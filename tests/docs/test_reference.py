"""The generated reference: what its pages list, once each, with links."""

from __future__ import annotations

import importlib
import inspect
import re
from enum import Enum
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

    assert "batch size, reshuffled Adam." in " ".join(
        command.get_help(click.Context(command, help_option_names=["-h", "--help"])).split()
    )


def test_main_names_and_the_tables_of_packages_are_links(site: Path) -> None:
    folder = site / "reference" / "generated"
    for name in ("marginproof", "marginproof.theory.fields", "marginproof.theory.optimizers"):
        text = (folder / f"{name}.html").read_text(encoding="utf-8")
        linked = re.sub(r"<a\b[^>]*>\s*<code.*?</a>", "", text, flags=re.S)
        assert not re.findall(r'<code class="xref py[^>]*>.*?</code>', linked, flags=re.S)[:3], name


def classes(pages: Any) -> list[type]:
    """Public classes of the documented modules."""
    found = [pages_of for name in pages.modules() for pages_of in pages.public_names(name)]
    values = [
        getattr(importlib.import_module(full.rpartition(".")[0]), full.rpartition(".")[2]) for full in found
    ]
    return [value for value in values if inspect.isclass(value)]


def test_every_member_of_an_enumeration_says_what_it_means(pages: Any) -> None:
    entries = importlib.import_module("class_entries")
    enums = [cls for cls in classes(pages) if issubclass(cls, Enum)]
    assert len(enums) > 8
    bare = [
        str(member)
        for cls in enums
        for member in cls
        if not (entries.meaning(member) or entries.documented(cls).get(member.name))
    ]
    assert not bare


def test_every_field_of_a_named_tuple_is_described(pages: Any) -> None:
    entry, entries = importlib.import_module("entries").ENTRY, importlib.import_module("class_entries")
    apart, tuples = (
        importlib.import_module("entries").apart,
        [cls for cls in classes(pages) if hasattr(cls, "_fields")],
    )
    assert len(tuples) > 15
    missing = {}
    for cls in tuples:
        lines = apart((inspect.getdoc(cls) or "").splitlines(), frozenset(cls._fields))
        heads = [found[0] for line in lines if (found := entry.match(line))]
        told = {name for head in heads for name in re.findall(r"\w+", head)} | entries.documented(cls).keys()
        if left := set(cls._fields) - told:
            missing[cls.__qualname__] = left
    assert not missing


def test_members_with_their_meaning_and_fields_once_are_on_the_pages(site: Path) -> None:
    folder = site / "reference" / "generated"
    verdicts = (folder / "marginproof.theory.verdicts.html").read_text(encoding="utf-8")
    assert "A zero-tolerance property held" in verdicts
    for name in (
        "theory.verdicts",
        "simulation.state",
        "hunt.search",
        "theory.number_systems",
        "hunt.ball_numbers",
    ):
        for path in folder.glob(f"*{name}.html"):
            text = path.read_text(encoding="utf-8")
            assert not re.findall(
                r'<dt class="sig[^>]*id="[\w.]+\.([a-z]\w*)">(?:(?!</dt>).)*</dt>\s*<dd></dd>', text, re.S
            )
            assert "alias of <code" not in re.sub(r'<dl class="py data">.*?</dl>', "", text, flags=re.S)
    state = (folder / "marginproof.properties.simulation.state.html").read_text(encoding="utf-8")
    assert '<dt class="sig sig-object py" id="marginproof.properties.simulation.state.State.zb"' not in state


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("properties.conformance.engine_subjects.ENGINE", ""),
        ("theory.checker.inertia.LARGEST", "1 << BITS + 80"),
        ("theory.limit.newton.STEP_FLOOR", "32 * np.finfo(np.float64).eps"),
        ("constructions.columns.LABEL_NAMES", "('label', 'y', 'class', 'target')"),
        ("properties.simulation.quotients.FAST", "{'arcp', 'contract', 'nsz', 'reassoc'}"),
    ],
)
def test_values_are_shown_where_they_can_be_read(pages: Any, path: str, shown: str) -> None:
    module, _, name = f"marginproof.{path}".rpartition(".")
    value = getattr(importlib.import_module(module), name)
    from sphinx.util.inspect import object_description

    assert importlib.import_module("constants").shown(module, name, object_description(value)) == shown


def test_constants_with_one_docstring_are_one_entry(site: Path) -> None:
    page = site / "reference" / "generated" / "marginproof.theory.limit.ends.html"
    text = page.read_text(encoding="utf-8")
    assert text.count("Rows whose weights are not yet this far apart") == 1
    assert all(
        f'id="marginproof.theory.limit.ends.{name}"' in text for name in ("VISIBLE", "SAME_SPEED", "NEARLY")
    )


def test_signatures_hold_nothing_that_nobody_can_use(pages: Any) -> None:
    signature = importlib.import_module("class_entries").signature
    blocks, sources = (
        importlib.import_module(f"marginproof.constructions.{name}") for name in ("blocks", "readers.sources")
    )
    assert signature("class", blocks.BlockedDataset, "(name: str, _label: int | None)") == "(name: str)"
    assert signature("class", sources.Source, "(*args, **kwargs)") == ""
