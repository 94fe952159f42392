"""The report: honest numbers, a page that stands alone, and a real browser that agrees."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from html import escape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from marginproof.constructions.builtin import load
from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.measure import course, landmarks
from marginproof.properties.presentation.colours import DARK, LIGHT, SERIES, TEXTS
from marginproof.properties.presentation.notation import in_html as symbols
from marginproof.properties.report import build as building
from marginproof.properties.report import claims as claim_module
from marginproof.properties.report.build import build, check_folder, total_parts
from marginproof.properties.report.claims import claim_rows
from marginproof.properties.report.data import limit_row, section
from marginproof.properties.report.findings import findings
from marginproof.properties.report.page import counts, render
from marginproof.properties.verification.verdict import judge
from marginproof.theory.batching import Cyclic
from marginproof.theory.claims.claim import QUICK
from marginproof.theory.errors import MarginproofError, NotSeparableError
from marginproof.theory.limit.problem import Outcome
from marginproof.theory.optimizers import Adam, Signum
from marginproof.theory.registry import claims
from marginproof.theory.verdicts import Verdict

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
STEPS = 2000
ROOT = Path(__file__).resolve().parents[3]
JUDGED = ("I4", "B6", "R6", "R7")
"""Claims that take a few seconds at most; the rest stand as not judged."""
TRICKY = Dataset.of([[5, 1], [1, 4]], name='<b>&"tricky" é')


@pytest.fixture(scope="module", autouse=True)
def few_points():
    """Sweeps of three limits are enough here; tests/properties/plots/test_plots.py looks at sweeps."""
    patch = pytest.MonkeyPatch()
    patch.setattr("marginproof.properties.report.drawing.POINTS", 3)
    yield
    patch.undo()


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A page on three data sets with four verdicts, and the parts that were reported while it was built."""
    out = tmp_path_factory.mktemp("report") / "page"
    patch = pytest.MonkeyPatch()
    verdicts = {name: claim_module.Known("quick", judge(name, QUICK)) for name in JUDGED}
    patch.setattr(
        building,
        "claim_rows",
        lambda *_: [claim_module.ClaimRow(one, verdicts.get(name)) for name, one in claims().items()],
    )
    parts: list[str] = []
    build([load("two-limits"), load("cycle-3x3"), TRICKY], out, steps=STEPS, on=parts.append)
    patch.undo()
    return out, parts


