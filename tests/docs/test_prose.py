"""What pages say in prose of lists that the code has, and how they write numbers and links."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "_ext"))

from formulas import in_markdown
from gallery import steps

from marginproof.properties.simulation.records import Ending
from marginproof.properties.studies import STUDIES
from marginproof.theory.formal.files import FORMAL
from marginproof.theory.registry import claims

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "generated" not in path.parts)


def test_a_run_s_steps_are_set_as_one_formula_with_nothing_raised_twice() -> None:
    for told, tex in (
        ("3/4 (t + 2)^-(3/4)", r"$\tfrac{3}{4}\,(t+2)^{-3/4}$"),
        ("(t + 2)^-1", "$(t+2)^{-1}$"),
    ):
        assert in_markdown(steps(f"with steps {told}, converges")) == f"with steps {tex}, converges"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_sizes_have_a_times_sign(page: Path) -> None:
    told = re.sub(
        r"^ *```.*?^ *```|`[^`]*`|\]\([^)]*\)", "", page.read_text(encoding="utf-8"), flags=re.M | re.S
    )
    assert re.findall(r"\d x \d|\b\d+x\d+\b", told) == []


def test_every_study_is_named_where_figures_are_explained() -> None:
    page = (DOCS / "how-to" / "figures.md").read_text(encoding="utf-8")
    assert [name for name in STUDIES if name not in page] == []


def test_what_the_kernel_proves_is_said_the_same_way_twice() -> None:
    proofs = (DOCS / "proofs.md").read_text(encoding="utf-8").partition("## What the verdicts")[2]
    trust = (
        (DOCS / "explanation" / "trust.md")
        .read_text(encoding="utf-8")
        .partition("What the kernel proves.")[2]
    )
    for text in (proofs, trust.partition("What it does not prove")[0]):
        named = set(re.findall(r"\b[BI]\d+\b", text.replace("B3–B6", "B3, B4, B5, B6")))
        assert {formal.claim for formal in FORMAL} <= named


def test_the_index_of_proofs_names_every_bound_and_identity() -> None:
    line = (DOCS / "explanation" / "index.md").read_text(encoding="utf-8")
    for kind in "IB":
        last = max(int(name[1:]) for name in claims() if name[0] == kind)
        assert f"{kind}1–{kind}{last}" in line
        assert kind == "I" or f"steps of B1–B{last}" in (DOCS / "proofs.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_link_is_named_after_a_file(page: Path) -> None:
    assert re.findall(r"\[[\w./-]+\.md\]\(", page.read_text(encoding="utf-8")) == []


def test_formal_statements_stand_in_the_order_of_their_numbers() -> None:
    names = [formal.claim for formal in FORMAL]
    for kind in "IB":
        numbers = [int(name[1:]) for name in names if name[0] == kind]
        assert numbers == sorted(numbers)


def test_sentences_for_the_reader_have_no_notation_of_code() -> None:
    assert not [ending for ending in Ending if "**" in ending.advice]
    assert not [claim.id for claim in claims().values() if re.search(r"_\{?(?:GD|sign|proxy)", claim.tex)]
    assert not [claim.id for claim in claims().values() if re.search(r"\bon (?:\[\[|\{\()", claim.plain)]
