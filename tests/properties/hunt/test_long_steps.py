"""R7's target: the bound is one that β1 <= β2 keeps, no such betas are ever found, and what is found is small."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from marginproof.properties.hunt import Hunt, hunt
from marginproof.properties.hunt.draws import draw
from marginproof.properties.hunt.long_steps import FEWEST, LongStep, longest_ordered_step, small_betas
from marginproof.theory.checker import check
from marginproof.theory.proofs.certificates import CertificateError
from marginproof.theory.proofs.certificates.document import unjudged_text
from marginproof.theory.proofs.certificates.rational import squared_step, step_growth

VALUES = sorted({Fraction(p, q) for q in range(2, 11) for p in range(1, q)})
ORDERED = tuple((b1, b2) for b1, b2 in product(VALUES, repeat=2) if b1 <= b2)


def column(gradients):
    return np.array(gradients, dtype=float)[:, None]


def extremal(b1, b2, n):
    """The integers proportional to (β1/β2)^k, k steps before the last: where |m|/√v is largest (I11)."""
    a, b = (b1 / b2).as_integer_ratio()
    return column([a**k * b ** (n - 1 - k) for k in reversed(range(n))])


def test_no_step_with_ordered_betas_is_above_the_bound():
    """I11's A, squared, in fractions; and the bound is the least hundredth of its kind."""
    for b1, b2 in [*ORDERED, *((Fraction(0), b2) for b2 in VALUES)]:
        bound = longest_ordered_step(b2)
        assert (1 - b1) ** 2 / ((1 - b2) * (1 - b1**2 / b2)) <= bound**2
        assert (bound - Fraction(1, 100)) ** 2 < 1 / (1 - b2)
    assert longest_ordered_step(Fraction(3, 4)) == 2


def test_all_small_betas_that_free_the_step_are_tried():
    pairs = set(small_betas())
    assert len(pairs) == len(small_betas()) == 288
    assert pairs == {(b1, b2) for b1, b2 in product(VALUES, repeat=2) if b2 < b1**2}
    assert not pairs & set(ORDERED)


def test_two_gradients_are_never_enough_and_three_can_be():
    """Cauchy–Schwarz's largest m²/v, in fractions."""

    def passes(b1, b2, n):
        best = (1 - b1) ** 2 / (1 - b2) * sum((b1**2 / b2) ** k for k in range(n))
        return best > longest_ordered_step(b2) ** 2

    assert not any(passes(*pair, FEWEST - 1) for pair in small_betas())
    assert any(passes(*pair, FEWEST) for pair in small_betas())


def test_betas_in_order_are_never_found():
    """Nor by the gradients that are best for them; with β1² > β2 these pass, so the target can say yes."""
    ordered, free = LongStep(pairs=ORDERED), LongStep()
    batch = draw(np.random.default_rng(0), 2000, 6, 1, 15)
    assert not ordered.screen(batch).any()
    assert free.screen(batch).any()
    for b1, b2 in ORDERED:
        assert not ordered.confirm(extremal(b1, b2, 5))
    freed = [LongStep(pairs=(pair,)).confirm(extremal(*pair, 5)) for pair in small_betas()]
    assert sum(freed) > 100


def test_a_step_that_only_rounding_makes_longer_is_refused(monkeypatch):
    target = LongStep()
    innocent = column([1, 1, 1])
    assert not target.confirm(innocent)
    monkeypatch.setattr(LongStep, "shares", lambda self, batch: np.full((len(batch), len(self.pairs)), 1.1))
    assert not target.confirm(innocent)
    assert target.confirm(column([3, 1, 1]))


def test_the_screens_steps_are_the_exact_ones():
    """Each is a few roundings of 2^-53 for every step, and no sum cancels: all gradients are positive."""
    g = [7, 3, 12, 1, 2]
    target = LongStep()
    exact = [
        float(squared_step(b1, b2, g)) ** 0.5 / float(longest_ordered_step(b2)) for b1, b2 in target.pairs
    ]
    np.testing.assert_allclose(target.shares(column(g)[None])[0], exact, rtol=40 * 2**-53)


@pytest.mark.parametrize(
    ("n", "max_entry", "seed"), [(6, 15, 0), (6, 15, 1), (3, 15, 0), (20, 1000, 0), (6, 3, 0)]
)
def test_a_hunt_finds_shrinks_and_certifies(n, max_entry, seed):
    result = hunt(Hunt("R7", n=n, d=1, max_entry=max_entry, seed=seed))
    assert check(unjudged_text(result.certificate).encode())[0] == "VALID"
    assert result.certificate.claim == "R7"
    assert result.found.shape == (n, 1)
    assert len(result.shrunk) == FEWEST
    assert result.shrunk.min() > 0
    assert result.shrunk.max() <= 3
    target = LongStep()
    assert not any(target.confirm(X) for X in target.simpler(result.shrunk))
    assert [list(row) for row in result.certificate.data] == result.shrunk.tolist()
    b1, b2 = result.certificate.conclusion["betas"]
    assert b2 < b1**2
    assert result.certificate.conclusion["bound"] == longest_ordered_step(b2)


def test_no_three_positive_gradients_with_a_smaller_sum_pass():
    """(3, 1, 1), (1, 3, 1) and (2, 2, 1), where hunts end, are the smallest, by all of them."""
    target = LongStep()
    assert not any(target.confirm(column(g)) for g in product((1, 2), repeat=3) if sum(g) < 5)
    assert all(target.confirm(column(g)) for g in ((3, 1, 1), (1, 3, 1), (2, 2, 1)))


def test_shrinking_takes_minus_signs_and_common_divisors_out_first():
    moves = LongStep().simpler(column([-50, -10, 20]))
    np.testing.assert_array_equal(next(moves), column([50, 10, 20]))
    np.testing.assert_array_equal(next(moves), column([-5, -1, 2]))


def test_gradients_that_pass_nothing_are_not_certified():
    with pytest.raises(CertificateError, match="pass no bound"):
        LongStep().certify(column([1, 1, 1]))
    with pytest.raises(CertificateError, match="not passed by the gradients"):
        step_growth("1/2", "1/9", "2", gradients=[3, 1, 1])


def test_the_same_gradients_with_ordered_betas_are_invalid():
    """What the checker says if the betas of a found certificate are exchanged for ones in order."""
    made = LongStep().certify(column([3, 1, 1])).to_json()
    assert check(made.encode())[0] == "VALID"
    assert check(made.replace('"1/2"', '"1/10"').encode())[0] == "INVALID"
