"""What every command does alike: a mistyped name, ``-q``, wrapped lines on a terminal and whole ones in a pipe."""

from __future__ import annotations

import io
import sys
import time

import pytest
from click.testing import CliRunner

from marginproof.properties import progress
from marginproof.properties.cli import main, output
from marginproof.properties.progress import counted, doing, late_spinner

LONG = "the l_inf direction " * 12 + "ends"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["predikt", "iris"], "did you mean predict?"),
        (["plot", "portrat", "iris"], "did you mean portrait?"),
        (["zzz"], "choose one of data, "),
        (["predict", "iris", "--optimizr", "gd"], "Did you mean '--optimizer'?"),
    ],
)
def test_a_mistyped_name_is_answered_with_the_nearest(words: list[str], meant: str) -> None:
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 2 and meant in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_quiet_drops_notices_and_keeps_the_result() -> None:
    words = ["predict", "two-limits", "--beta", "0.9"]  # beta plays no part in AdamProxy
    loud, quiet = CliRunner().invoke(main, words), CliRunner().invoke(main, [*words, "-q"])
    assert "plays no part" in loud.stderr
    assert quiet.stderr == "" and quiet.stdout == loud.stdout


def test_a_sentence_is_wrapped_at_words_on_a_terminal_and_whole_in_a_pipe(monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    for stream, lines in ((Terminal(), 7), (io.StringIO(), 1)):
        monkeypatch.setattr(sys, "stdout", stream)
        output.say(LONG)
        said = stream.getvalue().splitlines()
        assert (len(said) == 1) == (lines == 1)
        assert " ".join(said) == LONG.replace("l_inf", "ℓ∞")
        assert lines == 1 or max(map(len, said)) <= 40


def test_a_stream_without_unicode_is_written_in_ascii(monkeypatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    output.say("β1 ≤ β2 and the ℓ∞ margin γ∞")
    output.table("2 × 2", ["angle to ℓ₂"], [["29°"]])
    sys.stdout.flush()
    said = raw.getvalue().decode("ascii")
    assert said.startswith("beta1 <= beta2 and the linf margin gamma_inf\n")
    assert "2 x 2" in said and "angle to l2" in said and "29 deg" in said


def test_long_work_names_what_it_is_at_in_a_pipe(monkeypatch, capsys) -> None:
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setattr(progress, "PIPED", 0.05)
    monkeypatch.setattr(progress, "AGAIN", 0.05)
    with late_spinner("study cycle", 0.05):
        doing("Inc-Adam on cycle-3x3")
        time.sleep(0.12)
    said = capsys.readouterr().err
    assert "study cycle: Inc-Adam on cycle-3x3 … 0 s" in said
    doing("nothing is open any more")
    assert capsys.readouterr().err == ""


def test_parts_are_counted_and_named(monkeypatch, capsys) -> None:
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setattr(progress, "PATIENCE", 0.05)
    monkeypatch.setattr(progress, "PIPED", 0.05)
    with counted("claims", 41) as at:
        at(3, "I4")
        time.sleep(0.12)
    assert "claims: 3 of 41, at I4 … 0 s" in capsys.readouterr().err
