"""The pytest plugin from outside: in a directory of its own, with an optimizer of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from marginproof.properties.conformance.report_place import refuse_report
from marginproof.theory.errors import MarginproofError

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
    assert done.stderr == "marginproof: loading mypkg.optim:MySignum and the checks\n"
    for part in ("marginproof optimizer: mypkg.optim:MySignum, law signum, family signum; profile mp-default", "numpy ",
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
    start = [sys.executable, "-c", "from marginproof.properties.cli import main; main()", "replay"]
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
        (["--marginproof-claims", "B2"], "--marginproof-optimizer is missing; name the optimizer to check"),
        (
            ["--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-max-examples", "0"],
            "max_examples=0 is no number of examples",
        ),
    ],
)
def test_bad_input_is_one_sentence_and_exit_status_4(
    elsewhere: Path, arguments: list[str], said: str
) -> None:
    done = run(elsewhere, *arguments)
    assert done.returncode == 4
    assert said in done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_folder_named_theory_does_not_stand_in_the_way(elsewhere: Path) -> None:
    (elsewhere / "theory").mkdir()
    (elsewhere / "theory" / "__init__.py").touch()
    done = run(elsewhere, "--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B2.norm",
               "--marginproof-max-examples", "3", module=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_our_options_nothing_of_ours_is_imported(elsewhere: Path) -> None:
    (elsewhere / "test_plain.py").write_text(
        "import sys\ndef test_light():\n    assert not {'marginproof.theory', 'marginproof.properties', 'sympy'} & set(sys.modules)\n"
    )
    done = run(elsewhere, "-p", "no:hypothesispytest", "test_plain.py")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("profile", ["mp-quick", "mp-thorough", "mp-hunt", "ci"])
def test_the_profile_asked_for_is_the_one_used(elsewhere: Path, profile: str) -> None:
    done = run(elsewhere, "--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B2.norm",
               "--marginproof-max-examples", "3", "--hypothesis-profile", profile)  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert f"profile {profile}" in done.stdout


SLOW = """
import time
from mypkg.optim import MySignum

class Slow(MySignum):
    def __init__(self, dim, beta):
        time.sleep(0.02)
        super().__init__(dim, beta)
"""


def kept(file: Path) -> dict[str, list[int]]:
    return json.loads(file.read_text())["slices"] if file.exists() else {}


def test_an_interrupted_run_goes_on_where_it_was(elsewhere: Path) -> None:
    """A real SIGINT in the second slice or later; the rerun skips what was done and counts it.

    A shell without job control starts its background jobs with SIGINT ignored, and their children inherit that:
    the run that is to be interrupted is started with the default handler, whoever started this test.
    """
    (elsewhere / "mypkg" / "slow.py").write_text(SLOW)
    file = elsewhere / "state.json"
    asked = ["--marginproof-optimizer", "mypkg.slow:Slow", "--marginproof-claims", "B2.norm", "--marginproof-resume",
             "state.json", "--hypothesis-profile", "mp-thorough", "--marginproof-max-examples", "250"]  # fmt: skip
    start = [
        sys.executable,
        "-c",
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import pytest, sys; sys.path[:] = [p for p in sys.path if p]; sys.exit(pytest.main())",
    ]
    running = subprocess.Popen([*start, "-p", "no:cacheprovider", *asked], cwd=elsewhere, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
    deadline = time.monotonic() + 100
    while not kept(file) and time.monotonic() < deadline:
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate(timeout=60)
    assert running.returncode == 2, printed  # pytest's status for an interruption
    assert "B2.norm: 100 of 250 examples" in printed
    assert "the same command goes on from state.json" in printed
    before = kept(file)
    assert 1 <= len(before) < 3
    again = run(elsewhere, *asked)
    assert again.returncode == 0, again.stdout + again.stderr
    assert f"seed 0, {len(before)} slices done before" in again.stdout
    assert f"{100 * len(before)} of the examples were made by an earlier run" in again.stdout
    assert sum(examples for examples, *_ in kept(file).values()) == 250
    assert not list(elsewhere.glob("*.part"))


def test_a_file_of_another_run_is_refused_and_kept(elsewhere: Path) -> None:
    asked = ["--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B2.norm",
             "--marginproof-max-examples", "3", "--marginproof-resume", "state.json"]  # fmt: skip
    assert run(elsewhere, *asked, "--hypothesis-seed", "5").returncode == 0
    written = (elsewhere / "state.json").read_text()
    assert json.loads(written)["seed"] == 5
    others = {
        "optimizer='mypkg.optim:MySignum', and this run has optimizer='mypkg.optim:Soft'": [
            "mypkg.optim:Soft"
        ],
        "seed=5, and this run has seed=6": ["mypkg.optim:MySignum", "--hypothesis-seed", "6"],
        "profile='mp-default'": ["mypkg.optim:MySignum", "--hypothesis-profile", "mp-quick"],
    }
    for said, changed in others.items():
        done = run(elsewhere, "--marginproof-optimizer", *changed, *asked[2:])
        assert done.returncode == 4, done.stdout
        assert said in done.stderr
    with (elsewhere / "mypkg" / "optim.py").open("a") as file:
        file.write("# edited\n")
    assert "source=" in run(elsewhere, *asked).stderr
    assert (elsewhere / "state.json").read_text() == written
    (elsewhere / "state.json").write_text("{}")
    assert "not a file of an earlier run" in run(elsewhere, *asked).stderr


REPORTED = ["--marginproof-optimizer", "mypkg.optim:MySignum", "--marginproof-claims", "B2.norm",
            "--marginproof-max-examples", "2", "--marginproof-report"]  # fmt: skip


@pytest.mark.parametrize(
    ("report", "said"),
    [
        ("sep.csv", "--marginproof-report=sep.csv is there already and is no report of the claims; choose"),
        ("other.json", "--marginproof-report=other.json is there already and is no report of the claims"),
        ("mypkg", "--marginproof-report=mypkg is a folder; give the name of a file"),
        ("no/out.json", "--marginproof-report=no/out.json: folder "),
        (
            "new.json --marginproof-resume new.json",
            "is where --marginproof-resume goes too; choose two names",
        ),
    ],
)
def test_a_report_that_may_not_be_written_is_refused_before_anything_runs(
    elsewhere: Path, report: str, said: str
) -> None:
    (elsewhere / "sep.csv").write_text("x,y,label\n1,2,1\n")
    (elsewhere / "other.json").write_text('{"mine": 1}')
    done = run(elsewhere, *REPORTED, *report.split())
    assert done.returncode == 4, done.stdout
    assert said in done.stderr
    assert "passed" not in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert (elsewhere / "sep.csv").read_text() == "x,y,label\n1,2,1\n"
    assert (elsewhere / "other.json").read_text() == '{"mine": 1}'
    assert not (elsewhere / "new.json").exists()


def test_a_report_is_written_over_an_earlier_one(elsewhere: Path) -> None:
    for _ in range(2):
        assert run(elsewhere, *REPORTED, "out.json").returncode == 0
    assert json.loads((elsewhere / "out.json").read_text())["optimizer"] == "mypkg.optim:MySignum"


def test_a_report_into_a_folder_without_write_permission_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != tmp_path)
    with pytest.raises(MarginproofError, match="cannot be written to; choose another folder"):
        refuse_report(tmp_path / "out.json")
