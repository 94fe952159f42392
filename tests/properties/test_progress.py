"""Bars and spinners that wait before they show themselves."""

from __future__ import annotations

import time

import pytest

from marginproof.properties import progress
from marginproof.properties.progress import LateBar, late_spinner


@pytest.mark.parametrize(
    ("terminal", "patience", "shown"), [(True, 0.0, True), (True, 60.0, False), (False, 60.0, False)]
)
def test_a_spinner_shows_on_a_terminal_after_its_patience(monkeypatch, capsys, terminal, patience, shown):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1" if terminal else "")  # rich's way to take any stream for a terminal
    with late_spinner("solving", patience):
        time.sleep(0.2)
    assert ("solving" in capsys.readouterr().err) is shown


def test_a_spinner_can_be_relabelled_before_it_shows_and_after(monkeypatch, capsys):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with late_spinner("solving", 0.0) as relabel:
        relabel("solving: half done")
        time.sleep(0.2)
        relabel("solving: all done")
    shown = capsys.readouterr().err
    assert "half done" in shown
    assert "all done" in shown


def test_nothing_at_all_is_written_where_it_never_showed(capsys):
    with late_spinner("solving", 60.0):
        pass
    assert capsys.readouterr() == ("", "")


def test_an_error_passes_through():
    with pytest.raises(KeyError, match="inner"), late_spinner("solving", 60.0):
        raise KeyError("inner")


def test_in_a_pipe_a_line_is_written_after_the_patience_and_again(monkeypatch, capsys):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setattr(progress, "PIPED", 0.05)
    monkeypatch.setattr(progress, "AGAIN", 0.05)
    with late_spinner("solving", 0.05) as relabel:
        time.sleep(0.2)
        relabel("proving")
        time.sleep(0.2)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "solving … 0 s"
    assert "proving … 0 s" in lines


def test_in_a_pipe_a_bar_is_lines(monkeypatch, capsys):
    monkeypatch.delenv("TTY_COMPATIBLE", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "")
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.setattr(progress, "PIPED", 0.0)
    with LateBar("steps", 10) as bar:
        bar(3)
        bar(4)  # not again so soon
    assert capsys.readouterr().err == "steps: 3 of 10\n"
