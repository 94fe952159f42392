"""Hunting counterexamples: search, shrink, rationalise, certify.

A search proves nothing by what it does not find; what it finds is proved by a certificate.
"""

from marginproof.properties.hunt.search import HuntResult, hunt
from marginproof.properties.hunt.settings import Hunt

__all__ = ["Hunt", "HuntResult", "hunt"]
