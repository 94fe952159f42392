"""The explorer in Chromium: its numbers are those of predict, its controls work, it asks for nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from marginproof.constructions.builtin import load
from marginproof.properties.cli import main
from marginproof.properties.explorer import build
from marginproof.theory.batching import Cyclic
from marginproof.theory.fields import Field, GradientField, IncAdamField, SignField, ThetaField
from marginproof.theory.limit.steps.choice import constant_step
from marginproof.theory.optimizers import Adam
from marginproof.theory.prediction import predict
from tests.reference.browser import needs_chromium, on_a_phone, probed, with_probe

MOVES = """
const root = document.getElementById("marginproof-explorer");
const part = name => root.querySelector(`[data-part="${name}"]`);
const wait = ms => new Promise(done => setTimeout(done, ms));
const set = async (name, value) => {
  part(name).value = value;
  part(name).dispatchEvent(new Event(part(name).tagName === "SELECT" ? "change" : "input", { bubbles: true }));
  await wait(60);
};
const press = async (key, times = 1) => {
  part("start").focus();
  for (let k = 0; k < times; k++) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    await wait(60);
  }
};
const now = () => ({ ...JSON.parse(root.dataset.result), answer: part("answer").textContent, error: part("error").textContent,
  command: part("same").hidden ? "" : part("command").textContent, none: !part("no-command").hidden });
"""


@dataclass(frozen=True)
class Setting:
    """What is set on the page, and the field it means."""

    data: str
    optimizer: str
    field: Field
    controls: dict[str, float] = field(default_factory=dict)
    moved: int = 0


SETTINGS = (
    Setting("two-limits", "adamproxy", ThetaField()),
    Setting("two-limits", "adamproxy", ThetaField(), moved=12),
    Setting("two-limits", "adam", IncAdamField(), {"beta2": 0.95}, moved=12),
    Setting("two-limits", "gd", GradientField()),
    Setting("two-limits", "signgd", SignField()),
    Setting("cycle-3x3", "theta", ThetaField("1/2"), {"theta": 0.5}),  # type: ignore[arg-type]
    Setting("cycle-3x3", "theta", ThetaField("1/10"), {"theta": 0.1}),  # type: ignore[arg-type]
    Setting("cycle-3x3", "gd", GradientField()),
    Setting("cycle-3x5", "theta", ThetaField("9/10"), {"theta": 0.9}),  # type: ignore[arg-type]
    Setting("cycle-3x5", "signgd", SignField()),
)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Every setting, and the page's reactions, in one visit."""
    chosen = [
        {"data": s.data, "optimizer": s.optimizer, "controls": s.controls, "moved": s.moved} for s in SETTINGS
    ]
    probe = (
        MOVES
        + f"""
    const first = now();
    const settings = [];
    for (const s of {json.dumps(chosen)}) {{
      await set("preset", s.data);
      await set("optimizer", s.optimizer);
      for (const [name, value] of Object.entries(s.controls)) await set(name, value);
      await press("ArrowRight", s.moved);
      settings.push(now());
    }}
    await set("preset", "two-limits");
    await set("optimizer", "adam");
    const vanishing = now();
    await set("eta", -1);
    const constant = now();
    [...part("matrix").querySelectorAll("input")].forEach((entry, k) => {{
      entry.value = [5, 1, -5, -1][k];
      entry.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }});
    await wait(60);
    const refused = {{ ...now(), hidden: part("pictures").hidden }};
    await set("preset", "two-limits");
    part("row+").click(); part("column+").click();
    const grown = {{ ...now(), cells: part("matrix").querySelectorAll("input").length }};
    await set("preset", "two-limits");
    const box = part("simplex").getBoundingClientRect();
    part("simplex").setPointerCapture = () => {{}};
    part("simplex").dispatchEvent(new PointerEvent("pointerdown", {{ clientX: box.x + 0.8 * box.width, clientY: box.y + box.height / 2, bubbles: true }}));
    await wait(60);
    const dragged = now();
    await press("Home");
    const home = now();
    const before = part("tau-value").textContent;
    part("play").click();
    await wait(200);
    const label = part("play").textContent;
    const unnamed = [...root.querySelectorAll("button, input, select, [role=slider]")].filter(one =>
      !(one.labels?.length || one.getAttribute("aria-label") || one.textContent.trim())).map(one => one.outerHTML);
    return {{ first, settings, vanishing, constant, refused, grown, dragged, home, unnamed,
      played: [before, part("tau-value").textContent, label],
      loaded: performance.getEntriesByType("resource").length,
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      alt: part("simplex").getAttribute("aria-label") }};
    """
    )
    target = tmp_path_factory.mktemp("explorer") / "page.html"
    target.write_text(with_probe(build.page(), probe), encoding="utf-8")
    found = probed(target.as_uri(), "--window-size=1280,1000")
    assert "failed" not in found, found
    return found


