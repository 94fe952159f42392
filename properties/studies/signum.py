"""Signum: momentum keeps the ℓ∞ bias at every batch size; without it (SignSGD) single samples lose it."""

from __future__ import annotations

from fractions import Fraction

from marginproof.constructions.builtin import load
from marginproof.properties.plots.margins import margins
from marginproof.properties.plots.measure import STEPS, PredictedRun, course, landmarks
from marginproof.properties.plots.sweep_data import divisors
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import (
    Study,
    by_certificate,
    by_proof,
    observed,
    settled_word,
    signum_floors,
)
from marginproof.theory.batching import Cyclic, Full
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Signum

BETAS = (Fraction(0), Fraction(1, 2), Fraction(9, 10), Fraction(99, 100))


def run(steps: int = STEPS) -> Study:
    """The study: β from 0 to 0.99 at b = 1 on three rows, and every b on Gaussian data at β = 0.99; from w = 0, exponential loss."""
    data, gauss = load("signsgd-fails"), load("gaussian")
    marks, wide = landmarks(data), landmarks(gauss)
    few = [course(data, Signum(beta), Cyclic(1), steps=steps) for beta in BETAS]
    wide_few = [course(gauss, Signum(beta), Cyclic(1), steps=steps) for beta in BETAS]
    sizes = divisors(gauss.n_samples)
    high = Fraction(99, 100)
    many = [
        course(gauss, Signum(high), Full() if b == gauss.n_samples else Cyclic(b), steps=steps) for b in sizes
    ]
    ratios = [one.run.final.margin_linf / wide.linf.value for one in many]
    rows = [(data.name, 1, *_row(one, data.X, marks.linf.value)) for one in few]
    rows += [(gauss.name, 1, *_row(one, gauss.X, wide.linf.value)) for one in wide_few[:-1]]
    rows += [
        (gauss.name, b, *_row(one, gauss.X, wide.linf.value)) for one, b in zip(many, sizes, strict=True)
    ]
    held = [_held(one, gauss.X, wide.linf.value) for one in many] + [_held(few[-1], data.X, marks.linf.value)]
    lost = few[0].run.final.margin_linf / marks.linf.value
    return Study(
        name="signum",
        title=STUDIES["signum"],
        question="Does momentum save the ℓ∞ bias of sign descent on small batches?",
        finding=(
            f"On the three rows of {data.name} SignSGD, which has no momentum, ends at {lost:.3f} γ_∞ with single samples (it does not separate), "
            f"and Signum with β = 0.99 reaches {few[-1].run.final.margin_linf / marks.linf.value:.3f} γ_∞. On Gaussian data Signum with "
            f"β = 0.99 reaches at least {min(ratios):.3f} γ_∞ at every batch size."
        ),
        columns=("data", "b", "β", "margin / γ_∞ at the end", "guaranteed as η → 0", "Σ η", "margin settled"),
        rows=tuple(rows),
        bearings=(
            observed("L6", all(held), f"every run with β = 0.99 ends above B2's floor, the lowest at {min(ratios):.3f} γ_∞"),
            by_proof("B2", "the guaranteed column is its limit as η → 0"),
            by_certificate("R4"),
        ),
        figures={"margins": margins(gauss.X, wide_few, wide, title="Signum with single samples on Gaussian data: momentum decides", predicted=False)},
        captions={"margins": "Normalised margins of Signum at b = 1 for β from 0 to 0.99"},
        settings=few[-1].settings,
    )  # fmt: skip


def _row(one: PredictedRun, X: Array, gamma: float) -> tuple[object, ...]:
    """β, the ratio reached, B2's floor as η → 0 (cut off at -1), Σ η, whether the margin has settled."""
    final = one.run.final
    floor = max(signum_floors(one, X, gamma)[0], -1.0)
    return (
        one.optimizer.hyper.beta1,
        final.margin_linf / gamma,
        floor,
        final.sum_lr,
        settled_word(one.margin_settled("linf")),
    )


def _held(one: PredictedRun, X: Array, gamma: float) -> bool:
    """Whether the run ends above B2's floor."""
    return one.run.final.margin_linf / gamma >= signum_floors(one, X, gamma)[1]
