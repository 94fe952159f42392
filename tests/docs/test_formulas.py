"""Formulas in plain text are found and set; prose and code beside them stay as they are."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from latex2mathml.converter import convert

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "docs" / "_ext"))

from docstrings import convert as docstring
from formulas import in_markdown, in_rst, page, parts
from mathml import formula

from marginproof.theory.registry import claims


def found(text: str) -> list[str]:
    """The TeX of every formula in a text, without blanks."""
    return [part.replace(" ", "") for formula, part in parts(text) if formula]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("gradients g_0…g_{K-1} visited", [r"g_{0}\ldotsg_{K-1}"]),
        ("Σ_j β^((i-j) mod K) g_j, v likewise", [r"\sum_{j}\,\beta^{(i-j)\bmodK}\,g_{j}", "v"]),
        ("F_j(c) >= γ with equality where c_j > 0", [r"F_{j}(c)\geq\gamma", "c_{j}>0"]),
        ("|m_t|/√v_t <= A√(1-(β1²/β2)^t)", [r"\vertm_{t}{\vert}/\sqrt{v_{t}}\leqA\sqrt{1-(\beta_{1}^{2}/\beta_{2})^{t}}"]),
        ("w/‖w‖_2 → the l2 max-margin direction", [r"w/\Vertw{\Vert}_{2}", r"\ell_{2}"]),
        ("w/‖w‖ → u(c*)/‖u(c*)‖, c* the point", [r"w/\Vertw{\Vert}\tou(c^{*})/\Vertu(c^{*}){\Vert}", "c^{*}"]),
        ("w/‖w‖ → a fixed point of m", [r"w/\Vertw{\Vert}", "m"]),
        ("as η → ∞ (b = 1) γ̂ tends", [r"\eta\to\infty", "(b=1)", r"\hat{\gamma}"]),
        ("with S = Σ -ℓ'(x_i·w), λ = ½ log(1/β2)", [r"S=\sum-\ell^{\prime}(x_{i}\cdotw)", r"\lambda=\tfrac{1}{2}\,\log(1/\beta_{2})"]),
        ("moves by κ u(ĉ) at β1' = β1e^{γ̂/K}", [r"\kappa\,u(\hat{c})", r"\beta_{1}^{\prime}=\beta_{1}e^{\hat{\gamma}/K}"]),
        ("c = softmax(-Xw), dw/dτ = u(c)", [r"c=\operatorname{softmax}(-Xw)", r"dw/d\tau=u(c)"]),
        ("b | N and b < N", [r"b\midN", "b<N"]),
        ("at rate .75 (t+2)^-.75 and ε = 1e-8", [r"0.75\,(t+2)^{-0.75}", r"\varepsilon=10^{-8}"]),
        ("<G, u> / Σ s_i at least", [r"\langleG,\,u\rangle/\sum\,s_{i}"]),
        ("<= L(w) - η <G, u> + 2RE_t", [r"L(w)-\eta\,\langleG,\,u\rangle+2RE_{t}"]),
        ("has weight κ β^s/(1-β^K) (I1)", [r"\kappa\,\beta^{s}/(1-\beta^{K})"]),
        ("half-width 10^-digits, 1 - t^-power", [r"10^{-\mathrm{digits}}", r"1-t^{-\mathrm{power}}"]),
        ("shape (B, N, d), the bound A, zeros of H. Then R's", ["B", "N", "d", "A", "H"]),
        ("is W G up to A. A row", [r"W\,G", "A"]),
        ("no v with Xv >= 0, AᵀP + PA and T A w", ["v", r"Xv\geq0", "A^{T}P+PA", r"T\,A\,w"]),
        ("a in (0, 1], the weights a; C (I1)", ["a", "a", "C"]),
        ("A is chosen, X (N × d), ε2", ["A", "X", r"(N\timesd)", r"\varepsilon_{2}"]),
        ("x_jk and √q_k(s)", ["x_{jk}", r"\sqrt{q_{k}(s)}"]),
        ("every N, d; K <= max N + 2", ["N", "d", r"K\leq\maxN+2"]),
        ("the β2 → 1 limit", [r"\beta_{2}\to1"]),
        ("θ-field, row k's weight", [r"\theta", "k"]),
        ("in [1/(1-X₋^K), 1] for β_1", ["[1/(1-X_{-}^{K}),\\,1]", r"\beta_{1}"]),
        ("s in (0, X₊]", ["s", r"(0,\,X_{+}]"]),
        ("n! over 2 × d data", ["n!", r"2\timesd"]),
        ("R e^{rise since the visit} more", [r"R\,e^{\text{risesincethevisit}}"]),
        ("weighs β1^{K-pos} e^{x_p·(what w moved)}", [r"\beta_{1}^{K-\mathrm{pos}}\,e^{x_{p}\cdot(\text{what}w\text{moved})}"]),
        ("where a θ has none, or a β_2", [r"\theta", r"\beta_{2}"]),
        ("of g_j = Σ_{n in batch j} r_n x_n", [r"g_{j}=\sum_{n\text{inbatch}j}\,r_{n}\,x_{n}"]),
    ],
)  # fmt: skip
def test_formulas_are_read_whole(text, formulas):
    assert found(text) == formulas
    for tex in found(text):
        assert convert(tex).startswith("<math")


@pytest.mark.parametrize(
    "text",
    [
        "50 and 200 digits, 12 s, 3 × 5 data, seed 0",
        "A large step may leave a basin; I see",
        "the C loop, n/a, w/o, e.g. this, i.e. that",
        "Inc-Adam → its own fixed point",
        "claims I1, B2 and R3 on SR4; docs/proofs.md",
        "x.shape, X.T, max_gap, f_low, n_samples=3",
        "the sign of a term, the log of it, max over all",
        "--beta1 0.9, beta1=0.9, l2.json",
        "(1) the first, (2) the second; (a) one, (b) another",
        "2**top and a == b",
        "a C library, against C alone; a row (a). A row",
        "the end of a",  # a line, which the next one goes on
        "(1) A basic solution. A row: A sum; R's own package, L-BFGS",
        "A. Albert and J. A. Anderson; E. Lesaffre, JRSS B 51 (1989), SIAM J. Optimization",
    ],
)
def test_prose_and_code_stay_text(text):
    assert found(text) == []
    assert in_markdown(text) == in_rst(text) == text


def test_a_comparison_that_is_not_read_whole_still_has_its_sign() -> None:
    assert in_markdown("[[1, -0.9]]") == "[[1, −0.9]]"
    assert in_markdown("lower <= f_low, upper >= f_low") == "lower ≤ f_low, upper ≥ f_low"
    assert in_markdown("low_y <=> f_low, f_low<=3x") == "low_y <=> f_low, f_low<=3x"


def test_a_fourth_power_is_read() -> None:
    assert found("2246s⁴ - 238s³ + 112") == ["2246s^{4}-238s^{3}+112"]


def test_a_number_s_minus_and_the_times_of_a_size_are_signs() -> None:
    assert in_markdown("(1, -0.5) and -.2 on 3 x 5 data") == "(1, −0.5) and −.2 on 3 × 5 data"
    assert in_rst("[-1, 2]") == "[−1, 2]"
    kept = "Inc-Adam-2, 1-2, --3, - 4, 0x5, 3 xs"
    assert in_markdown(kept) == kept


def test_what_cannot_be_read_whole_is_left_alone():
    """A script with a sign that no formula has is none, and neither is what it stands on."""
    assert found("R e^{a @ b} more") == []


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("e^{-scale}", r"e^{-\mathrm{scale}}"),
        ("h^(order+1)", r"h^{\mathrm{order}+1}"),
        ("β1^(K-pos)", r"\beta_{1}^{K-\mathrm{pos}}"),
    ],
)
def test_a_word_may_stand_for_a_number_in_a_script(text, tex):
    assert found(text) == [tex]


def test_every_formula_of_the_registry_becomes_mathml():
    texts = [
        text
        for claim in claims().values()
        for text in (claim.title, claim.plain, claim.quantifiers, *(check.scope for check in claim.checks))
    ]
    formulas = [tex for text in texts for formula, tex in parts(text) if formula]
    assert len(formulas) > 400
    for tex in formulas:
        assert convert(tex).startswith("<math"), tex
    rest = "".join(part for text in texts for formula, part in parts(text) if not formula)
    for sign in "√Σ^_²‖":
        assert sign not in rest.replace("max_gap", ""), sign


@pytest.mark.parametrize("text", ["where Φ(0) = 2 x_j holds", "η (b of them)", "so W_2'(a)x_j"])
def test_a_role_ends_where_restructuredtext_sees_it_end(text: str) -> None:
    assert not re.search(r":math:`[^`]*`[^\s.,:;!?\\/'\")\]}>…’-]", in_rst(text))
    assert re.search(r":math:`[^`]*`[(]", ":math:`Φ`(0)")  # what it would notice


def test_both_markups_keep_their_neighbours():
    assert in_markdown("see x_i, *a*", lambda prose: prose.replace("*", r"\*")) == r"see $x_{i}$, \*a\*"
    assert in_rst("|x_i|-ball") == r":math:`\vert x_{i}{\vert }`-ball"
    assert in_rst("=√v") == r"=\ :math:`\sqrt{v}`"


def test_docstrings_are_set_but_their_names_and_literals_are_not():
    lines = ["Arguments:", "  X: rows x_i, ``c_i`` in code.", "  w_0: a start w_0."]
    text = "\n".join(docstring(lines))
    assert "``X``" in text and "``w_0``" in text and "``c_i``" in text
    assert "rows :math:`x_{i}`" in text and "a start :math:`w_{0}`" in text


def test_examples_stay_code():
    lines = ["Example:", "  >>> w_0 = [1, 2]", "  >>> w_0", "  [1, 2]"]
    assert "math" not in "\n".join(docstring(lines))


def test_a_function_s_name_is_set_close_and_an_operator_s_apart():
    assert "<mi>sign</mi><mo" in formula(r"\operatorname{sign}(x)", "inline")
    assert re.search("<mo[^>]*>min</mo>", formula(r"\min_{i} x_{i}", "inline"))


def test_bars_infinity_and_signs_have_no_room_as_of_operators():
    text = formula(r"a = -|x| \max |y|, p = \infty", "inline")
    assert text.count("<mi>&#x0007C;</mi>") == 4 and "<mi>&#x0221E;</mi>" in text
    assert '<mo form="prefix">&#x02212;</mo>' in text
    assert "prefix" not in formula("a - b, |a| - b", "inline")
    assert "prefix" in formula(r"\sum_i -x_i", "inline")
    long = formula(rf"{'+'.join('abcdefg')} = -({'+'.join('abcdefg')})", "inline")
    assert any('=</mo><mo form="prefix">−' in piece for piece in long.split("<wbr />")[1:])


def test_a_root_s_content_is_a_row():
    """The style sheet keeps rows clear of the bar."""
    assert formula(r"\sqrt v", "inline").count("<msqrt><mrow>") == 1
    assert formula(r"\sqrt{v_t}", "inline").count("<msqrt><mrow>") == 1
    css = Path(__file__).resolve().parents[2] / "docs" / "_static" / "quiet.css"
    assert "msqrt > mrow { padding-top" in css.read_text()


def test_a_formula_s_number_begins_no_list():
    assert docstring(["    (1)   x_i > 0,"]) == [r"    \(1)   :math:`x_{i}>0`,"]
    assert docstring(["1. the first"]) == ["1. the first"]


def test_an_empty_text_is_code():
    assert docstring(['The reason, or "".']) == ['The reason, or ``""``.']


def test_prose_of_a_page_is_set_and_nothing_else():
    text = """# β1 in a heading

