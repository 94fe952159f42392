"""Sweeps: the table, resumed or on a cluster, is the one of a single run; refusals stand in it."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from marginproof.constructions.paper import two_limits
from marginproof.properties.cli import main
from marginproof.properties.sweep import sweep as module
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.optimizers import Adam

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "sweep.toml"
SMALL = """
data = ["two-limits", {file = "rows.csv", folded = true}]
optimizers = ["adamproxy", {name = "adam", beta1 = 0.9, beta2 = [0.95, 0.99]}]
lr = ["vanishing", 0.01]
seeds = [0, 1]
"""


def run(*words: Any) -> Result:
    return CliRunner().invoke(main, ["sweep", *map(str, words)])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    (tmp_path / "rows.csv").write_text("3,1\n1,2\n")
    (tmp_path / "s.toml").write_text(SMALL)
    return tmp_path / "s.toml"


def test_rows_hold_the_limits(plan: Path) -> None:
    assert run(plan).exit_code == 0
    rows = rows_of(plan.with_suffix(".csv"))
    assert len(rows) == 2 * 3 * 2 * 2
    row = next(
        r
        for r in rows
        if (r["data"], r["settings"], r["lr"], r["seed"])
        == ("two-limits", "beta1=0.9 beta2=0.95", "vanishing", "1")
    )
    field = Adam(0.9, 0.95).field(2)
    start = np.random.default_rng(1).normal(size=2)
    known = solve(LimitProblem(two_limits().entries, field), start)
    assert [float(v) for v in row["direction"].split()] == pytest.approx(known.direction.tolist(), abs=1e-12)
    assert row["outcome"] == "fixed_point"


def test_an_interrupted_sweep_goes_on_to_the_same_table(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = plan.with_suffix(".csv")
    run(plan)
    whole = table.read_text()
    table.write_text(whole[: len(whole) // 2])  # ends within a row
    computed: list[Any] = []
    once = module.row_of
    monkeypatch.setattr(module, "row_of", lambda case: (computed.append(case), once(case))[1])
    assert run(plan).exit_code == 0
    assert table.read_text() == whole
    assert 0 < len(computed) < len(rows_of(table))


def test_a_dask_cluster_writes_the_same_table(plan: Path) -> None:
    distributed = pytest.importorskip("distributed")
    table = plan.with_suffix(".csv")
    run(plan)
    with distributed.Client(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None):
        result = run(plan, "--backend", "dask", "--out", plan.with_name("dask.csv"))
    assert result.exit_code == 0, result.output
    assert plan.with_name("dask.csv").read_text() == table.read_text()


@pytest.mark.slow
def test_processes_of_a_local_cluster_and_of_loky_write_the_same_table(plan: Path) -> None:
    pytest.importorskip("distributed")
    run(plan)
    for backend in ("loky", "dask"):
        out = plan.with_name(f"{backend}.csv")
        assert run(plan, "--backend", backend, "--jobs", 2, "--out", out).exit_code == 0
        assert out.read_text() == plan.with_suffix(".csv").read_text()


def test_the_example_runs(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE, tmp_path)
    result = run(tmp_path / "sweep.toml")
    rows = rows_of(tmp_path / "sweep.csv")
    assert len(rows) == 24 and "sweep.csv: 24 rows" in result.output
    assert result.exit_code == (1 if any(row["outcome"] == "refused" for row in rows) else 0)


def test_what_cannot_be_predicted_stands_in_the_table(plan: Path) -> None:
    plan.write_text('data = "sr4"\noptimizers = "adam"\nbatch_sizes = [1, 3]\n')
    result = run(plan)
    assert result.exit_code == 1
    reasons = [row["reason"] for row in rows_of(plan.with_suffix(".csv"))]
    assert reasons[0] == "" and "batch_size=3" in reasons[1]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data = [", "not readable TOML"),
        ('optimizers = "gd"', "data is missing"),
        ('data = []\noptimizers = "gd"', "data=[] in file="),
        ('data = "sr4"\noptimizers = "gd"\nlr = []', "lr=[] in file="),
        ('data = "sr4"\noptimizers = {name = "adam", beta2 = []}', "beta2=[] of optimizer=adam is empty"),
        ('data = "sr4"\noptimizers = "gd"\nsampling = "cylic"', "sampling='cylic' is unknown"),
        ('data = "sr4"\noptimizers = "sgdd"', "optimizers='sgdd' names none"),
        ('data = "sr4"\noptimizers = {name = "gd", beta = 0.9}', "beta"),
        ('data = "sr4"\noptimizers = {name = "adam", beta1 = "x"}', "beta1=x"),
        ('data = "sr4"\noptimizers = {name = "adam", beta2 = 2}', "beta2=2"),
        ('data = "sr4"\noptimizers = "gd"\nlr = -1', "lr=-1"),
        ('data = "sr4"\noptimizers = "gd"\nbatch_sizes = 0', "batch_sizes=0"),
        ('data = "sr4"\noptimizers = "gd"\nseeds = "a"', "seeds='a'"),
        ('data = "sr4"\noptimizers = "gd"\nbatchsize = 1', "batchsize=1 is not a key"),
        ('data = ["sr4", "none.csv"]\noptimizers = "gd"', "file=none.csv does not exist"),
        ('data = ["sr4", "irsi"]\noptimizers = "gd"', "did you mean iris?"),
        ('data = {file = "rows.csv", label = "z"}\noptimizers = "gd"', "label=z is not a column of file="),
        ('data = {file = "x.csv", lable = 1}\noptimizers = "gd"', "data.lable=1"),
    ],
)
def test_bad_plans_are_refused_and_nothing_is_written(plan: Path, text: str, message: str) -> None:
    plan.write_text(text)
    result = run(plan)
    assert result.exit_code == 2 and message in result.stderr
    assert not plan.with_suffix(".csv").exists()


def test_a_plan_that_is_not_there_is_named(plan: Path) -> None:
    result = run(plan.with_name("none.toml"))
    assert result.exit_code == 2 and "none.toml cannot be read: no such file" in result.stderr


def test_another_table_or_other_data_are_not_written_over(plan: Path) -> None:
    table = plan.with_suffix(".csv")
    table.write_text("a,b\n1,2\n")
    assert "is no table of a sweep" in run(plan).stderr
    assert table.read_text() == "a,b\n1,2\n"
    table.unlink()
    run(plan)
    (plan.parent / "rows.csv").write_text("3,1\n1,5\n")
    assert "as they were before" in run(plan).stderr
    assert run(plan, "--backend", "ray", "--out", plan.with_name("x.csv")).exit_code == 2
    plan.write_text('data = ["two-limits"]\noptimizers = ["gd"]\n')
    assert "rows of another sweep" in run(plan).stderr


def test_what_stands_twice_is_predicted_once_and_said(plan: Path) -> None:
    plan.write_text('data = ["sr4", "sr4"]\noptimizers = ["gd", "gd"]\n')
    result = run(plan)
    assert "notice: 3 of 4 cases stand twice" in result.stderr
    assert "s.csv: 1 row, 0 of them refused" in result.stdout
    plan.write_text('data = "sr4"\noptimizers = ["gd", "signgd"]\n')
    assert "twice" not in run(plan, "--out", plan.with_name("two.csv")).stderr


def test_data_that_are_not_separable_are_named_with_the_command_that_says_more(plan: Path) -> None:
    (plan.parent / "rows.csv").write_text("a,y\n1,0\n2,0\n3,1\n4,1\n")
    plan.write_text('data = "rows.csv"\noptimizers = "gd"\n')
    assert run(plan).exit_code == 1
    (row,) = rows_of(plan.with_suffix(".csv"))
    for part in (
        "rows.csv are not linearly separable",
        "with an intercept (--bias) it is complete",
        "marginproof separation",
    ):
        assert part in row["reason"]


def test_a_table_goes_on_from_another_folder(plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same files, named from where the command stands."""
    below = plan.parent / "below"
    below.mkdir()
    monkeypatch.chdir(plan.parent)
    assert run(plan.name).exit_code == 0
    first = rows_of(plan.with_suffix(".csv"))
    monkeypatch.setattr(module, "row_of", lambda case: pytest.fail("nothing is to be computed again"))
    monkeypatch.chdir(below)
    for name in (f"../{plan.name}", plan):
        again = run(name)
        assert again.exit_code == 0, again.output
    found = rows_of(plan.with_suffix(".csv"))
    assert [row | {"data": ""} for row in found] == [row | {"data": ""} for row in first]
    (plan.parent / "rows.csv").write_text("3,1\n1,5\n")
    monkeypatch.chdir(plan.parent)
    assert run(plan.name).exit_code == 2


def test_refusals_are_told_once_and_counted(plan: Path) -> None:
    """Five batch sizes that do not divide N, each at two step sizes."""
    plan.write_text(
        'data = "sr4"\noptimizers = "adam"\nbatch_sizes = [3, 5, 6, 7, 9]\nlr = ["vanishing", 0.01]\n'
    )
    said = run(plan).stdout
    assert said.count("refused (2 cases): sr4, adam, batch size ") == 3, said
    assert f"4 more cases refused; the reasons stand in {plan.with_suffix('.csv')}." in said


def test_a_sweep_that_is_stopped_says_that_the_same_command_goes_on(
    plan: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*words: Any, **more: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "row_of", stop)
    monkeypatch.setattr(module, "Parallel", lambda **how: stop)
    result = run(plan)
    assert result.exit_code == 130
    assert (
        f"the sweep was interrupted; give it again to go on from {plan.with_suffix('.csv')}" in result.stderr
    )
