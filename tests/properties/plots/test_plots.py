"""Figures: what they compute is right, and every kind is written and deterministic."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from marginproof.constructions.builtin import load
from marginproof.properties.plots import flows, style
from marginproof.properties.plots.convergence import convergence
from marginproof.properties.plots.labels import note_of, spread
from marginproof.properties.plots.margins import margins, predicted_ratio
from marginproof.properties.plots.marks import certificate_of
from marginproof.properties.plots.measure import course, default_optimizers, landmarks
from marginproof.properties.plots.portrait import portrait
from marginproof.properties.plots.settling import MOVED, Approach
from marginproof.properties.plots.simplex import to_plane, to_simplex
from marginproof.properties.plots.steps import by_step, step_figure
from marginproof.properties.plots.sweep_data import by_batch, by_beta2
from marginproof.properties.plots.sweeps import SHAPES, sweep_figure
from marginproof.properties.plots.weights import PlottedLine, weights
from marginproof.properties.presentation import colours
from marginproof.properties.presentation.names import vector
from marginproof.theory.batching import Cyclic, Full
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    AdamProxyField,
    GradientField,
    IncAdamField,
    ReshuffledField,
    SignField,
    ThetaField,
)
from marginproof.theory.limit.flow import softmax
from marginproof.theory.limit.problem import LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.optimizers import Adam, NormalisedGD, Signum
from marginproof.theory.proofs.enumeration import enumerate_all
from marginproof.theory.proofs.fixed_points import totals
from tests.reference.figure_texts import cut_texts, smallest_text

STEPS = 20_000


def texts_in_legends(figure) -> list[str]:
    return [item.get_text() for legend in figure.legends for item in legend.get_texts()]


def texts(figure) -> str:
    import matplotlib.text

    return "\n".join(item.get_text() for item in figure.findobj(matplotlib.text.Text))


@pytest.mark.parametrize(
    "field",
    [GradientField(), AdamProxyField(), IncAdamField(), IncAdamField(beta1=Fraction(0)), ReshuffledField(2)],
)
def test_a_grid_is_evaluated_like_each_of_its_points(field):
    problem = LimitProblem(load("cycle-3x3").entries, field)
    Y = np.random.default_rng(0).dirichlet(np.ones(3), size=20).T
    expected = np.stack([problem.F(y) for y in Y.T], axis=1)
    # the same formula in another order of summation: a few roundings of |x|·|u| <= 18·√3
    np.testing.assert_allclose(flows.F_on(problem, Y), expected, rtol=0, atol=64 * 2.0**-53 * 18 * 2)


def test_fates_agree_with_the_solver_from_the_same_starts():
    X = np.array([[5.0, 1, 1], [1, 4, 1], [1, 1, 3.5]])
    problem = LimitProblem(X, AdamProxyField())
    found = enumerate_all(problem)
    targets = [y for _, y in flows.attractors(problem, found)]
    assert len(targets) == 2
    starts = np.random.default_rng(1).normal(size=(12, 3)) / 2
    Y = np.stack([softmax(flows.start_logits(problem, w)) for w in starts], axis=1)
    fate = flows.fates(problem, Y, targets)
    seen = set()
    for w, number in zip(starts, fate, strict=True):
        limit = solve(problem, w)
        assert np.abs(totals(problem, limit.weights) - targets[number]).sum() < 1e-9
        seen.add(int(number))
    assert seen == {0, 1}, "the starts must tell the two basins apart"


def test_no_fate_where_nothing_attracts():
    problem = LimitProblem(load("cycle-3x3").entries, AdamProxyField())
    Y = flows.simplex_grid(6)
    target = np.array([1.0, 0.0, 0.0])  # no fixed point: the orbit never comes within 0.02 of it
    assert (flows.fates(problem, Y, [target], steps=300)[Y[0] < 0.9] == flows.NOWHERE).all()


def test_the_orbit_closes_and_there_is_none_where_the_flow_settles():
    circling = flows.orbit(LimitProblem(load("cycle-3x3").entries, AdamProxyField()))
    assert circling is not None
    assert np.ptp(circling, axis=0).max() == pytest.approx(0.79, abs=0.02)  # theory.md's swing of c
    first = np.concatenate([np.linspace(a, b, 20) for a, b in pairwise(circling[: len(circling) // 10])])
    # the integrator's chords stand off the curve by less than a hundredth of its swing
    assert np.abs(first - circling[-1]).sum(axis=1).min() < 0.01
    assert flows.orbit(LimitProblem(load("two-limits").entries, AdamProxyField()), max_steps=400) is None


def test_the_plane_and_back():
    Y = flows.simplex_grid(9)
    np.testing.assert_allclose(to_simplex(to_plane(Y)), Y, atol=1e-15)


def test_labels_keep_apart_and_in_order():
    wanted = np.array([0.5, 0.52, 0.1, 0.5])
    heights = np.full(4, 0.1)
    placed = spread(wanted, heights)
    assert np.diff(np.sort(placed)).min() >= 0.1 - 1e-12
    assert placed[2] == 0.1  # nobody near
    assert (np.argsort(placed, kind="stable") == np.argsort(wanted, kind="stable")).all()


def test_labels_stay_within_the_axes_where_they_fit():
    heights = np.array([0.1, 0.3, 0.2])
    for wanted in (np.array([1.0, 1.0, 0.95]), np.array([0.0, 0.02, 0.3])):
        placed = spread(wanted, heights)
        assert (placed + heights / 2).max() <= 1 + 1e-12 and (placed - heights / 2).min() >= -1e-12
    assert spread(np.array([0.5, 0.5]), np.array([0.8, 0.8])).tolist() == pytest.approx(
        [0.1, 0.9]
    )  # too high


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cycle-3x3", ["1 fixed point, unstable", "limit cycle", "complete list"]),
        (
            "two-limits",
            [
                "3 fixed points: 2 attracting, 1 unstable",
                "0.772377542",
                "0.868825911",
                "R1-three-solutions.json",
            ],
        ),
        ("signsgd-fails", ["1 fixed point, attracting"]),
    ],
)
def test_portraits_say_what_they_show(name, words):
    shown = texts(portrait(LimitProblem(load(name).entries, AdamProxyField()), title=name))
    for word in words:
        assert word in shown


def test_portraits_refuse_what_they_cannot_show():
    with pytest.raises(MarginproofError, match="n_samples=4"):
        portrait(LimitProblem(load("sr4").entries, AdamProxyField()))
    with pytest.raises(MarginproofError, match="field=Sign"):
        portrait(LimitProblem(load("two-limits").entries, SignField()))


@pytest.fixture(scope="module")
def runs():
    data = load("gaussian")
    return (
        data,
        landmarks(data),
        [course(data, *one, steps=STEPS) for one in default_optimizers(data.n_samples)],
    )


def test_a_run_approaches_its_own_limit_and_no_other(runs):
    _, marks, (gd, _, inc, proxy, _) = runs
    assert gd.approaches() and inc.approaches() and proxy.approaches()
    assert not inc.approaches(marks.l2.direction)
    assert not gd.approaches(marks.linf.direction)
    assert not inc.approaches(marks.proxy.direction) or inc.limit.direction @ marks.proxy.direction > 1 - 1e-4
    assert gd.slope() == pytest.approx(-1, abs=0.05)  # w - u Σ η stays bounded


def test_a_short_run_at_the_right_rate_has_not_settled():
    """Inc-Adam's own limit on SR4 at b = 2 and the l2 direction are 0.077 apart; what is left falls like 1/Σ η."""
    data = load("sr4")
    marks = landmarks(data)
    short, longer = (course(data, Adam(), Cyclic(2), steps=steps) for steps in (1000, 100_000))
    assert short.approaches() and not short.settled(marks)
    assert longer.approaches() and longer.settled(marks)
    left = np.sqrt(2 * np.array([short.gaps[-1], longer.gaps[-1]]))
    assert left[0] > 0.077 / 2 > left[1]


