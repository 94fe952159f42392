"""The signs of formulas in plain text and their TeX, for :mod:`formula_reader`."""

from __future__ import annotations

import re

NAMED = {
    name: rf"\{name}" for name in ("cosh", "det", "exp", "liminf", "limsup", "log", "max", "min", "tanh")
}
FUNCTIONS = (*NAMED, "argmax", "argmin", "artanh", "diag", "sign", "softmax")
OPERATORS = {
    "<=": r"\leq ", ">=": r"\geq ", "≤": r"\leq ", "≥": r"\geq ", "!=": r"\neq ", "≠": r"\neq ", "->": r"\to ", "→": r"\to ", "↦": r"\mapsto ",
    "←": r"\leftarrow ", "=": "=", "<": "<", ">": ">", "∈": r"\in ", "∝": r"\propto ", "≈": r"\approx ", "±": r"\pm ", "+": "+", "-": "-", "−": "-",
    "·": r"\cdot ", "×": r"\times ", "∘": r"\circ ", "/": "/", "…": r"\ldots ",
}  # fmt: skip
RELATIONS = {"<=", ">=", "≤", "≥", "!=", "≠", "->", "→", "↦", "←", "=", "<", ">", "∈", "∝", "≈"}
GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta", "θ": "theta", "κ": "kappa", "λ": "lambda",
    "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "ϱ": "varrho", "σ": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Π": "Pi", "Σ": "sum", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
    "ℓ": "ell", "∇": "nabla", "∂": "partial", "∞": "infty", "∏": "prod",
}  # fmt: skip
SIGNS = {"½": r"\tfrac{1}{2}", "¼": r"\tfrac{1}{4}", "¾": r"\tfrac{3}{4}"}
ACCENTS = {"\u0302": "hat", "\u0304": "bar", "\u0303": "tilde", "\u0307": "dot"}
WHOLE = {
    "ĉ": r"\hat{c}",
    "ŵ": r"\hat{w}",
    "û": r"\hat{u}",
    "ũ": r"\tilde{u}",
    "ĝ": r"\hat{g}",
    "Ĝ": r"\hat{G}",
    "ū": r"\bar{u}",
}
RAISED = {"²": "2", "³": "3", "⁴": "4", "ᵀ": "T", "⁻¹": "-1", "⁻ᵀ": "-T"}
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₜ₊₋", "0123456789ijkt+-", strict=True))
CLOSING = {"(": ")", "[": "]", "{": "}", "‖": "‖", "|": "|", "<": ">"}
FENCES = {"{": r"\{", "}": r"\}", "‖": r"\Vert ", "|": r"\vert ", "<": r"\langle ", ">": r"\rangle "}
NUMBER = re.compile(r"\d+(?:[.,]\d{3})*(?:\.\d+)?(?:e[+-]?\d+)?|\.\d+")
FUNCTION = re.compile(rf"({'|'.join(FUNCTIONS)})(?![A-Za-z0-9.])")
DERIVATIVE = re.compile(r"d([a-z])(?:_([a-z]))?/d([a-zτ])(?![A-Za-z])")
LETTER = re.compile(r"[A-Za-z](?![A-Za-z\d]|\.\w|_[A-Za-z]{2,}(?<!_inf)(?<!_max)(?<!_min)(?<!_[a-n][jk]))")
PRODUCT = re.compile(r"(?:X(?=[b-z])|W(?=[uvwz])|T(?=[uw])|P(?=[AJ])|D(?=g))(?=[A-Za-z](?![A-Za-z0-9]))")
"""A matrix whose product with the letter behind it looks like a word."""
SCRIPT = re.compile(
    r"inf(?![a-z])|dual(?!\w)|max(?!\w)|min(?!\w)|[a-n\d][jk](?![a-z])|\d+|[A-Za-z∞α-ω*](?![a-z])"
)
UPRIGHT = re.compile(rf"(?:\s*(?!(?:{'|'.join(FUNCTIONS)})\b)[a-z]{{2,}}(?![\w^])\s*)+")
"""Words in a script."""
STAR = re.compile(r"(?<=\w)\*(?![\w*(])")


def number(text: str) -> str:
    """Decimals with a digit before the point, powers of ten as such."""
    mantissa, mark, power = text.partition("e")
    number = f"0{mantissa}" if mantissa[0] == "." else mantissa
    if not mark:
        return number
    return (rf"{number}\cdot " if number != "1" else "") + f"10^{{{int(power)}}}"
