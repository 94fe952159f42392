"""A direction field as a certificate names it, read back, and in words.

The β2 → 1 fields are one family, v = (1-θ) q + θ m² up to a positive factor: AdamProxy has θ = 0,
reshuffled batches θ = (b-1)/(N-1), batches with replacement θ = (b-1)/(N+b-1).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from marginproof.theory.fields import Field, GradientField, IncAdamField, ThetaField
from marginproof.theory.proofs.certificates.errors import CertificateError


def field_entry(rule: Field, n_samples: int) -> dict[str, Any]:
    """The field as the certificate writes it.

    Raises:
      CertificateError: the field has no entry.
    """
    entry = rule.certificate_entry(n_samples)
    if entry is None:
        raise CertificateError(
            f"field={type(rule).__name__} has no certificate kind; its limit is a margin, use a bracket"
        )
    return entry


def field_of_entry(entry: Mapping[str, Any]) -> Field:
    """The field that a certificate names; the other way round from :func:`field_entry`."""
    if entry["name"] == "theta":
        return ThetaField(Fraction(entry["theta"]))
    if entry["name"] == "gd":
        return GradientField()
    batches = entry["batches"]
    order = tuple(i for batch in batches for i in batch)
    return IncAdamField(len(batches[0]), order, Fraction(entry["beta1"]), Fraction(entry["beta2"]))


def field_words(entry: Mapping[str, Any]) -> str:
    """The field of an entry as conclusions and statements name it.

    Example:
      >>> field_words(field_entry(IncAdamField(), 2))
      'Inc-Adam at beta1 = 9/10, beta2 = 19/20, one sample a step'
    """
    if entry["name"] == "gd":
        return "gradient descent"
    if entry["name"] == "theta":
        return f"the theta field at theta = {entry['theta']}" if Fraction(entry["theta"]) else "AdamProxy"
    size = len(entry["batches"][0])
    steps = "one sample a step" if size == 1 else f"batches of {size}"
    return f"Inc-Adam at beta1 = {entry['beta1']}, beta2 = {entry['beta2']}, {steps}"
