"""Makers of certificates, and a second route to what each kind says."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
import sympy

from marginproof.constructions.corpus import corpus, refutations
from marginproof.theory.checker import CLAIMS, check
from marginproof.theory.fields import (
    AdamProxyField,
    GradientField,
    IncAdamField,
    ReplacementField,
    ReshuffledField,
    SignField,
    ThetaField,
)
from marginproof.theory.limit.problem import LimitProblem, Stability
from marginproof.theory.number_systems import UndecidedSignError, balls, decide_sign
from marginproof.theory.prediction import predict
from marginproof.theory.proofs.annulus import NoAnnulusError, find_annulus
from marginproof.theory.proofs.certificates import STATEMENTS, CertificateError, document, field_entry
from marginproof.theory.proofs.certificates.cycle import limit_cycle
from marginproof.theory.proofs.certificates.document import unjudged_text
from marginproof.theory.proofs.certificates.points import all_fixed_points, fixed_point, several_attractors
from marginproof.theory.proofs.certificates.rational import (
    bracket_of,
    margin_bracket,
    signsgd_run,
    step_growth,
)
from marginproof.theory.proofs.enumeration import enumerate_all
from marginproof.theory.proofs.krawczyk import FEW, certify
from marginproof.theory.proofs.multi_start import float_solutions

R1 = [[5, 1], [1, 4]]
R3 = [[1, 15, 2], [3, -1, 14], [11, 5, -3]]


def rows(entries):
    return np.array([[Fraction(v) for v in row] for row in entries], dtype=object)


def test_makers_and_checker_agree_on_the_statements():
    assert {claim: entry.statement for claim, entry in CLAIMS.items()} == STATEMENTS
    assert document.FORMAT == "marginproof-certificate/2"


@pytest.mark.parametrize("claim", sorted(STATEMENTS))
def test_every_refuted_claim_has_a_certificate(claim):
    assert refutations(claim)
    assert all(
        entry.statement
        == STATEMENTS[claim].replace(
            "FIELD", json.loads(entry.path.read_text())["conclusion"].get("field", "")
        )
        for entry in refutations(claim)
    )


def test_sturm_counts_the_same_solutions():
    """R1 by another route: the interior solutions are the roots of theory.md's quartic in (0, 1)."""
    s = sympy.Symbol("s", positive=True)
    quartic = sympy.Poly(2246 * s**4 - 238 * s**3 - 3985 * s**2 + 2040 * s + 112, s)
    c = (s, 1 - s)
    q = [25 * c[0] ** 2 + c[1] ** 2, c[0] ** 2 + 16 * c[1] ** 2]
    m = [5 * c[0] + c[1], c[0] + 4 * c[1]]
    # F_1 = F_2 means 4 u_1 = 3 u_2 (u > 0), squared
    equation = sympy.Poly(sympy.expand(16 * m[0] ** 2 * q[1] - 9 * m[1] ** 2 * q[0]), s)
    assert equation.monic() == quartic.monic()
    made = all_fixed_points(LimitProblem(rows(R1), AdamProxyField()), claim="R1")
    interior = [p for p in made.witness["points"] if len(p["support"]) == 2]
    assert quartic.count_roots(0, 1) == len(interior) == 2
    assert check(unjudged_text(made).encode())[0] == "VALID"


@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField(), ThetaField(Fraction(1, 20))])
def test_balls_agree_on_existence_and_stability(field):
    """python-flint's Krawczyk and Lyapunov tests against what the certificate concludes."""
    problem = LimitProblem(rows(R3), field)
    made = all_fixed_points(problem)
    found = sorted((c for c, _ in float_solutions(problem, 40)), key=tuple, reverse=True)
    for c, unstable in zip(found, made.conclusion["unstable_directions"], strict=True):
        witness = certify(problem, c, np.flatnonzero(c > 0))
        assert witness.certified
        expected = Stability.ATTRACTING if unstable == 0 else Stability.UNSTABLE
        assert witness.stability is expected


