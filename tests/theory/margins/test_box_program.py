import numpy as np
import pytest

from marginproof.constructions.builtin import load
from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins import box_program
from marginproof.theory.margins.box_program import best_in_box, linf_in_floats
from marginproof.theory.margins.max_margin import linf_margin


@pytest.mark.parametrize("name", ["sr4", "cycle-3x3", "iris"])
def test_the_float_program_is_in_the_exact_bracket(name: str) -> None:
    X = load(name).X
    exact, found = linf_margin(X).value, linf_in_floats(X)
    slip = 1e-6 * np.abs(X).sum(axis=1).max()  # HiGHS's feasibility tolerance, 1e-7, a row and the box
    assert abs(found.value - exact) <= slip
    assert (X @ found.w >= found.value - slip).all()
    assert np.abs(X.T @ found.dual / found.dual.sum()).sum() <= exact + slip


def test_box_offsets_and_weights() -> None:
    X = [[1.0, 0.0], [0.0, 1.0]]
    found = best_in_box(X, low=[0, 0], high=[1, 3], offsets=[2, 0], weights=[3, 1])
    assert found is not None
    assert found.w[0] == 1 and found.w[1] >= 1  # 3 t <= w_1 + 2 and t <= w_2
    assert found.value == 1


def test_no_optimum_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    assert best_in_box([[1.0]], low=2, high=1) is None
    monkeypatch.setattr(box_program, "best_in_box", lambda X: None)
    with pytest.raises(MarginproofError, match="HiGHS found no l_inf max-margin"):
        linf_in_floats([[1.0]])
