"""Certificates as Coq files: those of the corpus compile, in every norm, and tampered ones do not."""

import json
from fractions import Fraction

import pytest

from marginproof.constructions.corpus import FOLDER
from marginproof.theory.claims.cases import exact_rows
from marginproof.theory.errors import MarginproofError
from marginproof.theory.formal import kernel
from marginproof.theory.formal.coq_terms import real
from marginproof.theory.formal.export import to_coq
from marginproof.theory.formal.sign_pieces import bernstein
from marginproof.theory.proofs.certificates.document import unjudged_text
from marginproof.theory.proofs.certificates.rational import margin_bracket

needs_coq = pytest.mark.skipif(kernel.coqc() is None, reason="coqc is not on the path")
KINDS = ("margin_bracket", "farkas", "finite_run", "step_growth")


def certificate(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


NAMES = sorted(path.stem for path in FOLDER.glob("*.json") if certificate(path.stem)["kind"] in KINDS)


def compiles(body, folder):
    """Whether the exported file compiles, and what it says it assumes."""
    try:
        return kernel.compile_text(to_coq(body), "exported", folder)
    except kernel.Refused:
        return None


def test_every_kind_is_in_the_corpus():
    assert {certificate(name)["kind"] for name in NAMES} == set(KINDS)


SLOW = ("R7-step-growth",)  # ten times the others' time


@needs_coq
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in NAMES]
)
def test_the_corpus_compiles(name, tmp_path):
    printed = compiles(certificate(name), tmp_path)
    rational = certificate(name)["kind"] in ("finite_run", "step_growth")
    assert printed.startswith("Closed under the global context" if rational else "Axioms:")


@pytest.mark.slow
@needs_coq
@pytest.mark.parametrize(
    ("norm", "w", "c", "lower", "upper"),
    [
        ("1", ["1", "1"], ["1", "1"], "1", "1"),
        ("2", ["3/5", "4/5"], ["1", "3"], "7/5", "23/16"),
        ("inf", ["1", "1"], ["1", "1"], "2", "2"),
    ],
)
def test_every_norm(norm, w, c, lower, upper, tmp_path):
    X = exact_rows([[2, 0], [0, 2]]) if norm != "2" else exact_rows([[1, 1], [1, 1]])
    bounds = Fraction(lower), Fraction(upper)
    body = json.loads(unjudged_text(margin_bracket(X, norm, exact_rows([w])[0], exact_rows([c])[0], *bounds)))
    assert compiles(body, tmp_path)
    for key, value in (("lower", bounds[1] * 2), ("upper", bounds[0] / 2)):
        wrong = body | {"witness": body["witness"] | {key: str(value)}}
        assert compiles(wrong, tmp_path) is None


@pytest.mark.slow
@needs_coq
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("not-separable", lambda body: body["data"][1].__setitem__(0, "3")),
        ("R7-step-growth", lambda body: body["witness"].__setitem__("beta2", "9/10")),
        ("R4-signsgd-drift", lambda body: body["witness"]["w"].__setitem__(0, "1")),
        ("R4-signsgd-drift", lambda body: body["witness"].__setitem__("row", 0)),
        ("R6-segment", lambda body: body["data"][0].__setitem__(0, "1/2")),
    ],
)
def test_a_tampered_certificate_gives_a_file_that_does_not_compile(name, change, tmp_path):
    body = certificate(name)
    change(body)
    assert compiles(body, tmp_path) is None


LISTS = ("R1-three-solutions", pytest.param("one-direction-in-the-limit", marks=pytest.mark.slow))


@needs_coq
@pytest.mark.parametrize("name", LISTS)
def test_the_complete_lists_of_two_samples_compile(name, tmp_path):
    assert compiles(certificate(name), tmp_path).startswith("Axioms:")


@pytest.mark.slow
@needs_coq
def test_a_list_with_a_solution_left_out_or_shifted_does_not_compile(tmp_path):
    text = to_coq(certificate("R1-three-solutions"))
    assert text.count("s = 0 \\/ ") == 1
    with pytest.raises(kernel.Refused, match=r"exported\.v"):
        kernel.compile_text(text.replace("s = 0 \\/ ", "s = 1 \\/ "), "exported", tmp_path)
    body = certificate("R1-three-solutions")
    body["witness"]["points"][1]["box"] = [["1/2", "3/4"]]
    with pytest.raises(MarginproofError, match=r"clear sign|too wide"):
        to_coq(body)


def test_bernstein_coefficients_give_the_polynomial_back():
    f, low, high = [Fraction(v) for v in (3, -1, 2, 0, 5)], Fraction(1, 3), Fraction(3, 4)
    c = bernstein(f, low, high)
    for s in (low, Fraction(1, 2), high):
        x, y = s - low, high - s
        assert sum(v * x**i * y ** (4 - i) for i, v in enumerate(c)) == sum(v * s**k for k, v in enumerate(f))


def test_other_lists_are_refused_with_a_way_out():
    for name in ("both-margins-poor", "R1-three-solutions-inc-adam", "R1-three-directions"):
        with pytest.raises(MarginproofError, match="two samples with two features"):
            to_coq(certificate(name))


def test_a_kind_without_a_coq_form_is_refused_with_a_way_out():
    with pytest.raises(MarginproofError, match=r"kind='limit_cycle' has no Coq form; .*checker judges"):
        to_coq(certificate("R3-cycle-proxy"))


def test_numbers_in_coq():
    assert [real(Fraction(v)) for v in ("3", "-3", "1/2", "-1/2", "0")] == [
        "3",
        "(- (3))",
        "(1 / 2)",
        "(- (1 / 2))",
        "0",
    ]