def test_interior_directions_in_two_dimensions_are_the_l2_one():
    """With N = d = 2 an interior solution has Xu = γ(1, 1), so u ∝ X⁻¹(1, 1) whatever c is."""
    problem = LimitProblem(rows(R1), AdamProxyField())
    interior = [c for c, support in float_solutions(problem) if len(support) == 2]
    assert len(interior) == 2
    for c in interior:
        u = problem.direction(c)
        # Newton ends within a few units in the last place of c; u's condition number here is below 100
        np.testing.assert_allclose(u / np.linalg.norm(u), [0.6, 0.8], atol=1e-12)


@pytest.mark.parametrize(
    ("field", "theta"),
    [
        (AdamProxyField(), "0"),
        (ReshuffledField(2), "1/2"),
        (ReplacementField(2), "1/4"),
        (ThetaField(Fraction(1, 20)), "1/20"),
    ],
)
def test_beta2_to_one_fields_are_one_family(field, theta):
    assert field_entry.field_entry(field, 3) == {"name": "theta", "theta": theta}
    c = np.array([0.2, 0.3, 0.5])
    X = np.array(R3, dtype=float)
    ratio = field(X, c) / ThetaField(Fraction(theta))(X, c)
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-14)  # a few roundings of 2^-53


def test_sign_fields_have_no_entry():
    with pytest.raises(CertificateError, match="field=Sign"):
        field_entry.field_entry(SignField(), 3)


def test_gd_has_one_point_and_it_attracts():
    made = all_fixed_points(LimitProblem(rows(R1), GradientField()))
    assert made.conclusion["unstable_directions"] == [0]
    assert check(unjudged_text(made).encode())[0] == "VALID"


def test_a_fixed_point_and_two_attractors():
    problem = LimitProblem(rows(R1), AdamProxyField())
    attracting = [p.witness for p in enumerate_all(problem).points if p.stability is Stability.ATTRACTING]
    assert check(unjudged_text(several_attractors(problem, attracting)).encode())[0] == "VALID"
    with pytest.raises(CertificateError, match="points=1: no two attract"):
        several_attractors(problem, attracting[:1])
    assert check(unjudged_text(fixed_point(problem, attracting[0])).encode())[0] == "VALID"


def test_equal_rows_act_as_one_and_the_certificate_says_so():
    problem = LimitProblem(rows([[5, 1], [1, 4], [1, 4]]), AdamProxyField())
    made = all_fixed_points(problem)
    assert made.conclusion["equal_rows"] == [[1, 2]]
    assert check(unjudged_text(made).encode())[0] == "VALID"
    for point, found in zip(made.witness["points"], enumerate_all(problem).points, strict=True):
        chart, *free = point["support"]  # r is the weight of one row over one row, not of the group
        for i, (low, high) in zip(free, point["box"], strict=True):
            assert low < found.weights[i] / found.weights[chart] < high


def test_a_witness_that_proves_less_has_no_certificate():
    problem = LimitProblem(rows([*R1, [3, "5/2"]]), AdamProxyField())  # the middle of the others: F_2 = gamma
    with pytest.raises(CertificateError, match="strict signs"):
        fixed_point(problem, certify(problem, np.array([0.87, 0.13, 0.0]), (0, 1)))
    with pytest.raises(CertificateError, match="not proved: slack"):
        fixed_point(problem, certify(problem, np.array([1.0, 0.0, 0.0]), (0,)))
    with pytest.raises(CertificateError, match="complete=False"):
        all_fixed_points(problem, enumerate_all(problem, complete=False))


def test_two_equal_rows_have_no_cycle():
    with pytest.raises(CertificateError, match="two rows are equal"):
        limit_cycle(LimitProblem(rows([*R3, R3[0]]), AdamProxyField()))


@pytest.mark.parametrize("scale", [Fraction(1, 10**10), 10**10, Fraction(1, 10**60), 10**60])
@pytest.mark.parametrize("field", [AdamProxyField(), IncAdamField(), GradientField()])
def test_certificates_know_no_scale(field, scale):
    """R1 times a power of ten, or its columns by different powers of two: the lists are complete and VALID."""
    made = all_fixed_points(LimitProblem(rows(R1) * scale, field))
    assert check(unjudged_text(made).encode())[0] == "VALID"


