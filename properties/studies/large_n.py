"""Many samples at fixed β2: how far Inc-Adam's limit is from AdamProxy's, at vanishing and at constant steps."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from matplotlib.figure import Figure

from marginproof.properties.plots import style
from marginproof.properties.plots.labels import heading
from marginproof.properties.presentation import colours
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_proof
from marginproof.theory.fields import AdamProxyField, IncAdamField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.limit.steps.constant import solve_constant
from marginproof.theory.reference_margins import cosine

SIZES = (10, 30, 100)
BETA2S = (Fraction(19, 20), Fraction(99, 100), Fraction(999, 1000))
STEP = 0.2
"""η is this times 1 - β2: growth comes to between a third and all of the speed limit."""


def run(steps: int = 0) -> Study:
    """The study on Gaussian data N × 4N, seed 0, β1 = 0.9; predictions alone, so that ``steps`` plays no part."""
    rows, vanishing, constant = [], [], []
    for n in SIZES:
        X = np.random.default_rng(0).standard_normal((n, 4 * n))
        proxy = solve(LimitProblem(X, AdamProxyField())).direction
        for beta2 in BETA2S:
            problem, eta = LimitProblem(X, IncAdamField(beta2=beta2)), STEP * float(1 - beta2)
            own = _degrees(solve(problem).direction, proxy)
            found = solve_constant(problem, eta, contraction=False)
            at_step, effective = _degrees(found.limit.direction, proxy), float(found.beta2 or 0)
            vanishing.append((n * float(1 - beta2), own))
            constant.append((n * (1 - effective), at_step))
            rows.append(
                (
                    n,
                    float(beta2),
                    n * float(1 - beta2),
                    own,
                    eta,
                    n * (1 - effective),
                    at_step,
                    found.growth / found.speed_limit,
                )
            )
    small = [angle / x for x, angle in vanishing if x < 1]
    return Study(
        name="large-n",
        title=STUDIES["large-n"],
        question="At fixed β2, β2^N → 0: does the limit β2 → 1 say anything on large data?",
        finding=(
            f"Where N(1-β2) < 1 the limit is {min(small):.2g} to {max(small):.2g} degrees times N(1-β2) from AdamProxy's. At a "
            "constant step the effective β2' takes the place of β2; it is nearer to 1, so the limit is nearer to AdamProxy's."
        ),
        columns=("N", "β2", "N(1-β2)", "degrees, η → 0", "η", "N(1-β2')", "degrees at η", "growth / limit"),
        rows=tuple(rows),
        bearings=(
            by_proof("I2", "the field tends to AdamProxy's as β2 → 1, at rate 1 - β2"),
            by_proof("I12", "a constant step is the limit at effective betas"),
        ),
        figures={"angle": _figure(vanishing, constant)},
        captions={
            "angle": "Angle to AdamProxy's limit against N(1-β2), and against N(1-β2') at constant steps"
        },
        settings="predictions for Inc-Adam, β1 = 0.9, vanishing and constant η, exponential loss, seed 0 of the data",
    )


def _degrees(u: np.ndarray, w: np.ndarray) -> float:
    return math.degrees(math.acos(min(cosine(u, w), 1.0)))


def _figure(vanishing: list[tuple[float, float]], constant: list[tuple[float, float]]) -> Figure:
    with style.style():
        drawn = style.figure(7.2, 4.6)
        ax = drawn.add_subplot()
        for points, colour, shape, name in (
            (vanishing, colours.PURPLE, "o", "vanishing steps, $N(1-\\beta_2)$"),
            (constant, colours.SKY, "s", "constant steps, $N(1-\\beta_2')$"),
        ):
            x, y = np.array(points).T
            ax.plot(x, y, shape, color=colour, ms=style.mark(6.5), label=name)
        ax.set_xscale("log")
        ax.set_yscale("log")
        memories = "$N(1-\\beta_2)$, or $N(1-\\beta_2')$"
        ax.set_xlabel(memories if style.narrow(drawn) else f"the data's size in memories of $v$: {memories}")
        ax.set_ylabel("angle (degrees)" if style.narrow(drawn) else "angle to AdamProxy's limit (degrees)")
        ax.legend(frameon=False)
        heading(ax, "Gaussian data, N × 4N: how near AdamProxy", "One mark a pair (N, β₂); predictions.")
    return drawn
