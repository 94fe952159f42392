"""What the README and CONTRIBUTING say of claims, versions and places is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import marginproof
from marginproof.theory.registry import claims
from marginproof.theory.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
HOUSE = (ROOT / "docs" / "explanation" / "house.md").read_text(encoding="utf-8")
PAGES = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").rglob("*.md")))
TOPS = ("theory", "constructions", "properties", "tests", "docs", "benchmarks", "research")


def summary(text: str) -> dict[str, str]:
    """Claims and their verdicts, from rows ``| VERDICT | ids | about |``."""
    rows = re.findall(r"^\| ([A-Z]+) \| ((?:[IBLR]\d+ ?)+) \|", text, flags=re.M)
    return {name: verdict for verdict, names in rows for name in names.split()}


def absent(text: str, root: Path = ROOT) -> list[str]:
    """Paths in backquotes below our folders that are not there; a name with … or * stands for others."""
    named = re.findall(r"`([\w./-]+)`", text)
    ours = [name for name in named if name.split("/")[0] in TOPS and "/" in name]
    assert len(ours) >= 3, "no paths were found"
    return [name for name in ours if not (root / name).exists()]


def rooms() -> set[str]:
    """Every sub-package of the three floors that holds modules."""
    return {
        str(path.parent.relative_to(ROOT))
        for top in TOPS[:3]
        for path in (ROOT / top).glob("*/__init__.py")
        if len(list(path.parent.glob("*.py"))) > 2
    }


def test_the_summary_is_the_registry_s() -> None:
    assert summary(README) == {name: claim.expected.value for name, claim in claims().items()}


def test_a_wrong_summary_is_noticed() -> None:
    wrong = README.replace("| CERTIFIED | B6 |", "| PROVED | B6 |")
    assert summary(wrong) != summary(README)
    assert summary(README.replace("L9 |", "|")) != summary(README)


@pytest.mark.parametrize("text", [README, CONTRIBUTING, PAGES], ids=["README", "CONTRIBUTING", "docs"])
def test_the_places_named_exist(text: str) -> None:
    assert not absent(text)


def test_a_place_that_is_not_there_is_noticed() -> None:
    assert absent(CONTRIBUTING + " `theory/attic/`") == ["theory/attic/"]


@pytest.mark.parametrize("text", [CONTRIBUTING, HOUSE], ids=["CONTRIBUTING", "house"])
def test_every_room_has_its_line(text: str) -> None:
    assert len(rooms()) > 12
    assert not {room for room in rooms() if f"`{room}/" not in text}


def test_the_picture_is_there_in_light_and_dark() -> None:
    files = re.findall(r'(?:src|srcset)="([^"]+)"', README)
    assert len(files) == 2
    assert all("<svg" in (ROOT / name).read_text(encoding="utf-8") for name in files)


def test_the_version_cited_is_the_package_s() -> None:
    version = marginproof.__version__
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"version = {{{version}}}" in README


def test_the_citation_names_the_papers_authors_as_the_readme_does() -> None:
    software, paper = (ROOT / "CITATION.cff").read_text(encoding="utf-8").split("references:")
    names = re.findall(r"family-names: (.*)\n +given-names: (.*)", paper)
    assert f"author    = {{{' and '.join(map(', '.join, names))}}}" in README
    (year,) = re.findall(r"year: (\d+)", paper)
    assert f"year      = {{{year}}}" in README
    (name,) = re.findall(r"authors:\n  - name: (.*)\n", software)
    assert f"author  = {{{{{name}}}}}" in README and "contributors" in name


def test_the_picture_says_of_r3_what_the_registry_says() -> None:
    """R3 states that the direction converges, and the cycle refutes it."""
    assert "which refutes R3" in " ".join(README.split("</picture>")[1].split("```")[0].split())


def test_each_verdict_that_a_command_prints_is_explained() -> None:
    words = README.split("## What a verdict means")[1]
    assert all(f"| {verdict.value}" in words for verdict in Verdict) and "| PROVED (kernel) |" in words
