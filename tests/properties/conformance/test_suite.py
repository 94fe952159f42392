"""The conformance suite in code: selection, expectations, reports, replay, foreign optimizers."""

from __future__ import annotations

import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.finite_time import any_case
from marginproof.properties.cli import main
from marginproof.properties.conformance.loading import load, subject_of
from marginproof.properties.conformance.reference import PlainAdam, PlainGD, PlainSignum
from marginproof.properties.conformance.replay import replay
from marginproof.properties.conformance.suite import (
    BY_ID,
    CHECKS,
    CheckResult,
    CheckStatus,
    NonconformingError,
    check_optimizer,
    parametrize_with_claims,
    report,
    run_check,
    select,
)
from marginproof.theory.batching import Reshuffled
from marginproof.theory.bounds.comparison import Comparison
from marginproof.theory.errors import MarginproofError
from marginproof.theory.laws.settings import Declared

SIGNUM = subject_of(PlainSignum)


class WrongWay(PlainSignum):
    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        return 2 * w - super().step(w, grad, lr)


def test_check_ids_name_their_claims_and_are_unique() -> None:
    assert len(BY_ID) == len(CHECKS)
    assert all(check.id.split(".")[0] == check.claim for check in CHECKS)


def test_a_correct_optimizer_holds_and_is_counted() -> None:
    seen: list[CheckResult] = []
    results = check_optimizer(PlainSignum, claims="B2", max_examples=10, callback=seen.append)
    assert seen == results
    assert [r.check.id for r in results] == ["B2.margin", "B2.strong", "B2.norm"]
    assert all(r.status is CheckStatus.HELD for r in results)
    assert results[0].examples == 10


def test_a_wrong_one_raises_its_report() -> None:
    with pytest.raises(NonconformingError, match=r"B2\.margin") as caught:
        check_optimizer(WrongWay, claims="B2.margin")
    text = str(caught.value)
    for part in ("claim B2", "rows (exact)", "WrongWay(beta=", "<=", "replay: marginproof replay B2.margin"):
        assert part in text


def test_on_fail_warns_or_is_silent() -> None:
    with pytest.warns(UserWarning, match=r"B2\.margin"):
        check_optimizer(WrongWay, claims="B2.margin", on_fail="warn")
    (result,) = check_optimizer(WrongWay, claims="B2.margin", on_fail=None)
    assert result.status is CheckStatus.FAILED
    assert result.case is not None
    assert result.case.n * result.case.d == 1  # shrunk


def test_expected_failures_and_unexpected_passes() -> None:
    (result,) = check_optimizer(WrongWay, claims="B2.margin", expected_failed_claims={"B2": "goes uphill"})
    assert result.status is CheckStatus.EXPECTED_FAILURE
    assert result.reason == "goes uphill"
    with pytest.raises(NonconformingError, match="was expected to fail"):
        check_optimizer(
            PlainSignum, claims="B2.norm", expected_failed_claims={"B2.norm": "no"}, max_examples=5
        )
    with pytest.raises(MarginproofError, match="expected_failed_claims=B99"):
        check_optimizer(PlainSignum, claims="B2", expected_failed_claims={"B99": "?"})


def test_selection_by_claim_check_and_family() -> None:
    assert [c.id for c in select("b2.norm, I2")] == ["B2.norm", "I2.proxy"]
    assert all(c.is_for("gd") for c in select("gd"))
    assert not {"B2.norm", "B1.step"} & {c.id for c in select("gd")}
    with pytest.raises(MarginproofError, match="claims=B99"):
        select("B99")
    with pytest.raises(MarginproofError, match="none applies"):
        check_optimizer(PlainGD, claims="B2")


@parametrize_with_claims([PlainSignum, PlainAdam], claims="I3")
def test_parametrize(check) -> None:  # type: ignore[no-untyped-def]
    assert check(max_examples=5).status is CheckStatus.HELD


