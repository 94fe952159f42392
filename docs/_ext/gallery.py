"""The gallery's cards, written where ``gallery.md`` says ``<!-- certificates -->`` and ``<!-- studies -->``.

A card of a certificate holds its text, in a field that the reader may change, and a button that runs
``_static/checker.mjs`` on it in the page; both the checker's modules and ``_static/gallery.js`` stand in the page itself.

Run as a script it writes ``verify.html``, one card as a page that needs no site and opens from disk.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from formulas import in_markdown

STUDIED = "images/studies/studies.json"
MOST_ROWS = 8
FACTORS = {"1/2": "½", "1/4": "¼", "3/4": "¾"}
RUN_KINDS = ("constant_step", "vanishing_steps", "vertex")
"""Kinds about runs of the optimizer itself, which come last."""
CHECKER = ("checker_numbers.mjs", "checker_runs.mjs", "checker.mjs")
"""The checker's modules, each after those that it uses."""
COMMAND_LINE = "\nif (typeof process"
"""Where the checker's own command line begins, which a page has no use for."""


def cards(docs: Path) -> str:
    """Every certificate of the corpus: limit cycles, other refutations, facts, runs."""
    from marginproof.constructions.corpus import corpus

    entries = sorted(
        corpus(),
        key=lambda entry: (entry.claim != "R3", entry.claim is None, entry.kind in RUN_KINDS, entry.name),
    )
    return (
        "\n".join(line for entry in entries for line in _card(entry))
        + f"\n\n````{{raw}} html\n{_scripts(docs)}\n````\n"
    )


def _card(entry: Any) -> Iterator[str]:
    from marginproof.properties.presentation.conclusions import conclusion, refuted

    text = entry.path.read_bytes()
    theorem, false = conclusion(text), refuted(text)
    yield from ("", f"### {entry.name}", "", f"{_badge('CERTIFIED')} **{_set(theorem)}**", "")
    if false:
        claim = f"[{entry.claim}](reference/generated/claims.md#{entry.claim.lower()})"
        yield from (f"{_badge('REFUTED')} {claim}: {_set(false.split(': ', 1)[1])}", "")
    yield from ("```{math}", matrix(entry.rows), "```", "")
    yield from (f"![{entry.name}: {theorem.rstrip('.')}](images/corpus/{entry.name}.png)", "")
    yield from (
        f"{{download}}`{entry.name}.json <../constructions/corpus/{entry.name}.json>`. {_set(entry.note)}",
        "",
    )
    yield from (
        "```sh",
        f"marginproof check {entry.name}.json",
        f"python -m marginproof.constructions.corpus.make {entry.name}  # makes it again",
        "```",
        "",
    )
    yield from ("```{raw} html", *_check(entry, text.decode()), "```", "")
    yield from ("```{dropdown-plain} How to cite it", bibtex(entry.name, theorem, text), "```")


def _badge(word: str) -> str:
    return f'<span class="badge">{word}</span>'


def _note(text: str) -> str:
    """Words as Markdown, plain also where a picture is described."""
    from marginproof.properties.presentation.notation import in_unicode

    return re.sub(r"[*_|]", r"\\\g<0>", in_unicode(text))


def _set(text: str) -> str:
    """The same with formulas set."""
    from marginproof.properties.presentation.notation import in_unicode

    return in_markdown(steps(in_unicode(text)), _note)


def steps(text: str) -> str:
    """Sizes of steps with what is raised in one bracket, and a factor that nothing after it divides.

    Example:
      >>> steps("with steps 3/4 (t + 2)^-(3/4), converges")
      'with steps ¾ (t + 2)^(-3/4), converges'
    """
    text = re.sub(r"\^-\((\d+/\d+)\)", r"^(-\1)", text)
    return re.sub(r"\b(1/2|1/4|3/4) (?=\(t)", lambda found: f"{FACTORS[found[1]]} ", text)


def _check(entry: Any, text: str) -> Iterator[str]:
    """The button, its answer, and the certificate's text."""
    name = escape(entry.name)
    yield f'<div class="certificate" data-name="{name}" data-kind="{entry.kind}"><div class="check" hidden>'
    yield '<button type="button" data-do="verify">Verify in this page</button> <button type="button" data-do="stop" hidden>Stop</button>'
    yield '<output aria-live="polite"></output></div>'
    yield "<details><summary>The certificate: change a digit of the data, and verify again</summary>"
    yield f'<textarea aria-label="Text of {name}.json" spellcheck="false" rows="12">{escape(text)}</textarea></details></div>'


def checker_script(docs: Path) -> str:
    """The checker as one classic script, which a worker may run also where the page is opened as a file."""
    text = "".join((docs / "_static" / name).read_text(encoding="utf-8") for name in CHECKER)
    text = re.sub(
        r'^import \{[^}]*\} from "[^"]+";\n', "", text[: text.index(COMMAND_LINE)], flags=re.MULTILINE
    )
    return re.sub(r"^export ", "", text, flags=re.MULTILINE)


def _scripts(docs: Path) -> str:
    """The checker's text and the buttons."""
    library = checker_script(docs)
    page = (docs / "_static" / "gallery.js").read_text(encoding="utf-8")
    assert "</script" not in library + page
    held = f'<script type="text/plain" id="checker-source">{library}</script>'
    return f'{held}\n<script type="module">\n{page}</script>'


