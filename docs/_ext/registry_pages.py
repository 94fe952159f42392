"""The reference of the claims, and of the theorems in Coq beside them, in Markdown."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

from formulas import in_markdown

LETTERS = {
    "I": "Identities and structure",
    "B": "Bounds at finite time",
    "L": "Limits",
    "R": "Refuted statements",
}


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

    def row(pair: Any) -> str:
        """The note stands below the code: in a column of its own it took the code's width."""
        text = "not needed" if pair.coq == NOT_NEEDED else f"`{pair.coq}`".replace("|", r"\|")
        return f"| {_cell(pair.registry)} | {text}{f'<br>{_cell(pair.note)}' if pair.note else ''} |"

    stated, compared = claim(entry.claim), comparison(entry.claim)
    own = definitions(entry.file)
    return [
        "", f"## {entry.claim}: {_prose(stated.title)}", "", _prose(stated.plain), "", "```{math}", stated.tex, "```", "",
        f"{_prose(stated.quantifiers[:1].upper() + stated.quantifiers[1:])}. Covered in Coq: {_prose(entry.scope)}.", "",
        "```coq", *(theorem(name).statement for name in entry.theorems), "```", "",
        "| hypothesis in the registry | in the theorem |", "|---|---|", *map(row, compared.hypotheses), "",
        "| conclusion in the registry | in the theorem |", "|---|---|", *map(row, compared.constants),
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
