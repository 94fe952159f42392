"""Portraits of the flow: the simplex for N = 3, the scalar F_1 - F_2 for N = 2.

A filled disc is an attracting fixed point, a ring an unstable one, a square one whose stability is
undecided.  The list of points comes from :func:`marginproof.theory.proofs.enumeration.enumerate_all` and the caption
says whether it is complete; basins and orbits are floating-point evidence.
"""

from __future__ import annotations

from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.plots.segment import segment
from marginproof.properties.plots.simplex import triangle
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.enumeration import enumerate_all


def portrait(problem: LimitProblem, *, title: str = "", start: Array | None = None) -> Figure:
    """The portrait of a smooth field on two or three distinct rows.

    Arguments:
      problem: data and field.
      title: the first words of the title.
      start: w_0, marked where given; shape (d,).

    Raises:
      MarginproofError: another number of rows, or a field that jumps.
    """
    n = problem.n_unknowns
    if n not in (2, 3):
        raise MarginproofError(
            f"n_samples={n} distinct rows: a portrait needs 2 or 3; draw `plot margins` or `plot convergence` instead"
        )
    if not problem.field.smooth:
        raise MarginproofError(
            f"field={type(problem.field).__name__} jumps where a coordinate changes sign, so it has no portrait; "
            "choose gd, adamproxy, or adam with batches below N"
        )
    found = enumerate_all(problem)
    with style.style():
        return triangle(problem, found, title, start) if n == 3 else segment(problem, found, title, start)