With β1 <= β2 see `β1`, $x_i$, [β1](x_i.md) and ![x_i](x.png).

| b | N | w/‖w‖ |
|---|---|---|
| `a|b` | η_t | 2 |

```text
x_i
```
"""
    assert page(text) == text.replace("With β1 <= β2", r"With $\beta _{1}\leq \beta _{2}$").replace(
        "[β1]", r"[$\beta _{1}$]"
    ).replace("| b | N | w/‖w‖ |", r"| $b$ | $N$ | $w/\Vert w{\Vert }$ |").replace(
        "| η_t |", r"| $\eta _{t}$ |"
    )


CUT_SHORT = re.compile(r"\^-?[Δα-ω](?:[^\W\d_]|_)")
"""A raised letter with more behind it, which stays below: e^Δz is set as e^Δ times z."""


def test_what_is_raised_is_in_braces():
    assert CUT_SHORT.search("e^Δz_p") and not CUT_SHORT.search("e^{Δz_p}, λ^φ x")
    docs = Path(__file__).resolve().parents[2] / "docs"
    pages = [path for path in docs.rglob("*.md") if "generated" not in path.parts]
    assert not {
        path.name: found for path in pages if (found := CUT_SHORT.findall(path.read_text(encoding="utf-8")))
    }


def test_pages_keep_their_lines_and_code():
    docs = Path(__file__).resolve().parents[2] / "docs"
    for path in sorted(docs.rglob("*.md")):
        if "generated" not in path.parts:
            before = path.read_text(encoding="utf-8")
            after = page(before)
            assert before.count("\n") == after.count("\n"), path
            assert re.findall("`[^`\n]+`", before) == re.findall("`[^`\n]+`", after), path
            for tex in re.findall(r"\$([^$\n]+)\$", after):
                assert convert(tex), (path, tex)


def test_each_line_of_a_display_is_a_line_of_its_own() -> None:
    text = "So\n\n    Φ = log L      exponential,\n    Φ = 0          else\n\nholds.\n\nCode::\n\n    x = 1\n"
    shown = docstring(text.splitlines())
    assert [line for line in shown if line.startswith("   | ")] == [
        "   | :math:`\\Phi =\\log L`\N{EM SPACE}\N{EM SPACE}exponential,",
        "   | :math:`\\Phi =0`\N{EM SPACE}\N{EM SPACE}else",
    ]
    assert "    x = 1" in shown


def test_a_letter_within_a_bracket_is_no_article() -> None:
    assert found("β1(1-β2) a g / (β2 (1-β2) a)")[-1].endswith(r"\,a)")
    assert found("of η a step") == [r"\eta"]


def test_min_and_max_have_no_room_before_them() -> None:
    for tex in (r"\max_{j} c_{j}", r"f(\min V)"):
        assert '<mo lspace="0" rspace="0.17em">m' in formula(tex, "inline")
