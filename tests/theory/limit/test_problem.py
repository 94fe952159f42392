"""The problem itself: fields that are the sign field under another name, and undecided uniqueness."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField, ReplacementField, ReshuffledField, SignField, ThetaField
from marginproof.theory.limit import sign_fields
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.max_margin import linf_margin
from marginproof.theory.optimizers import AdamProxy
from marginproof.theory.proofs.enumeration import enumerate_all

X = np.array([[3.0, 1.0, -2.0], [1.0, 4.0, 1.0]])


@pytest.mark.parametrize("field", [ReshuffledField(2), ThetaField(Fraction(1))], ids=str)
def test_theta_one_is_the_sign_field(field):
    assert LimitProblem(X, field).field == SignField()


@pytest.mark.parametrize(
    "field", [ReshuffledField(1), ThetaField(Fraction(1, 2)), ReplacementField(2), AdamProxyField()], ids=str
)
def test_other_fields_stay_what_they_are(field):
    assert LimitProblem(X, field).field is field
    assert field.smooth


def test_theta_one_is_not_smooth():
    assert not ThetaField(Fraction(1)).smooth


def test_undecided_uniqueness_is_handed_on(monkeypatch):
    found = replace(linf_margin(X), unique=None)
    monkeypatch.setattr(sign_fields, "linf_margin", lambda data: found)
    limit = solve(LimitProblem(X, SignField()))
    assert limit.unique is None
    assert "undecided" in limit.reason
    listed = enumerate_all(LimitProblem(X, SignField()))
    assert not listed.complete
    assert listed.reason == limit.reason


def test_an_optimizer_in_place_of_its_field_is_one_sentence() -> None:
    with pytest.raises(
        MarginproofError, match=r"field=AdamProxy\(\) is not a direction field; give an optimizer's field"
    ):
        LimitProblem(np.eye(2), AdamProxy())  # type: ignore[arg-type]
