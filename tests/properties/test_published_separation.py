"""Tables that statisticians have published, with what was said of each fit: which coefficients are infinite."""

from __future__ import annotations

from itertools import product

import pytest

import marginproof as mp

ENDOMETRIAL = (
    # Heinze and Schemper (2002), as in Agresti (2015), section 5.7: HG, then NV/PI/EH in hundredths; all 79 cases as in Endometrial.dat
    # of github.com/alanagresti/categorical-data
    (
        0,
        "0/13/164 0/16/226 0/8/314 0/34/268 0/20/128 0/5/231 0/17/180 0/10/168 0/26/156 0/17/231 0/8/201 0/7/189 0/20/315 0/10/123 "
        "0/18/127 0/16/176 0/18/200 0/28/150 0/11/133 0/19/237 0/10/182 0/10/313 0/18/131 0/14/192 0/21/164 0/11/201 0/17/188 "
        "0/25/193 0/16/211 0/19/129 0/15/172 0/33/75 0/24/192 0/29/202 0/15/229 0/12/233 0/3/290 0/20/170 0/23/141 0/12/225 "
        "0/22/154 0/42/197 0/15/175 0/13/216 0/14/257 0/19/137 0/12/361 0/13/204 0/10/217",
    ),
    (
        1,
        "0/8/264 0/29/88 0/12/127 0/20/137 1/38/97 1/22/114 1/7/88 1/25/91 1/15/58 0/7/97 0/48/184 0/12/111 0/19/161 0/2/118 "
        "1/22/144 1/40/118 1/5/93 1/0/117 0/21/119 0/15/106 0/12/169 1/49/27 0/6/184 0/5/130 0/17/96 1/11/101 1/21/98 0/5/35 "
        "1/19/102 0/33/85",
    ),
)
LIZARDS = (
    # Schoener (1970), as in McCullagh and Nelder (1989), section 4.6: grahami and opalinus by light, diameter, height, time; as in
    # csv/aod/lizards.csv of github.com/vincentarelbundock/Rdatasets
    (20, 2), (8, 1), (4, 4), (13, 0), (8, 0), (12, 0), (8, 3), (4, 1), (5, 3), (6, 0), (0, 0), (1, 1),
    (34, 11), (69, 20), (18, 10), (31, 5), (55, 4), (13, 3), (17, 15), (60, 32), (8, 8), (12, 1), (21, 5), (4, 4),
)  # fmt: skip
CENTRES = (
    # Agresti (2013), section 6.5.2, table 6.11: successes and failures by centre, active and control; as in package/glmbb/tests/agresti.R of
    # github.com/cjgeyer/glmbb, with the same direction and both examples of section 6.5.1
    ((0, 5), (0, 9)), ((1, 12), (0, 10)), ((0, 7), (0, 5)), ((6, 3), (2, 6)), ((5, 9), (2, 12)),
)  # fmt: skip
FLIGHTS = "66- 70+ 69- 68- 67- 72- 73- 70- 57+ 63+ 70+ 78- 67- 53+ 67- 75- 70- 81- 76- 79- 75+ 76- 58+"
"""Dalal, Fowlkes and Hoadley (1989): temperature at launch, and whether an O-ring was in distress; as in Shuttle.dat of
github.com/alanagresti/categorical-data and csv/vcd/SpaceShuttle.csv of github.com/vincentarelbundock/Rdatasets, whose flight 4 has no outcome."""
BEETLES = ((1.6907, 59, 6), (1.7242, 60, 13), (1.7552, 62, 18), (1.7842, 56, 28), (1.8113, 63, 52), (1.8369, 59, 53), (1.8610, 62, 61), (1.8839, 60, 60))  # fmt: skip
"""Bliss (1935): log dose, beetles, killed; as in the optimisation chapter of An Introduction to R, after Dobson (1990).  R's MuMIn has 49 for the first 59."""


def each_outcome(counts):
    """Every row once for each outcome that was seen: how often does not matter."""
    return zip(
        *[(row, label) for row, seen in counts for label, n in zip((1, 0), seen, strict=True) if n],
        strict=True,
    )


