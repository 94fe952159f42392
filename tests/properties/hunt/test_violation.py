"""A conjecture is asked about the prediction that ``predict`` returns, in batches, and again in balls."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import marginproof as mp
from marginproof.properties.hunt import Hunt, hunt
from marginproof.properties.hunt.ball_numbers import Ball, Unproved
from marginproof.properties.hunt.ball_prediction import proved_solution
from marginproof.properties.hunt.batches import batch_of
from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.search import search_chunk
from marginproof.properties.hunt.user_function import ConjectureFault
from marginproof.properties.hunt.violation import prove
from marginproof.theory.checker import check
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.optimizers import GD, Adam, AdamProxy
from marginproof.theory.proofs.certificates.document import unjudged_text

MINE = """
import numpy as np
import marginproof as mp

def near_l2(X, prediction):
    return prediction.cosines["l2"] >= 0.866

def keeps_margin(X, prediction):
    return prediction.margin_ratios["l2"] - 0.9

def in_words(X, prediction):
    return prediction.outcome == "fixed_point" and prediction.stability != "unstable"

def holds(X, prediction):
    return prediction.margin_ratios["l2"] > 0

def rounds(X, prediction):
    return float(prediction.cosines["l2"]) >= 0.866

def swallows(X, prediction):
    try:
        return bool(float(prediction.cosines["l2"]) > 2)
    except ArithmeticError:
        return False

@mp.batched
def batched_near(X, prediction):
    return prediction.cosines["l2"] - 0.866

@mp.batched
def misshapen(X, prediction):
    return prediction.direction
