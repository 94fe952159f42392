"""Two ways to make m / √v: they agree to rounding, and which is taken is timed once and then read."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.properties.simulation import quotients
from marginproof.properties.simulation.kernels import kernel_of
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.optimizers import Adam

X = np.array([[5.0, 1.0, 2.0], [1.0, 4.0, -1.0]])


@pytest.fixture
def asked_anew(monkeypatch):
    """Nothing remembered in this process, before or after."""
    quotients.faster.cache_clear()
    yield
    monkeypatch.undo()
    quotients.faster.cache_clear()


def run(monkeypatch, way):
    monkeypatch.setattr("marginproof.properties.simulation.kernels.faster", lambda: way)
    return simulate(
        X, Adam(Fraction(9, 10), Fraction(19, 20)), schedule=0.01, steps=3000, checkpoints=1
    ).final.w


def test_both_ways_agree_to_rounding(monkeypatch):
    assert kernel_of(Adam()) is not None
    np.testing.assert_allclose(run(monkeypatch, "products"), run(monkeypatch, "roots"), rtol=1e-12)


def test_the_choice_is_timed_once_and_then_read(monkeypatch, tmp_path, asked_anew):
    asked = []
    monkeypatch.setattr(quotients, "_folder", lambda: tmp_path)
    monkeypatch.setattr(quotients, "measured", lambda: asked.append(1) or "products")
    assert quotients.faster() == "products"
    quotients.faster.cache_clear()
    assert quotients.faster() == "products"
    assert asked == [1]
    (kept,) = tmp_path.iterdir()
    kept.write_text("roots\n")
    quotients.faster.cache_clear()
    assert quotients.faster() == "roots"
    kept.write_text("neither")
    quotients.faster.cache_clear()
    assert quotients.faster() == "products"
    assert kept.read_text() == "products\n"


def test_the_answer_depends_on_processor_and_compiler(monkeypatch):
    before = quotients._circumstances()
    monkeypatch.setattr(quotients.numba, "__version__", "0.0")
    assert quotients._circumstances() != before


def test_a_folder_that_cannot_be_written_to_is_no_error(monkeypatch, tmp_path, asked_anew):
    monkeypatch.setattr(quotients, "_folder", lambda: tmp_path / "missing")
    monkeypatch.setattr(quotients, "measured", lambda: "products")
    assert quotients.faster() == "products"


def test_the_slower_of_two_is_not_chosen(monkeypatch):
    monkeypatch.setattr(
        quotients,
        "_trial",
        lambda quotient: lambda d: 1.0 if quotient is quotients.quotients["roots"] else 2.0,
    )
    assert quotients.measured() == "roots"
