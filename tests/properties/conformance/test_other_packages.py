"""The documentation's tables of other packages' optimizers show the values that were measured."""

from __future__ import annotations

from pathlib import Path

from benchmarks.other_packages_table import apart, followed, markdown, other, reason, stored
from marginproof.properties.conformance.selection import BY_ID

ROOT = Path(__file__).resolve().parents[3]


def test_the_documentation_shows_what_was_measured() -> None:
    text = (ROOT / "docs" / "other-packages.md").read_text(encoding="utf-8")
    shown = text.partition("<!-- other packages: begin -->")[2].partition("<!-- other packages: end -->")[0]
    assert shown.strip() == markdown(), "put the output of python -m benchmarks.other_packages_table there"


def test_the_versions_measured_are_those_that_are_installed_for_it() -> None:
    pinned = "".join((ROOT / ".ci" / name).read_text() for name in ("other-packages.txt", "constraints.txt"))
    pinned = pinned.replace("pytorch-optimizer", "pytorch_optimizer")
    for package, home in stored()["packages"].items():
        assert f"{package}=={home['version']}\n" in pinned
        for seen in home["optimizers"].values():
            assert {*seen.get("kept", ()), *seen.get("broken", ())} <= set(BY_ID)


def test_a_row_says_the_law_or_where_the_nearest_is_left() -> None:
    broken = {
        "I1.run": "step against I1's law: 1.0 against 2.0 +- 1e-16 at (0, 0) (step, coordinate)",
        "B1.step": "B1 at step 3: ‖w_{t+1} - w_t‖_∞ <= η_t A_{t+1} fails: 0.000205 > 2.3e-06 + allowance 1e-19",
        "B7.step": "the optimizer raised OverflowError: math range error",
    }
    seen = {
        "says": "follows gd: 20 steps agree to 1e-16",
        "kept": ["I1.steady", "I3.signs"],
        "broken": broken,
    }
    assert followed("x", seen) == (
        "| x | gd | I1.steady, I3 | I1.run: a step of 1, where the law has 2; "
        "B1: a step of 0.000205, where the law allows 2.3e-06; B7: the optimizer raised OverflowError: math range error |"
    )
    seen = {
        "says": "follows none of these laws; the nearest is yogi: v0 = 1e-06; beta2 = 0, left at step 2 by 0.1 of the largest step"
    }
    assert other("x", seen) == "| x | yogi | 2 | 0.1 |"
    assert other("x", {"says": "never moved"}) == "| x | never moved | | |"


def test_two_sides_are_shown_with_the_digits_that_part_them() -> None:
    assert apart(0.05263158679, 0.05263157807) == ("0.05263159", "0.05263158")
    assert apart(-10.0, -12.648) == ("-10", "-12.6")


def test_a_reason_is_what_the_package_raised_whole_or_with_dots() -> None:
    wrapped = "MarginproofError: optimizer=A: OptimizerRaisedError: the optimizer raised "
    assert reason("TypeError: no `lr`") == "`TypeError: no 'lr'`"
    for advice in (".; it must be constructed at its defaults, as cls(dim), a", "; it m", ";"):
        assert reason(f"{wrapped}TypeError: no lr{advice}") == "`TypeError: no lr`"
    newer = "MarginproofError: optimizer=A, in step 3: the optimizer raised TypeError: no lr; fix its st"
    assert reason(newer) == "`TypeError: no lr`"
    long = f"{wrapped}TypeError: {'no ' * 40}"
    assert reason(long).endswith("no…`")
