"""Runs at a constant step: the certificate is accepted, agrees with a float run, and every changed part is refused."""

from __future__ import annotations

import copy
import json
from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.checker import judge
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import IncAdamField
from marginproof.theory.number_systems import FLOAT64
from marginproof.theory.proofs.certificates.document import unjudged_text
from marginproof.theory.proofs.certificates.runs import constant_step
from marginproof.theory.proofs.runs.constant_step import constant_step_proof
from marginproof.theory.proofs.runs.epoch import Epoch
from marginproof.theory.proofs.runs.inc_adam import inc_adam_run

SR4 = [[1, 1, 1, 1], [2, 2, 2, -2], [3, 3, -3, -3], [4, -4, 4, -4]]
LR = Fraction(1, 20)


@pytest.fixture(scope="module")
def found():
    return constant_step_proof(inc_adam_run(SR4, IncAdamField()), LR)


@pytest.fixture(scope="module")
def body(found):
    return json.loads(unjudged_text(constant_step(found)))


def judged(body):
    return judge(json.dumps(body).encode())


def test_the_certificate_is_valid_and_says_what_was_proved(body):
    verdict = judged(body)
    assert verdict.word == "VALID", verdict.says
    assert "Inc-Adam at beta1 = 9/10, beta2 = 19/20, one sample a step" in verdict.sentence
    assert "from w_0 = 0 at constant step 1/20, w_t/|w_t| converges" in verdict.sentence


def test_a_float_run_ends_in_the_stated_box(found):
    """The l2 max-margin direction: SR data (claim L2), here for the algorithm at a constant step."""
    epoch = Epoch(found.run, float(LR), 0, (1, 2, 3), FLOAT64)
    s = np.concatenate([np.ones(3), np.zeros(8)])
    for _ in range(4000):
        passage = epoch(s)
        s = passage.state
    unit = passage.travelled / np.linalg.norm(passage.travelled)
    for value, (low, high) in zip(unit, found.direction, strict=True):
        assert float(low) - 1e-12 <= value <= float(high) + 1e-12
    assert abs(unit @ np.array([19, 13, 11, 5]) / np.linalg.norm([19, 13, 11, 5]) - 1) < 1e-12


def test_slopes_are_those_of_the_map(found):
    epoch = Epoch(found.run, float(LR), 0, (1, 2, 3), FLOAT64)
    s = np.array([0.4, 0.5, 0.6, *[0.3] * 4, *[0.2] * 4])
    slope = epoch(s, along=np.eye(11)).slope
    for k in range(11):
        h = np.zeros(11)
        h[k] = 1e-6
        numeric = (epoch(s + h).state - epoch(s - h).state) / 2e-6
        np.testing.assert_allclose(slope[:, k], numeric, rtol=1e-5, atol=1e-7)


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
    "another start": (["start", 0], lambda v: "40"),
    "another step": (["lr"], lambda v: "1/10"),
    "fewer epochs": (["epochs"], lambda v: v // 4),
    "no epochs": (["epochs"], lambda v: 0),
    "a support that lacks a row": (["support"], lambda v: v[:-1]),
    "another chart": (["support"], lambda v: [v[1], v[0], *v[2:]]),
    "a centre elsewhere": (["centre", 0], lambda v: str(Fraction(v) * Fraction(101, 100))),
    "a larger ball": (["basis"], lambda W: [[str(64 * Fraction(v)) for v in row] for row in W]),
    "a basis that is not triangular": (["basis", 3, 0], lambda v: "1/8"),
    "a negative diagonal": (["basis", 0, 0], lambda v: f"-{v}"),
    "a smaller factor": (["factor"], lambda v: "1/2"),
    "a factor of one": (["factor"], lambda v: "1"),
    "a bound on a ratio that the run exceeds": (["others", 0], lambda v: "1/100000000000000000000000000000"),
    "a bound that the field does not keep": (["others", 0], lambda v: "2"),
    "a bound of zero": (["others", 0], lambda v: "0"),
    "a direction beside it": (["direction", 0], lambda v: [v[1], str(Fraction(v[1]) + Fraction(1, 10**9))]),
    "another growth": (["growth"], lambda v: [v[1], str(Fraction(v[1]) + Fraction(1, 10**9))]),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_changed_part_is_refused(body, name):
    verdict = judged(change(body, *CHANGES[name]))
    assert verdict.word == "INVALID", verdict.sentence


def test_changed_data_betas_and_batches_are_refused(body):
    data = copy.deepcopy(body)
    data["data"][0][0] = "2"
    assert judged(data).word == "INVALID"
    for key, value in (("beta2", "99/100"), ("batches", [[3], [2], [1], [0]]), ("beta1", "99/100")):
        other = copy.deepcopy(body)
        other["field"][key] = value
        assert judged(other).word == "INVALID", key


def test_bad_settings_are_refused_in_one_sentence():
    with pytest.raises(MarginproofError, match="beta1² < beta2"):
        inc_adam_run(SR4, IncAdamField(beta1=Fraction(99, 100), beta2=Fraction(1, 2)))
    with pytest.raises(MarginproofError, match="zero entry"):
        inc_adam_run([[1, 0], [1, 1]], IncAdamField())
    with pytest.raises(MarginproofError, match="start has 1 entries"):
        inc_adam_run(SR4, IncAdamField(), [0])