def test_a_run_that_moved_much_of_late_has_not_settled():
    """The end alone does not tell: it may lie on the predicted direction by chance."""
    data = load("sr4")
    marks = landmarks(data)
    one = course(data, Adam(), Cyclic(2), steps=10_000)
    *points, last = one.run.checkpoints
    u = one.limit.direction / np.linalg.norm(one.limit.direction)
    thrown = [
        replace(point, direction=marks.linf.direction / np.linalg.norm(marks.linf.direction))
        for point in points
    ]
    chance = replace(one, run=replace(one.run, checkpoints=(*thrown, replace(last, direction=u))))
    assert chance.approaches() and not chance.settled(marks)


def test_figures_of_runs(runs):
    data, marks, courses = runs
    drawn = convergence(courses, marks, title="distances")
    shown = texts(drawn)
    for one in courses:
        assert one.name.replace(", β₁", ",\nβ₁", 1) in shown
    assert "rate" in shown
    assert len(margins(data.X, courses, marks).axes) == 2
    assert predicted_ratio(data.X, courses[0], marks, "l2") == pytest.approx(1, abs=1e-9)


def test_a_long_note_does_not_part_the_panels(runs):
    data, marks, courses = runs
    drawn = margins(data.X, courses, marks, title="margins")
    drawn.draw_without_rendering()
    left, right = (ax.get_position() for ax in drawn.axes)
    assert right.x0 - left.x1 < 0.12 and note_of(drawn) in texts(drawn).replace("\n", " ")


