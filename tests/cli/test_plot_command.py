"""``marginproof plot``: every figure, its files and its refusals."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main


def run(*arguments: str, code: int = 0):
    result = CliRunner().invoke(main, ["plot", *arguments])
    assert result.exit_code == code, result.output
    return result


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("portrait", ["--optimizer", "adam", "--start", "0,0.733"]),
        ("convergence", ["--steps", "2000", "--start", "0,0.733"]),
        ("margins", ["--steps", "2000", "--beta2", "99/100"]),
        ("batch", ["--steps", "2000", "--lr", "0.05"]),
        ("beta", ["--steps", "2000", "--beta1", "0.8"]),
        ("step", ["--optimizer", "adam"]),
    ],
)
@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_every_figure_in_every_format(tmp_path, kind, options, suffix):
    out = tmp_path / f"figure.{suffix}"
    assert f"Wrote {out}" in run(kind, "two-limits", "--out", str(out), *options).output
    assert out.stat().st_size > 5000


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["portrait", "iris", "--out", "x.svg"], "n_samples="),
        (["portrait", "two-limits", "--optimizer", "signum", "--out", "x.svg"], "field=Sign"),
        (["portrait", "two-limits", "--out", "x.gif"], "out=x.gif"),
        (["portrait", "no-such-data", "--out", "x.svg"], "no-such-data"),
        (["portrait", "two-limits", "--out", "/dev/null/x.svg"], "out=/dev/null/x.svg"),
        (["convergence", "sr4", "--out", "x.svg", "--steps", "1"], "steps=1"),
        (["convergence", "sr4", "--out", "x.svg", "--beta1", "0.99"], "beta1="),
        (["beta", "sr4", "--out", "x.svg", "--beta1", "0.9999"], "beta1="),
        (["batch", "sr4", "--out", "x.svg", "--beta2", "two"], "beta2=two"),
        (["batch", "sr4", "--out", "x.svg", "--lr", "-1"], "lr=-1"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, code=2)
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and words in errors[0]
    assert not list(tmp_path.iterdir())


def test_the_folder_of_the_figure_is_made(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run("portrait", "two-limits", "--out", "new/deep/x.png")
    assert (tmp_path / "new" / "deep" / "x.png").is_file()
