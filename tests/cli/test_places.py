"""Outputs: never over a file of another kind, two of them never to one file; what we wrote ourselves may be replaced."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib.figure import Figure

from marginproof.constructions.corpus import corpus
from marginproof.properties.cli import main

ROWS = "a,b,label\n1,2,yes\n3,4,no\n"
PLAN = 'data = ["sr4"]\noptimizers = ["gd"]\n'


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, list(words))
    return result.exit_code, result.stderr


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a user's files, which are read and never written."""
    monkeypatch.chdir(tmp_path)
    for name in ("m.csv", "mine.py", "m.svg", "m.html", "m.v", "m.npz", "old.json", "study/cycle-basins.svg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(ROWS)
    (tmp_path / "m.json").write_text("[[1, 2], [3, 4]]")
    (tmp_path / "plan.toml").write_text(PLAN)
    (tmp_path / "cert.json").write_bytes(next(entry.path for entry in corpus()).read_bytes())
    for name in ("proofs/l2.json", "proofs/separation.json", "page/index.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("mine")
    return tmp_path


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("predict m.csv --certificate m.csv", "certificate=m.csv is there already and is no certificate; choose"),
        ("enumerate m.csv --certificate m.csv", "certificate=m.csv is there already and is no certificate"),
        ("simulate m.csv --certificate m.csv", "certificate=m.csv is there already and is no certificate"),
        ("simulate m.csv --save m.csv", "save=m.csv is there already and is no saved run"),
        ("simulate sr4 --save m.npz", "save=m.npz is there already and is no saved run"),
        ("hunt R1 --out mine.py", "out=mine.py is there already and is no certificate"),
        ("hunt R1 --state mine.py", "state=mine.py is there already and is no state of a hunt"),
        ("margins m.json --folded --json m.json", "json=m.json is there already and is no JSON of this program"),
        ("predict two-limits --json cert.json", "json=cert.json is there already and is no JSON of this program"),
        ("margins sr4 --certificate proofs", "certificate=proofs/l2.json is there already and is no certificate"),
        ("separation sr4 --certificate proofs", "certificate=proofs/separation.json is there already"),
        ("plot portrait cycle-3x3 --out m.svg", "out=m.svg is there already and is no figure of this program"),
        ("explore cycle-3x3 --out m.html", "out=m.html is there already and is no page of this program"),
        ("report sr4 --claims none --out page", "out=page/index.html is there already and is no page"),
        ("export cert.json --to coq -o m.v", "output=m.v is there already and is no Coq file"),
        ("export cert.json --to coq -o cert.json", "output=cert.json is there already and is no Coq file"),
        ("sweep plan.toml --out plan.toml", "out=plan.toml is there already and is no table of a sweep"),
        ("verify --claim I4 --state mine.py", "state=mine.py is there already and is no file of verdicts"),
        ("study cycle --out study", "out=study/cycle-basins.svg is there already and is no figure"),
        ("predict two-limits --certificate a.json --json a.json", "is where certificate goes too; choose two names"),
        ("simulate sr4 --save a.json --json a.json", "json=a.json is where save goes too"),
        ("simulate sr4 --save a --certificate ./a", "certificate=./a is where save goes too"),
        ("margins sr4 --certificate page --json page/l2.json", "is where json goes too"),
        ("sweep plan.toml --out t --json t", "out=t is where json goes too"),
        ("predict sr4 --certificate .", "certificate=. is a folder; give the name of a file"),
        ("predict sr4 --certificate none/a.json", "none does not exist; choose another folder"),
    ],
)  # fmt: skip
def test_a_file_of_the_user_is_not_written_over(folder: Path, line: str, says: str) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    code, said = run(*line.split())
    assert code == 2
    assert says in " ".join(said.split())
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    "line",
    [
        "predict two-limits --certificate a.json --json b.json",
        "enumerate two-limits --certificate a.json --json b.json",
        "simulate sr4 --steps 10 --save run.npz --json b.json",
        "margins sr4 --certificate ours --json b.json",
        "separation sr4 --certificate ours --json b.json",
        "separation sr4 --json cert.json.new",
        "data --json b.json",
        "data sr4 --json b.json",
        "explain R1 --json b.json",
        "mutants I4 --json b.json",
        "check cert.json --json b.json",
        "plot portrait cycle-3x3 --out a.svg",
        "plot portrait cycle-3x3 --out a.png",
        "plot portrait cycle-3x3 --out a.pdf",
        "explore cycle-3x3 --out a.html",
        "sweep plan.toml --json b.json",
        "predict two-limits --lr 0.1 --json b.json",
        "study two-limits --steps 2000 --out figs --json b.json",
        "hunt R4 --n 3 --d 2 --max-entry 4 --state s.json --out c.json --json b.json",
        "verify --claim I4 --profile quick --jobs 1 --json b.json",
        "data missing.csv --json b.json",
        "margins r2-infeasible.csv --json b.json",
    ],
)
def test_what_we_wrote_is_replaced(folder: Path, line: str) -> None:
    (folder / "r2-infeasible.csv").write_text("a,label\n1,0\n2,1\n3,0\n")
    (first, said), (second, said_again) = run(*line.split()), run(*line.split())
    took = r"in [\d.]+ s\b"  # how long a check took is another number each time
    assert (first, re.sub(took, "", said)) == (second, re.sub(took, "", said_again))
    assert "is there already" not in said
    assert "there already" not in said_again


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_a_figure_that_matplotlib_drew_for_the_user_stays(folder: Path, kind: str) -> None:
    figure = Figure()
    figure.text(0.1, 0.5, "marginproof")
    figure.savefig(folder / f"mine.{kind}")
    before = (folder / f"mine.{kind}").read_bytes()
    code, said = run("plot", "portrait", "cycle-3x3", "--out", f"mine.{kind}")
    assert (code, before) == (2, (folder / f"mine.{kind}").read_bytes())
    assert f"out=mine.{kind} is there already and is no figure of this program" in said


@pytest.mark.parametrize(
    ("line", "file", "text"),
    [
        ("explore cycle-3x3 --out p.html", "p.html", "<head><title>marginproof documentation</title>"),
        (
            "report sr4 --claims none --out p",
            "p/index.html",
            "<head><title>marginproof documentation</title>",
        ),
        ("report sr4 --claims none --out p", "p/figures/1-sr4-runs.svg", "<svg/>"),
        ("report sr4 --claims none --out p", "p/figures/1-sr4-runs.png", "mine"),
        ("report sr4 --out p", "p/certificates/R1-three-directions.json", '{"rows": []}'),
        ("margins sr4 --json p.json", "p.json", '{"id": 3, "title": "A book"}'),
        ("margins sr4 --json p.json", "p.json", '{"datasets": [], "author": "me"}'),
        ("hunt R1 --state p.json", "p.json", '{"hunt": "for mushrooms"}'),
    ],
)
def test_what_only_resembles_ours_stays(folder: Path, line: str, file: str, text: str) -> None:
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(text)
    code, said = run(*line.split())
    assert (code, (folder / file).read_text()) == (2, text)
    assert f"={file} is there already and is no" in " ".join(said.split())


def test_an_empty_file_is_written(folder: Path) -> None:
    (folder / "empty.json").touch()
    assert run("margins", "sr4", "--json", "empty.json")[0] == 0
    assert (folder / "empty.json").stat().st_size > 0


def test_json_takes_data_for_its_file(folder: Path) -> None:
    result = CliRunner().invoke(main, ["separation", "--json", "m.csv"])
    assert result.exit_code == 0, result.stderr
    assert (folder / "m.csv").read_text() == ROWS
