"""Norms, and the limits that follow from bounds: each piece accepts what is true and refuses a planted fault."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from random import Random

import numpy as np
import pytest

from marginproof.theory.claims.claim import QUICK
from marginproof.theory.claims.mutation import attack
from marginproof.theory.claims.norms import L1, NORMS, separated
from marginproof.theory.claims.signum_bound import LONG, SignumBound, bounded_run
from marginproof.theory.number_systems import multiprecision
from marginproof.theory.registry import claim

MP = multiprecision(40)
TINY = MP.convert("1/1000000000000000000000000000000")


def vectors(count):
    random = np.random.default_rng(7)
    return [MP.array(v) for v in random.integers(-9, 10, size=(count, 4)) + 0.125]


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: norm.name)
def test_the_steepest_direction_attains_the_dual_norm(norm):
    for g in vectors(20):
        s = norm.steepest(g, MP)
        assert abs(g @ s - norm.dual(g, MP)) < TINY * 100
        assert norm.size(s, MP) <= 1 + TINY
    for g, w in zip(vectors(20), vectors(40)[20:], strict=True):
        assert g @ w <= norm.dual(g, MP) * norm.size(w, MP) + TINY * 1000


@pytest.mark.parametrize("norm", NORMS, ids=lambda norm: norm.name)
def test_planted_data_are_separated_with_the_stated_margin(norm):
    X, gamma = separated(Random(3), norm, MP, 3)
    assert X.shape == (3, 4)
    assert gamma > 0


def test_a_wrong_direction_breaks_the_bound_in_its_norm():
    random = Random(5)
    wrong = replace(L1, steepest=lambda g, numbers: -L1.steepest(g, numbers))
    X, gamma = separated(random, L1, MP, 3)
    assert bounded_run(SignumBound(), MP, X, gamma, 1, Fraction(9, 10), L1, LONG)[0] == ""
    assert "bound" in bounded_run(SignumBound(), MP, X, gamma, 1, Fraction(9, 10), wrong, LONG)[0]


@pytest.mark.parametrize(
    ("name", "part"),
    [("L2", "b = 1, cyclic or reshuffled"), ("L6", "from B2"), ("L7", "from B4"), ("L8", "N = 2")],
)
def test_a_proved_part_says_what_it_is_about(name, part):
    proved = [source for source in claim(name).checks if source.at_most and source.at_most.value == "PROVED"]
    assert any(part in source.part for source in proved)
    assert all(source.run(claim(name).formula, QUICK).passed for source in proved)


@pytest.mark.parametrize(
    "name", ["L7", "L8", "B1", *(pytest.param(name, marks=pytest.mark.slow) for name in ("L2", "L6"))]
)
def test_mutants_of_the_new_parts_are_killed(name):
    for mutant in claim(name).mutants[-3:]:
        assert attack(claim(name), mutant).killer, mutant.kind
