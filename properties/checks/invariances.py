"""Exact invariances at any finite time: checks on sequences of gradients.

Flipping the sign of a feature, permuting features, or scaling one by a power of two commutes with every
rounding of a coordinatewise optimizer, so these hold bit for bit (I3 at finite time).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import Check, any_of, needs_steps
from marginproof.properties.checks.gradient_cases import COORDINATEWISE, law_of, with_extra
from marginproof.properties.checks.running import feed
from marginproof.properties.checks.step_law import steps_by_the_law
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.theory.bounds.comparison import Comparison, equal


def flips_signs(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """w(σ∘g) = σ∘w(g) for column signs σ."""
    signs = np.array(case.signs, dtype=np.float64)
    return equal(
        feed(subject, case, case.X * signs), feed(subject, case, case.X) * signs, "w of the flipped features"
    )


def permutes(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """w(πg) = πw(g) for a permutation π of the coordinates.

    Where a norm enters, its sum may be taken in another order: then both runs are held to the law, which commutes.
    """
    order = list(case.order)
    if law_of(subject).norms:
        permuted = replace(case, rows=tuple(tuple(row[k] for k in order) for row in case.rows))
        judged = steps_by_the_law(subject, permuted)
        return judged if not judged.holds else steps_by_the_law(subject, case)
    return equal(
        feed(subject, case, case.X[:, order]), feed(subject, case, case.X)[:, order], "w of permuted features"
    )


def scales(subject: OptimizerUnderTest, case: Case) -> Comparison:
    """Scaling feature k's gradient by 2^p leaves Adam and Signum alone and scales GD's step; the loss's scale stays as it is."""
    factor = 2.0 ** np.array(case.powers)
    plain, scaled = feed(subject, case, case.X), feed(subject, case, case.X * factor)
    grows = law_of(subject).scale == "equivariant"
    return equal(scaled, plain * factor if grows else plain, "w of the scaled features")


def needs_oddness(subject: OptimizerUnderTest) -> str:
    """A momentum that starts elsewhere than at 0 has a sign of its own."""
    odd = subject.declared is not None and not subject.declared.settings.m0
    return "" if odd and law_of(subject).permutes else "its law does not commute with sign flips"


def needs_permutations(subject: OptimizerUnderTest) -> str:
    """Muon sees rows and columns."""
    return "" if law_of(subject).permutes else "its law tells coordinates apart"


def needs_no_scale(subject: OptimizerUnderTest) -> str:
    """ε, starting values and a coupled decay are in the units of the gradient."""
    assert subject.declared is not None
    h, scale = subject.declared.settings, law_of(subject).scale
    if not scale:
        return "its law sees the gradient's scale"
    if scale == "equivariant":
        return "a decayed step sees the scale" if h.decays and not h.decoupled else ""
    named = {"ε": h.eps, "ε_root": h.eps_root, "v's start": h.v0, "m's start": h.m0}
    shown = [f"{name} = {value:g}" for name, value in named.items() if value]
    if shown:
        return f"{shown[0]} is part of every step"
    return "a coupled decay sees the scale" if h.decays and not h.decoupled else ""


CHECKS = (
    Check("I3.signs", "I3", COORDINATEWISE, "Flipping a feature's sign flips its coordinate of w, bit for bit.",
          with_extra("signs"), flips_signs, skip=any_of(needs_steps, needs_oddness)),
    Check("I3.permutation", "I3", COORDINATEWISE, "Permuting the features permutes w, bit for bit.",
          with_extra("order"), permutes, skip=any_of(needs_steps, needs_permutations)),
    Check("I3.scale", "I3", COORDINATEWISE,
          "Scaling a feature, or the loss, by a power of two leaves Signum's and Adam's steps as they are.",
          with_extra("powers"), scales, skip=any_of(needs_steps, needs_no_scale)),
)  # fmt: skip
"""Checks on sequences of gradients."""