@needs_chromium
@pytest.mark.parametrize("number", range(len(SETTINGS)))
def test_its_numbers_are_those_of_predict(seen: Any, number: int) -> None:
    setting, page = SETTINGS[number], seen["settings"][number]
    assert any(page["start"]) == bool(setting.moved)
    found = predict(load(setting.data).entries, setting.field, np.array(page["start"]))
    assert page["direction"] == pytest.approx(list(found.limit.direction), abs=1e-9)
    if setting.optimizer != "signgd":  # there the dual weights, of which the page says nothing
        assert page["limit"]["c"] == pytest.approx(list(found.limit.weights), abs=1e-9)
        unit = (
            np.linalg.norm(page["limit"]["u"]) if setting.optimizer == "gd" else 1
        )  # predict has GD's for a unit direction
        assert page["limit"]["gamma"] / unit == pytest.approx(found.limit.gamma, rel=1e-9)
    for key, margin in (("l2", found.l2), ("linf", found.linf)):
        assert page["margins"][key]["value"] == pytest.approx(margin.value, rel=1e-9)
        assert page["known"][key] == pytest.approx(
            list(margin.direction / np.linalg.norm(margin.direction)), abs=1e-9
        )
        cosine = np.cos(np.radians(page["angles"][key]))
        assert cosine == pytest.approx(found.cosines[key], abs=1e-9)


@needs_chromium
def test_a_constant_step_has_the_effective_betas_of_predict(seen: Any) -> None:
    expected = constant_step(load("two-limits").X, Adam(), Cyclic(1), 0.1)
    page = seen["constant"]
    assert (page["beta1"], page["beta2"], page["growth"]) == pytest.approx(
        (expected.beta1, expected.beta2, expected.growth), rel=1e-9
    )
    assert "Effective betas" in page["answer"] and "Effective betas" not in seen["vanishing"]["answer"]


@needs_chromium
def test_theta_turns_the_cycle_into_an_attractor(seen: Any) -> None:
    assert seen["first"]["limit"]["outcome"] == "cycle"
    assert seen["first"]["limit"]["swing"] == pytest.approx(0.795, abs=2e-3)
    assert [point["kind"] for point in seen["first"]["points"]] == ["repelling"]
    attracted = seen["settings"][5]
    assert attracted["none"] and not attracted["command"], "a command says nothing of a θ"
    first = seen["settings"][0]
    assert first["command"] == "marginproof predict two-limits --optimizer adamproxy" and not first["none"]
    assert attracted["limit"]["outcome"] == "fixed"
    assert [point["kind"] for point in attracted["points"]] == ["attracting"]
    assert "circle" in seen["alt"] or "w/‖w‖" in seen["alt"]


@needs_chromium
def test_its_controls_react(seen: Any) -> None:
    kinds = [point["kind"] for point in seen["settings"][0]["points"]]
    assert kinds == ["attracting", "attracting", "repelling"]
    assert not seen["refused"]["command"] and not seen["refused"]["none"]
    assert seen["refused"]["hidden"] and "not separable" in seen["refused"]["error"]
    assert seen["grown"]["cells"] == 9 and not seen["grown"]["error"]
    assert any(seen["dragged"]["start"]) and not any(seen["home"]["start"])
    assert seen["played"][0] != seen["played"][1] and seen["played"][2] == "Pause"


@needs_chromium
def test_it_loads_nothing_and_names_every_control(seen: Any) -> None:
    assert seen["loaded"] == 0 and seen["unnamed"] == [] and seen["wide"] <= 0


@needs_chromium
def test_a_phone_does_not_scroll_sideways(tmp_path: Path) -> None:
    page, frame = tmp_path / "page.html", tmp_path / "phone.html"
    page.write_text(build.page(load("cycle-3x5")), encoding="utf-8")
    frame.write_text(on_a_phone(page), encoding="utf-8")
    found = probed(frame.as_uri(), "--allow-file-access-from-files")
    assert found == {"shown": 400, "needed": 400}


def test_each_name_of_its_script_is_defined_once() -> None:
    import re

    names = re.findall(r"^(?:async )?(?:function\*?|const|class) (\w+)", build.script(), flags=re.M)
    assert len(names) == len(set(names)) > 20
    assert not re.search(r"^(import|export)\b", build.script(), flags=re.M)


def test_data_are_shown_first_and_escaped() -> None:
    text = build.page(load("two-limits"))
    assert text.index('"two-limits"') < text.index('"cycle-3x3"')
    assert "https:" not in text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["iris", "--out", "x.html"], "data=iris is 150 × 4"),
        (["--out", "x.txt"], "out=x.txt is not an HTML file"),
        (["--out", "nowhere/x.html"], "nowhere does not exist"),
    ],
)
def test_bad_input_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["explore", *arguments])
    assert result.exit_code == 2 and said in result.stderr and not list(tmp_path.iterdir())


def test_the_command_writes_the_page(tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    assert CliRunner().invoke(main, ["explore", "cycle-3x3", "--out", str(out)]).exit_code == 0
    assert out.read_text(encoding="utf-8") == build.page(load("cycle-3x3"))
