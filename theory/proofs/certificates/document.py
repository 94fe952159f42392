"""What every certificate holds: format, claim, exact data, field, witness, conclusion, producer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from marginproof.theory.fields import Field
from marginproof.theory.number_systems import exact
from marginproof.theory.proofs.certificates.errors import CertificateError
from marginproof.theory.proofs.certificates.field_entry import field_entry, field_words
from marginproof.theory.proofs.certificates.judge import SECONDS, judge

FORMAT = "marginproof-certificate/2"
"""The schema's name and version."""

STATEMENTS = {
    "R1": "The limit equation of FIELD has only one solution.",
    "R2": "The data alone decide the limit of FIELD.",
    "R3": "The update direction u(c) of FIELD converges.",
    "R4": "SignSGD without momentum keeps Adam's l_inf bias at batch size 1: eventually it separates separable data.",
    "R5": "Every limit of FIELD has the l_inf max-margin: Adam's bias survives batch size 1.",
    "R6": "The l_inf max-margin direction of data without zero entries is unique.",
    "R7": "Adam's steps stay bounded without beta1 <= beta2.",
}
"""The statements that certificates refute, by claim id; FIELD stands for the field in words."""


@dataclass(frozen=True)
class Certificate:
    """One certificate; what comes out of it as a file (:meth:`to_json`, :meth:`save`) the checker has called VALID.

    Attributes:
      kind: which of the checker's kinds.
      data: exact rows x_i with labels folded in, shape (N, d) (gradients, shape (n, 1), for step growth).
      witness: what the checker is shown; Fractions are written as ``"p/q"``.
      conclusion: what the checker must find.
      field: the direction field, or ``None`` where none is involved.
      claim: the refuted claim's id, or ``None``.
      note: free text, not judged.
    """

    kind: str
    data: tuple[tuple[Fraction, ...], ...]
    witness: Mapping[str, Any]
    conclusion: Mapping[str, Any]
    field: Field | None = None
    claim: str | None = None
    note: str = ""

    _valid: list[tuple[str, float]] = dataclass_field(
        default_factory=list, init=False, repr=False, compare=False
    )

    def verdict(self, seconds: float = SECONDS) -> tuple[str, str]:
        """The checker's word and reason, from a process of its own; a VALID one is not asked for twice."""
        if not self._valid:
            begun = perf_counter()
            word, reason = judge(unjudged_text(self), seconds)
            if word != "VALID":
                return word, reason
            self._valid.append((reason, perf_counter() - begun))
        return "VALID", self._valid[0][0]

    @property
    def check_seconds(self) -> float:
        """How long the checker took to call it VALID; 0 where it has not."""
        return self._valid[0][1] if self._valid else 0.0

    def to_json(self) -> str:
        """The file's text (ASCII JSON, one key a line at the top level), once the checker has called it VALID.

        Raises:
          CertificateError: it has not; the message gives the checker's reason.
        """
        verdict, reason = self.verdict()
        if verdict != "VALID":
            raise CertificateError(f"kind={self.kind}: the checker calls the certificate {verdict}: {reason}")
        return unjudged_text(self)

    def save(self, path: str | Path) -> None:
        """Write the file, once the checker has called it VALID; an error (:meth:`to_json`) leaves nothing behind."""
        Path(path).write_text(self.to_json(), encoding="ascii")


def unjudged_text(certificate: Certificate) -> str:
    """The text that the checker is asked about: for those who ask it, never to be handed out."""
    claim, rows = certificate.claim, certificate.data
    field = None if certificate.field is None else field_entry(certificate.field, len(rows))
    words = {} if field is None else {"field": field_words(field)}
    statement = None if claim is None else STATEMENTS[claim].replace("FIELD", words.get("field", ""))
    body: dict[str, Any] = {
        "format": FORMAT,
        "claim": claim,
        "statement": statement,
        "kind": certificate.kind,
        "data": plain(rows),
        "field": field,
        "witness": plain(certificate.witness),
        "conclusion": plain({**words, **certificate.conclusion, **words}),
        "producer": producer(),
    }
    if certificate.note:
        body["note"] = certificate.note
    lines = (f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in body.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def producer() -> str:
    """The name and version of this package."""
    try:
        return f"marginproof {version('marginproof')}"
    except PackageNotFoundError:
        return "marginproof"


def rows_of(X: Any) -> tuple[tuple[Fraction, ...], ...]:
    """Exact rows from any array, nested list or object with an ``exact`` array."""
    array = getattr(X, "exact", X)
    return tuple(tuple(exact(value) for value in row) for row in np.asarray(array, dtype=object))


def plain(value: Any) -> Any:
    """JSON values; every rational a string ``"p"`` or ``"p/q"``, indices stay integers."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.integer):
        return int(value)
    return value
