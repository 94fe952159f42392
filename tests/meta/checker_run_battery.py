"""Pieces of the battery about certified runs: the moments' memory against a run of Inc-Adam in floating point."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np

from marginproof.constructions.corpus import FOLDER

NAME = "run-shifted-diagonal-every-schedule"
ROUNDING = 1e-11
"""Above float64's rounding over 300 steps, below every interval's width at such steps."""


def body(name):
    """A certificate of the corpus."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))


def verdict(c, certificate):
    """The copy's word."""
    return c.judge.check(json.dumps(certificate).encode())[0]


def held(values, intervals, unit):
    """Every value lies in its interval."""
    for value, interval in zip(values, intervals, strict=True):
        assert interval.lo / unit - ROUNDING <= value <= interval.hi / unit + ROUNDING


def memories_hold_a_run(c):
    """σ_j/σ_p, ρ_j/ρ_p at every phase of a float run from w_0, with the largest steps and with changing ones."""
    certificate = body(NAME)
    X = [[Fraction(v) for v in row] for row in certificate["data"]]
    largest, unit = Fraction(certificate["witness"]["largest"]), c.intervals.UNIT
    for order, sizes in (((0, 1, 2), [1.0]), ((2, 1, 0), [1.0]), ((1, 2, 0), [1e-3, 0.3, 1.0])):
        entry = certificate["field"] | {"batches": [[i] for i in order]}
        problem = c.problem.Problem(X, c.refusals.Clock(60))
        trap = c.vertices.Vertex(
            problem, c.fields.Field(entry, problem), certificate["witness"]["row"], largest
        )
        trap.read(*(certificate["witness"][key] for key in ("most", "growth", "fall", "others")))
        memories = {1: trap.sigma, 2: trap.rho}
        states = {times: trap.first_memory(memory) for times, memory in memories.items()}
        parts, z, betas = {1: np.zeros(3), 2: np.zeros(3)}, np.zeros(3), {1: 0.9, 2: 0.95}
        rng, rows = np.random.default_rng(0), np.array(X, dtype=float)
        phase, now, bounds = -1, {}, None
        for t in range(300):
            for times, beta in betas.items():
                parts[times] *= beta
                parts[times][order[t % 3]] += 1
            if order[t % 3] == trap.p:
                if bounds is not None:
                    states = {k: c.memory_steps.after(memories[k], states[k], bounds) for k in memories}
                bounds = trap.bounds(Fraction(trap.step(states[1], states[2]).hi, unit))
                now = {k: c.memory_steps.during(memories[k], states[k], bounds) for k in memories}
                phase = 0
            if phase >= 0:
                for k, part in parts.items():
                    held(part / part[trap.p], now[k][phase], unit)
                    if phase == 0:
                        held([part[trap.p]], [states[k].base], unit)
                phase += 1
            weights = np.exp(-z)
            u = ((parts[1] * weights) @ rows) / np.sqrt((parts[2] * weights * weights) @ (rows * rows))
            moved = float(largest) * rng.choice(sizes) * 0.1 / np.sqrt(0.05) * rows @ u
            z = z + moved
            parts = {times: part * np.exp(times * moved) for times, part in parts.items()}


LIES = {
    "run-two-starts-every-schedule": {
        "start": ["0", "733/1000"], "largest": "1/500", "row": 0, "most": "1/100000", "epochs": 0,
    },
    "run-sr4-constant": {"start": ["40", "0", "0", "0"], "epochs": 100, "factor": "1/2", "lr": "1/10"},
}  # fmt: skip


def false_runs_are_invalid(c):
    """Each changed in one place; the unchanged ones are VALID."""
    for name, changes in LIES.items():
        assert verdict(c, body(name)) == "VALID"
        for key, value in changes.items():
            certificate = copy.deepcopy(body(name))
            for part in ("witness", "conclusion"):
                if key in certificate[part]:
                    certificate[part][key] = value
            assert verdict(c, certificate) == "INVALID", (name, key)


def repelling_vertices_are_refused(c):
    """R1's first row does not dominate the second: refused with bounds so wide that nothing else is amiss; small late steps too."""
    certificate = body("run-two-starts-every-schedule")
    wide = {"row": 0, "largest": "1/1000000", "most": "1/10000", "epochs": 40}
    wide |= {"growth": [["-20", "20"]] * 2, "fall": ["20"] * 2, "others": ["2"] * 2}
    certificate["witness"] |= wide
    certificate["conclusion"] |= {"row": 0, "largest": wide["largest"]}
    assert verdict(c, certificate) == "INVALID"
    other = body("run-two-starts-every-schedule")
    other["witness"] |= wide | {"row": 1}
    other["conclusion"] |= {"largest": wide["largest"]}
    other["witness"]["others"] = ["101/100", "2"]
    assert verdict(c, other) == "VALID"
    other["witness"]["most"] = "1/2500000"
    assert verdict(c, other) == "INVALID"


RUN_BATTERY = [memories_hold_a_run, repelling_vertices_are_refused, false_runs_are_invalid]