def test_levels_of_loss_weights_are_told_apart():
    line = PlottedLine("run", np.array([1.0, 2.0]), np.array([0.4, 0.5]))
    with style.look("paper", 2.75):
        drawn = weights([line], levels=[(0.5, "attracting"), (0.7, "unstable")])
    shown = {handle.get_label(): handle.get_linestyle() for handle in drawn.legends[0].get_lines()}
    assert shown["attracting"] == "--" and shown["unstable"] == ":"


def test_a_direction_that_is_not_unique_is_left_out_and_named():
    data = load("sr4")
    full = course(data, Adam(), Full(), steps=2000)
    gd = course(data, NormalisedGD(), steps=2000)
    drawn = convergence([gd, full], landmarks(data))
    assert "Not shown" in texts(drawn)
    assert (
        len(
            [
                line
                for line in drawn.axes[0].lines
                if line.get_color() in colours.SERIES and line.get_marker() == "None"
            ]
        )
        == 1
    )


def test_sweeps_predict_the_ends_exactly():
    data = load("gaussian")
    marks = landmarks(data)
    sweep = by_batch(data, steps=1000)
    assert sweep.x.tolist() == [1, 2, 5, 10]  # a batch size divides N
    angles = sweep.angles(marks)
    assert angles["adamproxy"][0] == pytest.approx(0, abs=1e-4)  # b = 1 is AdamProxy
    assert angles["linf"][-1] == pytest.approx(0, abs=1e-4)  # b = N is the sign field
    beta = by_beta2(data, steps=1000, points=6)
    assert np.all(np.diff(beta.angles(marks)["adamproxy"]) < 0)  # β2 → 1 goes to AdamProxy
    for one, words in ((sweep, "one for each b that divides N"), (beta, "Lines: predicted")):
        assert words in texts(sweep_figure(one, marks))
    batches, line = sweep_figure(sweep, marks).axes[0].lines, sweep_figure(beta, marks).axes[0].lines
    assert all(drawn.get_linestyle() == "None" or len(drawn.get_xdata()) == 2 for drawn in batches)
    assert any(drawn.get_linestyle() == "-" and len(drawn.get_xdata()) > 2 for drawn in line)


