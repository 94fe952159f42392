"""Writes the generated part of the reference before a build: one page a module, the claims, the command line."""

from __future__ import annotations

import functools
import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

from formulas import in_markdown

PACKAGES = ("marginproof.theory", "marginproof.constructions", "marginproof.properties")
LEFT_OUT = (
    "marginproof.properties.cli",
    "marginproof.properties.sklearn",
    "marginproof.constructions.corpus.make",
)
"""Documented elsewhere (the command line has a page of its own), or a script."""
SETTINGS: dict[str, Any] = {
    "terminal_width": 86,
    "max_content_width": 86,
    "help_option_names": ["-h", "--help"],
}
LETTERS = {
    "I": "Identities and structure",
    "B": "Bounds at finite time",
    "L": "Limits",
    "R": "Refuted statements",
}


@functools.cache
def modules() -> list[str]:
    """Every documented module, in order, ``marginproof`` first."""
    names = ["marginproof"]
    for package in PACKAGES:
        names.append(package)
        walked = pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}.")
        names += [
            info.name for info in walked if not info.name.startswith(LEFT_OUT) and "._" not in info.name
        ]
    return sorted(
        names,
        key=lambda name: (
            name != "marginproof",
            [*PACKAGES, "marginproof"].index(".".join(name.split(".")[:2])),
            name,
        ),
    )


def public_names(module: str) -> list[str]:
    """Full names of the public classes and functions that a module defines."""
    found = importlib.import_module(module)
    return [
        f"{module}.{name}"
        for name, value in vars(found).items()
        if not name.startswith("_")
        and (inspect.isclass(value) or inspect.isroutine(value))
        and getattr(value, "__module__", None) == module
        and getattr(value, "__name__", None) == name
    ]


def module_page(name: str) -> str:
    """The page of one module, outside the tree of pages: hundreds of entries in it took half of the build."""
    options = (
        "   :members:\n   :ignore-module-all:\n   :special-members: __call__\n"
        if name != "marginproof"
        else "   :no-members:\n"
    )
    parent = name.rpartition(".")[0]
    above = ":doc:`Modules <modules>`" + (f" › :doc:`{parent} <{parent}>`" if parent else "")
    return f":orphan:\n\n{name}\n{'=' * len(name)}\n\n{above}\n\n.. automodule:: {name}\n{options}" + (
        _homes() if name == "marginproof" else _children(name)
    )


def _children(name: str) -> str:
    """A package's own modules, with a line each."""
    below = [child for child in modules() if child.rpartition(".")[0] == name]
    return "\n".join(["", *_table(below)]) if below else ""


def _table(names: list[str]) -> list[str]:
    out = [".. list-table::", "   :widths: 35 65", ""]
    for name in names:
        out += [f"   * - :doc:`{name} <{name}>`", f"     - {summary(name)}"]
    return [*out, ""]


TASKS = {
    "Read or make data": ("marginproof.constructions",),
    "Choose an optimizer, its batches and its steps": ("marginproof.theory.optimizers", "marginproof.theory.batching", "marginproof.theory.schedules"),
    "Predict the limit, and simulate runs": ("marginproof.properties.api", "marginproof.theory.prediction", "marginproof.theory.limit"),
    "Margins and separation": ("marginproof.theory.margins",),
    "Direction fields, and numbers to evaluate them with": ("marginproof.theory.fields", "marginproof.theory.number_systems"),
    "Prove a limit": ("marginproof.theory.proofs",),
    "Test an optimizer, hunt counterexamples": ("marginproof.properties.conformance", "marginproof.properties.hunt"),
    "Verdicts and errors": ("marginproof.theory.verdicts", "marginproof.theory.errors"),
}  # fmt: skip
"""What a name is for, by the beginning of its module."""


def _homes() -> str:
    """The public names of ``marginproof`` by task, with a line each."""
    from marginproof import HOMES

    out, told = [], set()
    for task, starts in TASKS.items():
        names = [name for name, home in HOMES.items() if home.startswith(starts)]
        told.update(names)
        out += ["", task, "~" * len(task), "", ".. list-table::", "   :widths: 30 70", ""]
        for name in names:
            out += [
                f"   * - :obj:`mp.{name} <{HOMES[name]}.{name}>`",
                f"     - {first_line(HOMES[name], name)}",
            ]
    assert told == set(HOMES), f"no task for {set(HOMES) - told}"
    return "\n".join(out) + "\n"