def test_a_failing_case_replays_from_its_line() -> None:
    result = run_check(BY_ID["I1.unrolled"], subject_of(WrongWay), fixed_seed=1)
    assert result.case is not None
    target = f"{WrongWay.__module__}:WrongWay"
    assert result.case.to_json() in result.report
    assert Case.from_json(result.case.to_json()) == result.case
    comparison, text = replay(
        "I1.unrolled", "marginproof.properties.conformance.reference:PlainSignum", result.case.to_json()
    )
    assert comparison.holds
    assert "holds on this case" in text
    assert target


@given(any_case(SIGNUM))
@settings(max_examples=25)
def test_a_case_survives_its_line_of_json(case: Case) -> None:
    assert Case.from_json(case.to_json()) == case


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "it is no JSON"),
        ("[1]", "it is no JSON object"),
        ("{}", "it has no rows"),
        ('{"nonsense": 1}', "a case has no nonsense"),
        ('{"rows": 3}', "its rows cannot be read"),
        ('{"rows": [["1/0"]]}', "its rows cannot be read"),
        ('{"rows": []}', "one or more lists of one length"),
        ('{"rows": [["1"], ["1", "2"]]}', "one or more lists of one length"),
        ('{"rows": [["1"]], "hyper": [1]}', "its hyper cannot be read"),
        ('{"rows": [["1"]], "loss": "hinge"}', "its loss cannot be read"),
        ('{"rows": [["1"]], "steps": "x"}', "steps=x is no whole number in range"),
        ('{"rows": [["1"]], "batch_size": 1, "sampling": ["x"]}', "is none of "),
    ],
)
def test_a_line_that_is_no_case_is_refused(line: str, said: str) -> None:
    with pytest.raises(MarginproofError) as refused:
        Case.from_json(line)
    assert str(refused.value).startswith(f"case={line[:60]} is not a case: ")
    assert said in str(refused.value)
    assert str(refused.value).endswith("; give the line that a failing property printed, whole")


ADAM = "marginproof.properties.conformance.reference:PlainAdam"
BETAS = '"hyper": {"beta1": "1/2", "beta2": "3/4"}'


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("identify", ":X"), "optimizer=:X: give it as module:name"),
        (("identify", ".x:X"), "optimizer=.x:X: give it as module:name"),
        (("replay", "I3.signs", ":x", "{}"), "optimizer=:x: give it as module:name"),
        (("replay", "B1.step", ADAM, '{"rows": [["1"]]}'), "has no β₁ and no β₂ in its hyper"),
        (("replay", "I3.signs", ADAM, '{"rows": [["1"]], ' + BETAS + "}"), "has signs=[], and check=I3.signs"),
        (("replay", "I3.permutation", ADAM, '{"rows": [["1"]], "order": [3], ' + BETAS + "}"), "has order=[3]"),
    ],
)  # fmt: skip
def test_commands_on_optimizers_refuse_bad_input_in_one_sentence(words: tuple[str, ...], said: str) -> None:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == 2, done.stderr
    assert said in done.stderr and done.stderr.count("\n") == 1


class Halves(PlainSignum):
    """Declared as GD with momentum, and moves by half its step."""

    law, family = "momentum", None

    def __init__(self, dim: int, momentum: float) -> None:
        self.momentum, self.u = momentum, np.zeros(dim)

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        self.u = self.momentum * self.u + grad
        return w - lr * self.u / 2


def test_a_law_without_claims_of_its_own_replays_too() -> None:
    result = run_check(BY_ID["I1.unrolled"], subject_of(Halves), fixed_seed=1)
    assert result.status is CheckStatus.FAILED and result.case is not None
    comparison, _ = replay("I1.unrolled", f"{__name__}:Halves", result.case.to_json())
    assert not comparison.holds


@pytest.mark.parametrize("package", ["torch", "optax"])
def test_an_optimizer_of_an_extra_not_installed_names_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(sys, "meta_path", [])
    with pytest.raises(
        MarginproofError, match=rf"; pip install 'marginproof\[{package}\]' installs {package}"
    ):
        load(f"{package}.optim:Adam")