def test_a_constant_step_run_settles_on_its_effective_betas():
    """Settled runs end on what was predicted for them to 1e-6 degrees; a short one is hollow and says so."""
    data = load("two-limits")
    marks = landmarks(data)
    sweep = by_beta2(data, steps=60_000, points=3)
    done = sweep.settled(marks)
    assert done.any()
    assert float(sweep.misses()[done].max()) < 1e-6
    other = landmarks(load("gaussian"))
    short = by_beta2(load("gaussian"), steps=200, points=3)
    assert not short.settled(other).all()
    assert "Hollow: not settled" in texts(sweep_figure(short, other))
    come = tuple(replace(one, directions=np.tile(one.aim, (len(one.time), 1))) for one in sweep.approaches)
    assert "Hollow" not in texts(sweep_figure(replace(sweep, approaches=come), marks))


def test_a_run_that_stands_still_far_from_its_prediction_has_not_settled():
    """On iris Adam with three samples a batch moves by 0.5 degrees late, and ends 11 degrees off."""
    data = load("iris")
    marks = landmarks(data)
    sweep = by_batch(data, steps=300_000)
    still = np.array([one.late_move <= MOVED for one in sweep.approaches])
    far = sweep.misses() > 5
    assert (still & far).any() and not sweep.settled(marks)[far].any()
    assert sweep.settled(marks)[-1], "the full batch has"
    drawn = sweep_figure(sweep, marks)
    faces = {
        (line.get_marker(), round(float(line.get_xdata()[0]))): line.get_markerfacecolor()
        for line in drawn.axes[0].lines
        if line.get_marker() in SHAPES.values()
    }
    assert faces["o", 3] == "none" and faces["o", 150] == colours.DIRECTIONS["l2"]
    assert "within 12°" not in texts(drawn)


def test_margins_and_angles_of_one_run_are_hollow_alike():
    """Signum at 0.99 keeps its margin, at 0.73 of the one that was predicted for it on iris."""
    data = load("iris")
    marks = landmarks(data)
    one = course(data, Signum(Fraction(99, 100)), Cyclic(1), steps=300_000)
    assert one.margin_settled("linf") and not one.settled(marks)
    for drawn in (convergence([one], marks), margins(data.X, [one], marks)):
        ends = [line.get_markerfacecolor() for line in drawn.axes[-1].lines if line.get_marker() == "o"]
        assert ends == [colours.PAPER] and "(not settled)" in texts(drawn)


def test_a_direction_is_not_settled_without_a_prediction():
    here = np.array([[1.0, 0.0]] * 3)
    assert Approach(np.array([1.0, 4.0, 8.0]), here, here[0]).settled([])
    assert not Approach(np.array([1.0, 4.0, 8.0]), here, None).settled([])


def test_runs_that_have_not_settled_are_hollow_and_named():
    data = load("gaussian")
    marks = landmarks(data)
    one = course(data, NormalisedGD(), steps=300)
    assert not one.settled(marks)
    drawn = convergence([one], marks)
    ends = [line for line in drawn.axes[0].lines if line.get_marker() == "o"]
    assert [line.get_markerfacecolor() for line in ends] == [colours.PAPER]
    assert "(not settled)" in texts(drawn) and "Hollow" in texts(drawn)
    long = course(data, NormalisedGD(), steps=STEPS)
    ends = [line for line in convergence([long], marks).axes[0].lines if line.get_marker() == "o"]
    assert [line.get_markerfacecolor() for line in ends] == [colours.BLUE]