def first_line(module: str, name: str) -> str:
    """The first sentence of an object's docstring, escaped; constants have the number system's."""
    from docstrings import convert

    text = (inspect.getdoc(getattr(importlib.import_module(module), name)) or "").split("\n\n")[0]
    return " ".join(convert(text.splitlines())).strip()


def summary(name: str) -> str:
    """The first sentence of a module's docstring, escaped."""
    from docstrings import convert

    text = (inspect.getdoc(importlib.import_module(name)) or "").split("\n\n")[0]
    return " ".join(convert(text.splitlines())).strip()


def api_index(names: list[str]) -> str:
    """The table of modules, one section a package."""
    out = ["Modules", "=======", ""]
    for package in ("marginproof", *PACKAGES):
        own = [name for name in names if name == package or name.startswith(f"{package}.")]
        out += [package, "-" * len(package), "", *_table(own)]
    return "\n".join(out)


def cli_page() -> str:
    """Every command with its own ``--help``, in Markdown."""
    import click

    from marginproof.properties.cli import main

    out = [
        "# Command line",
        "",
        "`DATA` is a built-in name (`marginproof data` lists them) or a file",
        '([how to](../../how-to/own-data.md)). Exit codes: 0 done; 1 the answer is "no", or not certified; 2 bad input,',
        "with one sentence that names the value and a way out; 130 interrupted.",
    ]

    def describe(command: click.Command, context: click.Context, depth: int) -> None:
        out.extend(
            ["", f"{'#' * depth} {context.command_path}", "", "```text", command.get_help(context), "```"]
        )
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                child = command.get_command(context, name)
                assert child is not None
                describe(child, click.Context(child, context, info_name=name, **SETTINGS), min(depth + 1, 3))

    describe(main, click.Context(main, info_name="marginproof", **SETTINGS), 2)
    return "\n".join(out) + "\n"


def formal_page() -> str:
    """The theorems in Coq beside the registry's statements, in Markdown."""
    from marginproof.theory.formal.files import FORMAL, LIBRARIES, definitions
    from marginproof.theory.formal.kernel import AXIOMS

    out = [
        "# The bounds in Coq",
        "",
        "Each theorem of `theory/formal/` beside the registry's statement, hypothesis by hypothesis and constant by",
        "constant. `make formal` has Coq's kernel check them and lists what they assume; `make formal-mutants` changes each",
        "statement so that it is false, and its proof no longer compiles. What that is worth: [trust](../../explanation/trust.md).",
        "",
        "`\\sum_(i < n) e` is a finite sum. A vector of length d is a function of which the first d values count. Coq's division by zero is a number, so",
        "where a statement divides by a norm or a root that is zero it says something about that number as well.",
        "",
        "**Axioms.** Those of Coq's standard real numbers, and no others:",
        "",
        *(f"- `{name}`: {meaning}" for name, meaning in AXIOMS.items()),
    ]
    for entry in FORMAL:
        out += _formal(entry)
    out += ["", "## Definitions they share"]
    for stem in LIBRARIES:
        out += ["", f"`theory/formal/{stem}.v`", "", "```coq", *definitions(stem), "```"]
    return "\n".join(out) + "\n"


def _formal(entry: Any) -> list[str]:
    from marginproof.theory.formal.comparison import NOT_NEEDED, comparison
    from marginproof.theory.formal.files import definitions, theorem
    from marginproof.theory.registry import claim

    def row(kind: str, pair: Any) -> str:
        text = "not needed" if pair.coq == NOT_NEEDED else f"`{pair.coq}`".replace("|", r"\|")
        return f"| {kind} | {_cell(pair.registry)} | {text} | {_cell(pair.note)} |"

    stated, compared = claim(entry.claim), comparison(entry.claim)
    own = definitions(entry.file)
    return [
        "", f"## {entry.claim}: {_prose(stated.title)}", "", _prose(stated.plain), "", "```{math}", stated.tex, "```", "",
        f"{_prose(stated.quantifiers[:1].upper() + stated.quantifiers[1:])}. Covered in Coq: {_prose(entry.scope)}.", "",
        "```coq", *(theorem(name).statement for name in entry.theorems), "```", "",
        "| | the registry | the theorem | |", "|---|---|---|---|",
        *(row("hypothesis", pair) for pair in compared.hypotheses),
        *(row("conclusion", pair) for pair in compared.constants),
        *(["", f"Defined in `{entry.path}`:", "", "```coq", *own, "```"] if own else []),
    ]  # fmt: skip