@pytest.mark.parametrize("powers", [(20, -20), (-30, 3), (60, 61)])
def test_columns_of_different_sizes(powers):
    columns = np.array([Fraction(2) ** power for power in powers], dtype=object)
    made = all_fixed_points(LimitProblem(rows(R1) * columns, AdamProxyField()))
    assert check(unjudged_text(made).encode())[0] == "VALID"


def test_a_file_is_written_only_after_the_checker_said_valid(tmp_path):
    made = all_fixed_points(LimitProblem(rows(R1), AdamProxyField()))
    made.save(tmp_path / "good.json")
    assert check((tmp_path / "good.json").read_bytes())[0] == "VALID"
    wrong = replace(made, conclusion=made.conclusion | {"unstable_directions": [0, 0, 0]})
    with pytest.raises(CertificateError, match="calls the certificate INVALID: the conclusion should be"):
        wrong.save(tmp_path / "bad.json")
    assert not (tmp_path / "bad.json").exists()
    late = margin_bracket(rows(R1), "2", [3, 4], [8, 17], "39/10", "39/10")
    with pytest.raises(CertificateError, match="the lower bound fails"):
        late.to_json()


@pytest.mark.parametrize("name", ["iris", "sr4"])
def test_brackets_of_margins_are_certificates(name):
    from marginproof.constructions.builtin import load
    from marginproof.theory.margins.max_margin import l2_margin, linf_margin

    X = load(name).entries
    for margin in (l2_margin(X), linf_margin(X)):
        made = bracket_of(X, margin)
        assert check(unjudged_text(made).encode())[0] == "VALID"
        assert made.conclusion["lower"] <= Fraction(margin.bracket.upper)
        assert made.conclusion["upper"] >= Fraction(margin.bracket.lower)


def test_no_cycle_where_a_point_attracts():
    with pytest.raises(CertificateError, match="solutions=3"):
        limit_cycle(LimitProblem(rows(R3), ThetaField(Fraction(1, 20))))
    problem = LimitProblem(rows(R3), ThetaField(Fraction(1, 20)))
    attracting = min((c for c, _ in float_solutions(problem, 40)), key=lambda c: c[0])
    with pytest.raises(NoAnnulusError, match="trace="):
        find_annulus(problem, attracting)


def test_the_cycle_swings_as_far_as_was_found():
    _, annulus = limit_cycle(LimitProblem(rows(R3), AdamProxyField()))
    assert annulus.swing == pytest.approx(0.79, abs=0.01)  # theory: "swings c by 0.79", two digits


def test_a_run_that_misclassifies_nothing_is_refused():
    with pytest.raises(CertificateError, match="drift="):
        signsgd_run(rows(R1), ["1"] * 4, ["1", "1"])


def test_steps_are_bounded_for_small_beta1():
    with pytest.raises(CertificateError, match="beta1=1/2"):
        step_growth(Fraction(1, 2), Fraction(9, 10), 10)


def test_the_growth_sequence_is_the_extremal_one():
    """m²/v equals Cauchy–Schwarz's sum exactly."""
    made = step_growth(Fraction(9, 10), Fraction(1, 2), 5)
    b1, b2, n = Fraction(9, 10), Fraction(1, 2), made.conclusion["steps"]
    m = v = Fraction(0)
    for (g,) in made.data:
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g * g
    assert m * m / v == (1 - b1) ** 2 / (1 - b2) * sum((b1 * b1 / b2) ** k for k in range(n))


def test_the_corpus_is_listed_with_its_data():
    entry = next(entry for entry in corpus() if entry.name == "R6-segment")
    assert entry.rows[3] == (4, -4, 4, -4)
    assert entry.kind == json.loads(entry.path.read_text())["kind"] == "margin_bracket"


def test_the_list_of_the_corpus_is_current():
    from marginproof.constructions.corpus import FOLDER
    from marginproof.constructions.corpus.make import CERTIFICATES, index

    assert {entry.name for entry in corpus()} == set(CERTIFICATES)
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == index()


