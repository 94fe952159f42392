"""Plain text set for a medium: ``l_inf`` is ``ℓ∞`` on a terminal, ``ℓ<sub>∞</sub>`` on a page, ``$\\ell_\\infty$`` in a figure, ``linf`` in ASCII.

Only whole words are set: a file ``l2.json``, an option ``--beta1``, ``beta1=0.9`` or a function ``mine:gamma`` stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from markupsafe import Markup, escape

BASES = {"l": "ℓ", "gamma": "γ", "beta": "β"}
"""Spelt-out letters that carry a subscript; the others are themselves."""
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
"""Unicode has a subscript of each digit and none of ∞, which stands beside its letter instead."""
WORDS = {"theta": "θ", "eta": "η", "gamma": "γ", ">=": "≥", "<=": "≤", "|w|": "‖w‖", "|w_t|": "‖w_t‖"}
"""Words and signs without a subscript."""

CHOICES = "choose one of "
"""What follows in an error is to be typed, and stays as it is."""

_BEFORE, _AFTER = r"(?<![\w./\\$='-])(?<!\w:)", r"(?![\w/=-]|[.:]\w)"
_SUBSCRIPT = re.compile(
    rf"{_BEFORE}(?:(?P<base>gamma|γ|beta|β|ℓ)_?(?P<low>inf|∞|\d)|(?P<l>l)_?(?P<norm>inf|[12])"
    rf"|(?P<letter>‖w‖|[wcuaeF])_(?P<place>inf|∞|\d+)){_AFTER}"
)
_WORD = re.compile(rf"{_BEFORE}(theta|eta|gamma){_AFTER}|>=|<=|\|w(?:_t)?\|")
_LOWERED = re.compile(
    r"((?<![A-Za-z0-9_/.])(?:min|max|[A-Za-zα-ωΣ])|‖)_(?:\{([^{}]*)\}|([\w∞]))(?![A-Za-z_])|(β)([12])(?!\d)"
)
_RAISED = re.compile(r"(?<=[\w)>;])\^(?:\{([^{}]*)\}|\(((?:[^()]|\([^()]*\))*)\)|(-?\w+(?:\.\d+)?))")
"""Scripts of any letter, as formulas of the registry have them; a page sets them, a terminal shows them as they are."""
_ROOT = re.compile(r"\bsqrt\((?:(\w)|([^()]+))\)")
_SIZE = re.compile(r"(?<=\d) x (?=\d+ data\b|\d+ matri)")


def _subscripts(text: str, write: Callable[[str, str], str]) -> str:
    def one(match: re.Match[str]) -> str:
        base, low = (
            match["base"] or match["l"] or match["letter"],
            match["low"] or match["norm"] or match["place"],
        )
        return write(BASES.get(base, base), "∞" if low == "inf" else low)

    return _SUBSCRIPT.sub(one, text)


def _signs(text: str) -> str:
    text = _WORD.sub(lambda match: WORDS[match[0]], text)
    return _SIZE.sub(" × ", _ROOT.sub(lambda found: f"√{found[1] or f'({found[2]})'}", text))


def in_unicode(text: str) -> str:
    """For a terminal, and wherever text is plain but not ASCII.

    Example:
      >>> in_unicode("the l_inf margin is 3, beta1 <= beta2, gamma_inf and w_0; see l2.json")
      'the ℓ∞ margin is 3, β₁ ≤ β₂, γ∞ and w₀; see l2.json'
    """
    told, mark, names = text.partition(CHOICES)
    set_ = _subscripts(_signs(told), lambda base, low: base + low.translate(LOWERED)).replace("^2", "²")
    return set_ + mark + names


def in_html(text: str) -> Markup:
    """For a page: escaped, with ``<sub>``.

    Example:
      >>> str(in_html("l_inf < l2"))
      'ℓ<sub>∞</sub> &lt; ℓ<sub>2</sub>'
      >>> str(in_html("η_t‖G_t‖ at n_samples, e^{-h}"))
      'η<sub>t</sub>‖G<sub>t</sub>‖ at n_samples, e<sup>-h</sup>'
    """
    lowered = "".join(LOWERED_BACK.get(letter, letter) for letter in _signs(text))
    text = _subscripts(str(escape(lowered)), lambda base, low: f"{base}<sub>{low}</sub>")
    return Markup(_RAISED.sub(r"<sup>\1\2\3</sup>", _LOWERED.sub(r"\1\4<sub>\2\3\5</sub>", text)))


LOWERED_BACK: Mapping[str, str] = {chr(low): f"_{chr(digit)}" for digit, low in LOWERED.items()}

ASCII: Mapping[str, str] = {
    "ℓ∞": "linf", "ℓ₂": "l2", "ℓ₁": "l1", "γ∞": "gamma_inf", "∞": "inf", "ℓ": "l", "γ": "gamma_", "β": "beta", "θ": "theta", "η": "eta",
    "Σ": "sum", "°": " deg", "ᵢ": "_i", "ρ": "rho", "‖": "|", "×": "x", "√": "sqrt ", "≥": ">=", "≤": "<=", "→": "->", "≈": "~", "∝": "~",
    "·": ".", "…": "...", "–": "-", "−": "-", "’": "'", "“": '"', "”": '"', "ᵀ": "^T", "½": "1/2", "²": "^2", "—": "-",
    **{chr(low): chr(digit) for digit, low in LOWERED.items()},
}  # fmt: skip
"""What a terminal without Unicode is shown; longest first."""


def in_ascii(text: str) -> str:
    """For a stream that cannot carry Unicode; a sign without a word of its own becomes a question mark.

    Example:
      >>> in_ascii("ℓ∞, β₁ ≥ ½")
      'linf, beta1 >= 1/2'
    """
    text = _subscripts(text, lambda base, low: base + low.translate(LOWERED))
    for sign, word in ASCII.items():
        text = text.replace(sign, word)
    return text.encode("ascii", "replace").decode("ascii")
