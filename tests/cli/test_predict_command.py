"""``marginproof predict``: its JSON contract, exit codes and sentences."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.constructions.builtin import load
from marginproof.properties.cli import main
from marginproof.properties.cli.prediction_shown import sentence, shown
from marginproof.theory.fields import SignumField
from marginproof.theory.limit.problem import Outcome
from marginproof.theory.prediction import predict


def run(*arguments: str, code: int = 0):
    result = CliRunner().invoke(main, ["predict", *arguments])
    assert result.exit_code == code, result.output
    return result


def answer(*arguments: str, code: int = 0) -> dict:
    return json.loads(run(*arguments, "--json", code=code).stdout)


def test_keys_of_the_contract():
    found = answer("gaussian", "--optimizer", "adam")
    assert {"n_samples", "n_features", "l2", "linf", "limit", "cosine", "margin_ratio"} <= set(found)
    assert {
        "outcome",
        "weights",
        "direction",
        "support",
        "residual",
        "stability",
        "digits",
        "certified",
    } <= set(found["limit"])
    assert set(found["cosine"]) == {"l2", "linf", "adamproxy"}
    assert set(found["margin_ratio"]) == {"l2", "linf"}
    assert np.linalg.norm(found["limit"]["direction"]) == pytest.approx(1, abs=1e-14)
    assert found["limit"]["certified"] is False  # nobody asked


def test_words_count_rows_from_1_and_json_from_0():
    options = ("two-limits", "--optimizer", "adamproxy")
    assert answer(*options)["limit"]["support"] == [1]
    line = next(line for line in run(*options).output.splitlines() if "support" in line)
    assert re.search(r"support \(rows from 1\) +│ \(2\) ", line)


def test_two_starts_two_limits(tmp_path):
    data = tmp_path / "rows.csv"
    data.write_text("5,1\n1,4\n")
    options = (str(data), "--folded", "--optimizer", "adamproxy", "--certify")
    zero = answer(*options)["limit"]
    np.testing.assert_allclose(zero["direction"], np.array([1, 1]) / np.sqrt(2), rtol=1e-15)
    other = answer(*options, "--start", "0,0.733")["limit"]
    np.testing.assert_allclose(other["weights"], [0.868825911090941, 0.131174088909059], rtol=1e-13)
    assert zero["certified"] and other["certified"]
    assert zero["stability"] == other["stability"] == "attracting"


def test_iris_is_certified():
    found = answer(
        "iris", "--optimizer", "adam", "--batch-size", "1", "--beta1", "0.9", "--beta2", "0.95", "--certify"
    )
    assert found["limit"]["certified"]
    assert found["limit"]["certified_digits"] >= 15


def test_batch_size_n_is_the_full_batch():
    full = answer("gaussian", "--optimizer", "adam", "--batch-size", "10")
    assert full["margin_ratio"]["linf"] == pytest.approx(1, abs=1e-12)


def test_digits_are_strings_and_agree_with_more_digits():
    few = answer("gaussian", "--digits", "30")["limit"]
    many = answer("gaussian", "--digits", "60", "--certify")["limit"]
    assert few["digits"] == 30 and many["certified"]
    for short, long in zip(few["direction"], many["direction"], strict=True):
        assert isinstance(short, str)
        assert short.lstrip("-")[:27] == long.lstrip("-")[:27]


def test_numbers_of_a_certified_limit_are_the_enclosed_ones():
    """wine's rows are nearly dependent, so float64's own solution errs by 1e-14; what is certified is shown."""
    own = answer("wine")["limit"]
    proved = answer("wine", "--certify", "--digits", "30")["limit"]
    shown = answer("wine", "--certify")["limit"]
    exact = np.array([float(text) for text in proved["direction"]])
    np.testing.assert_array_max_ulp(np.array(shown["direction"]), exact, 1)
    assert np.abs(np.array(own["direction"]) - exact).max() > 2 * np.finfo(float).eps


def test_a_cycle_is_not_certified_as_a_point():
    found = answer("cycle-3x3", "--certify", code=1)
    assert found["limit"]["outcome"] == "cycle"
    assert found["cosine"]["adamproxy"] is None
    assert "No limit of the update direction: the loss weights circle" in run("cycle-3x3").output
    said = " ".join(run("cycle-3x3", "--certify", code=1).output.split())
    assert "NOT certified: --certify proves a fixed point" in said and "`marginproof enumerate`" in said


def test_the_option_that_was_given_is_named(tmp_path):
    said = " ".join(run("cycle-3x3", "--certificate", str(tmp_path / "c.json"), code=1).output.split())
    assert "NOT certified: --certificate proves a fixed point" in said and "--certify" not in said


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (
            ("sr4",),
            "The limit of w/‖w‖ is the ℓ₂ max-margin direction, which attracts; floating-point evidence",
        ),
        (("two-limits",), "The limit of w/‖w‖ is the ℓ∞ max-margin direction"),
        (("sr4", "--optimizer", "signum"), "an ℓ∞ max-margin direction"),
        (("two-limits", "--certify", "--digits", "50"), "certified to 50 digits"),
        (
            ("signsgd-fails", "--optimizer", "signgd", "--batch-size", "1"),
            "a direction that does not separate the data",
        ),
    ],
)
def test_the_sentence(arguments, phrase):
    assert phrase in " ".join(run(*arguments).output.split())


@pytest.mark.parametrize(("name", "says_so"), [("signsgd-fails", True), ("two-limits", False)])
def test_undecided_says_where_the_direction_printed_does_not_separate(name, says_so):
    found = predict(load(name).exact, SignumField(beta=Fraction(0)))
    undecided = replace(found, limit=replace(found.limit, outcome=Outcome.UNDECIDED, reason="time is up"))
    phrase = "; the direction printed does not separate the data"
    assert sentence(undecided) == f"undecided: time is up{phrase if says_so else ''}."


def test_the_face_is_not_certified():
    run("sr4", "--optimizer", "signum", "--certify", code=1)
    run("iris", "--optimizer", "signum", "--certify")


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (("sr4", "--digits", "0"), "digits=0 is no whole number in 1..100000"),
        (("sr4", "--optimizer", "adam", "--batch-size", "3"), "batch_size=3 does not divide n_samples=4"),
        (("sr4", "--optimizer", "adam", "--beta1", "0.99"), "beta1=99/100 exceeds beta2=19/20"),
        (("sr4", "--optimizer", "adam", "--beta2", "1"), "beta2=1 is outside [0, 1)"),
        (("sr4", "--start", "0,1"), "start=0,1 has 2 entries where the data have 4 features"),
        (("no-such-file.csv",), "no-such-file.csv"),
    ],
)
def test_bad_input_is_one_sentence(arguments, phrase):
    result = run(*arguments, code=2)
    assert phrase in result.stderr
    assert result.stderr.count("\n") == 1
    assert not result.stdout


@pytest.mark.parametrize("first", ["predict", "enumerate"])
def test_non_separable_data_carry_their_certificate(tmp_path, first):
    """Also once the module of the command ``enumerate`` has taken the builtin's name in its package."""
    CliRunner().invoke(main, [first, "--help"])
    data = tmp_path / "rows.csv"
    data.write_text("1,0\n-1,0\n")
    result = run(str(data), "--folded", code=2)
    assert "1/2" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "notice"),
    [
        (("--optimizer", "adam", "--sampling", "reshuffle"), "sampling=reshuffle the predicted limit is that of β₂ → 1"),
        (("--optimizer", "signum", "--beta1", "0.9"), "beta1=9/10 plays no part in optimizer=signum; it reads beta"),
        (("--optimizer", "gd", "--beta", "0.5"), "beta=1/2 plays no part in optimizer=gd"),
        (("--optimizer", "signum", "--digits", "50"), "digits=50: this limit is not written out"),
        (("--optimizer", "adam", "--beta1", "0.8"), None),
        (("--optimizer", "adam", "--sampling", "reshuffle", "--batch-size", "2"), None),  # the full batch
    ],
)  # fmt: skip
def test_settings_without_effect_are_named(arguments, notice):
    said = run("two-limits", *arguments).stderr
    assert notice in said if notice else "notice" not in said