@pytest.mark.parametrize("name", ["R1-three-solutions", "R4-margin", "R6-segment", "R7-step-growth"])
def test_making_a_certificate_again_gives_the_same_file(name):
    from marginproof.constructions.corpus.make import CERTIFICATES

    entry = next(entry for entry in corpus() if entry.name == name)
    assert unjudged_text(CERTIFICATES[name]()) == entry.path.read_text(encoding="ascii")


def test_a_support_vector_machine_agrees_with_an_l2_bracket():
    """R1's γ_2 is 19/5, at (3, 4)/5, exactly; scikit-learn's SVC without a bias (mirrored data) by another solver."""
    svm = pytest.importorskip("sklearn.svm")
    made = margin_bracket(rows(R1), "2", [3, 4], [8, 17], "19/5", "19/5")
    assert check(unjudged_text(made).encode())[0] == "VALID"
    X = np.array(R1, dtype=float)
    machine = svm.SVC(kernel="linear", C=1e10, tol=1e-8).fit(np.vstack([X, -X]), [1, 1, -1, -1])
    # its KKT tolerance of 1e-8 bounds the relative error of the margin by the same order; ten times that
    assert 1 / np.linalg.norm(machine.coef_) == pytest.approx(19 / 5, rel=1e-7)
    wrong = margin_bracket(rows(R1), "2", [3, 4], [8, 17], "39/10", "39/10")
    assert check(unjudged_text(wrong).encode())[0] == "INVALID"


def sure_signs(problem, a, b, chart, sign):
    """Whether the flux through the edge from a to b surely has the sign, in python-flint balls."""
    rest, numbers = [i for i in range(3) if i != chart], balls(100)
    with numbers.working():
        stack = [(Fraction(0), Fraction(1))]
        while stack:
            lo, hi = stack.pop()
            t = numbers.convert(lo).union(numbers.convert(hi))
            r = numbers.array(np.array([1, 1, 1]))
            step = [numbers.convert(q - p) for p, q in zip(a, b, strict=True)]
            for i, p, s in zip(rest, a, step, strict=True):
                r[i] = numbers.convert(p) + t * s
            try:
                F = problem.F(r, numbers)
                x, y = (r[i] * (F[i] - F[chart]) for i in rest)
                found = decide_sign(x * step[1] - y * step[0])
            except UndecidedSignError:  # a root of a ball that reaches below zero
                found = None
            if found is None and hi - lo > Fraction(1, 2**16):
                stack += [(lo, (lo + hi) / 2), ((lo + hi) / 2, hi)]
            elif found != sign:
                return False
    return True


@pytest.mark.parametrize("name", ["R3-cycle-proxy", "R3-cycle-inc-adam-19-20"])
def test_balls_agree_on_the_fluxes_of_an_annulus(name):
    """Every edge is crossed the right way by python-flint's balls too; an edge turned round is not."""
    entry = next(entry for entry in corpus() if entry.name == name)
    field = AdamProxyField() if "proxy" in name else IncAdamField()
    problem = LimitProblem(np.array(entry.rows, dtype=object), field)
    witness = json.loads(entry.path.read_text())["witness"]
    chart = witness["points"][0]["support"][0]
    for key, sign in (("outer", 1), ("inner", -1)):
        ring = [[Fraction(v) for v in vertex] for vertex in witness[key]]
        edges = list(zip(ring, ring[1:] + ring[:1], strict=True))
        assert all(sure_signs(problem, a, b, chart, sign) for a, b in edges)
        assert not sure_signs(problem, edges[0][1], edges[0][0], chart, sign)


@pytest.mark.parametrize("field", [AdamProxyField(), pytest.param(IncAdamField(), marks=pytest.mark.slow)])
def test_a_support_of_many_rows(field):
    """More than :data:`krawczyk.FEW` ratios: one box is tried, and the checker takes slopes once."""
    X = np.random.default_rng(0).normal(size=(20, 60))
    made = predict(X, field, proof=True).certificate()
    body = json.loads(unjudged_text(made))
    (point,) = body["witness"]["points"]
    assert len(point["support"]) > FEW + 1
    assert check(json.dumps(body).encode())[0] == "VALID"
    point["box"][0] = [str(2 * Fraction(end)) for end in point["box"][0]]
    assert check(json.dumps(body).encode())[0] == "INVALID"
