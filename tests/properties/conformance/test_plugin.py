"""The pytest plugin from outside: in a directory of its own, with an optimizer of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

OPTIM = """
import numpy as np

class MySignum:
    family = "signum"

    def __init__(self, dim, beta):
        self.m, self.beta = np.zeros(dim), beta

    def step(self, w, grad, lr):
        self.m = self.beta * self.m + (1 - self.beta) * grad
        return w - lr * np.sign(self.m)

class Soft(MySignum):
    def step(self, w, grad, lr):
        super().step(w, grad, lr)
        return w - lr * np.tanh(self.m)
"""


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    (tmp_path / "mypkg").mkdir()
    (tmp_path / "mypkg" / "__init__.py").touch()
    (tmp_path / "mypkg" / "optim.py").write_text(OPTIM)
    return tmp_path


def run(where: Path, *arguments: str, module: bool = False) -> subprocess.CompletedProcess[str]:
    """pytest as a user starts it: only installed packages on the path."""
    start = [sys.executable, "-m", "pytest"] if module else [sys.executable, "-c", "import pytest, sys; sys.path[:] = "
             "[p for p in sys.path if p]; sys.exit(pytest.main())"]  # fmt: skip
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": ""}
    return subprocess.run(
        [*start, "-p", "no:cacheprovider", *arguments],
        cwd=where,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_correct_optimizer_passes_with_header_table_and_report(elsewhere: Path) -> None:
    done = run(elsewhere, "--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B2,I3",
               "--marginproof-max-examples", "5", "--marginproof-report", "out.json")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    for part in ("marginproof optimizer: mypkg.optim:MySignum, family signum; profile mp-default", "numpy ",
                 "collected 6 items", "marginproof coverage", "B2.margin", "vacuous", "6 passed"):  # fmt: skip
        assert part in done.stdout
    written = json.loads((elsewhere / "out.json").read_text())
    assert {c["check"]: c["status"] for c in written["checks"]}["B2.norm"] == "held"
    assert {c["check"]: c["examples"] for c in written["checks"]}["B2.norm"] == 5


def test_a_wrong_one_fails_with_a_line_that_replays(elsewhere: Path) -> None:
    done = run(
        elsewhere, "--marginproof-optimizer", "mypkg.optim:Soft", "--marginproof-claims", "I1.unrolled"
    )
    assert done.returncode == 1
    # pytest repeats the message in its summary where CI is set
    line, *_ = [line for line in done.stdout.splitlines() if "replay: " in line]
    check, target, case = line.split("marginproof replay ")[1].split(" ", 2)
    start = [sys.executable, "-c", "from properties.cli import main; main()", "replay"]
    again = subprocess.run(
        [*start, check, target, case.strip("'")], cwd=elsewhere, capture_output=True, text=True, check=False
    )
    assert again.returncode == 1, again.stderr
    assert "I1.unrolled (claim I1) does not hold" in again.stdout


def test_the_list_of_checks(elsewhere: Path) -> None:
    done = run(elsewhere, "--marginproof-list", "--marginproof-claims", "B2")
    assert done.returncode == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["B2.margin", "B2.strong", "B2.norm"]


def test_expected_failures_come_from_a_file(elsewhere: Path) -> None:
    (elsewhere / "xfails.txt").write_text("# known\nI1.unrolled tanh is soft\n")
    asked = ["--marginproof-optimizer", "mypkg.optim:Soft", "--marginproof-claims", "I1.unrolled,I3.signs"]
    done = run(elsewhere, *asked, "--marginproof-xfails", "xfails.txt")
    assert done.returncode == 0, done.stdout
    assert "tanh is soft" in done.stdout
    (elsewhere / "xfails.txt").write_text("I77.what\n")
    unknown = run(elsewhere, *asked, "--marginproof-xfails", "xfails.txt")
    assert unknown.returncode == 4
    assert "I77.what" in unknown.stderr
    missing = run(elsewhere, *asked, "--marginproof-xfails", "nowhere.txt")
    assert missing.returncode == 4
    assert "nowhere.txt" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--marginproof-optimizer", "mypkg.optim:Nothing"], "could not be imported"),
        (["--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B9"], "claims=B9"),
        (["--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B4"], "none applies"),
        (["--marginproof-claims", "B2"], "name the optimizer"),
    ],
)
def test_bad_input_is_one_sentence_and_exit_status_4(
    elsewhere: Path, arguments: list[str], said: str
) -> None:
    done = run(elsewhere, *arguments)
    assert done.returncode == 4
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_shadowed_package_is_noticed(elsewhere: Path) -> None:
    (elsewhere / "theory").mkdir()
    (elsewhere / "theory" / "__init__.py").touch()
    done = run(elsewhere, "--marginproof-optimizer", "mypkg.optim:MySignum", module=True)
    assert done.returncode == 4
    assert "rename that folder" in done.stderr
    strict = [sys.executable, "-W", "error", "-c", "import hypothesis"]
    assert subprocess.run(strict, cwd=elsewhere, check=False).returncode == 0


def test_without_our_options_nothing_of_ours_is_imported(elsewhere: Path) -> None:
    (elsewhere / "test_plain.py").write_text(
        "import sys\ndef test_light():\n    assert not {'theory', 'properties', 'sympy'} & set(sys.modules)\n"
    )
    done = run(elsewhere, "-p", "no:hypothesispytest", "test_plain.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("profile", ["mp-quick", "mp-thorough", "mp-hunt", "ci"])
def test_the_profile_asked_for_is_the_one_used(elsewhere: Path, profile: str) -> None:
    done = run(elsewhere, "--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B2.norm",
               "--marginproof-max-examples", "3", "--hypothesis-profile", profile)  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert f"profile {profile}" in done.stdout