"""
ROWS = np.array([[4, 1]], dtype=float)


@pytest.fixture
def mine(tmp_path, monkeypatch):
    (tmp_path / "asked.py").write_text(MINE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "asked"
    sys.modules.pop("asked", None)


def exact(rows):
    return LimitProblem(
        np.array([[Fraction(int(v)) for v in row] for row in rows], dtype=object), AdamProxyField()
    )


def proof_of(function, rows=ROWS):
    problem, witness = proved_solution(exact(rows))
    return prove(function, problem, witness)


@pytest.mark.parametrize("name", ["near_l2", "batched_near"])
def test_the_prediction_speaks_of_cosines_and_the_violation_is_proved(mine, name):
    result = hunt(Hunt(f"{mine}:{name}", n=2, d=2, max_entry=9, seconds=60))
    assert np.abs(result.shrunk).tolist() in ([[4, 1]], [[1, 4]])
    assert "The violation is proved: cosines['l2'] < " in result.certificate.note
    (bound,) = result.certificate.conclusion["cosines"]
    assert 5 / 34**0.5 < Fraction(bound) < Fraction("0.866")  # (1,1)·(4,1) over √2 √17
    assert check(unjudged_text(result.certificate).encode())[0] == "VALID"


def test_a_margin_ratio_is_stated_in_the_certificate(mine):
    made = UserConjecture(f"{mine}:keeps_margin").certify(np.array([[1.0, 3.0]]))
    ((norm, ratio),) = made.conclusion["margins"]
    assert norm == "2"
    assert (4 / (2**0.5 * 10**0.5)) < Fraction(ratio) < Fraction(9, 10)  # (1,1)·(1,3)/√2 over √10 is 0.8944
    assert check(unjudged_text(made).encode())[0] == "VALID"


@pytest.mark.parametrize(("name", "why"), [("rounds", "into a float"), ("swallows", "into a float")])
def test_what_leaves_the_balls_is_not_proved_and_says_why(mine, name, why):
    made = UserConjecture(f"{mine}:{name}").certify(ROWS)
    assert "The violation is not proved: the function turns a ball into a float" in made.note
    assert why in made.note
    assert "Only the point is proved." in made.note
    assert check(unjudged_text(made).encode())[0] == "VALID"


def test_a_no_that_is_none_is_not_proved():
    assert "does not say no" in proof_of(lambda X, prediction: prediction.cosines["l2"] > 0.5).sentence


def test_an_undecided_comparison_is_no_answer_either_way():
    def tied(X, prediction):
        return (X @ prediction.direction)[0] < (X @ prediction.direction)[1]

    assert "a comparison is undecided" in proof_of(tied, [[5, -1], [-1, 5]]).sentence
    third = Ball.of(1) / 3
    for question in (lambda: third * 3 < 1, lambda: third * 3 >= 1, lambda: third * 3 == 1):
        with pytest.raises(Unproved, match="overlap"):
            question()


def test_the_minimum_of_equal_margins_is_enclosed():
    """The two margins of the support are equal, and a decision between them would never come."""
    said = proof_of(lambda X, prediction: (X @ prediction.direction).min() > 10, [[5, -1], [-1, 5]])
    assert said.proved


def test_balls_take_numpy_functions():
    def far(X, prediction):
        u = prediction.direction
        return np.sqrt(u @ u) - 2 * np.abs(u).max() + np.linalg.norm(u) - 0.7

    said = proof_of(far)
    assert said.proved  # 1 - √2 + 1 - 0.7 < 0
    assert not said.statements


def test_other_optimizers_in_floats_and_in_balls():
    prediction = mp.predict(ROWS, AdamProxy())
    assert prediction.other(GD()).cosines["l2"] == pytest.approx(1, abs=1e-12)
    assert prediction.angles["l2"] == pytest.approx(np.degrees(np.arccos(prediction.cosines["l2"])))
    np.testing.assert_array_equal(prediction.direction, prediction.limit.direction)
    two = mp.predict(np.array([[4.0, 1], [1, 3]]), AdamProxy())
    assert two.constant_step(0.01).growth > 0
    assert two.other(Adam()).constant_step(0.01).beta2 > 0.95

    def same(X, prediction):
        u, v = prediction.direction, prediction.other(Adam()).direction
        return abs(u @ v) < 0.5

    assert proof_of(same, [[4, 1], [1, 3]]).proved


def test_nothing_is_computed_before_it_is_asked_for(monkeypatch):
    from marginproof.theory import prediction as module
    from marginproof.theory import reference_margins

    monkeypatch.setattr(reference_margins, "linf_floats", lambda X: pytest.fail("asked"))
    rows = np.array([[4.0, 1], [1, 3]])
    problem = LimitProblem(rows, AdamProxyField())
    assert module.compare(problem, mp.solve(problem), None).cosines["l2"] == pytest.approx(0.98058, abs=1e-5)


def test_a_batch_has_what_each_has():
    X = np.array([[[5.0, 1], [1, 4]], [[4, -1], [-1, 3]]])
    together = batch_of(X, AdamProxyField())
    for t, rows in enumerate(X):
        alone = mp.predict(rows, AdamProxy())
        np.testing.assert_allclose(together.direction[t], alone.direction, atol=1e-9)
        for part in ("cosines", "angles", "margin_ratios"):
            for name, value in getattr(alone, part).items():
                assert getattr(together, part)[name][t] == pytest.approx(value, abs=2e-6)


def test_a_batched_function_answers_once_for_each_data_set(mine):
    with pytest.raises(ConjectureFault, match=r"batched and returned shape \(\d+, 2\)"):
        search_chunk(Hunt(f"{mine}:misshapen", n=2, d=2), 0)


def test_all_that_is_drawn_is_judged_or_undecided(mine):
    done = search_chunk(Hunt(f"{mine}:holds", n=3, d=3, chunk=300), 0)
    assert done.tried == 300
    assert done.judged >= 290  # before, draws that are not separable were not judged: about half
    assert done.found == []


def test_outcomes_compare_with_their_words(mine):
    done = search_chunk(Hunt(f"{mine}:in_words", n=2, d=2, chunk=100), 0)
    assert done.judged
    assert done.found == []
    assert str(mp.predict(ROWS, AdamProxy()).outcome) == "fixed_point"


def test_floats_of_margins_survive_a_vanishing_corner():
    assert mp.predict(np.array([[-10.0, 4], [-2, -3]]), AdamProxy()).margin_ratios["l2"] > 0.8


def test_the_checker_refuses_cosines_that_are_not_proved(mine):
    made = UserConjecture(f"{mine}:near_l2").certify(ROWS)
    assert check(unjudged_text(made).encode())[0] == "VALID"
    (entry,) = made.witness["cosines"]
    for change, why in (
        ({"bound": Fraction(857, 1000)}, "a cosine is not below"),  # 5/√34 = 0.85749…
        (
            {"w": [Fraction(1), Fraction(1)]},
            "a cosine is not below",
        ),  # far from the l2 direction, so nothing follows
        ({"w": [Fraction(-4), Fraction(1)]}, "w must separate"),
        ({"c": [Fraction(-1)]}, "c must be nonnegative"),
        ({"c": [Fraction(0)]}, "c must be nonnegative"),
    ):
        witness = made.witness | {"cosines": [entry | change]}
        bound = (entry | change)["bound"]
        false = replace(made, witness=witness, conclusion=made.conclusion | {"cosines": [bound]})
        verdict, reason = check(unjudged_text(false).encode())
        assert verdict == "INVALID"
        assert why in reason
    other = replace(made, conclusion=made.conclusion | {"cosines": [Fraction(1, 2)]})
    assert check(unjudged_text(other).encode())[0] == "INVALID"


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "dask"])
def test_a_batched_function_on_several_workers_finds_what_one_finds(mine, monkeypatch, tmp_path, backend):
    if backend == "dask":
        pytest.importorskip("distributed")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # the workers import the conjecture by its name
    settings = {"n": 2, "d": 2, "max_entry": 9, "seconds": 60}
    alone = hunt(Hunt(f"{mine}:batched_near", **settings))
    together = hunt(Hunt(f"{mine}:batched_near", **settings, jobs=2, backend=backend))
    assert np.array_equal(alone.shrunk, together.shrunk)
    assert alone.certificate.conclusion == together.certificate.conclusion
