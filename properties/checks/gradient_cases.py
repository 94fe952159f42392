"""Short sequences of gradients, drawn for the checks that feed an optimizer with them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import strategies as st

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.check import hyper
from marginproof.properties.checks.subjects import ANY, OptimizerUnderTest
from marginproof.theory.bounds.margin_bounds import UNIT
from marginproof.theory.laws.catalogue import LAWS, Law

COORDINATEWISE = ("gd", "signum", "adam", ANY)
"""The families that are fed gradients of any kind."""
EXTREME = 24
"""Scales 2^-24 … 2^24: a stability constant of 1e-8 shows, and nothing over- or underflows."""


@st.composite
def gradient_cases(
    draw: st.DrawFn,
    subject: OptimizerUnderTest,
    most: int = 8,
    momenta: int = 10,
    extra: str = "",
    varying: bool = True,
) -> Case:
    """A short sequence of gradients whose entries are quarters in [-4, 4].

    Arguments:
      most: the longest sequence.
      momenta: β up to 1 - 2^-momenta.
      extra: also draw ``signs``, an ``order``, ``absent`` tensors or ``powers``; one power for all where only that is a symmetry.
      varying: let the step size fall.
    """
    d = draw(st.integers(1, 3))
    row = st.lists(st.integers(-16, 16), min_size=d, max_size=d)
    rows = draw(st.lists(row, min_size=1, max_size=most))
    drawn: dict[str, tuple[int, ...]] = {}
    if extra == "signs":
        drawn["signs"] = tuple(draw(st.lists(st.sampled_from((1, -1)), min_size=d, max_size=d)))
    if extra == "order":
        drawn["order"] = tuple(draw(st.permutations(range(d))))
    if extra == "powers":
        extreme = EXTREME if subject.unit <= UNIT else EXTREME // 2
        powers = st.lists(st.integers(-extreme, extreme), min_size=d, max_size=d)
        shared = st.integers(-extreme, extreme).map(lambda p: [p] * d)
        drawn["powers"] = tuple(draw(shared if law_of(subject).scale == "shared" else powers))
    if extra == "absent":
        gaps = st.lists(st.integers(0, 1), min_size=3 * len(rows), max_size=3 * len(rows))
        drawn["absent"] = tuple(draw(gaps))
    return Case(
        rows=tuple(tuple(Fraction(x, 4) for x in row) for row in rows),
        hyper=draw(hyper(subject, momenta)),
        eta0=Fraction(1, 1 << draw(st.integers(0, 4))),
        power=draw(st.sampled_from((Fraction(0), Fraction(1, 2), Fraction(1)))) if varying else Fraction(0),
        steps=len(rows),
        **drawn,  # type: ignore[arg-type]
    )


def with_extra(extra: str) -> Callable[[OptimizerUnderTest], st.SearchStrategy[Case]]:
    """Gradient cases with one thing more."""
    return lambda subject: gradient_cases(subject, extra=extra)


def law_of(subject: OptimizerUnderTest) -> Law:
    """The catalogue's entry."""
    assert subject.declared is not None
    return LAWS[subject.declared.name]