def test_a_module_that_cannot_be_read_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "unfinished.py").write_text("class X(:")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MarginproofError, match=r"unfinished:X could not be imported \(SyntaxError: "):
        load("unfinished:X")


def test_replay_refuses_what_does_not_fit() -> None:
    with pytest.raises(MarginproofError, match=r"check=B9\.x"):
        replay("B9.x", "marginproof.properties.conformance.reference:PlainSignum", "{}")
    with pytest.raises(MarginproofError, match="is for signum"):
        replay("B2.margin", "marginproof.properties.conformance.reference:PlainGD", '{"rows":[["1"]]}')


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere", "module:name"),
        ("no.such.module:X", "could not be imported"),
        ("marginproof.properties.conformance.reference:Nothing", "could not be imported"),
        ("marginproof.properties.checks.cases:Case", "not an optimizer"),
    ],
)
def test_targets_that_cannot_be_loaded_are_explained(target: str, message: str) -> None:
    with pytest.raises(MarginproofError, match=message):
        load(target)


def test_a_class_without_family_or_with_a_bad_grid_is_explained() -> None:
    class Nameless:
        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return w

    with pytest.raises(MarginproofError, match="family=None"):
        subject_of(Nameless)
    assert subject_of(Nameless, "gd").family == "gd"

    for beside in ({}, {"eps": 1e-8}):
        misspelt = type("Misspelt", (Nameless,), {"family": "adamm", **beside})
        with pytest.raises(
            MarginproofError, match="family=adamm of optimizer=Misspelt is unknown; choose one of gd, s"
        ):
            subject_of(misspelt)
        assert subject_of(misspelt, declared=Declared("gd")).family == "gd"

    lion = type("Lion", (Nameless,), {"family": "lion"})
    with pytest.raises(
        MarginproofError, match='family=lion of optimizer=Lion is the name of a law: write law = "lion"'
    ):
        subject_of(lion)

    class BadGrid(PlainSignum):
        grid = ({"momentum": 0.9},)

    with pytest.raises(MarginproofError, match="grid="):
        subject_of(BadGrid)

    class Stubborn:
        family = "signum"

        def __init__(self, dim: int) -> None: ...

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return w

    with pytest.raises(MarginproofError, match="grid"):
        check_optimizer(Stubborn, claims="B2.norm")


def test_a_grid_is_kept_to() -> None:
    class Fixed(PlainSignum):
        grid = ({"beta": 0.5},)

        def __init__(self, dim: int, beta: float) -> None:
            assert beta == 0.5
            super().__init__(dim, beta)

    assert check_optimizer(Fixed, claims="B2.norm", max_examples=5)[0].status is CheckStatus.HELD
    assert "no setting of the grid" in run_check(BY_ID["B5.margin"], subject_of(Fixed)).reason


def test_an_optimizer_that_raises_or_returns_nan_has_failed() -> None:
    class Raises(PlainSignum):
        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            raise FloatingPointError("boom")

    class Nan(PlainSignum):
        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
            return w * np.nan

    for cls in (Raises, Nan):
        (result,) = check_optimizer(cls, claims="B2.norm", on_fail=None, max_examples=5)
        assert result.status is CheckStatus.FAILED


def test_a_report_names_everything() -> None:
    case = Case(
        rows=((Fraction(1, 3),),), hyper={"beta": Fraction(1, 2)}, steps=3, batching=Reshuffled(1), seed=4
    )
    text = report(
        BY_ID["B2.margin"],
        load("marginproof.properties.conformance.reference:PlainSignum"),
        case,
        Comparison(False, "1 <= 0"),
    )
    for part in ("B2.margin (claim B2)", "[1/3]", "Signum(beta=1/2)", "steps=3", "seed=4", "1 <= 0",
                 "marginproof replay B2.margin marginproof.properties.conformance.reference:PlainSignum '{"):  # fmt: skip
        assert part in text
