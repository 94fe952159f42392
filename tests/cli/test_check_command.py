"""``marginproof check`` and ``marginproof hunt``: exit codes, JSON, files."""

from __future__ import annotations

import itertools
import json

import pytest
from click.testing import CliRunner

from marginproof.constructions.corpus import corpus
from marginproof.properties.cli import main
from marginproof.properties.hunt import search
from marginproof.theory import checker

R6 = next(entry.path for entry in corpus() if entry.name == "R6-segment")


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


def test_a_valid_certificate():
    result = run("check", str(R6))
    assert result.exit_code == 0
    assert "1 of 1 VALID" in result.output


def test_an_invalid_one_names_the_reason(tmp_path):
    body = json.loads(R6.read_text())
    body["witness"]["lower"] = "4"
    path = tmp_path / "bad.json"
    path.write_text(json.dumps(body))
    result = run("check", str(path), str(R6), "--json", "-")
    assert result.exit_code == 1
    rows = json.loads(result.output)["certificates"]
    assert [row["verdict"] for row in rows] == ["INVALID", "VALID"]
    assert "lower bound" in rows[0]["says"]


def test_json_before_the_certificate_does_not_take_it_for_its_file():
    before = R6.read_bytes()
    result = run("check", "--json", str(R6))
    assert json.loads(result.output)["certificates"][0]["verdict"] == "VALID"
    assert R6.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"a,b,label\n1,2,yes\n", "expecting value in line 1, column 1"),
        (b"", "expecting value in line 1, column 1"),
        (b"\x93NUMPY\x01\x00", "bytes that are no text in UTF-8"),
        (R6.read_bytes()[:100], "in line"),
    ],
)
def test_a_file_that_is_no_json_is_said_to_be_none(tmp_path, content, found):
    path = tmp_path / "rows.csv"
    path.write_bytes(content)
    result = run("check", str(path), "--json", "-")
    assert result.exit_code == 1
    (row,) = json.loads(result.output)["certificates"]
    assert row["verdict"] == "INVALID"
    assert row["says"].startswith("a certificate is JSON and this file is not (")
    assert found in row["says"] and row["says"].endswith("give one that `marginproof hunt --out FILE` wrote")


@pytest.mark.parametrize(
    "text", ["{}", "[" * 100_000, '{"a": 0.5}', " " * (checker.MAX_BYTES + 1)], ids=range(4)
)
def test_json_that_is_refused_keeps_the_checkers_reason(tmp_path, text):
    path = tmp_path / "odd.json"
    path.write_text(text)
    result = run("check", str(path), "--json", "-")
    assert result.exit_code == 1
    assert json.loads(result.output)["certificates"][0]["says"] == checker.check(text.encode())[1]


def test_unsupported_is_exit_code_two(tmp_path):
    path = tmp_path / "new.json"
    path.write_text(json.dumps(json.loads(R6.read_text()) | {"kind": "lion"}))
    assert run("check", str(path)).exit_code == 2


@pytest.mark.parametrize("arguments", [(), ("no-such-file.json",), (str(R6), "--seconds", "0")])
def test_bad_input_is_one_sentence(arguments):
    result = run("check", *arguments)
    assert result.exit_code == 2


def test_a_missing_file_is_named_and_the_others_are_judged(tmp_path):
    result = run("check", str(R6), str(tmp_path / "none.json"))
    assert result.exit_code == 2
    assert "1 of 1 VALID" in result.stdout and "none.json is not a file" in result.stderr


def test_hunt_writes_a_certificate_that_checks(tmp_path):
    out = tmp_path / "r4.json"
    result = run("hunt", "R4", "--n", "3", "--d", "2", "--max-entry", "5", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert run("check", str(out)).exit_code == 0


def test_hunt_finds_nothing_and_says_that_this_proves_nothing():
    result = run("hunt", "R1", "--n", "2", "--d", "2", "--max-entry", "2", "--seconds", "0.3")
    assert result.exit_code == 1
    assert "proves nothing" in result.output


def test_hunt_says_if_the_time_was_too_short_for_anything(monkeypatch):
    monkeypatch.setattr(search, "clock", itertools.count().__next__)
    result = run("hunt", "R4", "--seconds", "3")
    assert result.exit_code == 1
    assert "before the first 500 data sets were done; give more --seconds" in result.output


def test_hunt_of_r7_needs_no_shape_and_says_what_was_passed(tmp_path):
    out = tmp_path / "r7.json"
    result = run("hunt", "R7", "--out", str(out), "--json", "-")
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert said["claim"] == said["certificate"]["claim"] == "R7"
    assert said["certificate"]["kind"] == "step_growth"
    assert [[str(int(v)) for v in row] for row in said["shrunk"]] == said["certificate"]["data"]
    assert "β₁ ≤ β₂ no gradients give one above" in run("hunt", "R7").output
    assert run("check", str(out)).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "message"), [(("--d", "2"), "d=2: R7"), (("--n", "2"), "n=2: R7 takes 3 gradients")]
)
def test_hunt_of_r7_refuses_other_shapes(tmp_path, arguments, message):
    out = tmp_path / "r7.json"
    result = run("hunt", "R7", *arguments, "--out", str(out))
    assert result.exit_code == 2
    assert result.output.startswith(f"error: {message}")
    assert result.output.count("\n") == 1
    assert not out.exists()


