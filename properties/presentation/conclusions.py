"""What a certificate proves, as an English sentence: read from its conclusion, which the checker compares with its own.

The sentence is true of a file that the checker calls VALID; nothing here judges one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from marginproof.properties.presentation.names import listed
from marginproof.properties.presentation.notation import in_unicode
from marginproof.theory.checker.sentences import in_words, middles, short

Facts = Mapping[str, Any]
NORMS = {"1": "l1", "2": "l2", "inf": "l_inf"}


def conclusion(certificate: str | bytes | Path | Mapping[str, Any]) -> str:
    """One sentence in Unicode, without what it refutes (:func:`refuted`).

    Arguments:
      certificate: its text, its file, or its parsed JSON.

    Example:
      >>> from marginproof.constructions.corpus import FOLDER
      >>> conclusion(FOLDER / "R1-three-solutions.json")
      'On these 2 × 2 data the limit equation of AdamProxy has exactly three solutions; two of them attract, in different directions.'
    """
    body = parsed(certificate)
    facts = body["conclusion"]
    return in_unicode(
        _sentence(facts, _data(body), _field(str(facts.get("field", ""))), len({*map(tuple, body["data"])}))
    )


def refuted(certificate: str | bytes | Path | Mapping[str, Any]) -> str:
    """The statement that the certificate refutes, as ``R3: “…”``; empty where it refutes none."""
    body = parsed(certificate)
    return f"{body['claim']}: “{in_unicode(body['statement'])}”" if body.get("claim") else ""


def parsed(certificate: str | bytes | Path | Mapping[str, Any]) -> Mapping[str, Any]:
    """A certificate's JSON."""
    if isinstance(certificate, Mapping):
        return certificate
    text = certificate.read_bytes() if isinstance(certificate, Path) else certificate
    body: Mapping[str, Any] = json.loads(text)
    return body


def _data(body: Mapping[str, Any]) -> str:
    return f"{len(body['data'])} × {len(body['data'][0])} data"


def _sentence(facts: Facts, data: str, field: str, distinct: int) -> str:
    if "limit" in facts:
        return _run(facts, field, data)
    if "supports" in facts:
        return _tiers(facts, field, data)
    if "unstable_directions" in facts:
        return _solutions(facts, field, data, distinct)
    if "norm" in facts:
        return _margin(facts, data)
    if "misclassified" in facts:
        return (
            f"On these separable {data} SignSGD misclassifies row {facts['misclassified'] + 1} after {facts['steps']} steps, "
            "and eventually does so for ever."
        )
    if "betas" in facts:
        b1, b2 = facts["betas"]
        return (
            f"On these {facts['steps']} gradients Adam’s step |m|/√v at β1 = {short(b1)}, β2 = {short(b2)} passes {short(facts['bound'])}, "
            "which no gradients make it do at this β2 where β1 ≤ β2."
        )
    if "boundary" in facts:
        return f"On these {data} there is {_separation(facts)}."
    return f"These {data} are not linearly separable."


def _separation(facts: Facts) -> str:
    if facts["separation"] == "complete":
        return "complete separation: some w has every margin positive"
    if facts["separation"] == "overlap":
        return "overlap: no w has every margin ≥ 0 and one positive"
    return f"quasi-complete separation, with {in_words(len(facts['boundary']))} of the rows on the boundary"


def _run(facts: Facts, field: str, data: str) -> str:
    zero = not any(Fraction(v) for v in facts["start"])
    start = "0" if zero else f"({', '.join(map(short, facts['start']))})"
    if "largest" in facts:
        signs = ", ".join(str(v) for v in facts["direction"])
        return (
            f"On these {data} {field} from w_0 = {start} goes to the direction ({signs}), the signs of row {facts['row'] + 1}, "
            f"whatever positive steps of at most {short(facts['largest'])} it takes, as long as their sum is infinite."
        )
    middle, width = _box(facts)
    if "lr" in facts:
        steps = f"at the constant step {facts['lr']}"
    else:
        eta0, offset, power = (short(facts["steps"][key]) for key in ("eta0", "offset", "power"))
        steps = f"with steps {'' if eta0 == '1' else eta0 + ' '}(t + {offset})^-{power if '/' not in power else f'({power})'}"
    return (
        f"On these {data} w/‖w‖ of {field}, from w_0 = {start} {steps}, converges to a direction near ({middle}), "
        f"each entry enclosed to {width:.0e}."
    )


