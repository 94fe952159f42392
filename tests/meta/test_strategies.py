"""The strategies draw what they say: an exact witness, special cases reached, shrinking works."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from marginproof.constructions import strategies as mp
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.strategies import Separated, witnessed
from marginproof.constructions.strategies.draws import dot, fold
from marginproof.theory.batching import Batching
from marginproof.theory.optimizers import GD, Adam, Optimizer, Signum
from marginproof.theory.schedules import Power

FAMILIES = {name: getattr(witnessed, name) for name in witnessed.__all__}
THOROUGH = settings(max_examples=2000, derandomize=True, database=None)


def reached(strategy: st.SearchStrategy[Separated], case: object) -> Separated:
    return find(strategy, case, settings=THOROUGH)  # type: ignore[arg-type]


def rows(drawn: Separated | Dataset) -> list[list[Fraction]]:
    data = drawn.dataset if isinstance(drawn, Separated) else drawn
    return data.exact.tolist()


@pytest.mark.parametrize("family", FAMILIES, ids=str)
def test_every_draw_is_separable_by_its_exact_witness(family: str) -> None:
    @given(FAMILIES[family]())
    def separable(drawn: Separated) -> None:
        assert min(dot(row, drawn.separator) for row in rows(drawn)) > 0
        assert len(drawn.separator) == drawn.dataset.n_features
        assert not drawn.dataset.rounded  # dyadic: the float view is exact

    separable()


def test_the_witness_check_refuses_a_wrong_witness() -> None:
    assert Separated(Dataset.of([[1, 2], [2, 1]]), (Fraction(1), Fraction(1))).is_separated
    assert not Separated(Dataset.of([[1, 2], [-1, 1]]), (Fraction(1), Fraction(1, 2))).is_separated
    assert not Separated(Dataset.of([[1, -1]]), (Fraction(1), Fraction(1))).is_separated


@given(
    st.lists(st.integers(-3, 3).map(Fraction), min_size=3, max_size=3), mp.separators(3), st.integers(0, 2)
)
def test_fold_always_lands_on_the_right_side(row: list[Fraction], separator: tuple, push: int) -> None:
    assert dot(fold(row, separator, push), separator) > 0


@given(witnessed.separable(keep_nonzero=True))
def test_keep_nonzero_leaves_no_zero(drawn: Separated) -> None:
    assert drawn.is_separated
    assert all(x != 0 for row in rows(drawn) for x in row)


@given(witnessed.scaled_rademacher())
def test_scaled_rademacher_rows_have_one_size(drawn: Separated) -> None:
    assert all(len({abs(x) for x in row}) == 1 for row in rows(drawn))


@given(witnessed.shifted_diagonal())
def test_shifted_diagonal_has_its_shape(drawn: Separated) -> None:
    table = rows(drawn)
    off = {x for i, row in enumerate(table) for k, x in enumerate(row) if k != i}
    diagonal = [table[i][i] for i in range(len(table))]
    assert len(off) <= 1
    assert all(x > 0 for x in off)
    assert diagonal[0] > 0
    assert all(a < b for a, b in pairwise(diagonal))


@given(witnessed.aligned())
def test_aligned_data_have_a_large_margin(drawn: Separated) -> None:
    radius = max(sum(abs(x) for x in row) for row in rows(drawn))
    assert min(drawn.margins) * 6 >= radius  # s is a sign vector, so its l_inf margin is at least R/6


SPECIAL = {
    "one sample": ("degenerate", lambda z: z.dataset.n_samples == 1),
    "one feature": ("degenerate", lambda z: z.dataset.n_features == 1),
    "more samples than features": ("tall", lambda z: z.dataset.n_samples > z.dataset.n_features),
    "more features than samples": ("wide", lambda z: z.dataset.n_features > z.dataset.n_samples),
    "equal rows": ("duplicated", lambda z: len({tuple(r) for r in rows(z)}) < z.dataset.n_samples),
    "scales 2^39 apart": (
        "wide_scales",
        lambda z: max(map(abs, flat(z))) >= 2**39 * min(map(abs, nonzero(z))),
    ),
    "one dominating row": ("dominated", lambda z: max(map(norm, rows(z))) >= 1000 * min(map(norm, rows(z)))),
    "rows 2^-20 apart": ("nearly_parallel", lambda z: 0 < closest(z) <= Fraction(1, 1 << 20)),
    "a zero entry": ("separable", lambda z: 0 in flat(z)),
    "a disagreeing entry": (
        "aligned",
        lambda z: any(x * s < 0 for r in rows(z) for x, s in zip(r, z.separator, strict=True)),
    ),
    "orthogonal rows": (
        "scaled_rademacher",
        lambda z: z.dataset.n_samples == 2 and dot(rows(z)[0], rows(z)[1]) == 0,
    ),
    "no sign in common": (
        "gaussian_like",
        lambda z: np.all(z.dataset.X.min(axis=0) < 0) and np.all(z.dataset.X.max(axis=0) > 0),
    ),
}


def flat(z: Separated) -> list[Fraction]:
    return [x for row in rows(z) for x in row]


def nonzero(z: Separated) -> list[Fraction]:
    return [x for x in flat(z) if x]


def norm(row: list[Fraction]) -> Fraction:
    return sum((abs(x) for x in row), Fraction(0))


def closest(z: Separated) -> Fraction:
    table = rows(z)
    pairs = [(a, b) for i, a in enumerate(table) for b in table[:i] if a != b]
    return min((max(abs(x - y) for x, y in zip(a, b, strict=True)) for a, b in pairs), default=Fraction(0))


@pytest.mark.parametrize("case", SPECIAL, ids=str)
def test_special_cases_are_reached(case: str) -> None:
    family, wanted = SPECIAL[case]
    assert wanted(reached(FAMILIES[family](), wanted))


SMALLEST = {
    "separable": [[1]],
    "scaled_rademacher": [[1]],
    "shifted_diagonal": [[1]],
    "gaussian_like": [[1]],
    "aligned": [[4]],
    "duplicated": [[1], [1]],
    "single_sample": [[1]],
    "one_feature": [[1]],
    "tall": [[1], [1]],
    "wide": [[1, 1]],
    "dominated": [[16], [1]],
    "wide_scales": [[Fraction(1)]],
}


@pytest.mark.parametrize("family", SMALLEST, ids=str)
def test_shrinking_ends_at_the_smallest_example(family: str) -> None:
    assert rows(reached(FAMILIES[family](), lambda z: True)) == SMALLEST[family]


def test_shrinking_keeps_a_feature_of_interest_and_nothing_else() -> None:
    crossed = reached(
        witnessed.separable(), lambda z: any(x < 0 for x in flat(z)) and z.dataset.n_samples > 1
    )
    assert crossed.dataset.exact.shape == (2, 1)
    assert all(abs(x) == 1 for x in flat(crossed))


@given(st.from_type(Dataset))
def test_from_type_draws_a_dataset(data: Dataset) -> None:
    assert data.exact.shape == data.X.shape


@given(mp.beta_pairs())
def test_beta_pairs_keep_the_step_bound_finite(pair: tuple[Fraction, Fraction]) -> None:
    first, second = pair
    assert 0 <= first <= second < 1
    assert first**2 < second


@given(st.integers(1, 12).flatmap(lambda n: st.tuples(st.just(n), mp.batchings(n))))
def test_batch_sizes_divide(drawn: tuple[int, Batching]) -> None:
    n, batching = drawn
    assert n % batching.batch_size == 0
    assert batching.sampling in mp.SAMPLINGS


@given(mp.optimizers(), mp.schedules())
def test_drawn_optimizers_have_fields_and_schedules_step(optimizer: Optimizer, schedule: Power) -> None:
    assert optimizer.field(3).settled(3) is not None
    assert schedule.largest == schedule.at(0) <= 1
    assert schedule.decay in (0, 0.25, 0.5, 0.75, 1)


def test_every_kind_of_optimizer_is_drawn() -> None:
    for kind in (GD, Signum, Adam):
        assert isinstance(find(mp.optimizers(), lambda drawn, kind=kind: isinstance(drawn, kind)), kind)


@given(mp.simplex_weights(3), mp.simplex_weights(3, interior=True))
def test_weights_lie_on_the_simplex(c: tuple[Fraction, ...], inner: tuple[Fraction, ...]) -> None:
    assert sum(c) == sum(inner) == 1
    assert min(c) >= 0
    assert min(inner) > 0


def test_the_momenta_reach_both_ends() -> None:
    assert find(mp.betas(), lambda b: b == 1 - Fraction(1, 1 << 14), settings=THOROUGH)
    assert find(mp.betas(), lambda b: b == 0, settings=THOROUGH) == 0
    assert find(mp.beta_pairs(), lambda p: p[0] == p[1], settings=THOROUGH)


def test_find_says_when_a_case_cannot_be_reached() -> None:
    with pytest.raises(NoSuchExample):
        find(
            witnessed.shifted_diagonal(),
            lambda z: any(x < 0 for x in flat(z)),
            settings=settings(THOROUGH, max_examples=200),
        )