def test_adam_with_random_batches_is_predicted_as_beta2_tends_to_one():
    asked = ("two-limits", "--optimizer", "adam", "--sampling", "replacement")
    assert "as β₂ → 1: the limit of w/‖w‖ is" in run(*asked).output
    assert answer(*asked)["limit"]["as_beta2_to_one"] is True
    assert answer("two-limits", "--optimizer", "adam")["limit"]["as_beta2_to_one"] is False


@pytest.mark.parametrize(
    ("cosine", "text"),
    [
        (None, "–"),
        (1.0, "< 2e-06°"),
        (1 - 1e-12, "8.103e-05°"),
        (1 - 4e-7, "0.05125°"),
        (0.5, "60°"),
        (-1.0, "180°"),
    ],
)
def test_angles_tell_apart_directions_whose_cosine_rounds_to_one(cosine, text):
    assert shown(cosine) == text


def test_a_flow_that_gathers_in_one_batch_says_so(tmp_path):
    rows = [["5/2", "1", "3/10"], ["31/10", "2/5", "-1/5"], ["19/10", "11/5", "7/10"],
            ["6/5", "1/2", "-9/10"], ["2", "-3/10", "11/10"], ["4/5", "19/10", "-1/10"]]  # fmt: skip
    (tmp_path / "six.json").write_text(json.dumps(rows))
    asked = (str(tmp_path / "six.json"), "--folded", "--optimizer", "adam", "--batch-size")
    assert "batch 2 (counted from 1) has" in answer(*asked, "3")["limit"]["reason"]
    assert answer(*asked, "2")["limit"]["outcome"] == "fixed_point"


