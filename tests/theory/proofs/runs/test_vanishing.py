"""Runs with vanishing steps: two starts on R1's data have different certified limits; every changed part is refused."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.checker import judge
from marginproof.theory.checker.fields import Field
from marginproof.theory.checker.intervals import UNIT
from marginproof.theory.checker.problem import Problem
from marginproof.theory.checker.refusals import Clock
from marginproof.theory.checker.schedules import Schedule
from marginproof.theory.checker.vanishing_region import Region
from marginproof.theory.fields import IncAdamField
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.certificates.runs import vanishing_steps
from marginproof.theory.proofs.runs.inc_adam import inc_adam_run
from marginproof.theory.proofs.runs.vanishing import PowerSteps

R1 = [[5, 1], [1, 4]]
HARMONIC = PowerSteps(Fraction(1), Fraction(2), Fraction(1))


@pytest.fixture(scope="module")
def body():
    run = inc_adam_run(R1, IncAdamField(), (0, Fraction(733, 1000)))
    return json.loads(vanishing_steps(run, HARMONIC).to_json())


def judged(body):
    return judge(json.dumps(body).encode())


def middle(body):
    return [float(Fraction(low) + Fraction(high)) / 2 for low, high in body["conclusion"]["direction"]]


def test_the_certificate_is_valid_and_says_what_was_proved(body):
    verdict = judged(body)
    assert verdict.word == "VALID", verdict.says
    assert "from w_0 = (0, 733/1000) with steps 1 (t + 2)^-1, w_t/|w_t| converges" in verdict.sentence
    np.testing.assert_allclose(middle(body), [0.6, 0.8], atol=1e-8)


def test_another_start_has_another_limit():
    """Claim R2 about runs: a vertex, where the other row leaves the support."""
    steps = PowerSteps(Fraction(3, 20), Fraction(2), Fraction(1, 2))
    certificate = json.loads(vanishing_steps(inc_adam_run(R1, IncAdamField()), steps).to_json())
    assert judged(certificate).word == "VALID"
    np.testing.assert_allclose(middle(certificate), [0.5**0.5] * 2, atol=1e-8)


def change(body, path, value):
    out = copy.deepcopy(body)
    for part in ("witness", "conclusion"):
        at = out[part]
        if path[0] not in at:
            continue
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value(at[path[-1]])
    return out


def scaled(factor):
    return lambda v: str(Fraction(v) * Fraction(factor))


CHANGES = {
    "another start": (["start", 1], lambda v: "0"),
    "larger steps": (["steps", "eta0"], lambda v: "2"),
    "another offset": (["steps", "offset"], lambda v: "100"),
    "another power": (["steps", "power"], lambda v: "1/2"),
    "a power above one": (["steps", "power"], lambda v: "3/2"),
    "a power without roots": (["steps", "power"], lambda v: "1/3"),
    "a count at which the other row is next": (["count"], lambda v: v + 1),
    "no steps": (["count"], lambda v: 0),
    "a support that lacks a row": (["support"], lambda v: v[:-1]),
    "a centre elsewhere": (["centre", 0], scaled(2)),
    "a larger ball": (["basis", 0, 0], scaled(8)),
    "a negative basis": (["basis", 0, 0], scaled(-1)),
    "a larger mu": (["mu"], scaled(4)),
    "a smaller mu": (["mu"], scaled("1/50")),
    "smaller steps than they are": (["most"], scaled("9/10")),
    "a bound of a margin's growth": (["growth", 0], lambda v: [v[0], v[0]]),
    "a bound of the drift": (["drift", 1], lambda v: ["0", "0"]),
    "an empty interval of drift": (["drift", 1], lambda v: ["-1/100000", "1/100000"]),
    "a direction beside it": (["direction", 0], lambda v: [v[1], str(Fraction(v[1]) + Fraction(1, 10**6))]),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_changed_part_is_refused(body, name):
    assert judged(change(body, *CHANGES[name])).word == "INVALID"


def test_changed_data_betas_and_order_are_refused(body):
    for path, value in (
        (["data", 0, 0], "2"),
        (["field", "beta2"], "999/1000"),
        (["field", "beta1"], "0"),
        (["field", "batches"], [[1], [0]]),
        (["field", "batches"], [[0, 1]]),
    ):
        other = copy.deepcopy(body)
        at = other
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        assert judged(other).word == "INVALID", path


def test_where_none_is_found_one_sentence_says_so():
    run = inc_adam_run(R1, IncAdamField(), (0, Fraction(733, 1000)))
    with pytest.raises(CertificateError, match="a smaller eta0"):
        vanishing_steps(run, HARMONIC, most_steps=1000)


def test_memories_of_a_run_stay_in_their_intervals(body):
    """σ_j/σ_p and ρ_j/ρ_p of a float run at every phase of 3,000 epochs after the stated steps."""
    order, beta2 = (0, 1), "19/20"
    held = body["witness"]
    problem = Problem([[Fraction(v) for v in row] for row in R1], Clock(60))
    region = Region(
        problem, Field(body["field"], problem), held["support"], Schedule(held["steps"]), held["count"]
    )
    region.read(*(held[key] for key in ("centre", "basis", "mu", "most", "growth", "drift", "others")))
    rows, z, betas = np.array(R1, dtype=float), np.array(R1) @ [0, 0.733], (0.9, float(Fraction(beta2)))
    parts = [np.zeros(2), np.zeros(2)]
    for t in range(held["count"] + 6000):
        for part, beta in zip(parts, betas, strict=True):
            part *= beta
            part[order[t % 2]] += 1
        if t >= held["count"]:
            phase = (t - held["count"]) % 2
            for part, memory in zip(parts, (region.sigma, region.rho), strict=True):
                for value, interval in zip(part / part[region.chart], memory.phases[phase], strict=True):
                    assert interval.lo / UNIT - 1e-9 <= value <= interval.hi / UNIT + 1e-9
        c = np.exp(z.min() - z)
        u = ((parts[0] * c) @ rows) / np.sqrt((parts[1] * c * c) @ (rows * rows))
        moved = (1 - betas[0]) / np.sqrt(1 - betas[1]) / (t + 2) * rows @ u
        z = z + moved
        parts = [part * np.exp(times * moved) for times, part in zip((1, 2), parts, strict=True)]
