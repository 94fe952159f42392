import json

from click.testing import CliRunner

from marginproof.constructions.corpus import FOLDER
from marginproof.properties.cli import main


def run(*arguments):
    return CliRunner().invoke(main, ["export", *map(str, arguments)])


def test_the_file_is_printed_or_written(tmp_path):
    path = FOLDER / "R4-margin.json"
    printed = run(path, "--to", "coq")
    assert printed.exit_code == 0
    assert "Theorem conclusion" in printed.output
    assert run(path, "--to", "coq", "-o", tmp_path / "a.v").exit_code == 0
    assert (tmp_path / "a.v").read_text() == printed.output


def test_what_is_not_valid_is_not_exported_and_nothing_is_written(tmp_path):
    body = json.loads((FOLDER / "R4-margin.json").read_text())
    body["witness"]["upper"] = "1/2"
    (tmp_path / "wrong.json").write_text(json.dumps(body))
    out = run(tmp_path / "wrong.json", "--to", "coq", "-o", tmp_path / "a.v")
    assert (out.exit_code, (tmp_path / "a.v").exists()) == (2, False)
    assert "INVALID" in out.output
    assert run(tmp_path / "none.json", "--to", "coq").exit_code == 2
    assert run(FOLDER / "R3-cycle-proxy.json", "--to", "coq").exit_code == 2
    assert run(FOLDER / "R4-margin.json", "--to", "coq", "-o", tmp_path / "none" / "a.v").exit_code == 2