def claims_page() -> str:
    """Every claim of the registry, in Markdown."""
    from marginproof.properties.verification.certificate_evidence import certificates
    from marginproof.theory.registry import claims

    table = claims()
    out = [
        "# Claims",
        "",
        "Written from the registry ({mod}`marginproof.theory.registry`). *Expected* is the verdict the claim should reach;",
        "`marginproof verify` says what it reaches on your machine, and `marginproof explain ID` shows one in full.",
        "",
        "| id | statement | source | expected |",
        "|---|---|---|---|",
    ]
    out += [
        f"| [{c.id}](#{c.id.lower()}) | {_cell(c.title)} | {_cell(c.source)} | {c.expected.value} |"
        for c in table.values()
    ]
    for letter, title in LETTERS.items():
        out += ["", f"## {title}"]
        for claim in (entry for entry in table.values() if entry.id.startswith(letter)):
            out += _claim(claim, [path.name for path in certificates(claim.id)])
    return "\n".join(out) + "\n"


def _claim(claim: Any, files: list[str]) -> list[str]:
    from marginproof.theory.verdicts import strength_label

    checks = [f"| {_cell(c.name)} | {strength_label(c.at_most)} | {_cell(c.scope)} |" for c in claim.checks]
    home = next(name for name in _statement_modules() if importlib.import_module(name).CLAIM.id == claim.id)
    kept = f"**Certificates.** {', '.join(f'`{name}`' for name in files)}" if files else ""
    hypotheses = "; ".join(h.name for h in claim.hypotheses) or "none"
    return [
        "", f"({claim.id.lower()})=", f"### {claim.id}: {_prose(claim.title)}", "", _prose(claim.plain), "", "```{math}", claim.tex, "```", "",
        f"**Quantifiers.** {_prose(claim.quantifiers)}. **Hypotheses.** {_prose(hypotheses)}. **Source.** {_prose(claim.source)}.",
        f"**Expected.** {claim.expected.value}. **File.** {{mod}}`{home}`, {len(claim.mutants)} mutants.", "", kept, "",
        "| check | at most | scope |", "|---|---|---|", *checks,
    ]  # fmt: skip


def _statement_modules() -> list[str]:
    from marginproof.theory import statements

    return [
        f"marginproof.theory.statements.{info.name}" for info in pkgutil.iter_modules(statements.__path__)
    ]


def _prose(text: str) -> str:
    """Text of the registry as Markdown: outside code formulas are set, and ``_`` and ``*`` are themselves elsewhere."""
    parts = text.split("`")
    parts[::2] = [in_markdown(part, lambda prose: re.sub(r"([_*$])", r"\\\1", prose)) for part in parts[::2]]
    return "`".join(parts)


def _cell(text: str) -> str:
    return _prose(text).replace("|", r"\|").replace("\n", " ")


def write(folder: Path) -> None:
    """All generated pages; files are touched only where they change."""
    folder.mkdir(parents=True, exist_ok=True)
    names = modules()
    pages = {f"{name}.rst": module_page(name) for name in names}
    pages |= {"modules.rst": api_index(names), "claims.md": claims_page(), "cli.md": cli_page()}
    pages["formal.md"] = formal_page()
    for old in folder.iterdir():
        if old.name not in pages:
            old.unlink()
    for name, text in pages.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def setup(app: Any) -> dict[str, bool]:
    """Write the pages when a build begins."""
    app.connect("builder-inited", lambda app: write(Path(app.srcdir) / "reference" / "generated"))
    return {"parallel_read_safe": True}
