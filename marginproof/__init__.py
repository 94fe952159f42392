"""marginproof: proofs, certificates and property tests for the implicit bias of Adam-like optimizers.

The public names, gathered from ``theory``, ``constructions`` and ``properties`` and loaded on first
use, so that importing this module is light.  ``python -m marginproof`` is the command line.

Example:
  >>> import marginproof as mp
  >>> data = mp.read("two-limits")
  >>> mp.predict(data.exact, mp.AdamProxy()).limit.direction.round(6)
  array([0.707107, 0.707107])
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "marginproof.constructions.dataset": ["Dataset"],
    "marginproof.constructions.sources": ["read"],
    "marginproof.constructions.builtin": ["load"],
    "marginproof.properties.conformance.suite": ["check_optimizer", "parametrize_with_claims"],
    "marginproof.properties.simulation.trajectories": ["simulate"],
    "marginproof.theory.proofs.krawczyk": ["certify"],
    "marginproof.theory.proofs.enumeration": ["enumerate_all"],
    "marginproof.theory.errors": ["MarginproofError", "NotSeparableError"],
    "marginproof.theory.fields": [
        "AdamProxyField",
        "GradientField",
        "IncAdamField",
        "ReplacementField",
        "ReshuffledField",
        "SignField",
        "SignumField",
        "ThetaField",
    ],
    "marginproof.theory.limit.problem": ["Limit", "LimitProblem", "Outcome", "Stability", "residual"],
    "marginproof.theory.margins.max_margin": ["l2_margin", "linf_margin", "mahalanobis_margin"],
    "marginproof.theory.number_systems": ["FLOAT64", "RATIONALS", "SYMBOLS", "balls", "multiprecision"],
    "marginproof.theory.proofs.precision": ["polish"],
    "marginproof.theory.prediction": ["Prediction", "predict"],
    "marginproof.theory.limit.solve": ["solve"],
    "marginproof.theory.verdicts": ["Verdict"],
}
_FIELDS = {"AdamProxy": "AdamProxyField", "IncAdam": "IncAdamField"}
"""The names that fields had, for a while."""
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    name = _FIELDS.get(name, name)
    if name not in _HOME_OF:
        raise AttributeError(f"module 'marginproof' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])