class Page(HTMLParser):
    """Ids, links and elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        self.links += [found[key] for key in ("href", "xlink:href", "src") if key in found]


@pytest.fixture(scope="module")
def page(report):
    return Page((report[0] / "index.html").read_text(encoding="utf-8"))


def test_every_link_resolves_and_none_leaves_the_folder(report, page):
    out, _ = report
    assert len(page.ids) == len(set(page.ids)), "ids are unique"
    links = [link for link in page.links if link != "data:,"]
    files = [link for link in links if not link.startswith("#")]
    assert len(files) > 20
    for link in links:
        assert not re.match(r"[a-z]+:|//", link), link
        assert (link[1:] in page.ids) if link.startswith("#") else (out / link).is_file(), link


def test_certificates_are_copied_and_valid(report):
    from marginproof.theory import checker

    copies = sorted((report[0] / "certificates").iterdir())
    asked = {path.name for name in JUDGED for path in claim_module.files_of(name)}
    assert (
        {path.name for path in copies}
        == asked
        == {"R4-margin.json", "R6-segment.json", "R7-step-growth.json"}
    )
    assert checker.check((report[0] / "certificates" / "R6-segment.json").read_bytes())[0] == "VALID"
    for copy in copies:
        json.loads(copy.read_text())


def test_figures_are_inlined_with_alt_texts_and_saved_twice(report, page):
    out, _ = report
    saved = {path.name for path in (out / "figures").iterdir()}
    stems = {Path(name).stem for name in saved}
    assert saved == {f"{stem}{kind}" for stem in stems for kind in (".svg", ".png")}
    figures = [found for tag, found in page.tags if tag == "svg" and "aria-hidden" not in found]
    assert len(figures) == 2 * len(stems) == 30, "large, and small for a phone"
    words = [found["aria-label"] or "" for found in figures]
    assert all(found["role"] == "img" for found in figures)
    assert 2 * len(set(words)) == len(words), "each figure is described, not its kind"
    assert all(re.search(r"\d", text) for text in words), "with the numbers it shows"
    assert any("limit cycle" in text for text in words) and any("Signum" in text for text in words)


def test_headings_descend_without_gaps(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_brackets_stand_beside_b6(report):
    text = (report[0] / "index.html").read_text(encoding="utf-8")
    row = text[text.index('id="claim-B6"') :].split("</tr>")[0]
    assert "certificates/R4-margin.json" in row and "certificates/R6-segment.json" in row


def test_plain_text_is_set_with_the_paper_s_symbols():
    assert symbols("l_inf at β1 <= β2, l2") == "ℓ<sub>∞</sub> at β<sub>1</sub> ≤ β<sub>2</sub>, ℓ<sub>2</sub>"
    assert symbols("<b>") == "&lt;b&gt;"


@pytest.mark.parametrize(("name", "settled"), [("iris", False), ("two-limits", True)])
def test_a_run_that_has_not_settled_is_called_so(name, settled):
    """On iris per-sample Adam is still 0.01 off after 300,000 steps; see properties/plots/measure.py on the rate."""
    data = load(name)
    one = course(data, Adam(), steps=300_000)
    row = limit_row(data, one, landmarks(data))
    assert row.settled is settled and row.gap is not None


def test_a_caption_on_a_phone_says_where_its_own_panels_stand(report):
    text = (report[0] / "index.html").read_text(encoding="utf-8")
    notes = re.findall(r'<figcaption>.*?<span class="small">(.*?)</span>', text, re.S)
    assert any("Above: min" in note for note in notes) and not any("Left: min" in note for note in notes)
    assert "η<sub>t</sub> = 0.1 (t + 2)<sup>-0.5</sup>" in text


def test_a_run_on_its_prediction_to_rounding_has_settled():
    data = load("two-limits")
    row = limit_row(data, course(data, Signum(Fraction(99, 100)), Cyclic(1), steps=20_000), landmarks(data))
    assert row.rate is None and row.settled is True


def test_names_are_escaped(report):
    text = (report[0] / "index.html").read_text(encoding="utf-8")
    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;" in text


def test_verdicts_are_those_of_the_verdicts(report):
    text = (report[0] / "index.html").read_text(encoding="utf-8")
    for name in JUDGED:
        row = text[text.index(f'id="claim-{name}"') :].split("</tr>")[0]
        words = {claims()[name].expected.value} | (
            {"PROVED"} if name == "B6" else set()
        )  # by Coq's kernel, if there
        assert sum(f'class="word {word}"' in row for word in words) == 1
    assert 'id="claim-L1"' not in text and "not judged" not in text, (
        "claims that were not judged are left out"
    )


def test_the_page_leads_with_three_findings_and_the_portrait(report):
    text = (report[0] / "index.html").read_text(encoding="utf-8")
    head = text[text.index("<header>") : text.index("</header>")]
    found = re.findall(r"<li>([^<].*?)</li>", head.split("<nav")[0])
    assert len(found) == 3
    assert any("cycle-3x3: AdamProxy’s update direction never converges" in one for one in found)
    assert any("R3-cycle-proxy.json" in one for one in found)
    assert any("the start decides; AdamProxy has 2 attracting fixed points" in one for one in found)
    assert "-portrait.svg" in head, "the picture stands there"
    assert text.count('id="method"') == 1


def test_data_that_were_named_stand_before_the_claims():
    rows = [claim_module.ClaimRow(claims()["R7"], claim_module.Known("quick", judge("R7", QUICK)))]
    one = section(load("two-limits"), STEPS)
    for data_first in (True, False):
        text = render(rows, [one], "", data_first)
        assert (text.index('id="data-1') < text.index('id="claims"')) is data_first


def test_progress_counts_every_part():
    parts: list[str] = []
    data = load("two-limits")
    section(data, STEPS, parts.append)
    claim_rows("none", 1)
    assert len(parts) == total_parts([data], "none") - 1


def test_a_claim_below_expectation_is_shown_as_such():
    verdict = judge("R7", QUICK)
    from dataclasses import replace

    short = replace(verdict, verdict=Verdict.UNDECIDED, reason="a planted failure")
    rows = [
        claim_module.ClaimRow(claims()["R7"], claim_module.Known("quick", short)),
        claim_module.ClaimRow(claims()["I4"], None),
    ]
    text = render(rows, [], "")
    assert "Below the expected verdict: R7." in text
    assert "expected REFUTED" in text and "a planted failure" in text
    assert counts(rows) == [("UNDECIDED", 1), ("not judged", 1)]
    assert 'id="claim-I4"' not in text


def test_kept_verdicts_are_used_only_if_by_the_present_sources(monkeypatch, tmp_path):
    verdict = judge("R7", QUICK)
    state = tmp_path / "verify-thorough.json"
    state.touch()
    os.utime(state, (0, 0))
    monkeypatch.setattr(claim_module, "default_state", lambda name: state)
    monkeypatch.setattr(claim_module, "last_verdict", lambda name: ("thorough", verdict, name == "R7"))
    assert set(claim_module.kept()) == {"R7"}
    monkeypatch.setattr(claim_module, "judge_claims", lambda *_: pytest.fail("nothing is judged"))
    judged = [row.claim.id for row in claim_module.claim_rows("kept", 1) if row.verdict is not None]
    assert judged == ["R7"] and total_parts([], "kept") == 2
    text = render(claim_module.claim_rows("kept", 1), [], "")
    assert (
        "1 verdict kept from marginproof verify --profile thorough (1970-01-01 00:00 UTC); "
        f"{len(claims()) - 1} claims left out, without a verdict." in text
    )


def test_verdicts_judged_for_the_page_are_not_called_kept():
    judged = claim_module.Known("quick", judge("R7", QUICK))
    assert claim_module.origin([judged]).startswith("1 verdict judged for this page (profile quick); ")
    assert claim_module.origin([None]) == ""


def test_limits_on_the_page_are_the_theory_s():
    rows = {row.name: row for row in section(load("sr4"), 20_000).rows}
    inc, full = rows["Inc-Adam"], rows["full-batch Adam"]
    assert inc.angles["l2"] == pytest.approx(0, abs=1e-4) and inc.proof == "interval proof"
    assert full.ratios[1] == pytest.approx(1, abs=1e-12) and full.gap is None
    assert full.outcome == "not unique"
    cycling = {row.name: row for row in section(load("cycle-3x3"), STEPS).rows}["AdamProxy"]
    assert cycling.proof == "floating point" and "circles" in cycling.outcome


def test_of_an_undecided_prediction_no_angle_or_margin_is_shown():
    """Where the flow was when it was given up is no prediction."""
    data = load("two-limits")
    one, marks = course(data, Adam(), Cyclic(1), steps=2_000), landmarks(data)
    undecided = replace(one, limit=replace(one.limit, outcome=Outcome.UNDECIDED))
    row = limit_row(data, undecided, marks)
    shown = replace(
        section(data, 2_000), rows=(replace(row, name="Inc-Adam"), replace(row, name="full-batch Adam"))
    )
    text = render([], [shown], "")
    found = re.search(r"<tr><th scope=\"row\">Inc-Adam.*?</tr>", text, re.S)
    cells = re.findall(r"<td[^>]*>([^<]*)", found[0]) if found else []
    ratios = 2 + len(marks.directions)
    assert [*cells[2:ratios], cells[ratios], cells[ratios + 2]] == ["–"] * ratios, (
        "run's margins stand between"
    )
    assert "°" not in "".join(cells)
    assert not any("Adam’s limit" in one or "per-sample Adam" in one for one in findings([shown]))


def test_bad_input_writes_nothing(tmp_path):
    out = tmp_path / "page"
    with pytest.raises(NotSeparableError):
        build([Dataset.of([[1, 1], [-1, -1]])], out, mode="none")
    occupied = tmp_path / "file"
    occupied.write_text("")
    with pytest.raises(MarginproofError, match="is a file"):
        check_folder(occupied)
    with pytest.raises(MarginproofError, match="file is a file"):
        check_folder(occupied / "page")
    check_folder(tmp_path / "new" / "page")
    with pytest.raises(MarginproofError, match="cannot be written"):
        check_folder(Path("/proc/page"))  # where not even root can make a folder
    assert list(tmp_path.iterdir()) == [occupied]


def test_folders_above_the_page_are_made(tmp_path):
    page = build([load("two-limits")], tmp_path / "new" / "folder" / "page", mode="none", steps=200)
    assert page.is_file() and [one.name for one in page.parents[1].iterdir()] == ["page"]


def test_a_failure_while_building_leaves_no_stage(tmp_path, monkeypatch):
    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr(building, "render", broken)
    with pytest.raises(RuntimeError):
        build([load("two-limits")], tmp_path / "page", mode="none", steps=1000)
    assert not list(tmp_path.iterdir())


def test_an_existing_folder_keeps_its_other_files(tmp_path):
    out = tmp_path / "page"
    out.mkdir()
    (out / "notes.txt").write_text("mine")
    for _ in range(2):
        build([load("two-limits")], out, mode="none", steps=1000)
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "index.html").is_file()
    assert list(tmp_path.iterdir()) == [out]


def contrast(a: str, b: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_contrast(theme):
    for text in ("ink", "muted", "series-0"):
        assert contrast(theme[text], theme["paper"]) >= 4.5, text  # WCAG AA, text and links
    for k, colour in enumerate(SERIES):
        words = f"text-{k}" if colour in TEXTS else f"series-{k}"
        assert contrast(theme[words], theme["paper"]) >= 4.5, words  # labels beside lines
        assert contrast(theme[f"series-{k}"], theme["paper"]) >= 3, k  # WCAG, graphics
    for k in range(5):
        assert contrast(theme["ink"], theme[f"tint-{k}"]) >= 4.5, k


PROBE = """
<script>
const ids = () => [...document.querySelectorAll("#claims-table tbody tr")].map((row) => row.id.slice(6));
const found = { before: ids() };
const buttons = document.querySelectorAll("#claims-table th button");
buttons[2].click(); found.byVerdict = [...document.querySelectorAll("#claims-table tbody td:nth-child(3)")].map((c) => +c.dataset.key);
buttons[2].click(); found.descending = [...document.querySelectorAll("#claims-table tbody td:nth-child(3)")].map((c) => +c.dataset.key);
found.sorted = document.querySelectorAll("#claims-table th")[2].getAttribute("aria-sort");
buttons[0].click(); found.byId = ids();
found.figures = [...document.querySelectorAll("figure svg")].map((svg) => svg.getBoundingClientRect().height).filter((height) => height);
found.loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
found.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
document.body.dataset.probe = JSON.stringify(found);
</script></body>"""


PHONE = """<!doctype html><body><iframe style="border: 0" width="390" height="844" srcdoc="{page}"></iframe><script>
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {{
  const root = frame.contentDocument.documentElement;
  document.body.dataset.width = root.scrollWidth;
  document.body.dataset.inner = frame.contentWindow.innerWidth;
}});
</script></body>"""


def browse(target: Path, *options: str) -> subprocess.CompletedProcess[str]:
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    flags += [
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    logging = ["--enable-logging=stderr", f"--user-data-dir={target.parent / 'profile'}"]
    return subprocess.run(
        [str(CHROMIUM), *flags, *logging, *options, target.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
class TestInABrowser:
    def probe(self, report, width: int) -> tuple[dict, str]:
        out, _ = report
        text = (out / "index.html").read_text(encoding="utf-8").replace("</body>", PROBE)
        target = out / "probe.html"
        target.write_text(text, encoding="utf-8")
        done = browse(target, "--dump-dom", f"--window-size={width},900")
        target.unlink()
        found = re.search(r'data-probe="([^"]*)"', done.stdout)
        assert found, done.stderr
        return json.loads(found.group(1).replace("&quot;", '"')), done.stderr

    @pytest.mark.parametrize("width", [1280, 500])
    def test_sorting_figures_and_no_console_messages(self, report, width):
        found, log = self.probe(report, width)
        assert "CONSOLE" not in log, log
        assert found["before"] == [name for name in claims() if name in JUDGED]
        assert found["byVerdict"] == sorted(found["byVerdict"]) and len(set(found["byVerdict"])) >= 2
        assert found["descending"] == found["byVerdict"][::-1]
        assert found["sorted"] == "descending"
        assert found["byId"] != found["before"] and sorted(found["byId"]) == sorted(found["before"])
        assert len(found["figures"]) == 15 and min(found["figures"]) > 150
        assert found["loaded"] == [], "the page asks for nothing beside itself"
        assert found["overflow"] <= 0, "only tables and figures scroll sideways"

    def test_a_page_that_asks_for_more_is_stopped(self, report):
        """The page's own policy refuses a script from elsewhere, and the browser says so."""
        text = (report[0] / "index.html").read_text(encoding="utf-8")
        target = report[0] / "foreign.html"
        target.write_text(text.replace("</body>", '<script src="https://example.org/x.js"></script></body>'))
        assert "Content Security Policy" in browse(target, "--dump-dom").stderr
        target.unlink()

    def test_a_broken_script_would_be_seen(self, report):
        target = report[0] / "broken.html"
        target.write_text("<script>nowhere()</script>", encoding="utf-8")
        assert "CONSOLE" in browse(target, "--dump-dom").stderr
        target.unlink()

    @pytest.mark.parametrize("wide", [False, True], ids=["page", "too wide"])
    def test_a_phone_does_not_scroll_sideways(self, report, wide):
        """In a frame of 390 px, since a window is never that narrow; a planted wide element is noticed."""
        text = (report[0] / "index.html").read_text(encoding="utf-8")
        if wide:
            text = text.replace("</main>", "<div style='width: 500px'>wide</div></main>")
        target = report[0] / "phone.html"
        target.write_text(PHONE.format(page=escape(text)), encoding="utf-8")
        done = browse(target, "--dump-dom")
        target.unlink()
        found = re.search(r'<body data-width="(\d+)" data-inner="(\d+)"', done.stdout)
        assert found, done.stderr
        assert int(found[2]) == 390
        assert (int(found[1]) > 390) is wide, found[1]

    @pytest.mark.parametrize(("name", "width"), [("report-desktop", 1280), ("report-phone", 390)])
    def test_screenshot(self, report, name, width):
        """Kept in ``artifacts``, or where MARGINPROOF_ARTIFACTS says."""
        kept = Path(os.environ.get("MARGINPROOF_ARTIFACTS", ROOT / "artifacts"))
        kept.mkdir(parents=True, exist_ok=True)
        shot = kept / f"{name}.png"
        shot.unlink(missing_ok=True)
        browse(report[0] / "index.html", f"--screenshot={shot}", f"--window-size={width},4000")
        assert shot.stat().st_size > 50_000
