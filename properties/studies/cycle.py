"""cycle-3x3: one fixed point, repelling; the loss weights circle, and with larger batches they no longer do."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from marginproof.constructions.builtin import load
from marginproof.properties.plots.portrait import portrait
from marginproof.properties.plots.weights import PlottedLine, weights
from marginproof.properties.simulation.labels import label_of
from marginproof.properties.simulation.trajectories import simulate
from marginproof.properties.studies import STUDIES
from marginproof.properties.studies.study import Study, by_certificate, observed
from marginproof.theory.fields import AdamProxyField, Field, IncAdamField, ReshuffledField, ThetaField
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.optimizers import Adam
from marginproof.theory.proofs.enumeration import enumerate_all
from marginproof.theory.schedules import Power

STEPS = 1_000_000
ETA = 0.002
SHOWN = 300.0
"""Σ η up to which the weights are drawn."""
FIELDS: tuple[tuple[str, Field], ...] = (
    ("AdamProxy", AdamProxyField()),
    ("Inc-Adam, β = 0.9, 0.95", IncAdamField()),
    ("Inc-Adam, β = 0.9, 0.999", IncAdamField(beta2=Fraction(999, 1000))),
    ("Inc-Adam, β = 0, 0.9", IncAdamField(beta1=Fraction(0), beta2=Fraction(9, 10))),
    ("θ-field, θ = 0.05", ThetaField(Fraction(1, 20))),
    ("reshuffled Adam, b = 2", ReshuffledField(2)),
)


def run(steps: int = STEPS) -> Study:
    """The study: several fields, their fixed points and what the flow does; then Inc-Adam itself, logistic loss."""
    data = load("cycle-3x3")
    rows, outcomes = [], {}
    for name, field in FIELDS:
        problem = LimitProblem(data.entries, field)
        found, limit = enumerate_all(problem), solve(problem)
        outcomes[name] = limit.outcome
        kinds = ", ".join(f"{p.stability.value} on {len(p.support)} rows" for p in found.points)
        rows.append((name, kinds, "all" if found.complete else "may be more", limit.outcome.value))
    record = np.unique(
        np.concatenate([np.linspace(1, min(SHOWN / ETA, steps), 500), np.linspace(1, steps, 500)]).astype(int)
    ).tolist()
    schedule, loss = Power(ETA, 0.0), "logistic"
    ran = simulate(
        data, Adam(0.9, 0.95), schedule=schedule, steps=steps, loss=loss, seed=0, checkpoints=record
    )
    time = np.array([point.sum_lr for point in ran.checkpoints])
    c = np.array([point.weights for point in ran.checkpoints])
    late = time > time[-1] / 2
    swing = float(np.ptp(c[late], axis=0).max())
    shown = time <= SHOWN
    return Study(
        name="cycle",
        title=STUDIES["cycle"],
        question="Does the update direction of per-sample Adam always converge (the paper's Assumption 4.4)?",
        finding=(
            f"No: the only fixed point repels, and Inc-Adam's loss weights still swing by {swing:.2f} in the second half of a "
            f"run of {steps:,} steps (Σ η = {time[-1]:.0f}).  With batches of two samples the flow settles."
        ),
        columns=("field", "fixed points", "list", "the flow from w = 0"),
        rows=tuple(rows),
        bearings=(
            by_certificate("R3", "R3-cycle-proxy.json"),
            observed("L3", outcomes["θ-field, θ = 0.05"] is Outcome.FIXED_POINT,
                     "the flow settles again at θ = 0.05; AdamProxy itself does not, for the hypothesis of L3 fails"),
        ),
        figures={
            "portrait": portrait(LimitProblem(data.entries, AdamProxyField()), title="AdamProxy on cycle-3x3: the update direction never settles"),
            "weights": weights([PlottedLine(f"$c_{i + 1}$", time[shown], c[shown, i]) for i in range(3)],
                               title="A run of Inc-Adam on cycle-3x3: the loss weights circle",
                               note=f"β₁ = 0.9, β₂ = 0.95, logistic loss, η = 0.002; the first part of Σ η = {time[-1]:.0f}."),
        },
        captions={
            "portrait": "The simplex of loss weights: one repelling fixed point and a limit cycle around it",
            "weights": "The three loss weights of a run of Inc-Adam against Σ η: they oscillate for ever",
        },
        settings=label_of(schedule=schedule, loss=loss, seed=0),
    )  # fmt: skip
