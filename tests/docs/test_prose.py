"""What pages say in prose of lists that the code has, and how they write numbers and links."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from marginproof.properties.studies import STUDIES
from marginproof.theory.formal.files import FORMAL
from marginproof.theory.registry import claims

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md") if "generated" not in path.parts)


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