ALONE = "R3-cycle-proxy"
"""The certificate that has a page of its own."""
STYLE = """body { font: 17px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto; padding: 0 1rem }
button { font: inherit; padding: .5rem 1rem } output { display: block; margin: 1rem 0; font-weight: 600 } [hidden] { display: none }
textarea { width: 100%; box-sizing: border-box; font: .85rem/1.4 monospace }"""


def standalone(docs: Path) -> str:
    """The card of :data:`ALONE` as one HTML file: theorem, data, the button, the certificate's text, the checker."""
    from marginproof.constructions.corpus import corpus
    from marginproof.properties.presentation.conclusions import conclusion, refuted
    from marginproof.properties.presentation.pages import POLICY, opening

    entry = next(entry for entry in corpus() if entry.name == ALONE)
    text = entry.path.read_bytes()
    rows = ", ".join(f"({', '.join(map(str, row))})" for row in entry.rows)
    head = str(opening(f"{ALONE}: verify it here")).replace(POLICY, f"{POLICY}; worker-src blob:")
    return "\n".join((
        f"{head}<style>\n{STYLE}\n</style></head><body><h1>{escape(entry.name)}</h1>",
        f"<p><strong>{escape(conclusion(text))}</strong> The data are the rows {rows}.</p>",
        f"<p>This refutes {escape(refuted(text) or '')}</p>",
        "<p>The proof is the text below. The button runs a checker that was written apart from the Python one, here,",
        "without a network, in exact integer and interval arithmetic. Change a digit of the data and it says INVALID.</p>",
        *_check(entry, text.decode()),
        _scripts(docs),
        "</body></html>\n",
    ))  # fmt: skip


def matrix(rows: Any) -> str:
    """X in TeX; long data are cut after a few rows."""
    shown = [" & ".join(_fraction(value) for value in row) for row in rows[:MOST_ROWS]]
    shown += [r"\vdots" + " & " * (len(rows[0]) - 1)] if len(rows) > MOST_ROWS else []
    return r"X = \begin{pmatrix}" + r" \\ ".join(shown) + r"\end{pmatrix}"


def _fraction(value: Any) -> str:
    if value.denominator == 1:
        return str(value.numerator)
    return ("-" if value < 0 else "") + rf"\frac{{{abs(value.numerator)}}}{{{value.denominator}}}"


def bibtex(name: str, theorem: str, text: bytes) -> str:
    """The file as a BibTeX entry, with its SHA-256."""
    from marginproof import __version__

    return "\n".join((
        f"@misc{{marginproof-{name},",
        f"  title = {{{{{theorem.rstrip('.')}}}}},",
        "  author = {{The marginproof contributors}},",
        f"  howpublished = {{Certificate {name}.json of marginproof {__version__}}},",
        f"  note = {{SHA-256 {hashlib.sha256(text).hexdigest()}}},",
        "}",
    ))  # fmt: skip


def studies(docs: Path) -> str:
    """Every study: what it shows, how to run it, and its kept figure where there is one."""
    from marginproof.properties.presentation.notation import in_unicode
    from marginproof.properties.studies import STUDIES

    kept = json.loads((docs / STUDIED).read_text(encoding="utf-8"))
    lines: list[str] = []
    for name, title in STUDIES.items():
        lines += ["", f"### {in_unicode(title)}", ""]
        if study := kept.get(name):
            lines += [
                f"{_badge('OBSERVED')} **{_set(study['finding'])}**",
                "",
                _set(study["question"]),
                "",
            ]
            lines += [
                f"![{in_unicode(title)}: {_note(study['finding'].rstrip('.'))}](images/studies/{name}.png)",
                "",
            ]
        lines += ["```sh", f"marginproof study {name} --out figures", "```"]
    return "\n".join(lines)


def setup(app: Any) -> dict[str, bool]:
    """Fill the page in as it is read."""
    from docutils import nodes
    from docutils.parsers.rst import Directive

    class Plain(Directive):
        """A literal block that is folded until asked for."""

        has_content, required_arguments, final_argument_whitespace = True, 1, True

        def run(self) -> list[nodes.Node]:
            shown = nodes.literal_block("\n".join(self.content), "\n".join(self.content), language="bibtex")
            opened = nodes.raw("", f"<details><summary>{escape(self.arguments[0])}</summary>", format="html")
            return [opened, shown, nodes.raw("", "</details>", format="html")]

    def read(app: Any, name: str, source: list[str]) -> None:
        if name == "gallery":
            docs = Path(app.srcdir)
            for marker, made in (("<!-- certificates -->", cards), ("<!-- studies -->", studies)):
                source[0] = source[0].replace(marker, made(docs))
            for path in (*(docs / "_static" / part for part in (*CHECKER, "gallery.js")), docs / STUDIED):
                app.env.note_dependency(str(path))

    app.add_directive("dropdown-plain", Plain)
    app.connect("source-read", read)
    return {"parallel_read_safe": True}


if __name__ == "__main__":
    home = Path(__file__).resolve().parents[1]
    (home / "verify.html").write_text(standalone(home), encoding="utf-8")
