"""The theorems against the registry: the same hypotheses, and the same constants as formulas."""

import re

import pytest
import sympy

from marginproof.theory.claims.descent import ETA, RHO
from marginproof.theory.formal.comparison import COMPARISONS, NOT_NEEDED, comparison
from marginproof.theory.formal.files import FORMAL, formal, required, source, theorem
from marginproof.theory.registry import claim

B1, B2, T, GAMMA, R, N = sympy.symbols("β1 β2 t γ R N", positive=True)


def coq_text(claim_id):
    """The theorems and the files they rest on, blanks made single."""
    entry = formal(claim_id)
    return " ".join(" ".join(source(stem) for stem in required(entry.file)).split())


def value(text, **names):
    """A Coq expression over reals as a sympy one: application and powers are all that differ."""
    for old, new in (("sqrt β2", "sqrt(β2)"), ("η t'", "η"), ("η t", "η"), ("INR N", "N"), ("^", "**")):
        text = text.replace(old, new)
    symbols = {"β1": B1, "β2": B2, "t": T, "η": ETA, "ρ": RHO, "γ": GAMMA, "R": R, "radius": R, "N": N}
    return sympy.sympify(text, locals={**symbols, "Rabs": sympy.Abs, **names})


def definition(name, stem):
    """The right side of a definition."""
    return re.search(rf"Definition {name}(?!\w)[^.]*?:= (.*?)\.\s", source(stem), re.DOTALL)[1]


@pytest.mark.parametrize("entry", COMPARISONS, ids=lambda entry: entry.claim)
def test_every_hypothesis_of_the_registry_is_paired_and_every_text_is_there(entry):
    stated = claim(entry.claim)
    assert [pair.registry for pair in entry.hypotheses] == [h.name for h in stated.hypotheses]
    words = " ".join(f"{stated.plain} {stated.quantifiers} {stated.proof}".split())
    for pair in (*entry.hypotheses, *entry.constants):
        assert pair.coq == NOT_NEEDED or " ".join(pair.coq.split()) in coq_text(entry.claim)
    for pair in entry.constants:
        assert pair.registry in words


def test_every_formal_claim_is_compared():
    assert {entry.claim for entry in COMPARISONS} == {entry.claim for entry in FORMAL}
    assert comparison("B4").claim == "B4"


@pytest.mark.parametrize("claim_id", ["B2", "B3", "B4", "B5"])
def test_the_cost_of_a_step_and_the_start_are_the_registrys(claim_id):
    formula, text = claim(claim_id).formula, theorem(claim_id).statement
    cost = re.search(r"- (η t \* \((?:R \* R|ρ \* ρ)\) / 2)", text)[1]
    assert sympy.simplify(value(cost, R=RHO) - formula.cost(ETA, RHO)) == 0
    assert "ln (INR N)" in text
    if claim_id != "B2":
        assert formula.start(N) == sympy.log(N)


def test_the_step_bounds_constants_are_the_registrys():
    formula = claim("I11").formula
    decay = value(definition("decay", "i11"))
    gain = value(definition("gain", "i11"))
    A = value(definition("A", "i11"), decay=decay)
    at = value(definition("A_at", "i11"), decay=decay, A=A)
    assert sympy.simplify(decay - formula.decay(B1, B2)) == 0
    assert sympy.simplify(gain - formula.gain(B1, B2)) == 0
    assert sympy.simplify(A**2 - formula.limit(B1, B2)) == 0
    assert sympy.simplify(at**2 - formula.finite(formula.limit(B1, B2), decay, T)) == 0
    steps = claim("B1").formula
    assert "<= η t * A_at β1 β2 (S t) <= η t * A β1 β2" in theorem("B1").statement
    assert sympy.simplify((ETA * at) ** 2 - steps.squared(ETA, B1, B2, T)) == 0


def test_signums_pieces_are_the_registrys():
    formula, text = claim("B2").formula, source("b2")
    rho = sympy.Symbol("ρ", real=True)
    assert sympy.simplify(value(definition("piece", "b2"), ρ=rho) - formula.piece(GAMMA, R, rho)) == 0
    factor = re.search(r"=> (β \* exp \(s \* \(radius \* η t'\)\)) \*", text)[1]
    beta = sympy.Symbol("β", positive=True)
    for name, sign in (("U", 1), ("V", -1)):
        s = value(re.search(rf"Definition {name} := drift (.*)\.", text)[1])
        assert s == sign
        assert sympy.simplify(value(factor, s=s, β=beta) - formula.decay(beta, R * ETA, sign, sympy.exp)) == 0


def test_the_proxys_constants_are_the_registrys():
    from marginproof.theory.claims.cases import exact_rows
    from marginproof.theory.claims.descent import NUMBERS

    X, formula = exact_rows([[5, -1], [1, 4], [-2, 3]]), claim("B3").formula
    columns, radius = 5 + 4, 6
    lam = re.search(r"let λ := (.*) in", theorem("B3").statement)[1].replace(
        "sum d (column_max N x)", "columns"
    )
    rho = re.search(r"let ρ := (.*) in", theorem("B3").statement)[1].replace("radius1 N d x", "radius")
    assert value(lam, columns=columns) - formula.rate(X, GAMMA, NUMBERS) == 0
    assert value(rho, radius=radius, N=sympy.Integer(3)) - formula.radius(X, NUMBERS) == 0


def test_the_speed_limits_constants_are_the_registrys():
    formula = claim("B7").formula
    log = {"ln": sympy.log}
    lam, rho = (value(definition(name, "b7").replace("/ β2)", "1 / β2)"), **log) for name in ("λ", "ϱ"))
    assert sympy.simplify(sympy.expand_log(lam - formula.rate(B2, sympy.log), force=True)) == 0
    assert sympy.simplify(rho - formula.decay(B1, B2, sympy.sqrt)) == 0
    gain = value(definition("gain_of", "b7"))
    assert sympy.simplify(gain - formula.gain(B1, B2, sympy.sqrt)) == 0


def test_the_effective_betas_are_the_registrys():
    formula, e, k = (
        claim("I12").formula,
        sympy.Symbol("growth", positive=True),
        sympy.Symbol("K", positive=True),
    )
    first, second = (value(definition(name, "i12"), growth=e) for name in ("β1'", "β2'"))
    assert sympy.simplify(first - formula.first(B1, e)) == 0
    assert sympy.simplify(second - formula.second(B2, e)) == 0
    kappa = value(definition("κ", "i12").replace("β1'", "b").replace("β2'", "c").replace("η", "1"),
                  b=first, c=second, K=k)  # fmt: skip
    assert sympy.simplify(kappa**2 - formula.factor_squared(B1, B2, first, second, k)) == 0
