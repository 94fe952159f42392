"""Complete lists: the known cases, an index theorem, agreement with other routes, honest incompleteness."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from marginproof.theory.errors import NotSeparableError
from marginproof.theory.fields import (
    AdamProxyField,
    Field,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
    SignumField,
)
from marginproof.theory.limit.newton import active_set_newton
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import balls, decide_sign
from marginproof.theory.proofs.balls import bounds, to_matrix
from marginproof.theory.proofs.boxes import LeafKind
from marginproof.theory.proofs.branch_and_bound import search
from marginproof.theory.proofs.enumeration import enumerate_all
from marginproof.theory.proofs.fixed_points import Enumeration
from marginproof.theory.proofs.krawczyk import certify
from marginproof.theory.proofs.multi_start import starting_points
from marginproof.theory.proofs.two_samples.elimination import fixed_points

R1 = np.array([[5, 1], [1, 4]])
R3 = np.array([[1, 15, 2], [3, -1, 14], [11, 5, -3]])
SR4 = np.array([[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]])
ATTRACTING, UNSTABLE = Stability.ATTRACTING, Stability.UNSTABLE


def random_data(n: int, d: int, seed: int) -> np.ndarray:
    """Separable by construction; real entries, so that ties have probability zero."""
    random = np.random.default_rng(seed)
    X = np.exp(random.normal(size=(n, d))) * random.choice([-1, 1], size=(n, d))
    return X * np.sign(X @ random.normal(size=d))[:, None]


def stabilities(found: Enumeration) -> list[Stability]:
    return [point.stability for point in found.points]


@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField()], ids=repr)
def test_r1_has_exactly_three_points(field: Field) -> None:
    found = enumerate_all(LimitProblem(R1, field))
    assert found.complete
    assert all(point.certified for point in found.points)
    assert stabilities(found) == [ATTRACTING, UNSTABLE, ATTRACTING]
    assert [point.support for point in found.points] == [(0, 1), (0, 1), (1,)]


def test_r1_against_sympy() -> None:
    s = sympy.symbols("s")
    roots = sympy.Poly(2246 * s**4 - 238 * s**3 - 3985 * s**2 + 2040 * s + 112, s).nroots(n=30)
    inside = sorted((r for r in roots if r.is_real and 0 < r < 1), reverse=True)
    found = enumerate_all(LimitProblem(R1, AdamProxyField()))
    for point, root in zip(found.points, inside, strict=False):
        assert point.witness is not None
        low, high = bounds(point.witness.weights[0])
        assert (
            sympy.Rational(low.numerator, low.denominator)
            < root
            < sympy.Rational(high.numerator, high.denominator)
        )
    assert len(inside) == 2


@given(data=st.data())
@settings(max_examples=150)
def test_two_rows_agree_with_exact_elimination(data: st.DataObject) -> None:
    # Another route altogether: resultants and Sturm's theorem in integers.  Small entries tie often.
    entry = st.integers(-6, 6).filter(bool)
    d = data.draw(st.integers(2, 3))
    X = np.array([[data.draw(entry) for _ in range(d)] for _ in range(2)])
    assume(separated(X))
    exact = fixed_points(X.tolist())
    found = enumerate_all(LimitProblem(X, AdamProxyField()))
    if found.complete and not AdamProxyField().parallel_to_gradient(X):
        assert len(found.points) == len(exact.points)
    ours = sorted(found.points, key=lambda point: point.weights[0])
    if found.complete and len(ours) == len(exact.points):
        for point, root in zip(ours, exact.points, strict=True):
            assert abs(point.weights[0] - float(root.middle)) < 1e-9
            assert point.stability in (root.stability, Stability.UNDECIDED)
    event("complete" if found.complete else "incomplete")
    event(f"{len(exact.points)} points")


def separated(X: np.ndarray) -> bool:
    """Two rows are separable unless they point in opposite directions; equal rows are one unknown."""
    parallel = all(X[0, a] * X[1, b] == X[0, b] * X[1, a] for a in range(X.shape[1]) for b in range(a))
    return not parallel


def test_r3_has_one_point_and_it_repels() -> None:
    for field in (AdamProxyField(), IncAdamField(), IncAdamField(beta2=Fraction(999, 1000))):
        found = enumerate_all(LimitProblem(R3, field))
        assert found.complete
        assert stabilities(found) == [UNSTABLE]
        assert found.points[0].support == (0, 1, 2)
    # The batch size takes the instability away (theory: gone at θ = 0.05; b = 2 is θ = 1/2).
    assert stabilities(enumerate_all(LimitProblem(R3, ReshuffledField(2)))) == [ATTRACTING]


def test_leaves_cover_the_charts() -> None:
    found = search(LimitProblem(R3, AdamProxyField()))
    assert found.finished
    # Reductions aside, the leaves of chart i tile [0, 1]²: their areas, face boxes left out, sum to
    # the area that was not cut off by a REDUCED box.
    for chart in range(3):
        free = [j for j in range(3) if j != chart]
        area = Fraction(0)
        for leaf in found.leaves:
            if leaf.chart == chart:
                sides = [Fraction(leaf.upper[j]) - Fraction(leaf.lower[j]) for j in free]
                area += sides[0] * sides[1]
        assert area == 1


def test_unique_boxes_hold_the_certified_point() -> None:
    problem = LimitProblem(R1, AdamProxyField())
    tree = search(problem)
    unique = [leaf for leaf in tree.leaves if leaf.kind is LeafKind.UNIQUE]
    assert unique
    for leaf in unique:
        assert leaf.guess is not None
        found = certify(problem, leaf.guess / leaf.guess.sum(), leaf.support)
        assert found.certified or found.reason


@pytest.mark.parametrize(
    "field", [AdamProxyField(), ReshuffledField(2), ReplacementField(2), IncAdamField()], ids=repr
)
@pytest.mark.parametrize(("n", "d"), [(3, 2), (3, 3), (4, 3)])
def test_complete_lists_contain_what_newton_finds_and_have_odd_length(field: Field, n: int, d: int) -> None:
    for seed in range(6):
        problem = LimitProblem(random_data(n, d, 100 * n + 10 * d + seed), field)
        found = enumerate_all(problem)
        assert found.complete, found.reason
        for y in starting_points(n, 12, seed):
            with np.errstate(all="ignore"):
                candidate = active_set_newton(problem, y)
            if candidate is not None and candidate.gamma > 0:
                assert any(np.abs(point.weights - candidate.y).sum() < 1e-8 for point in found.points)
        assert sum(index(point.witness) for point in found.points) == 1
        assert len(found.points) % 2 == 1


def index(witness: object) -> int:
    """The sign of det(-A): the Nash equilibria of a generic game on the simplex have indices that sum to 1.

    Off the support the transversal rates are negative and count +1.
    """
    from marginproof.theory.proofs.witness import Witness

    assert isinstance(witness, Witness)
    if len(witness.support) == 1:
        return 1
    with balls(witness.bits).working():
        sign = decide_sign((-to_matrix(witness.proof.matrix)).det())
    assert sign is not None
    return sign


def test_the_index_test_would_notice_a_missing_point() -> None:
    problem = LimitProblem(R1, AdamProxyField())
    points = enumerate_all(problem).points
    indices = [index(point.witness) for point in points]
    assert indices == [1, -1, 1]
    assert all(sum(indices[:k] + indices[k + 1 :]) != 1 for k in range(3))


@pytest.mark.parametrize("rows", [[[1, -2]], [[1, -2], [1, -2]]])
@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField()])
def test_one_row_has_one_point(field: Field, rows: list[list[int]]) -> None:
    """One row, or one row twice: its sign, and the list is complete."""
    found = enumerate_all(LimitProblem(np.array(rows, dtype=object), field), complete=True)
    assert found.complete
    (point,) = found.points
    assert point.stability is ATTRACTING
    np.testing.assert_array_equal(np.sign(point.direction), [1, -1])


def test_equal_rows_are_one_unknown() -> None:
    doubled = np.array([[5, 1], [1, 4], [5, 1]])
    found = enumerate_all(LimitProblem(doubled, AdamProxyField()))
    assert found.complete
    for point in found.points:
        assert point.weights[0] == point.weights[2]


def test_gd_and_scaled_rademacher_have_one_point_by_convexity() -> None:
    for problem in (
        LimitProblem(SR4, AdamProxyField()),
        LimitProblem(SR4, GradientField()),
        LimitProblem(random_data(30, 5, 7), GradientField()),
    ):
        found = enumerate_all(problem)
        assert found.complete
        assert stabilities(found) == [ATTRACTING]
        assert found.points[0].certified


def test_the_exact_certificate_of_gd_is_optimal() -> None:
    problem = LimitProblem(random_data(12, 4, 3), GradientField())
    point = enumerate_all(problem).points[0]
    assert point.witness is not None
    # B6 with p = 2: min_i x_i·w/‖w‖ meets ‖Xᵀc‖ up to float64 rounding of 12 sums of 4 products.
    w, c = problem.floats.T @ point.weights, point.weights
    primal = (problem.floats @ w).min() / np.linalg.norm(w)
    assert primal == pytest.approx(np.linalg.norm(problem.floats.T @ c), rel=1e-13)


def test_a_continuum_ends_incomplete_with_its_direction_once() -> None:
    # u_k = c_k/√c_k² = 1 for every interior c: each c is a solution and all share one direction.
    found = enumerate_all(LimitProblem(np.eye(2, dtype=int), AdamProxyField()), max_boxes=5000)
    assert not found.complete
    assert found.reason
    assert len(found.points) == 1
    assert not found.points[0].certified
    np.testing.assert_allclose(found.points[0].direction, np.sqrt([0.5, 0.5]))


@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField(), ReplacementField(2)], ids=repr)
def test_ties_at_vertices_are_settled(field: Field) -> None:
    # F(e_0) = (9, 9) exactly (I7): the vertex solves the equation, and is isolated by the slope there.
    problem = LimitProblem(np.array([[8, 1], [3, 6]]), field)
    tree = search(problem)
    assert tree.finished
    assert tree.count(LeafKind.TIED_VERTEX) == 2  # sign(x_1) = sign(x_0): the same tie at e_1
    found = enumerate_all(problem)
    assert found.complete
    vertex = [point for point in found.points if point.support == (0,)]
    assert len(vertex) == 1
    assert vertex[0].certified
    # A little way along the edge the floats show which way the weight of row 1 goes.
    F = problem.F(np.array([1 - 1e-4, 1e-4]))
    assert vertex[0].stability is (ATTRACTING if F[1] > F[0] else UNSTABLE)
    # Moved off the tie either way it becomes a simple case: strict, or no solution.
    for shift, count in ((Fraction(1, 10**9), 1), (Fraction(-1, 10**9), 0)):
        near = LimitProblem(np.array([[8, 1], [3 + shift, 6]], dtype=object), field)
        again = enumerate_all(near)
        assert again.complete
        assert sum(point.support == (0,) for point in again.points) == count


def test_an_interior_tie_stays_incomplete() -> None:
    # On the face of rows 0 and 1 features 1 and 2 are alike, so u ∝ (0, -1, -1) and F = 11, 11, 11 there.
    X = np.array([[5, -3, -8], [-6, -3, -8], [7, -7, -4]])
    found = enumerate_all(LimitProblem(X, IncAdamField()))
    assert not found.complete
    assert "undecided" in found.reason


def test_sign_fields_report_the_l_inf_margin() -> None:
    unique = enumerate_all(LimitProblem(R1, SignField()))
    assert len(unique.points) == 1
    np.testing.assert_allclose(unique.points[0].direction, np.sqrt([0.5, 0.5]))
    face = enumerate_all(LimitProblem(SR4, SignField()))
    assert not face.complete
    assert not face.points[0].unique
    full = enumerate_all(LimitProblem(R1, ReshuffledField(2)))  # θ = 1
    assert full.points[0].direction.tolist() == unique.points[0].direction.tolist()


def test_finite_momentum_signum_is_never_complete() -> None:
    found = enumerate_all(LimitProblem(R1, SignumField()), starts=2)
    assert not found.complete
    assert "jumps" in found.reason


@pytest.mark.parametrize("field", [GradientField(), AdamProxyField(), SignField()], ids=repr)
def test_data_that_are_not_separable_are_refused_with_a_certificate(field: Field) -> None:
    X = np.array([[1, 2], [-1, -1], [1, -1]])
    with pytest.raises(NotSeparableError) as refused:
        enumerate_all(LimitProblem(X, field))
    weights = refused.value.weights
    assert weights is not None
    assert all(weight >= 0 for weight in weights)
    assert all(sum(w * int(x) for w, x in zip(weights, X[:, k], strict=True)) == 0 for k in range(2))


def test_a_spent_budget_is_said() -> None:
    found = enumerate_all(LimitProblem(R3, AdamProxyField()), max_boxes=10)
    assert not found.complete
    assert "max_boxes=10" in found.reason
    assert stabilities(found) == [UNSTABLE]


def test_many_rows_are_searched_from_starts() -> None:
    found = enumerate_all(LimitProblem(random_data(12, 6, 5), AdamProxyField()), starts=16)
    assert not found.complete
    assert "16 starts" in found.reason
    assert found.points
    assert all(point.certified for point in found.points)
    again = enumerate_all(LimitProblem(random_data(12, 6, 5), AdamProxyField()), starts=16)
    assert [p.weights.tolist() for p in again.points] == [p.weights.tolist() for p in found.points]


def test_the_two_routes_agree_without_and_with_the_search() -> None:
    problem = LimitProblem(random_data(4, 4, 11), AdamProxyField())
    by_proof = enumerate_all(problem, complete=True)
    by_starts = enumerate_all(problem, complete=False)
    for point in by_starts.points:
        assert any(np.abs(point.weights - other.weights).max() < 1e-12 for other in by_proof.points)


def test_enclosed_directions_have_unit_norm() -> None:
    point = enumerate_all(LimitProblem(R3, AdamProxyField()), digits=40).points[0]
    assert point.witness is not None
    low = sum(min(a * a, b * b) for a, b in map(bounds, point.witness.direction))
    high = sum(max(a * a, b * b) for a, b in map(bounds, point.witness.direction))
    assert low <= 1 <= high
    assert high - low < Fraction(1, 10**35)
    assert all(a > 0 for a, _ in (bounds(w) for w in point.witness.weights))


def test_directions_that_differ_by_little_stay_apart():
    point = enumerate_all(LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxyField())).points[0]
    turned = replace(point, direction=point.direction + np.array([4.0, -3.0]) * 1e-9)
    same = replace(point, direction=point.direction + np.array([4.0, -3.0]) * 1e-11)
    assert [members for _, members in Enumeration((point, turned, same), False, "").directions] == [
        (0, 2),
        (1,),
    ]
