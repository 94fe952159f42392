"""Studies: each runs, each claim it names exists, and none says more than its evidence."""

from __future__ import annotations

from fractions import Fraction

import pytest

from marginproof.constructions.builtin import load
from marginproof.properties.plots import style
from marginproof.properties.plots.measure import course, landmarks
from marginproof.properties.studies import STUDIES, run_study
from marginproof.properties.studies.study import by_certificate, observed, signum_floors
from marginproof.theory.batching import Cyclic
from marginproof.theory.errors import MarginproofError
from marginproof.theory.optimizers import Signum
from marginproof.theory.registry import claims
from marginproof.theory.verdicts import Verdict
from tests.reference.figure_texts import cut_texts, smallest_text

SETTLED = 100_000
"""Steps at which every study's runs agree with its predictions (20 ms to 1 s a study)."""


@pytest.fixture(scope="module", params=sorted(STUDIES))
def study(request):
    return run_study(request.param, SETTLED)


def test_a_study_says_what_it_bears_on(study):
    assert study.rows and all(len(row) == len(study.columns) for row in study.rows)
    assert study.figures and set(study.figures) == set(study.captions)
    assert "η" in study.settings and "loss, seed 0" in study.settings
    for bearing in study.bearings:
        assert bearing.claim in claims()
        assert bearing.verdict in (None, Verdict.OBSERVED, Verdict.REFUTED), bearing
        refutable = claims()[bearing.claim].expected is Verdict.REFUTED
        assert (bearing.verdict is Verdict.REFUTED) == refutable
        assert bearing.why


def test_a_run_that_disagrees_is_undecided():
    assert observed("L2", False, "no").verdict is Verdict.UNDECIDED
    assert observed("L2", True, "yes").word == "OBSERVED"


def test_signsgd_that_loses_the_bias_is_not_above_the_floor_of_signum():
    data = load("signsgd-fails")
    gamma = landmarks(data).linf.value
    without, with_momentum = (
        course(data, Signum(beta), Cyclic(1), steps=SETTLED) for beta in (Fraction(0), Fraction(99, 100))
    )
    floor = signum_floors(with_momentum, data.X, gamma)[1]
    assert with_momentum.run.final.margin_linf / gamma >= floor > 0.9
    assert without.run.final.margin_linf / gamma < floor


def test_no_certificate_no_refutation():
    assert by_certificate("R1", "there-is-no-such-file.json").verdict is Verdict.UNDECIDED
    assert by_certificate("R1", "R1-three-solutions.json").verdict is Verdict.REFUTED


def test_unknown_studies_and_short_runs_are_refused():
    with pytest.raises(MarginproofError, match="did you mean cycle"):
        run_study("cycl")
    with pytest.raises(MarginproofError, match="steps=5"):
        run_study("sr", 5)


@pytest.mark.parametrize("width", [5.5, 2.75])
@pytest.mark.parametrize("name", sorted(STUDIES))
def test_figures_for_a_paper_have_readable_text_that_is_not_cut(name, width):
    with style.look("paper", width):
        for drawn in run_study(name, 2_000).figures.values():
            assert drawn.get_figwidth() == width
            assert smallest_text(drawn) >= style.SMALLEST_TEXT
            assert not cut_texts(drawn)


def test_small_and_cut_texts_are_seen():
    drawn = style.figure(3.0, 2.0)
    drawn.text(0.5, 0.5, "well placed", fontsize=8)
    assert smallest_text(drawn) == 8 and not cut_texts(drawn)
    drawn.text(0.9, 0.5, "far too long for this place", fontsize=6)
    assert smallest_text(drawn) == 6 and cut_texts(drawn) == ["far too long for this place"]
