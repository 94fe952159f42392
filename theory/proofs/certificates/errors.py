"""The error that every function raises which makes a certificate and cannot."""

from __future__ import annotations

from marginproof.theory.errors import MarginproofError


class CertificateError(MarginproofError):
    """No certificate could be made; the message says what stood in the way."""
