"""A conjecture that gives no answer is never counted as one that holds: one sentence, exit code 2."""

from __future__ import annotations

import json
import sys
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.user_function import ConjectureFault

BODIES = {
    "nan": ("return float('nan')", "returned nan (float) on X=[[", "return a bool"),
    "nothing": ("pass", "returned None (NoneType) on X=[[", "return a bool"),
    "text": ("return 'yes'", "returned 'yes' (str) on X=[[", "return a bool"),
    "array": ("return X @ prediction.direction > 0", "(ndarray) on X=[[", "return a bool"),
    "complex": ("return 1j", "returned 1j (complex) on X=[[", "return a bool"),
    "raises": ("return 1 / 0", "raised ZeroDivisionError: division by zero on X=[[", "return True where"),
    "asserts": ("assert False, 'not so'", "raised AssertionError: not so on X=[[", "return False where"),
    "leaves": ("raise SystemExit(3)", "raised SystemExit: 3 on X=[[", "return True where"),
    "sometimes": ("COUNT.append(0); return 1 / (len(COUNT) != 3)", "ZeroDivisionError", "return True where"),
}
MODULES = {
    "def f(X): return True": "has the arguments (X) and is called with two",
    "def f(X, prediction, more): return True": "missing a required argument: 'more'",
    "def f(X, prediction: return True": "importing faulty raised SyntaxError: ",
    "1 / 0": "importing faulty raised ZeroDivisionError: division by zero; fix the module",
    "raise SystemExit(0)": "importing faulty raised SystemExit: 0; fix the module",
    "import no_such_package": "ModuleNotFoundError: No module named 'no_such_package'",
    "f = 3": "is not a function",
}


@pytest.fixture
def hunted(tmp_path, monkeypatch):
    """Hunts ``f`` of a module with the given text."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    def call(text, *more):
        (tmp_path / "faulty.py").write_text(text + "\n")
        return CliRunner().invoke(
            main, ["hunt", "faulty:f", "--n", "2", "--d", "2", "--max-entry", "4", "--seconds", "20", *more]
        )

    yield call
    sys.modules.pop("faulty", None)


def judge_one_sentence(result, *parts):
    assert result.exit_code == 2, result.output
    assert result.output.startswith(("error: conjecture=faulty:f ", "error: claim=faulty:f"))
    assert result.output.count("\n") == 1
    for part in parts:
        assert part in result.output


@pytest.mark.parametrize("method", ["random", "targeted"])
@pytest.mark.parametrize("body", sorted(BODIES))
def test_a_function_without_an_answer(hunted, body, method):
    """``sometimes`` is right when asked again, which Hypothesis calls flaky."""
    statement, *parts = BODIES[body]
    text = f"COUNT = []\ndef f(X, prediction):\n    {statement}"
    judge_one_sentence(hunted(text, "--method", method), *parts)


@pytest.mark.parametrize("text", sorted(MODULES))
def test_a_module_without_a_function(hunted, text):
    judge_one_sentence(hunted(text), MODULES[text])


def test_a_fault_in_a_worker_is_the_same_sentence(hunted):
    text = "def f(X, prediction):\n    return 1 / 0"
    judge_one_sentence(hunted(text, "--jobs", "2"), *BODIES["raises"][1:])


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (True, 1.0),
        (np.bool_(False), -1.0),
        (np.array(False), -1.0),
        (np.float32(-0.5), -0.5),
        (np.array(2), 2.0),
        (Fraction(-1, 4), -0.25),
        (-np.inf, -np.inf),
    ],
)
def test_bools_and_numbers_of_any_make_are_answers(monkeypatch, answer, expected):
    monkeypatch.setattr(UserConjecture, "function", lambda self: lambda X, prediction: answer)
    assert UserConjecture("mine:f").value(np.array([[5.0, 1.0], [1.0, 4.0]])) == expected


def test_data_that_are_not_separable_are_not_asked_about(monkeypatch):
    monkeypatch.setattr(UserConjecture, "function", lambda self: pytest.fail("asked"))
    target, X = UserConjecture("mine:f"), np.array([[1.0, 2.0], [-1.0, -2.0]])
    assert target.value(X) is None
    assert np.isnan(target.screen(X[None])).all()


def test_shrinking_passes_over_data_that_the_function_cannot_take(hunted):
    """It says no of 2 x 2 data and raises on fewer rows or columns: found, and not shrunk to those."""
    result = hunted("def f(X, prediction):\n    return bool(X[1, 1] == X[0, 1])", "--json")
    assert result.exit_code == 0, result.output
    assert np.shape(json.loads(result.output)["shrunk"]) == (2, 2)
    with pytest.raises(ConjectureFault, match="IndexError"):
        UserConjecture("faulty:f").value(np.array([[1.0, 2.0]]))