def test_equal_rows_keep_equal_weights(tmp_path):
    """From w = 0 equal rows have equal losses for ever, whichever of them a solver loads."""
    path = tmp_path / "rows.csv"
    path.write_text("3,2\n1,1\n1,1\n")
    for options in ([], ["--certify"]):
        found = json.loads(
            CliRunner()
            .invoke(main, ["predict", str(path), "--folded", "--optimizer", "gd", "--json", *options])
            .stdout
        )
        assert found["limit"]["weights"] == [0, 0.5, 0.5]
        assert found["limit"]["support"] == [1, 2]


def test_a_proof_is_offered_only_where_one_is_known():
    said = (
        CliRunner()
        .invoke(main, ["predict", "sr4", "--optimizer", "signum", "--beta", "0.9", "--batch-size", "1"])
        .stdout
    )
    assert "add --certify" not in said
    assert "no proof is known here" in said
    assert "add --certify" in CliRunner().invoke(main, ["predict", "sr4", "--optimizer", "gd"]).stdout


@pytest.mark.parametrize(
    ("words", "unused"),
    [
        (["predict", "sr4"], ["flint", "mpmath", "sympy", "numba", "matplotlib", "pandas"]),
        (["predict", "sr4"], ["scipy.sparse", "scipy.optimize", "scipy.integrate", "hypothesis"]),
        (["--help"], ["numpy", "scipy", "rich", "flint", "mpmath"]),
    ],
)
def test_nothing_slow_is_imported_that_is_not_used(words, unused):
    code = (
        "import sys; from marginproof.properties.cli import main; main(sys.argv[1:], standalone_mode=False); "
        f"print([name for name in {unused} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True)
    assert done.stderr.strip() == "[]", done.stderr


def test_a_proof_does_not_change_what_the_limit_is_compared_with():
    """SR4's l_inf maximisers fill a segment: another method would find another point of it."""
    answers = [
        json.loads(CliRunner().invoke(main, ["predict", "sr4", "--json", *options]).stdout)
        for options in ([], ["--certify"])
    ]
    assert answers[0]["cosine"]["linf"] == pytest.approx(answers[1]["cosine"]["linf"], abs=1e-12)


def test_tiers_are_shown_and_certified(tmp_path):
    """Rows 3 and 4 keep no weight, and decide feature 3."""
    file, proof = tmp_path / "zeros.csv", tmp_path / "proof.json"
    file.write_text("a,b,c,y\n2,-1,0,1\n1,1,0,1\n1,0,2,1\n-2,-1,1,-1\n")
    found = answer(str(file), "--certificate", str(proof))["limit"]
    assert found["certified"] is True
    assert found["tiers"] == [
        {"features": [0, 1], "rows": [0, 1]},
        {"features": [2], "rows": [2, 3]},
    ]
    assert json.loads(proof.read_text())["kind"] == "tiers"
    assert "│ tier 2 (from 1)       │ rows (3, 4), features (3)" in run(str(file)).output
    assert "tiers" not in answer("sr4")["limit"]


def test_a_tie_is_proved_but_no_certificate_states_it(tmp_path):
    """Both rows have F = 2 at u = (1, 1), so F_1 = γ off the support."""
    file, proof = tmp_path / "tie.json", tmp_path / "proof.json"
    file.write_text("[[3, -1], [1, 1]]")
    said = run(str(file), "--folded", "--certify").output
    assert "proved to 15 digits, but no certificate can state it" in said
    assert "writes the proof" not in said
    assert "writes the proof" in run("sr4", "--certify").output
    run(str(file), "--folded", "--certificate", str(proof), code=1)
    assert not proof.exists()
