"""The site in Chromium: the gallery's checker, every picture, no console message, nothing asked of a network."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from marginproof.constructions.corpus import corpus
from tests.reference.browser import needs_chromium, on_a_phone, probed, with_probe, worked

DOCS = Path(__file__).resolve().parents[2] / "docs"

PROBE = """
const seen = {};
const until = async true_ => { while (!true_()) await new Promise(done => setTimeout(done, 20)); };
const cards = [...document.querySelectorAll(".certificate")];
const verify = async card => {
  card.querySelector('[data-do="verify"]').click();
  const busy = !card.querySelector('[data-do="stop"]').hidden;
  await until(() => card.querySelector('[data-do="stop"]').hidden);
  return [card.querySelector("output").dataset.verdict, busy];
};
for (const card of cards.filter(one => !LATER.includes(one.dataset.name))) seen[card.dataset.name] = await verify(card);
const changed = {};
for (const card of cards.filter(one => CHANGED.includes(one.dataset.name))) {
  const field = card.querySelector("textarea");
  const kept = field.value;
  field.value = kept.replace(/("data":\\s*\\[\\s*\\[\\s*"-?)(\\d)/, (_, before, digit) => before + (digit === "9" ? "8" : "9"));
  changed[card.dataset.name] = field.value === kept ? "unchanged" : (await verify(card))[0];
  field.value = kept;
}
const slow = cards.find(one => one.dataset.name === "R3-wide-cycle-inc-adam-19-20");
slow.querySelector('[data-do="verify"]').click();
await new Promise(done => setTimeout(done, 50));
slow.querySelector('[data-do="stop"]').click();
const stopped = slow.querySelector("output").textContent;
return { seen, changed, stopped, loaded: performance.getEntriesByType("resource").map(one => one.name).filter(name => !name.startsWith(location.origin) && !/^(blob|data):/.test(name)) };
"""
SINGLE = """
const verdicts = [], edited = [], field = document.querySelector("textarea"), told = document.querySelector("output");
for (const text of [field.value, field.value.replace('"15"', '"16"').replace("15,", "16,")]) {
  field.value = text;
  field.dispatchEvent(new Event("input"));
  edited.push([told.dataset.verdict, told.textContent]);
  document.querySelector('[data-do="verify"]').click();
  while (!document.querySelector('[data-do="stop"]').hidden) await new Promise(done => setTimeout(done, 20));
  verdicts.push(document.querySelector("output").dataset.verdict);
}
return { verdicts, edited };
"""
CHANGED = [
    "R3-cycle-proxy",
    "R1-three-solutions",
    "R6-segment",
    "R7-step-growth",
    "not-separable",
    "R2-two-basins",
    "run-two-starts-every-schedule",
    "run-sr4-constant",
]


QUICK_RUNS = {"run-two-starts-every-schedule", "run-sr4-constant", "run-shifted-diagonal-vanishing"}
LATER = [entry.name for entry in corpus() if entry.name.startswith("run-") and entry.name not in QUICK_RUNS]
"""Cards that take a second each; one of each of their kinds is tried among the others."""


@pytest.fixture(scope="module")
def visited(site: Path) -> Any:
    """What the gallery's own checker says of each card, and of cards with a digit changed."""
    names = f"const CHANGED = {json.dumps(CHANGED)}, LATER = {json.dumps(LATER)};"
    found, asked = worked(site / "gallery.html", names + PROBE)
    return {**found, "asked": asked}


@needs_chromium
def test_the_page_s_checker_says_valid_of_every_card(visited: Any) -> None:
    verdicts = {name: verdict for name, (verdict, _) in visited["seen"].items()}
    assert verdicts == {entry.name: "VALID" for entry in corpus() if entry.name not in LATER}
    assert all(busy for _, busy in visited["seen"].values())


@needs_chromium
@pytest.mark.slow
def test_the_page_s_checker_says_valid_of_the_other_runs(site: Path) -> None:
    others = [entry.name for entry in corpus() if entry.name not in LATER]
    names = f"const CHANGED = [], LATER = {json.dumps(others)};"
    seen = worked(site / "gallery.html", names + PROBE)[0]["seen"]
    assert {name: verdict for name, (verdict, _) in seen.items()} == dict.fromkeys(LATER, "VALID")


@needs_chromium
def test_the_page_s_checker_says_invalid_of_a_changed_digit(visited: Any) -> None:
    assert visited["changed"] == dict.fromkeys(CHANGED, "INVALID")


@needs_chromium
def test_it_can_be_stopped_and_asks_for_nothing(visited: Any, site: Path) -> None:
    assert visited["stopped"] == "Stopped." and visited["loaded"] == []
    assert all(
        (site / path.lstrip("/").split("?")[0]).exists() or "probed" in path or "favicon" in path
        for path in visited["asked"]
    )


@needs_chromium
def test_the_page_that_the_readme_links_to_verifies_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(DOCS / "_ext"))
    from gallery import standalone

    page = (DOCS / "verify.html").read_text(encoding="utf-8")
    assert page == standalone(DOCS), "python docs/_ext/gallery.py writes it again"
    assert "](docs/verify.html)" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
    served = page.replace(
        "img-src data:", "img-src 'self' data:; connect-src 'self'"
    )  # for the probe's answer
    (tmp_path / "verify.html").write_text(served, encoding="utf-8")
    found, asked = worked(tmp_path / "verify.html", SINGLE)
    assert found["verdicts"] == ["VALID", "INVALID"]
    assert found["edited"] == [["", "Changed: verify again."]] * 2  # no verdict of another text stays
    assert all("probe" in path or "favicon" in path for path in asked), asked


def test_each_card_has_its_theorem_matrix_drawing_command_file_and_citation(site: Path) -> None:
    text = (site / "gallery.html").read_text(encoding="utf-8")
    for entry in corpus():
        card = text[text.index(f'id="{entry.name.lower()}"') :]
        card = card[: card.index("</section>")]
        assert 'class="badge"' in card and "<math" in card
        assert re.search(rf'<img alt="{entry.name}: [^"]+"', card)
        assert re.search(rf'href="_downloads/[^"]+{entry.name}.json"', card)
        assert f"corpus.make {entry.name}" in re.sub("<[^>]+>", "", card)
        assert hashlib.sha256(entry.path.read_bytes()).hexdigest() in card


def pages_with_pictures(site: Path) -> list[Path]:
    return [path for path in sorted(site.rglob("*.html")) if "generated" not in path.parts]


def test_every_picture_is_there_and_described(site: Path) -> None:
    for path in pages_with_pictures(site):
        for tag in re.findall(r"<img[^>]*>", path.read_text(encoding="utf-8")):
            source = re.search(r'src="([^"]*)"', tag)
            if 'class="toggler"' in tag:
                continue  # the theme's own sign in the index of modules
            assert re.search(r'alt="[^"]{10,}"', tag), (path.name, tag)
            assert source and (path.parent / source[1]).is_file(), (path.name, tag)


@needs_chromium
def test_no_page_has_a_console_message_or_is_too_wide_for_a_phone(site: Path) -> None:
    """Every page that is written by hand, one after another, in a frame of a phone's width."""
    names = [str(path.relative_to(site)) for path in pages_with_pictures(site)]
    probe = f"""
    const frame = Object.assign(document.createElement("iframe"), {{ width: 400, height: 800 }});
    document.body.append(frame);
    const wide = [];
    for (const name of {json.dumps(names)}) {{
      await new Promise(done => {{ frame.onload = done; frame.src = name; }});
      const root = frame.contentDocument.documentElement;
      const lost = [...frame.contentDocument.images].filter(one => one.loading !== "lazy" && !one.naturalWidth).length;
      if (root.scrollWidth > root.clientWidth || lost) wide.push([name, root.scrollWidth, lost]);
    }}
    return wide;
    """
    page = site / "all-pages.html"
    page.write_text("<!doctype html><body></body>", encoding="utf-8")
    try:
        assert worked(page, probe)[0] == []
    finally:
        page.unlink()


@needs_chromium
def test_a_console_message_would_be_seen(tmp_path: Path) -> None:
    page = tmp_path / "broken.html"
    page.write_text(with_probe("<!doctype html><body></body>", "nowhere()"), encoding="utf-8")
    assert "failed" in probed(page.as_uri())
    page.write_text("<!doctype html><body data-probe='1'><script>nowhere()</script></body>", encoding="utf-8")
    with pytest.raises(AssertionError, match="CONSOLE"):
        probed(page.as_uri())
    assert on_a_phone(page)
