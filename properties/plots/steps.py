"""Constant steps against η: angles of the limit direction to ℓ₂, ℓ∞ and AdamProxy's, and the contraction ρ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots import style
from marginproof.properties.plots.labels import explain, heading, legend_below
from marginproof.properties.plots.measure import ReferenceDirections
from marginproof.properties.presentation import colours
from marginproof.properties.presentation.names import DIRECTIONS, DIRECTIONS_MATH, RESOLVED
from marginproof.properties.progress import doing
from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.limit.steps.choice import constant_step
from marginproof.theory.limit.steps.outcome import ConstantStep
from marginproof.theory.optimizers import Optimizer

ETAS = np.geomspace(1e-5, 10.0, 37)


@dataclass(frozen=True, eq=False)
class StepSweep:
    """Predictions along η.

    Attributes:
      etas: the steps at which float64 resolves the effective β2, shape (M,).
      found: a prediction each.
      label: the optimizer in words.
    """

    etas: np.ndarray
    found: tuple[ConstantStep, ...]
    label: str

    def angles(self, marks: ReferenceDirections) -> dict[str, np.ndarray]:
        """Degrees to each reference direction, nan where nothing is predicted; shape (M,) each."""
        out: dict[str, list[float]] = {}
        for one in self.found:
            for key, value in marks.angles(one.limit.direction).items():
                known = np.isfinite(one.growth) and value > RESOLVED
                out.setdefault(key, []).append(value if known else np.nan)
        return {key: np.array(values) for key, values in out.items()}


def by_step(data: Dataset, optimizer: Optimizer, batching: Batching, etas: np.ndarray = ETAS) -> StepSweep:
    """Predictions at constant steps η, up to where β2' rounds to 1."""
    kept: list[float] = []
    found: list[ConstantStep] = []
    for eta in etas:
        try:
            doing(f"η = {eta:.3g} on {data.name}")
            found.append(constant_step(data.X, optimizer, batching, float(eta)))
        except MarginproofError:
            if not kept:
                raise
            break
        kept.append(float(eta))
    return StepSweep(np.array(kept), tuple(found), optimizer.label(batching))


def step_figure(
    sweep: StepSweep, marks: ReferenceDirections, title: str = "", at: float | None = None
) -> Figure:
    """Angles above, 1 - ρ (where positive) and the growth's share of the speed limit below.

    Arguments:
      at: a step to mark, such as a library's default.
    """
    with style.style():
        drawn = style.figure(8.0, 6.4)
        if style.narrow(drawn):
            drawn.set_figheight(1.4 * drawn.get_figwidth())
        upper, lower = drawn.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        zero = []
        for key, values in sweep.angles(marks).items():
            name = DIRECTIONS_MATH[key].replace("\n", " ")
            if (values > 0).any():
                upper.plot(sweep.etas, values, color=colours.DIRECTIONS[key], label=name)
            elif any(np.isfinite(one.growth) for one in sweep.found):
                zero.append(DIRECTIONS[key])
        upper.set_ylabel(
            "angle (degrees)" if style.narrow(drawn) else "angle of an epoch's increment (degrees)"
        )
        upper.set_yscale("log")
        gap = np.array([1 - one.contraction for one in sweep.found])
        share = np.array([one.growth / one.speed_limit for one in sweep.found])
        lower.plot(
            sweep.etas,
            np.where(gap > 0, gap, np.nan),
            color=colours.PURPLE,
            label="contraction $1-\\rho$",
        )
        if (share > 0).any():
            lower.plot(sweep.etas, share, color=colours.ORANGE, label="growth / speed limit")
        lower.set_yscale("log")
        lower.set_xlabel("constant step $\\eta$")
        lower.set_xscale("log")
        if style.narrow(drawn):
            legend_below(drawn, [*upper.get_lines(), *lower.get_lines()])
        else:
            upper.legend(frameon=False)
            lower.legend(frameon=False)
        for ax in (upper, lower) if at is not None else ():
            ax.axvline(float(at or 0), color=colours.FAINT, lw=1.0, ls=":")
        note = f"{sweep.label}. Above: angle of an epoch’s increment. Below: contraction and speed. Predictions in floating point."
        if (gap <= 0).any():
            note += " Where ρ ≥ 1 runs leave the solution, and 1 − ρ has no line."
        if zero:
            note += f" Angle 0 to working precision, so no line: {', '.join(zero)}."
        if not (share > 0).any():
            note += " Without a memory there is no speed limit."
        if at is not None:
            note += f" Dotted: η = {at:g}."
            explain(drawn, [(f"$\\eta$ = {at:g}", ":", None)])
        heading(upper, title, note)
    return drawn