def test_hunt_of_r7_goes_on_from_a_state(tmp_path, monkeypatch):
    """Entries of 1 pass nothing, so the search goes on until the time is up."""
    monkeypatch.setattr(search, "clock", itertools.count().__next__)
    state = tmp_path / "state.json"
    asked = ("hunt", "R7", "--max-entry", "1", "--seconds", "160", "--state", str(state))
    assert run(*asked).exit_code == 1
    chunks = json.loads(state.read_text())["chunks"]
    assert chunks > 0
    run(*asked)
    assert json.loads(state.read_text())["chunks"] == 2 * chunks


def test_the_help_names_every_claim_that_can_be_hunted():
    from marginproof.properties.hunt.targets import TARGETS

    assert f"({', '.join(TARGETS)}, or your own module:function)" in " ".join(
        run("hunt", "--help").output.split()
    )


def test_hunt_resumes_and_refuses_another_hunts_state(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "clock", itertools.count().__next__)  # every look takes a second
    state = tmp_path / "state.json"
    first = (
        "hunt",
        "R1",
        "--n",
        "2",
        "--d",
        "2",
        "--max-entry",
        "2",
        "--seconds",
        "80",
        "--state",
        str(state),
    )
    run(*first)
    chunks = json.loads(state.read_text())["chunks"]
    assert chunks > 0
    run(*first)
    assert json.loads(state.read_text())["chunks"] > chunks
    other = run("hunt", "R4", "--state", str(state))
    assert other.exit_code == 2
    state.write_text("nonsense")
    assert run(*first).exit_code == 2


@pytest.mark.parametrize("option", ["--out", "--state", "--json"])
def test_hunt_refuses_a_missing_folder_before_it_starts(tmp_path, monkeypatch, option):
    monkeypatch.setattr("marginproof.properties.hunt.hunt", lambda *_: pytest.fail("the hunt was started"))
    result = run("hunt", "R4", option, str(tmp_path / "none" / "x.json"))
    assert result.exit_code == 2
    assert result.output.startswith(f"error: {option[2:]}=")
    assert result.output.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_hunt_of_an_unknown_claim():
    assert run("hunt", "R99").exit_code == 2


def test_an_interrupted_hunt_says_how_to_go_on(tmp_path, monkeypatch):
    chunks = []

    def stop(settings, chunk, seconds):
        chunks.append(chunk)
        if len(chunks) == 3:
            raise KeyboardInterrupt
        return search.Chunk(500, 500, 0, [])

    monkeypatch.setattr(search, "search_chunk", stop)
    state = tmp_path / "state.json"
    interrupted = run("hunt", "R4", "--state", str(state))
    assert interrupted.exit_code != 0
    assert f"go on from {state}" in interrupted.output
    assert json.loads(state.read_text())["chunks"] == 2
    monkeypatch.setattr(
        search,
        "search_chunk",
        lambda settings, chunk, _: chunks.append(chunk) or search.Chunk(500, 500, 0, []),
    )
    run("hunt", "R4", "--state", str(state), "--seconds", "0.2")
    assert chunks[:4] == [0, 1, 2, 2]


def test_a_time_limit_reached_names_the_option():
    result = run("check", "--seconds", "1e-6", str(R6), "--json", "-")
    (row,) = json.loads(result.output)["certificates"]
    assert (row["verdict"], row["says"]) == (
        "UNSUPPORTED",
        "the time limit was reached; allow more with --seconds",
    )


def test_a_name_is_printed_as_it_is_where_the_terminal_can(tmp_path):
    """Letters that do not print, and those that the terminal does not carry, are escaped."""
    path = tmp_path / "Beweis ü 1.json"
    path.write_bytes(R6.read_bytes())
    assert run("check", str(path)).output.startswith("Beweis ü 1.json: VALID. ")
    plain = CliRunner(charset="ascii").invoke(main, ["check", str(path)])
    assert plain.output.startswith(r"Beweis \xfc 1.json: VALID. ")
    hostile = path.rename(tmp_path / "a\x1b[2J\u202e.json")
    assert run("check", str(hostile)).output.startswith(r"a\x1b[2J\u202e.json: VALID. ")
