"""Make the corpus again: ``python -m marginproof.constructions.corpus.make``.

Every certificate is judged by :mod:`marginproof.theory.checker` before it is written.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from marginproof.constructions.corpus import FOLDER
from marginproof.constructions.paper import cycle_3x3, cycle_3x5
from marginproof.theory.fields import AdamProxyField, Field, IncAdamField, ReshuffledField, ThetaField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.proofs.certificates import Certificate
from marginproof.theory.proofs.certificates.certified_run import certified_run
from marginproof.theory.proofs.certificates.cycle import limit_cycle
from marginproof.theory.proofs.certificates.points import all_fixed_points
from marginproof.theory.proofs.certificates.rational import farkas, margin_bracket, signsgd_run, step_growth
from marginproof.theory.proofs.certificates.tiers import tiers
from marginproof.theory.proofs.runs.inc_adam import inc_adam_run
from marginproof.theory.proofs.tiers import TieredWitness, certify_tiers
from marginproof.theory.schedules import Power

TWO_BASINS = [[5, 1], [1, 4]]
CIRCLE, WIDE_CIRCLE = cycle_3x3().exact, cycle_3x5().exact
ONE_BECOMES_TWO = [[2, 11], [6, 6]]
OPPOSED = [["1", "-1/10"], ["1", "-1/5"], ["-1/10", "1"]]
SR4 = [[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]]
SHIFTED = [["1", "1/2", "1/2"], ["1/2", "2", "1/2"], ["1/2", "1/2", "3"]]
THREE_BY_FIVE = [[4, 1, 2, -1, 1], [1, 5, -1, 2, 3], [-1, 2, 6, 1, -2]]
ZEROS = [[2, -1, 0], [1, 1, 0], [1, 0, 2], [2, 1, -1]]
SHARED_STEPS = Power(0.75, 0.75)
NEAR, FAR = IncAdamField(), IncAdamField(beta2=Fraction(999, 1000))


def rows(entries: Any) -> np.ndarray:
    """Exact rows, shape (N, d)."""
    return np.array([[Fraction(value) for value in row] for row in entries], dtype=object)


def _two_basins() -> Certificate:
    traps = [
        {"point": 2, "box": [[Fraction(0), Fraction(3)], [Fraction(1), Fraction(1)]]},
        {"point": 0, "box": [[Fraction(1), Fraction(1)], [Fraction(1, 100), Fraction(1, 4)]]},
    ]
    return all_fixed_points(
        problem(TWO_BASINS, NEAR),
        claim="R2",
        traps=traps,
        note="The start w = (0, 0) lies in the first trap (r = c_1/c_2 = 1), w = (0, 0.733) in the second "
        "(c_2/c_1 = exp(-2.199)).",
    )


def _in_tiers() -> Certificate:
    whole = problem(ZEROS, AdamProxyField())
    found = certify_tiers(whole, solve(whole).tiers)
    assert isinstance(found, TieredWitness), found.reason
    return tiers(
        whole,
        found,
        note="Feature 3 is zero on the rows that keep weight; the other two rows, whose weights vanish, decide it.",
    )


def problem(entries: Any, field: Field) -> LimitProblem:
    """The limit problem of exact rows."""
    return LimitProblem(rows(entries), field)


def _scaled_rademacher() -> Certificate:
    margin = {
        "norm": "inf",
        "w": [Fraction(1), Fraction(1), Fraction(1), Fraction(0)],
        "ratio": Fraction(9, 10),
    }
    return all_fixed_points(
        problem(SR4, NEAR),
        claim="R5",
        margins=[margin],
        note="Inc-Adam's only solution has an l_inf margin below 9/10 of gamma_inf = 3.",
    )


def _both_margins_poor() -> Certificate:
    data, ratio = [[200, -169, -1], [-193, 200, -1]], Fraction(73, 500)
    side = Fraction(123, 131)
    margins = [
        {"norm": "inf", "w": [side, Fraction(1), Fraction(-1)], "ratio": ratio},
        {"norm": "2", "w": [side, Fraction(1), Fraction(-1, 10)], "ratio": ratio},
    ]
    return all_fixed_points(
        problem(data, AdamProxyField()),
        margins=margins,
        note="AdamProxy's only limit has an l2 and an l_inf margin below 73/500 of the largest.",
    )


def _both_margins_poor_4x8() -> Certificate:
    data = [
        [9, -1, 1, -35, 2, 8, -19, 1],
        [-10, -1, 1, 5, -4, -5, 40, 2],
        [13, 29, 40, 1, 8, 2, 40, -21],
        [2, -14, 5, -7, 1, -35, 24, -32],
    ]
    half = Fraction(1, 2)
    near_linf = ["14/23", "-1", "1", "-1", "-1", "1", "1", "-16/37"]
    near_l2 = ["-1/40", "-1/11", "2/27", "-1", "-2/35", "1/27", "27/40", "1/31"]
    margins = [
        {"norm": "inf", "w": [Fraction(v) for v in near_linf], "ratio": half},
        {"norm": "2", "w": [Fraction(v) for v in near_l2], "ratio": half},
    ]
    return all_fixed_points(
        problem(data, AdamProxyField()),
        margins=margins,
        note="4 x 8: AdamProxy's only limit has an l2 and an l_inf margin below half of the largest.",
    )


def _circle(data: Any, field: Field, note: str) -> Callable[[], Certificate]:
    return lambda: limit_cycle(problem(data, field), note=note)[0]


def _run(
    data: Any,
    schedule: Power,
    note: str,
    start: Any = None,
    every_schedule: bool = False,
    batch_size: int = 1,
) -> Callable[[], Certificate]:
    """A run of Inc-Adam itself at (9/10, 19/20)."""

    def make() -> Certificate:
        run = inc_adam_run(rows(data), IncAdamField(batch_size=batch_size), start)
        return replace(certified_run(run, schedule, every_schedule=every_schedule), note=note)

    return make


CERTIFICATES: dict[str, Callable[[], Certificate]] = {
    "R1-three-solutions": lambda: all_fixed_points(
        problem(TWO_BASINS, AdamProxyField()), claim="R1", note="Shifted-diagonal data; AdamProxy."
    ),
    "R1-three-solutions-inc-adam": lambda: all_fixed_points(
        problem(TWO_BASINS, NEAR), claim="R1", note="The same data; Inc-Adam at (9/10, 19/20)."
    ),
    "R1-two-directions-at-finite-beta": lambda: all_fixed_points(
        problem(ONE_BECOMES_TWO, IncAdamField(beta1=Fraction(1, 2), beta2=Fraction(9, 10))),
        claim="R1",
        note="Inc-Adam at (1/2, 9/10) has two attracting directions where AdamProxy has one.",
    ),
    "one-direction-in-the-limit": lambda: all_fixed_points(
        problem(ONE_BECOMES_TWO, AdamProxyField()),
        note="The same data as R1-two-directions-at-finite-beta; AdamProxy.",
    ),
    "R1-three-directions": lambda: all_fixed_points(
        problem([[15, 17, 9], [1, 14, 27], [35, 1, 4]], AdamProxyField()),
        claim="R1",
        note="Positive 3 x 3 data with three attracting directions, found by the hunt; AdamProxy.",
    ),
    "R2-two-basins": _two_basins,
    "R3-cycle-proxy": _circle(CIRCLE, AdamProxyField(), "3 x 3; AdamProxy."),
    "R3-cycle-inc-adam-19-20": _circle(CIRCLE, NEAR, "3 x 3; Inc-Adam at (9/10, 19/20)."),
    "R3-cycle-inc-adam-999-1000": _circle(CIRCLE, FAR, "3 x 3; Inc-Adam at (9/10, 999/1000)."),
    "R3-wide-cycle-proxy": _circle(WIDE_CIRCLE, AdamProxyField(), "3 x 5; AdamProxy."),
    "R3-wide-cycle-inc-adam-19-20": _circle(WIDE_CIRCLE, NEAR, "3 x 5; Inc-Adam at (9/10, 19/20)."),
    "R3-wide-cycle-inc-adam-999-1000": _circle(WIDE_CIRCLE, FAR, "3 x 5; Inc-Adam at (9/10, 999/1000)."),
    "R3-cycle-3x4": _circle(
        [[1, 13, 2, 10], [-18, 4, 3, -1], [-3, 9, 1, 12]],
        AdamProxyField(),
        "3 x 4, found by the hunt; AdamProxy.",
    ),
    "R3-cycle-small-entries": _circle(
        [[10, 1, 1], [-1, -1, 9], [3, -5, 3]],
        AdamProxyField(),
        "3 x 3 with entries to 10, found by the hunt; AdamProxy.",
    ),
    "R4-signsgd-drift": lambda: signsgd_run(
        rows(OPPOSED),
        [Fraction(1, t + 2) for t in range(30)],
        ["1", "1"],
        note="Step sizes 1/(t+2).  The l_inf margin is 49/60, at (1, 11/12); see R4-margin.",
    ),
    "R4-margin": lambda: margin_bracket(
        rows(OPPOSED),
        "inf",
        ["1", "11/12"],
        ["0", "5", "1"],
        "49/60",
        "49/60",
        note="gamma_inf of R4's data, exactly.",
    ),
    "R5-scaled-rademacher": _scaled_rademacher,
    "R6-segment": lambda: margin_bracket(
        rows(SR4),
        "inf",
        ["1", "1", "7/8", "1/8"],
        ["3", "0", "1", "0"],
        3,
        3,
        other=["1", "1", "1", "0"],
        claim="R6",
        note="Every (1, 1, s, 1-s) with s in [7/8, 1] is a maximiser.",
    ),
    "R7-step-growth": lambda: step_growth(
        Fraction(9, 10), Fraction(1, 2), 1000, note="|m|/sqrt(v) passes 1000; every bound is passed in time."
    ),
    "batch-size-breaks-the-cycle": lambda: all_fixed_points(
        problem(CIRCLE, ThetaField(Fraction(1, 20))),
        note="R3's data in the theta field at theta = 1/20: an attractor appears.",
    ),
    "both-margins-poor": _both_margins_poor,
    "both-margins-poor-4x8": _both_margins_poor_4x8,
    "pairs-reshuffled-settle": lambda: all_fixed_points(
        problem(CIRCLE, ReshuffledField(2)),
        note="R3's data with reshuffled batches of two (theta = 1/2): one solution, and it attracts.",
    ),
    "zero-entries-in-tiers": _in_tiers,
    "run-two-starts-zero": _run(
        TWO_BASINS,
        SHARED_STEPS,
        "R2's data: Inc-Adam itself from (0, 0) goes to the l_inf direction; run-two-starts-other has the same steps.",
    ),
    "run-two-starts-other": _run(
        TWO_BASINS,
        SHARED_STEPS,
        "R2's data: with the steps of run-two-starts-zero, Inc-Adam itself from (0, 0.733) goes to the l2 direction.",
        start=[0, Fraction(733, 1000)],
    ),
    "run-two-starts-every-schedule": _run(
        TWO_BASINS, Power(0.001), "From (0, 0), whatever the steps up to 1/1000.", every_schedule=True
    ),
    "run-shifted-diagonal-every-schedule": _run(
        SHIFTED, Power(0.002), "Shifted-diagonal 3 x 3 data from 0, whatever the steps.", every_schedule=True
    ),
    "run-two-starts-zero-constant": _run(
        TWO_BASINS,
        Power(0.005),
        "R2's data: at the constant step 1/200 Inc-Adam itself from (0, 0) goes to the l_inf direction.",
    ),
    "run-two-starts-other-constant": _run(
        TWO_BASINS,
        Power(0.005),
        "R2's data: at the constant step 1/200 Inc-Adam itself from (0, 0.733) goes to the l2 direction.",
        start=[0, Fraction(733, 1000)],
    ),
    "run-shifted-diagonal-vanishing": _run(SHIFTED, Power(1, 0.75), "Shifted-diagonal 3 x 3 data from 0."),
    "run-shifted-diagonal-constant": _run(SHIFTED, Power(0.01), "Shifted-diagonal 3 x 3 data."),
    "run-sr4-constant": _run(SR4, Power(0.05), "SR4: the l2 direction."),
    "run-sr4-vanishing": _run(SR4, Power(0.5, 0.75), "SR4: the l2 direction."),
    "run-sr4-pairs-constant": _run(
        SR4, Power(0.02), "SR4 in batches of two: the l2 direction.", batch_size=2
    ),
    "run-3x5-constant": _run(THREE_BY_FIVE, Power(0.01), "3 x 5, all three rows on the support."),
    "run-3x5-vanishing": _run(THREE_BY_FIVE, Power(1, 1), "3 x 5, all three rows on the support."),
    "not-separable": lambda: farkas(
        [[1, 2], [-3, 1], [1, -2]], ["5", "4", "7"], note="A Farkas certificate."
    ),
}


def index() -> str:
    """The corpus's README: a row and a picture for every certificate."""
    from marginproof.constructions.corpus import corpus

    lines = [
        "# Certified counterexamples",
        "",
        "Made by `python -m marginproof.constructions.corpus.make`, judged by `marginproof check --corpus`, drawn by",
        "`python -m marginproof.properties.plots.certificate docs/images/corpus`. The schema is in `docs/certificates.md`.",
        "In the pictures a full dot is an attracting solution, an open one an unstable solution; blue is the outer",
        "polygon, green the inner one, grey the flow.",
        "",
        "| certificate | refutes | kind | what it shows | picture |",
        "| --- | --- | --- | --- | --- |",
    ]
    corpus.cache_clear()
    for entry in corpus():
        claim = f"{entry.claim}: {entry.statement}" if entry.claim else "-"
        picture = f"![{entry.name}](../../docs/images/corpus/{entry.name}.png)"
        note = entry.note.replace("|", r"\|")
        lines.append(f"| [{entry.name}]({entry.path.name}) | {claim} | {entry.kind} | {note} | {picture} |")
    return "\n".join(lines) + "\n"


def main(names: Sequence[str] = ()) -> None:
    """Make, check and write every certificate, or those named, and the list of all."""
    for name in names or CERTIFICATES:
        CERTIFICATES[name]().save(FOLDER / f"{name}.json")
        print(f"{name}: {(FOLDER / f'{name}.json').stat().st_size} bytes, VALID")
    (FOLDER / "README.md").write_text(index(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
