"""Each law: the optimizer written from the paper passes, and each planted fault is caught, mostly by a tiny example."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import false_alarms
from broken_optimizers import FAULTS
from false_alarms import law_of, recorded, run, table
from fault_table import HEAD, by_law, cases_of, row
from law_faults import ALL_LAW_FAULTS, LAW_FAULTS, overwritten
from law_references import REFERENCES, SINGLES, Adam, AMSGrad, Lion
from reported_faults import REPORTED

from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CHECKS, CheckResult, CheckStatus, run_check
from marginproof.theory.laws.catalogue import LAWS


@cache
def first_failure(cls: type) -> CheckResult | None:
    subject = subject_of(cls)
    for name in ("I1.unrolled", "I1.steady", "I1.run"):
        result = run_check(BY_ID[name], subject, fixed_seed=7, shrink=False)
        if result.status is CheckStatus.FAILED:
            return result
    return None


def test_every_law_has_a_reference_and_four_faults() -> None:
    elsewhere = {"gd", "signum"}  # in broken_optimizers
    assert {cls.law for cls in REFERENCES} | elsewhere == set(LAWS)  # type: ignore[attr-defined]
    assert all(len(faults) >= 4 for faults in LAW_FAULTS.values())
    assert len(ALL_LAW_FAULTS) + len(FAULTS) >= 120


def test_the_documentation_counts_the_faults_of_each_law() -> None:
    text = (Path(__file__).parents[2] / "docs" / "conformance.md").read_text(encoding="utf-8")
    shown = text.partition("\n".join(HEAD) + "\n")[2].partition("\n\n")[0].splitlines()
    assert shown == [row(law, faults, list(cases_of(faults))) for law, faults in by_law().items()]


@pytest.mark.parametrize("cls", [*REFERENCES, *SINGLES], ids=lambda cls: cls.__name__)
def test_a_correct_optimizer_is_not_accused(cls: type) -> None:
    """In float64, and with its state in float32."""
    subject = subject_of(cls)
    assert subject.unit == (2.0**-24 if cls in SINGLES else 2.0**-53)
    for check in CHECKS:
        if check.claim in ("I1", "I3", "I11", "B1"):
            result = run_check(check, subject, max_examples=6, fixed_seed=3)
            assert result.status in (CheckStatus.HELD, CheckStatus.SKIPPED), result.report


@pytest.mark.parametrize("cls", ALL_LAW_FAULTS, ids=lambda cls: cls.__name__)
def test_a_planted_fault_is_caught_by_a_tiny_example(cls: type) -> None:
    result = first_failure(cls)
    assert result is not None, f"{cls.__name__} was not caught"
    assert result.case is not None
    assert result.case.n <= 8 and result.case.d <= 3


@pytest.mark.parametrize("cls", REPORTED, ids=lambda cls: cls.__name__)
def test_a_fault_from_a_public_report_is_caught(cls: type) -> None:
    result = first_failure(cls)
    assert result is not None, f"{cls.__name__}, {REPORTED[cls]}, was not caught"
    assert cls.__base__ in REFERENCES  # whose correctness another test asks for
    assert result.case is not None and result.case.d <= 3


def test_most_examples_are_at_most_three_by_three() -> None:
    found = [
        result.case
        for cls in (*ALL_LAW_FAULTS, *REPORTED)
        if (result := first_failure(cls)) is not None and result.case is not None
    ]
    small = sum(case.n <= 3 and case.d <= 3 for case in found)
    print(
        f"{len(found)} of {len(ALL_LAW_FAULTS) + len(REPORTED)} caught, {small} of the law faults by an example of at most 3 x 3"
    )
    assert small >= 0.8 * (len(ALL_LAW_FAULTS) + len(REPORTED))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2020))
def test_no_false_alarm_over_all_laws(seed: int, tmp_path: Path) -> None:
    """``python -m tests.meta.false_alarms`` makes the same runs and can be interrupted."""
    assert [line["alarms"] for line in run([seed], tmp_path / "record") if line["alarms"]] == []


@pytest.mark.parametrize(
    ("base", "changes", "wrong", "checks"),
    [
        (
            Lion,
            {"weight_decay": 0.0},
            {"moved": lambda self, w, u, lr: w + lr * u},
            ("B2.margin", "B2.strong"),
        ),
        (AMSGrad, {}, {"averages": overwritten, "v_hat": Adam.v_hat}, ("B7.step", "B7.ceiling")),
    ],
    ids=["Lion", "AMSGrad"],
)
def test_bounds_reach_further_laws_and_refuse_their_violators(
    base: type, changes: dict[str, object], wrong: dict[str, object], checks: tuple[str, ...]
) -> None:
    right = type("Right", (base,), changes)
    for name in checks:
        assert run_check(BY_ID[name], subject_of(right), fixed_seed=5, examples=3).status is CheckStatus.HELD
        violator = subject_of(type("Wrong", (right,), wrong))
        assert run_check(BY_ID[name], violator, fixed_seed=5, examples=10).status is CheckStatus.FAILED
    if base is Lion:
        assert "weight decay" in BY_ID["B2.margin"].reason_to_skip(subject_of(Lion))


def test_finished_runs_are_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def full_run(cls: type, kind: str, seed: int) -> dict[str, object]:
        made.append((kind, law_of(cls), seed))
        return {"seed": seed, "law": law_of(cls), "kind": kind, "checks": 2, "examples": 9, "alarms": []}

    monkeypatch.setattr(false_alarms, "full_run", full_run)
    file = tmp_path / "record"
    first = next(run([1], file))
    with file.open("a") as out:
        out.write('\n{"seed": 1, "la')  # interrupted while it wrote
    assert recorded(file) == [first]
    assert len(list(run([1], file))) == 2 * len(LAWS) - 1 == len(made) - 1
    assert len(set(made)) == len(made)
    assert f"| {first['law']} | 1 | 2 | 9 | 0 | 1 | 2 | 9 | 0 |" in table(recorded(file))
