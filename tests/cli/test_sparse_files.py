"""Files with a large sparse matrix: kept sparse by the three commands, with the answers of the same rows dense."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.io import savemat
from scipy.sparse import csc_array, csr_array, hstack, random_array, save_npz

import marginproof as mp
from marginproof.constructions import tables
from marginproof.constructions.builtin import read, read_sparse
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.readers import svmlight
from marginproof.constructions.sparse import SparseDataset
from marginproof.properties.cli import main
from marginproof.theory.errors import MarginproofError

VERBS = ("separation", "margins", "predict")


def matrix(n: int, d: int, density: float, seed: int = 0) -> tuple[csr_array, np.ndarray]:
    rng = np.random.default_rng(seed)
    X = csr_array(random_array((n, d), density=density, rng=rng, data_sampler=rng.standard_normal))
    return X, np.where(np.arange(n) % 2, 1, -1)


def written(folder: Path, kind: str, X: csr_array, y: np.ndarray) -> Path:
    path = folder / f"rows{kind}"
    if kind == ".mat":
        savemat(path, {"X": csc_array(X), "y": y})
        return path
    if kind == ".npz":
        save_npz(path, csr_array(hstack([X, y[:, None] * 1.0])))
        return path
    lines = []
    for i, label in enumerate(y.tolist()):
        row = X[[i]].tocoo()
        pairs = zip(row.col.tolist(), row.data.tolist(), strict=True)
        lines.append(f"{label:+d} " + " ".join(f"{k + 1}:{v!r}" for k, v in sorted(pairs)))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture(scope="module", params=[".npz", ".svmlight"])
def wide(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("wide"), request.param, *matrix(200, 20_000, 0.02))


def run(*words: Any) -> Any:
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout), result.stderr


def test_a_wide_file_never_becomes_dense(wide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toarray = csr_array.toarray

    def small(self: Any, *given: Any) -> Any:
        assert self.shape[0] * self.shape[1] <= 20_000
        return toarray(self, *given)

    monkeypatch.setattr(
        csr_array, "toarray", lambda self: small(self) if self.shape[1] > 200 else toarray(self)
    )
    for verb in VERBS:
        answer, said = run(verb, wide, "--json")
        assert (answer["n_samples"], answer["n_features"]) == (200, 19_662)
        assert "all-zero column(s)" in said and "entries are zero" in said
    assert answer["limit"]["outcome"] == "fixed_point"


MEASURED = """
import contextlib, io, resource, sys
from marginproof.properties.cli import main
def peak(path):
    with contextlib.redirect_stdout(io.StringIO()):
        for verb in ("separation", "margins", "predict"):
            main([verb, path, "--json"], standalone_mode=False)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
small = peak(sys.argv[1])
print(peak(sys.argv[2]) - small)
"""


def test_a_wide_file_takes_little_memory(wide: Path, tmp_path: Path) -> None:
    """As dense rows, 32 MiB an array, these commands took 390 MiB."""
    few = written(tmp_path, wide.suffix, *matrix(20, 30, 0.5))
    command = [sys.executable, "-c", MEASURED, str(few), str(wide)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 80


@pytest.mark.parametrize("kind", [".npz", ".mat", ".svmlight", ".txt"])
@pytest.mark.parametrize("bias", [[], ["--bias"]])
def test_answers_are_those_of_dense_rows(
    kind: str, bias: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, kind, *matrix(20, 60, 0.3))
    drop = 3 if kind in (".npz", ".mat") else "feature3"
    dense = {verb: run(verb, path, "--json", "--drop", drop, *bias) for verb in VERBS}
    all_sparse(monkeypatch)
    assert isinstance(read_sparse(path), SparseDataset) and isinstance(read(path), Dataset)
    for verb in VERBS:
        (found, said), (known, known_said) = (
            run(verb, path, "--json", "--drop", drop, *bias),
            dense[verb],
        )
        assert said == known_said
        assert found["data"] == known["data"]
        if verb == "separation":
            assert (found["status"], found["features"]) == (known["status"], known["features"])
            assert found["with_intercept"]["features"] == known["with_intercept"]["features"]
            continue
        for norm in ("l2", "linf"):
            assert found[norm]["lower"] == pytest.approx(known[norm]["lower"], rel=1e-12)
            assert found[norm]["relative_width"] < 1e-12
        if verb == "predict":
            assert np.allclose(found["limit"]["direction"], known["limit"]["direction"], rtol=0, atol=1e-9)
            assert found["limit"]["support"] == known["limit"]["support"]


def all_sparse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every matrix counts as a large one."""
    for module in (tables, svmlight):
        monkeypatch.setattr(module, "EXACT_CELLS", 0)
    monkeypatch.setattr(tables, "SPARSE_SHARE", 1)


def test_small_and_full_matrices_stay_dense(tmp_path: Path) -> None:
    small = read_sparse(written(tmp_path, ".svmlight", *matrix(20, 60, 0.3)))
    assert isinstance(small, Dataset) and small.is_exact
    full = written(tmp_path, ".npz", *matrix(500, 500, 0.5))
    assert isinstance(read_sparse(full), Dataset)
    large = written(tmp_path, ".npz", *matrix(500, 500, 0.05))
    found = read_sparse(large)
    assert isinstance(found, SparseDataset)
    assert read(large) == found.dense() and read(large).notices == found.notices


