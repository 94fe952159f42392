"""What every certificate holds: format, claim, exact data, field, witness, conclusion, producer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import (
    Field,
    GradientField,
    IncAdamField,
    ThetaField,
)
from marginproof.theory.number_systems import exact

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


class CertificateError(MarginproofError):
    """No certificate could be made; the message says what stood in the way."""


@dataclass(frozen=True)
class Certificate:
    """One certificate, ready to be written.

    Attributes:
      kind: which of the checker's kinds.
      data: exact rows x_i with labels folded in, shape (N, d) (gradients, shape (n, 1), for step growth).
      witness: what the checker is shown; Fractions are written as "p/q".
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

    def to_json(self) -> str:
        """The file's text: ASCII JSON with sorted keys, one key a line at the top level."""
        entry = None if self.field is None else field_entry(self.field, len(self.data))
        words = {} if entry is None else {"field": field_words(entry)}
        body: dict[str, Any] = {
            "format": FORMAT,
            "claim": self.claim,
            "statement": STATEMENTS[self.claim].replace("FIELD", words.get("field", ""))
            if self.claim
            else None,
            "kind": self.kind,
            "data": plain(self.data),
            "field": entry,
            "witness": plain(self.witness),
            "conclusion": words | plain(self.conclusion),
            "producer": producer(),
        }
        if self.note:
            body["note"] = self.note
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
    """JSON values; every rational a string "p" or "p/q", indices stay integers."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.integer):
        return int(value)
    return value


def field_entry(rule: Field, n_samples: int) -> dict[str, Any]:
    """The field as the certificate writes it.

    The β2 → 1 fields are one family, v = (1-θ) q + θ m² up to a positive factor: AdamProxy has
    θ = 0, reshuffled batches θ = (b-1)/(N-1), batches with replacement θ = (b-1)/(N+b-1).
    """
    entry = rule.certificate_entry(n_samples)
    if entry is None:
        raise CertificateError(
            f"field={type(rule).__name__} has no certificate kind; its limit is a margin, use a bracket"
        )
    return entry


def field_words(entry: Mapping[str, Any]) -> str:
    """The field in the words of a certificate's conclusion."""
    if entry["name"] == "gd":
        return "gradient descent"
    if entry["name"] == "theta":
        theta = Fraction(entry["theta"])
        return f"the theta field at theta = {theta}" if theta else "AdamProxy"
    size = len(entry["batches"][0])
    batches = "one sample a step" if size == 1 else f"batches of {size}"
    return f"Inc-Adam at beta1 = {entry['beta1']}, beta2 = {entry['beta2']}, {batches}"


def field_of_entry(entry: Mapping[str, Any]) -> Field:
    """The field that a certificate names; the other way round from :func:`field_entry`."""
    if entry["name"] == "theta":
        return ThetaField(Fraction(entry["theta"]))
    if entry["name"] == "gd":
        return GradientField()
    batches = entry["batches"]
    order = tuple(i for batch in batches for i in batch)
    return IncAdamField(len(batches[0]), order, Fraction(entry["beta1"]), Fraction(entry["beta2"]))
