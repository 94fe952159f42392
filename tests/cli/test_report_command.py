"""``marginproof report``: a whole run from the command line, and its refusals."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from marginproof.properties.cli import main
from marginproof.properties.report.claims import Known
from marginproof.properties.verification.verdict import judge
from marginproof.theory.claims.claim import QUICK


def run(*arguments: str, code: int = 0):
    result = CliRunner().invoke(main, ["report", *arguments])
    assert result.exit_code == code, result.output
    return result


def test_a_page_on_a_file(tmp_path, monkeypatch):
    monkeypatch.setattr("marginproof.properties.report.drawing.POINTS", 3)
    data = tmp_path / "rows.csv"
    data.write_text("a,b,label\n1,2,1\n2,1,1\n-1,-3,-1\n")
    out = tmp_path / "page"
    said = run(str(data), "two-limits", "--out", str(out), "--claims", "none", "--steps", "1000").output
    assert f"Wrote {out / 'index.html'}: 2 data sets" in said
    text = (out / "index.html").read_text(encoding="utf-8")
    assert "rows" in text and "two-limits" in text and "not judged" not in text and 'id="claims"' not in text
    # no claim was judged, so no certificate is referred to
    assert not (out / "certificates").exists() and "certificates/" not in text
    # the same command may write over all of it
    monkeypatch.setattr("marginproof.properties.report.build.build", lambda datasets, out, **settings: out)
    run(str(data), "two-limits", "--out", str(out), "--claims", "none", "--steps", "1000")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["no-such-data"], "no-such-data"),
        (["two-limits", "--claims", "some"], "claims=some"),
        (["two-limits", "--steps", "10"], "steps=10"),
        (["bad.csv"], "data=bad.csv are not linearly separable"),
        (["bad.csv", "bad.csv"], "data=bad.csv, bad.csv: none is linearly separable"),
    ],
)
def test_bad_input_is_one_sentence_and_writes_nothing(tmp_path, monkeypatch, arguments, words):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.csv").write_text("a,b,label\n1,1,1\n2,2,-1\n-1,-1,1\n")
    options = [] if "--claims" in arguments else ["--claims", "none"]
    result = run(*arguments, "--out", "page", *options, code=2)
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and re.search(words, errors[0]), errors
    assert [path.name for path in tmp_path.iterdir()] == ["bad.csv"]


def test_a_set_that_is_not_separable_is_left_out_by_name_and_the_others_have_their_page(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    built = []
    monkeypatch.setattr(
        "marginproof.properties.report.build.build",
        lambda datasets, out, **settings: built.extend(one.name for one in datasets) or out / "index.html",
    )
    (tmp_path / "bad.csv").write_text("a,b,label\n1,1,1\n2,2,-1\n-1,-1,1\n")
    result = run("bad.csv", "two-limits", "--out", "page", "--claims", "none", code=1)
    assert "notice: left out: data=bad.csv are not linearly separable" in result.stderr
    assert built == ["two-limits"]
    assert "Wrote page/index.html: 1 data set." in result.output


@pytest.mark.parametrize("data", [(), ("two-limits",)])
def test_kept_verdicts_are_shown_and_said_and_nothing_is_judged_unasked(tmp_path, monkeypatch, data):
    """A page does not wait for the claims to be judged again, and says where its verdicts are from."""
    asked = []
    monkeypatch.setattr(
        "marginproof.properties.report.build.build",
        lambda datasets, out, **settings: asked.append(settings["mode"]) or out / "index.html",
    )
    monkeypatch.setattr("marginproof.properties.report.claims.kept", dict)
    sets = "1 data set" if data else "6 data sets"
    said = run(*data, "--out", str(tmp_path / "page"))
    assert asked == ["kept"] and f"index.html: {sets}." in said.output
    assert "marginproof verify judges them" in said.stderr
    verdict = judge("R7", QUICK)
    known = {"R7": Known("quick", verdict, datetime(2026, 1, 2, 3, 4, tzinfo=UTC))}
    monkeypatch.setattr("marginproof.properties.report.claims.kept", lambda: known)
    said = run(*data, "--out", str(tmp_path / "page"))
    assert f"index.html: the claims and {sets}." in said.output
    assert "1 verdict kept from marginproof verify --profile quick (2026-01-02 03:04 UTC); " in said.stderr
    assert "--claims quick judges all again" in said.stderr
