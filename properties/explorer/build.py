"""The explorer as one HTML file, or as a part of another page.

Its scripts are plain modules beside this file, joined in the order of :data:`MODULES`: an ``import`` line of a
module is dropped, and so is the word ``export``, so each name is defined once in the one script of the page.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from marginproof.constructions.builtin import load
from marginproof.constructions.dataset import Dataset
from marginproof.properties.presentation.colours import DARK, LIGHT
from marginproof.properties.presentation.pages import opening
from marginproof.theory.errors import MarginproofError

MODULES = ("fields", "margins", "fixed_points", "flow", "steps", "model", "draw", "app")
"""The page's scripts, each after those it imports."""
PRESETS = ("cycle-3x3", "two-limits", "cycle-3x5", "signsgd-fails")
"""Built-in data that the page offers."""
MOST_FEATURES = 8


def page(dataset: Dataset | None = None, optimizer: str = "theta") -> str:
    """The explorer as a whole HTML document.

    Arguments:
      dataset: shown first; 2 or 3 rows, 2 to 8 features.
      optimizer: chosen first, a key of ``OPTIMIZERS`` in ``model.js``.

    Raises:
      MarginproofError: data of another shape.
    """
    body = "<style>body { margin: 0; background: var(--mp-paper); color: var(--mp-ink); font-family: system-ui, sans-serif; }"
    body += " main { max-width: 68rem; margin: 0 auto; padding: 1rem; }</style>"
    start = opening("marginproof: the limit direction on the simplex")
    return _filled("page.html", opening=start, fragment=body + fragment(dataset, optimizer))


def fragment(dataset: Dataset | None = None, optimizer: str = "theta") -> str:
    """The explorer as one HTML element, with its style and script inside; arguments as for :func:`page`."""
    presets = [load(name) for name in PRESETS]
    if dataset is not None:
        _check(dataset)
        presets = [dataset, *(known for known in presets if known.name != dataset.name)]
    settings = {
        "presets": [{"name": known.name, "X": known.X.tolist()} for known in presets],
        "optimizer": optimizer,
    }
    text = json.dumps(settings, ensure_ascii=False).replace("<", "\\u003c")
    return _filled(
        "fragment.html", colours=_colours(), style=_read("style.css"), script=script(), settings=text
    )


def script() -> str:
    """All modules as one script."""
    text = "\n".join(_read(f"{name}.js") for name in MODULES)
    return re.sub(r"^export ", "", re.sub(r"^import .*;\n", "", text, flags=re.M), flags=re.M)


def _check(dataset: Dataset) -> None:
    n, d = dataset.n_samples, dataset.n_features
    if n not in (2, 3) or not 2 <= d <= MOST_FEATURES:
        raise MarginproofError(
            f"data={dataset.name} is {n} × {d}; the explorer draws 2 or 3 rows with 2 to {MOST_FEATURES} features "
            "(`marginproof predict` and `marginproof report` take any)"
        )


def _colours() -> str:
    """The site's colours, dark where the reader's system or the page's own switch says so."""

    def rule(selector: str, colours: dict[str, str]) -> str:
        values = " ".join(f"--mp-{name}: {colour};" for name, colour in colours.items())
        return f"{selector} {{ {values} }}"

    light, dark = (rule(selector, LIGHT) for selector in (":root", 'body[data-theme="light"]'))
    dark = f"@media (prefers-color-scheme: dark) {{ {rule(':root', DARK)} }}\n{dark}"
    return "\n".join([light, dark, rule('body[data-theme="dark"]', DARK)])


def _filled(name: str, **values: str) -> str:
    environment = Environment(
        autoescape=False, undefined=StrictUndefined
    )  # our own files, JSON escaped above
    return environment.from_string(_read(name)).render(values)


def _read(name: str) -> str:
    text: str = (files("marginproof.properties.explorer") / name).read_text(encoding="utf-8")
    return text


def write(target: Path, dataset: Dataset | None = None) -> None:
    """Write the page to a file whose folder exists."""
    from marginproof.properties.plots.style import write_bytes

    write_bytes(target, page(dataset).encode())