@pytest.mark.parametrize("width", [5.5, 2.75])
def test_a_figure_for_a_paper_has_its_width_small_text_and_no_title(runs, width):
    data, marks, courses = runs
    with style.look("paper", width):
        figures = [
            portrait(LimitProblem(load("two-limits").entries, AdamProxyField()), title="title"),
            portrait(LimitProblem(load("cycle-3x3").entries, AdamProxyField()), title="title"),
            convergence(courses, marks, title="title"),
            margins(data.X, courses, marks, title="title"),
            sweep_figure(by_batch(data, steps=200), marks, title="title"),
            sweep_figure(by_beta2(data, steps=200, points=7), marks, title="title"),
            step_figure(
                by_step(data, Adam(), Cyclic(1), np.geomspace(1e-3, 0.1, 3)), marks, title="title", at=0.01
            ),
        ]
        for drawn in figures:
            assert drawn.get_figwidth() == width
            assert "title" not in texts(drawn) and not drawn.axes[0].get_title(loc="left")
            assert note_of(drawn), "the caption says what the note would"
            assert smallest_text(drawn) >= style.SMALLEST_TEXT and not cut_texts(drawn)
        assert note_of(figures[3]).startswith("Above:" if width < style.NARROW else "Left:")
        explained = ["\n".join(texts_in_legends(drawn)) for drawn in figures[-4:]]
        assert ["predicted" in text for text in explained] == [True, True, True, False]
        assert "not settled" in explained[1] and "not settled" in explained[2] and "0.01" in explained[3]
    with style.look("screen"):
        assert portrait(LimitProblem(load("two-limits").entries, AdamProxyField())).get_figwidth() == 7.2


def test_a_portrait_names_the_certificate_about_its_data_and_no_other():
    problem = LimitProblem(load("cycle-3x3").entries, AdamProxyField())
    assert "Certified: R3-cycle-proxy.json" in texts(portrait(problem))
    assert certificate_of(LimitProblem(load("signsgd-fails").entries, AdamProxyField())) is None
    other = LimitProblem(load("cycle-3x3").entries, ThetaField(Fraction(1, 1000)))
    assert certificate_of(other) is None
    at = certificate_of(LimitProblem(load("cycle-3x3").entries, ThetaField(Fraction(1, 20))))
    assert at is not None and at.name == "batch-size-breaks-the-cycle"


def test_a_sweep_over_a_cycle_has_no_line_and_says_so():
    data = load("cycle-3x3")
    marks = landmarks(data)
    sweep = by_batch(data, steps=1000)
    assert sweep.limits[0].outcome is Outcome.CYCLE
    assert np.isnan(sweep.angles(marks)["l2"][0])
    assert "circles" in texts(sweep_figure(sweep, marks))


def test_the_same_figure_gives_the_same_bytes():
    problem = LimitProblem(load("two-limits").entries, AdamProxyField())
    first, second = (style.rendered(portrait(problem), ".svg") for _ in range(2))
    assert first == second
    assert first.startswith(b"<?xml")


def test_files_are_refused_before_work_and_written_whole(tmp_path):
    for bad, word in ((tmp_path / "a.gif", "suffix"), (Path("/dev/null/a.svg"), "out=/dev/null/a.svg")):
        with pytest.raises(MarginproofError, match=word):
            style.check_target(bad)
    drawn = portrait(LimitProblem(load("two-limits").entries, AdamProxyField()))
    for suffix, magic in ((".svg", b"<?xml"), (".png", b"\x89PNG"), (".pdf", b"%PDF")):
        style.save(drawn, tmp_path / f"figure{suffix}")
        assert (tmp_path / f"figure{suffix}").read_bytes().startswith(magic)
    assert len(list(tmp_path.iterdir())) == 3, "no scratch file is left"


def test_style_is_put_back():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    portrait(LimitProblem(load("two-limits").entries, AdamProxyField()))
    assert dict(mpl.rcParams) == before


def test_series_colours_are_told_apart_and_legible():
    def luminance(colour):
        parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for colour in (*colours.SERIES, colours.INK, colours.FAINT):
        assert 1.05 / (luminance(colour) + 0.05) >= 2.9, colour  # WCAG asks 3 of graphics
    assert len(set(colours.SERIES)) == len(colours.SERIES)


def test_vectors():
    assert vector(np.array([1.0, -0.0])) == "1, 0"
    assert vector(np.arange(6.0)).endswith("…")
