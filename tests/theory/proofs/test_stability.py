"""Stability by a Lyapunov witness: R1 and R3, agreement with eigenvalues, and a point on the border."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.fields import AdamProxyField, Field, GradientField, IncAdamField, ReshuffledField
from marginproof.theory.limit.newton import active_set_newton
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.stability import classify
from marginproof.theory.proofs.balls import bounds
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.stability import lyapunov_matrix
from marginproof.theory.proofs.witness import Witness

R1 = np.array([[5, 1], [1, 4]])
R3 = np.array([[1, 15, 2], [3, -1, 14], [11, 5, -3]])


@pytest.mark.parametrize(
    ("y", "support", "expected"),
    [
        ((0.87, 0.13), (0, 1), Stability.ATTRACTING),
        ((0.77, 0.23), (0, 1), Stability.UNSTABLE),
        ((0.0, 1.0), (1,), Stability.ATTRACTING),
    ],
)
def test_r1(y: tuple[float, float], support: tuple[int, ...], expected: Stability) -> None:
    problem = LimitProblem(R1, AdamProxyField())
    assert certify(problem, np.array(y), support).stability is expected


@pytest.mark.parametrize("digits", [15, 60])
def test_r3_repels_with_positive_trace_and_determinant(digits: int) -> None:
    problem = LimitProblem(R3, AdamProxyField())
    witness = certify(problem, np.array([0.5623, 0.2979, 0.1397]), (0, 1, 2), digits)
    verdict = witness.proof
    assert verdict.stability is Stability.UNSTABLE
    assert (verdict.sign_of_trace, verdict.sign_of_determinant) == (1, 1)
    trace = verdict.matrix.trace()
    assert bounds(trace)[0] > Fraction(2995, 1000) - Fraction(1, 1000)
    # The witness again, in rationals at the midpoint: AᵀP + PA is negative definite by its minors.
    A = np.array([[Fraction(float(v)) for v in row] for row in verdict.matrix], dtype=object)
    P = np.array([[Fraction(float(v)) for v in row] for row in verdict.lyapunov], dtype=object)
    M = A.T @ P + P @ A
    assert M[0, 0] < 0
    assert M[0, 0] * M[1, 1] - M[0, 1] * M[1, 0] > 0
    v = np.array([Fraction(float(x)) for x in verdict.vector], dtype=object)
    assert v @ P @ v < 0


@pytest.mark.parametrize(
    "field", [AdamProxyField(), IncAdamField(), ReshuffledField(2), GradientField()], ids=repr
)
def test_agrees_with_eigenvalues_in_floating_point(field: Field) -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        X = random.normal(size=(5, 8))
        X *= np.sign(X @ random.normal(size=8))[:, None]
        problem = LimitProblem(X, field)
        found = active_set_newton(problem, np.full(5, 0.2))
        y = solve(problem).weights if found is None else found.y
        support = np.flatnonzero(y)
        verdict = certify(problem, y, tuple(support.tolist()))
        assert verdict.stability is classify(problem, y, support) is not Stability.UNDECIDED


def test_nothing_is_said_of_an_uncertified_point() -> None:
    problem = LimitProblem(R1, AdamProxyField())
    excluded = certify(problem, np.array([1.0, 0.0]), (0,))
    assert excluded.stability is Stability.UNDECIDED
    assert Witness(excluded.status).stability is Stability.UNDECIDED


def test_no_witness_on_the_imaginary_axis() -> None:
    rotation = np.array([[0.0, 1.0], [-1.0, 0.0]])
    assert lyapunov_matrix(rotation) is None
    for A in (np.array([[-1.0, 50.0], [0.0, -2.0]]), np.array([[1.0, 3.0], [2.0, -4.0]])):
        P = lyapunov_matrix(A)
        assert P is not None
        assert np.linalg.eigvalsh(A.T @ P + P @ A).max() < 0
        assert (np.linalg.eigvalsh(P) > 0).all() == (np.linalg.eigvals(A).real < 0).all()