def _box(facts: Facts) -> tuple[str, float]:
    """The stated direction's middle, and its widest side."""
    width = max(float(Fraction(high) - Fraction(low)) for low, high in facts["direction"])
    return middles(facts["direction"]), width


def _tiers(facts: Facts, field: str, data: str) -> str:
    middle, width = _box(facts)
    return (
        f"On these {data} the limit equation of {field} has a solution in {in_words(len(facts['supports']))} tiers, alone in its boxes; "
        f"it attracts, and its direction is near ({middle}), each entry enclosed to {width:.0e}."
    )


def _margin(facts: Facts, data: str) -> str:
    name, low, high = NORMS[facts["norm"]], short(facts["lower"]), short(facts["upper"])
    if "unique" in facts:
        return f"The {name} margin of these {data} is {low}, and more than one direction attains it."
    if facts["lower"] == facts["upper"]:
        return f"The {name} margin of these {data} is {low}."
    if low == high:  # as many digits as are shown agree
        return f"The {name} margin of these {data} is {low}, enclosed to {_width(facts)}."
    return f"The {name} margin of these {data} lies between {low} and {high}."


def _width(facts: Facts) -> str:
    """The least power of ten that the bracket is no wider than, as ``1e-15``."""
    width = Fraction(facts["upper"]) - Fraction(facts["lower"])
    power = len(str(width.numerator)) - len(str(width.denominator))  # within one of the logarithm
    while width > Fraction(10) ** power:
        power += 1
    while width <= Fraction(10) ** (power - 1):
        power -= 1
    return f"1e{power}"


def _solutions(facts: Facts, field: str, data: str, distinct: int) -> str:
    unstable = facts["unstable_directions"]
    count = len(unstable)
    exactly = "exactly " if facts["complete"] else ""
    noun = "solution" if count == 1 else "solutions"
    which = (
        f"{exactly}{in_words(count)} {noun}"
        if facts["complete"] or count > 1
        else "a solution, alone in its box"
    )
    text = f"On these {data} the limit equation of {field} has {which}"
    text += _stability(unstable, facts["different_limits"], distinct)
    if "annulus" in facts:
        text += ", and its flow has a closed orbit: the update direction u(c) does not converge"
    if facts.get("traps"):
        text += f"; each of {in_words(len(facts['traps']))} sets of starts is proved to lead to one of them"
    margins = facts.get("margins", [])
    if margins:
        parts = [
            f"the {NORMS[norm]} margin is below {short(ratio)} of the largest" for norm, ratio in margins
        ]
        text += f"; there {listed(parts)}"
    for bound in facts.get("cosines", []):
        text += f"; the cosine with the l2 max-margin direction is below {short(bound)}"
    if "equal_rows" in facts:
        text += "; equal rows of the support share one weight"
    return f"{text}."


def _stability(unstable: list[int], different: bool, distinct: int) -> str:
    attracting = unstable.count(0)
    if len(unstable) == 1:
        repels = unstable[0] == distinct - 1
        return ", which attracts" if attracting else ", which repels" if repels else ", which is unstable"
    if attracting == 0:
        return "; none of them attracts"
    if attracting == 1:
        return "; one of them attracts"
    return f"; {in_words(attracting)} of them attract" + (", in different directions" if different else "")


def _field(words: str) -> str:
    """A field's words with its settings in brackets: ``Inc-Adam (beta1 = 9/10, beta2 = 19/20, one sample a step)``."""
    name, at, settings = words.partition(" at ")
    return f"{name} ({settings})" if at else words
