"""Vertices: every run with small steps; the certificate is accepted, runs agree, every changed part is refused."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.checker import judge
from marginproof.theory.checker.fields import Field
from marginproof.theory.checker.intervals import UNIT
from marginproof.theory.checker.memory_steps import after
from marginproof.theory.checker.problem import Problem
from marginproof.theory.checker.refusals import Clock
from marginproof.theory.checker.vertices import Vertex
from marginproof.theory.fields import IncAdamField
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.certificates.runs import vertex
from marginproof.theory.proofs.runs.inc_adam import inc_adam_run

R1 = [[5, 1], [1, 4]]
SHIFTED = [[2, "1/2", "1/2"], ["1/2", 1, "1/2"], ["1/2", "1/2", 3]]


def found(X, beta2, largest, start=None, order=None):
    run = inc_adam_run(X, IncAdamField(beta2=Fraction(beta2), order=order), start)
    return json.loads(vertex(run, Fraction(largest)).to_json())


@pytest.fixture(scope="module")
def body():
    return found(R1, "19/20", "1/1000")


def judged(body):
    return judge(json.dumps(body).encode())


def test_the_certificate_is_valid_and_says_what_was_proved(body):
    verdict = judged(body)
    assert verdict.word == "VALID", verdict.says
    assert "any positive steps at most 1/1000 of infinite sum" in verdict.sentence
    assert "(1, 1), the signs of row 2" in verdict.sentence


@pytest.mark.parametrize(
    ("X", "beta2", "largest", "start", "order"),
    [
        (R1, "99/100", "1/4000", None, None),
        (R1, "999/1000", "1/100000", None, None),
        (R1, "19/20", "1/1000", None, (1, 0)),
        (R1, "19/20", "1/1000", (5, 0), None),
        ([[-5, 1], [-1, 4]], "19/20", "1/1000", None, None),
        ([[5, 1], [1, 4], [5, 1]], "19/20", "1/5000", None, None),
        ([[3, 1]], "19/20", "1/1000", None, None),
        ([[2], [1]], "19/20", "1/1000", None, None),
    ],
)
def test_other_settings(X, beta2, largest, start, order):
    assert judged(found(X, beta2, largest, start, order)).word == "VALID"


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


CHANGES = {
    "a start in the other basin": (["start"], lambda v: ["0", "733/1000"]),
    "larger steps": (["largest"], lambda v: "1/500"),
    "steps of no size": (["largest"], lambda v: "0"),
    "the other row": (["row"], lambda v: 0),
    "smaller late steps": (["most"], lambda v: "1/100000"),
    "no late steps": (["most"], lambda v: "0"),
    "a margin that moves less": (["growth", 0], lambda v: ["0", v[1]] if v[0][0] == "-" else [v[1], v[1]]),
    "a ratio that falls less": (["fall", 0], lambda v: str(Fraction(v) / 4)),
    "a smaller box": (["others", 0], lambda v: "999/1000"),
    "a larger box": (["others", 0], lambda v: "8"),
    "a box of no size": (["others", 0], lambda v: "0"),
    "no epochs followed": (["epochs"], lambda v: 0),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_changed_part_is_refused(body, name):
    assert judged(change(body, *CHANGES[name])).word == "INVALID"


def test_other_directions_data_betas_and_batches_are_refused(body):
    for path, value in (
        (["conclusion", "direction", 0], -1),
        (["data", 0, 0], "3/2"),
        (["data", 1, 0], "0"),
        (["data", 0, 1], "0"),
        (["field", "beta1"], "0"),
        (["field", "beta2"], "999/1000"),
        (["field", "batches"], [[0, 1]]),
    ):
        other = copy.deepcopy(body)
        at = other
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
        assert judged(other).word == "INVALID", path


def test_where_none_is_found_one_sentence_says_so():
    with pytest.raises(CertificateError, match="a smaller step may help"):
        found(R1, "19/20", "1/100")
    with pytest.raises(CertificateError, match="no row x_p"):
        found([[1, -1], [1, 2]], "19/20", "1/100")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
@pytest.mark.parametrize("steps", ["largest", "random"])
def test_memories_of_a_run_lie_in_their_intervals(order, steps):
    """σ_j/σ_p and ρ_j/ρ_p of a float run under changing steps, epoch after epoch, against the checker's recursion."""
    X, largest = [[Fraction(v) for v in row] for row in SHIFTED], Fraction(1, 2000)
    run = inc_adam_run(X, IncAdamField(order=order))
    body = json.loads(vertex(run, largest).to_json())
    problem = Problem(X, Clock(60))
    trap = Vertex(problem, Field(body["field"], problem), body["witness"]["row"], largest)
    trap.read(*(body["witness"][key] for key in ("most", "growth", "fall", "others")))
    states = {1: trap.first_memory(trap.sigma), 2: trap.first_memory(trap.rho)}
    rng, rows = np.random.default_rng(0), np.array(X, dtype=float)
    betas, p = {1: 0.9, 2: 0.95}, trap.p
    parts, z = {1: np.zeros(3), 2: np.zeros(3)}, np.zeros(3)
    for t in range(600):
        for times, beta in betas.items():
            parts[times] *= beta
            parts[times][order[t % 3]] += 1
        if order[t % 3] == p:
            H = Fraction(trap.step(states[1], states[2]).hi, UNIT)
            for times, memory in ((1, trap.sigma), (2, trap.rho)):
                state = states[times]
                held([parts[times][p], *parts[times] / parts[times][p]], [state.base, *state.first])
                states[times] = after(memory, state, trap.bounds(H))
        c = np.exp(-z)
        u = 0.1 / np.sqrt(0.05) * ((parts[1] * c) @ rows) / np.sqrt((parts[2] * c * c) @ (rows * rows))
        eta = float(largest) * (1 if steps == "largest" else rng.choice([1e-3, 0.3, 1.0]))
        moved = eta * rows @ u
        z += moved
        for times in betas:
            parts[times] *= np.exp(times * moved)


def held(values, intervals):
    for value, interval in zip(values, intervals, strict=True):
        assert interval.lo / UNIT - 1e-9 <= value <= interval.hi / UNIT + 1e-9
