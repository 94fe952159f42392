"""The page of the command line: every command with all its options, whole, and no line that a phone would jumble."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_ext"))

from command_page import _told, cli_page  # noqa: E402

from marginproof.properties.cli import main  # noqa: E402
from tests.reference.browser import needs_chromium  # noqa: E402
from tests.reference.devtools import Browser  # noqa: E402


@pytest.fixture(scope="module")
def sections() -> dict[str, str]:
    """What the page says of each command, by its path."""
    parts = ("\n" + cli_page()).replace("\n### ", "\n## ").split("\n## ")[1:]
    return {part.split("\n")[0]: part for part in parts}


def commands(command: Any = main, path: str = "marginproof") -> Iterator[tuple[str, Any]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=path)
        for name in command.list_commands(context):
            yield from commands(command.resolve_command(context, [name])[1], f"{path} {name}")


def test_every_option_of_every_command_is_described(sections: dict[str, str]) -> None:
    seen = 0
    for path, command in commands():
        for option in command.params:
            if isinstance(option, click.Option) and not option.hidden:
                term = next(
                    line
                    for line in sections[path].splitlines()
                    if line.startswith("`-") and option.opts[0] in re.findall(r"[\w-]+", line)
                )
                assert all(name in term for name in [*option.opts, *option.secondary_opts]), (path, term)
                seen += 1
    assert seen > 200
    assert all("`-h, --help`" in section for section in sections.values())
    assert len(sections) == len(list(commands()))


def test_choices_and_defaults_are_said(sections: dict[str, str]) -> None:
    predict = sections["marginproof predict"]
    assert "`--sampling`\n: One of `cyclic`, `reshuffle`, `replacement`. \\[default: cyclic\\]" in predict
    assert "--certify\nmarginproof predict" in predict  # examples keep their lines


def test_summaries_are_whole(sections: dict[str, str]) -> None:
    listed = sections["marginproof plot"]
    assert "..." not in listed.split("**Commands**")[1]
    assert "against batch size" in listed


def test_the_exponent_of_a_formula_is_no_option(sections: dict[str, str]) -> None:
    assert r"$\eta _{t}=\eta _{0}\,(t+t_{0})^{-a}$" in sections["marginproof simulate"]
    assert r"$\eta _{t}=\eta _{0}\,(t+2)^{-a}$" in sections["marginproof plot margins"]
    assert _told("give --lr, or -h") == "give `--lr`, or `-h`"


def test_an_example_of_a_file_is_code(sections: dict[str, str]) -> None:
    page = sections["marginproof sweep"]
    assert '**Example of FILE.toml**\n\n```text\ndata = ["sr4", {file = "rows.csv"' in page


def test_names_are_code_and_no_symbols(sections: dict[str, str]) -> None:
    assert "`label`, `y`, `class` or `target`" in sections["marginproof predict"]
    assert "`margin_bracket`, `farkas`, `finite_run`" in sections["marginproof export"]


def test_every_option_has_a_description_and_no_sign_of_clicks_own(sections: dict[str, str]) -> None:
    for name, section in sections.items():
        assert not re.findall(r"^: (?:\\\[.*)?$", section, re.M), name
        assert "default: (" not in section and "[x" not in section and "x>=" not in section, name
    assert r"\[default: 3; R2: 2; R7: 6\]" in sections["marginproof hunt"]
    assert r"\[at least 1\]" in sections["marginproof verify"]


def test_options_in_a_text_are_code() -> None:
    assert _told("with --json; $5 *") == r"with `--json`; \$5 \*"
    assert _told("Adam-like, a < b") != _told("`a`")


@needs_chromium
def test_no_option_breaks_on_a_phone(site: Path) -> None:
    """Each stands on one line, but those that take a list of values."""
    page = site / "reference" / "generated" / "cli.html"
    heights = "[...document.querySelectorAll('article dl dt code')].map(e => [e.textContent, e.getClientRects().length])"
    with Browser() as browser:
        browser.show(page, 400)
        found = browser.run(heights)
    assert len(found) > 200
    assert not [text for text, lines in found if lines > 1 and len(text) < 40]