def endometrial(sign=1):
    rows = [
        ([sign * int(nv), int(pi), f"{int(eh)}/100"], grade)
        for grade, text in ENDOMETRIAL
        for nv, pi, eh in (case.split("/") for case in text.split())
    ]
    return zip(*rows, strict=True)


def lizards():
    cells = product((0, 1), (0, 1), (0, 1), ((0, 0), (1, 0), (0, 1)))
    return each_outcome(
        zip([[light, wide, high, *time] for light, wide, high, time in cells], LIZARDS, strict=True)
    )


def centres():
    rows = [
        ([int(active == 0), *(int(centre == k) for k in range(4))], seen)
        for centre, arms in enumerate(CENTRES)
        for active, seen in enumerate(arms)
    ]
    return each_outcome(rows)


def flights():
    return [[int(case[:2])] for case in FLIGHTS.split()], [int(case[-1] == "+") for case in FLIGHTS.split()]


def two_classes(no, yes):
    """Rows of features in words, those of each label."""
    rows = [([int(x) for x in row.split()], y) for y, text in ((0, no), (1, yes)) for row in text.split("/")]
    return zip(*rows, strict=True)


def beetles():
    return each_outcome([([f"{dose:.4f}"], (killed, n - killed)) for dose, n, killed in BEETLES])


FINITE, PLUS, MINUS = "finite", "+inf", "-inf"
PUBLISHED = {
    "endometrial": (endometrial, "quasi-complete", [PLUS, FINITE, FINITE, FINITE]),
    "endometrial, -NV": (lambda: endometrial(-1), "quasi-complete", [MINUS, FINITE, FINITE, FINITE]),
    "lizards": (lizards, "overlap", [FINITE] * 6),
    "clinical centres": (centres, "quasi-complete", [FINITE, MINUS, FINITE, MINUS, FINITE, FINITE]),
    "O-rings": (flights, "overlap", [FINITE] * 2),
    "beetles": (beetles, "overlap", [FINITE] * 2),
    # UCLA's FAQ on complete and quasi-complete separation, where SAS finds X2's estimate and X1's tends to infinity
    "UCLA, quasi-complete": (
        lambda: two_classes("1 3/2 0/3 -1/3 4", "3 1/4 0/5 2/6 7/10 3/11 4"),
        "quasi-complete",
        [PLUS, FINITE, MINUS],
    ),
    "UCLA, complete": (
        lambda: two_classes("1 3/2 2/3 -1/3 -1", "5 2/6 4/10 1/11 0"),
        "complete",
        [PLUS, PLUS, MINUS],
    ),
    "Agresti, x < 50 < x": (
        lambda: ([[x] for x in (10, 20, 30, 40, 60, 70, 80, 90)], [0] * 4 + [1] * 4),
        "complete",
        [PLUS, MINUS],
    ),
    "Agresti, x <= 50 <= x": (
        lambda: ([[x] for x in (10, 20, 30, 40, 50, 50, 60, 70, 80, 90)], [0] * 5 + [1] * 5),
        "quasi-complete",
        [PLUS, MINUS],
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_coefficients_that_were_said_to_be_infinite_are(name: str) -> None:
    table, status, limits = PUBLISHED[name]
    rows, labels = table()
    found = mp.separation(list(rows), list(labels), bias=True)
    assert (found.status, list(found.features.values())) == (status, limits)


def test_the_table_of_a_vignette_separates_by_the_sum_of_two_columns() -> None:
    """vignettes/infinite_estimates.Rmd of github.com/ikosmidis/detectseparation: complete with an intercept."""
    rows, labels = [[1, 2], [0, 1], [3, 1], [2, 4], [3, 6], [4, 8]], [0, 0, 0, 1, 1, 1]
    assert mp.separation(rows, labels, bias=True).status == "complete"


def test_a_constant_column_beside_an_intercept_leaves_the_separation_complete() -> None:
    """statsmodels' issue 659, where one solver saw it and another did not: column 1 is 1 throughout."""
    rows = [[1, 0, 1], [1, 0, 1], [1, 2, 1], [1, 1, 1]]
    assert mp.separation(rows, [1, 1, 0, 0]).status == "complete"
    assert mp.margins(rows, [1, 1, 0, 0]).l2.value > 0