def test_what_needs_dense_rows_gets_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    X, y = matrix(6, 9, 1.0)
    path = written(tmp_path, ".npz", X, y)
    words = ["predict", path, "--optimizer", "gd", "--json"]
    known, _ = run(*words)
    all_sparse(monkeypatch)
    found, _ = run(*words)
    assert found["limit"] == known["limit"]
    _, said = run("predict", path, "--certificate", tmp_path / "proof.json", "--json")
    assert "proof.json: VALID" in said
    for verb, file in (("separation", "separation"), ("margins", "linf")):
        _, said = run(verb, path, "--certificate", tmp_path / verb, "--json")
        assert f"{file}.json: VALID" in said
    compared, _ = run("margins", path, "--reference", "--json")
    assert compared["reference"]["l2"]["relative_difference"] < 1e-6
    shown, _ = run("data", path, "--json")
    assert shown["n_features"] == 9
    one_hot, said = run("margins", path, "--one-hot", 1, "--json")
    assert "column 1 became" in said and one_hot["n_features"] > 9


def test_certificates_of_more_columns_than_the_checker_takes_are_refused_at_once(wide: Path) -> None:
    for verb, place in zip(VERBS, ("proofs", "proofs", "proof.json"), strict=True):
        result = CliRunner().invoke(main, [verb, str(wide), "--certificate", place])
        assert result.exit_code == 2
        assert "at most 10,000 rows and columns" in result.stderr and not Path(place).exists()


def test_rows_that_do_not_separate_are_refused_in_the_same_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    X, y = matrix(12, 5, 0.8)
    path = written(tmp_path, ".npz", X, y)

    def refused() -> list[str]:
        results = [CliRunner().invoke(main, [verb, str(path)]) for verb in ("margins", "predict")]
        assert [result.exit_code for result in results] == [2, 2]
        return [line for result in results for line in result.stderr.splitlines() if line.startswith("error")]

    dense = refused()
    all_sparse(monkeypatch)
    sparse = refused()
    assert all(
        "are not linearly separable" in line and "the classes overlap" in line for line in dense + sparse
    )
    with pytest.raises(mp.NotSeparableError, match="the classes overlap"):
        mp.predict(csr_array(X * 1.0), labels=y)


def test_python_keeps_files_sparse_too(wide: Path) -> None:
    found = mp.predict(str(wide))
    assert found.problem.compressed and found.limit.outcome.value == "fixed_point"
    assert mp.margins(wide).l2.bracket.relative_width < 1e-12


@pytest.mark.parametrize("kind", [".npz", ".svmlight"])
def test_bad_sparse_files_are_refused(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    all_sparse(monkeypatch)
    X, y = matrix(6, 9, 0.6)
    name = "column 9" if kind == ".npz" else "column 'feature9'"
    for value, message in ((np.nan, "nan in row 3, {} is not finite"), (1e90, "in row 3, {} is outside")):
        wrong = X.tolil()
        wrong[2, 8] = value
        path = written(tmp_path, kind, csr_array(wrong), y)
        with pytest.raises(MarginproofError, match=message.format(name)):
            read_sparse(path)
        option = "9" if kind == ".npz" else "feature9"
        assert read_sparse(path, drop=[option]).n_features == 8


def test_a_sparse_matrix_with_wrong_places_is_refused(tmp_path: Path) -> None:
    X, y = matrix(6, 9, 0.6)
    whole = csr_array(hstack([X, y[:, None] * 1.0]))
    np.savez(
        tmp_path / "d.npz",
        data=whole.data,
        indices=whole.indices + 5,
        indptr=whole.indptr,
        shape=whole.shape,
        format=b"csr",
    )
    with pytest.raises(MarginproofError, match=r"not a readable \.npz file"):
        read_sparse(tmp_path / "d.npz")


def test_an_index_among_sparse_columns_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    all_sparse(monkeypatch)
    X, y = matrix(8, 9, 0.4)
    counted = csr_array(hstack([csr_array(np.arange(8.0)[:, None]), X]))
    path = written(tmp_path, ".npz", counted, y)
    notices = read_sparse(path).notices
    assert [notice for notice in notices if "looks like an index (0…7)" in notice and "column 1 " in notice]
    found = read_sparse(path, index="1")
    assert found.row_names[:2] == ("0.0", "1.0") and found.n_features == 9


def test_text_of_another_form_is_no_svmlight(tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text("# times\n1 12:30,5\n0 2:1,3\n")
    assert (
        "lines are read as label index:value …"
        not in read(path, delimiter=",", one_hot=["1"], label="2").notices
    )
    path.write_text("# twice\n+1 1:1/3 # a half\n\n-1 2:1\n")
    data = read(path)
    assert data.notices[0] == "lines are read as label index:value …"
    assert [str(v) for v in data.exact.ravel()] == ["1/3", "0", "0", "-1"]


def test_fractions_in_large_svmlight_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    all_sparse(monkeypatch)
    path = tmp_path / "d.svmlight"
    path.write_text("1 1:1/4\n0 7:2\n")
    assert read(path).X.tolist() == [[0.25, 0.0], [0.0, -2.0]]
    path.write_text("1 1:1/4\n0 7:a\n")
    with pytest.raises(MarginproofError, match="text 'a' in row 2, column 'feature7' is not a number"):
        read(path)
