"""The whole path for one data set and one field: margins, limit, digits, proof.

``predict`` walks data → limit problem → flow and Newton → polish → witness, and sets the limit
direction against the ℓ₂, ℓ∞ and AdamProxy directions (:mod:`marginproof.theory.reference_margins`).  How surely it is known is
:mod:`marginproof.theory.certainty`'s part.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from marginproof.theory.answers import Answers, Lazily
from marginproof.theory.arguments import check_digits, check_switch, start_of
from marginproof.theory.batching import Batching
from marginproof.theory.certainty import Digits, certify_piecewise, refine
from marginproof.theory.fields import AdamProxyField, Field
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.scaling import gamma_factor, rescaled, unit_scale
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.margin import Margin
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Optimizer, field_of
from marginproof.theory.reference_margins import Reference, cosine, exact_margin, lazily, references

if TYPE_CHECKING:  # proofs are imported where one is asked for
    from marginproof.theory.proofs.certificates import Certificate
    from marginproof.theory.proofs.witness import Witness


@dataclass(frozen=True)
class Prediction(Answers):
    """Where w/‖w‖ goes, and how surely.

    Attributes:
      limit: the solved limit (float64).
      cosines: of the limit direction with the directions ``l2``, ``linf`` and ``adamproxy`` (the proxy's
        limit from the same start; ``None`` where the proxy does not settle).
      margin_ratios: margin of the limit direction over γ_2 (``l2``) and γ_∞ (``linf``).
      certified: whether a solution with this support, sign conditions and stability was proved.
      certified_digits: decimal digits that the witness guarantees; ``None`` without one.
      proof: what was proved, or why not, in one clause; empty where no proof was asked for.
      digits: the limit's weights and direction as decimal strings, where digits were asked for.
      start: w_0, ``None`` for zero.
      problem: data and field; witness: the proof of a fixed point, ``None`` without one.
    """

    limit: Limit
    problem: LimitProblem = field(repr=False, compare=False)
    cosines: Mapping[str, float | None]
    margin_ratios: Mapping[str, float]
    certified: bool = False
    certified_digits: int | None = None
    proof: str = ""
    digits: Digits | None = None
    witness: Witness | None = field(default=None, repr=False, compare=False)
    start: Array | None = field(default=None, repr=False, compare=False)

    @cached_property
    def l2(self) -> Margin:
        """γ_2 with its exact bracket, computed when first looked at."""
        return exact_margin("l2", self.problem.X)

    @cached_property
    def linf(self) -> Margin:
        """γ_∞ with its exact bracket, computed when first looked at."""
        return exact_margin("linf", self.problem.X)

    @property
    def has_certificate(self) -> bool:
        """Whether a certificate can state what is proved: weights that are isolated, and F_j > γ off the support."""
        return self.certified and (self.witness is None or self.witness.isolated)

    def certificate(self) -> Certificate:
        """The proof as a certificate: of the fixed point, or (GD and sign fields) the bracket of the margin reached.

        ``certificate().save(path)`` writes it once the checker, in a process of its own, has called it VALID.

        Raises:
          CertificateError: nothing is proved, or no certificate can say it; the message says why.
        """
        from marginproof.theory.proofs.certificates import CertificateError
        from marginproof.theory.proofs.certificates.points import fixed_point
        from marginproof.theory.proofs.certificates.rational import bracket_of
        from marginproof.theory.proofs.certificates.tiers import tiers
        from marginproof.theory.proofs.tiers import TieredWitness

        if not self.certified:
            raise CertificateError(f"certificate=none: {self.proof or 'no proof was asked for (proof=True)'}")
        if self.problem.field.solved_by in ("l2", "linf"):
            return bracket_of(self.problem.X, getattr(self, self.problem.field.solved_by))
        if self.witness is None:
            raise CertificateError("certificate=none: the limit has no enclosure")
        if isinstance(self.witness, TieredWitness):
            return tiers(self.problem, self.witness)
        return fixed_point(self.problem, self.witness)

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        from marginproof.theory.notebook import prediction_table

        return prediction_table(self)


class HasRows(Protocol):
    """A data set: its ``entries`` are rows with labels folded in, exact where they are known exactly."""

    @property
    def entries(self) -> Array:
        """Shape (N, d)."""
        ...


def predict(
    data: Array | HasRows,
    optimizer: Optimizer | Field,
    start: Array | None = None,
    *,
    batching: Batching | None = None,
    digits: int | None = None,
    proof: bool = False,
) -> Prediction:
    """Predict the limit direction of w from w_0, and prove it if asked.

    Arguments:
      data: rows with labels folded in, shape (N, d), float64 or exact; or a data set.
      optimizer: an optimizer, or a direction field itself.
      batching: how an optimizer's batches are drawn; by default single samples in cyclic order for Adam and
        RMSProp, the full batch for others.
      start: w_0, shape (d,); zero by default.
      digits: also write weights and direction out to this many decimal digits.
      proof: enclose the limit (Krawczyk, exact brackets for ℓ∞) and certify its stability.

    Raises:
      NotSeparableError: with the Farkas certificate.

    Example:
      >>> from marginproof.theory.optimizers import Adam
      >>> predict(np.array([[5.0, 1.0], [1.0, 4.0]]), Adam(0.9, 0.95)).limit.direction.round(6)
      array([0.707107, 0.707107])
    """
    check_digits(digits)
    check_switch("proof", proof)
    X = data if isinstance(data, np.ndarray) else data.entries
    start = start_of(start, X.shape[1])
    field = field_of(optimizer, len(X), batching)
    problem = LimitProblem(X, field)
    marks = references(problem)  # first: data that are not separable are refused there
    return refined(compare(problem, solve(problem, start), start, marks), digits, proof)


def refined(prediction: Prediction, digits: int | None = None, proof: bool = True) -> Prediction:
    """A prediction with its limit written out to so many digits, and enclosed; nothing is solved again."""
    problem = prediction.problem
    if prediction.limit.outcome is not Outcome.FIXED_POINT:
        reason = "a fixed point was not reached, so there is none to certify" if proof else ""
        return replace(prediction, proof=reason)
    if problem.field.smooth:
        scale = unit_scale(problem.X)
        found = refine(rescaled(problem, scale), prediction, digits, proof)
        factor = gamma_factor(problem, scale)
        return replace(found, witness=None if found.witness is None else found.witness.in_units(factor))
    return certify_piecewise(problem, prediction) if proof else prediction


def predict_problem(problem: LimitProblem, start: Array | None = None) -> Prediction:
    """The prediction for a problem as it stands, one on sparse rows included; without digits or proof.

    Raises:
      NotSeparableError: with the Farkas certificate.
    """
    marks = references(problem)  # first: data that are not separable are refused there
    return compare(problem, solve(problem, start), start, marks)


def compare(
    problem: LimitProblem,
    limit: Limit,
    start: Array | None,
    marks: Mapping[str, Reference] | None = None,
) -> Prediction:
    """Set a limit direction against the directions of the two margins and the proxy's limit, each when it is asked for."""
    X, w = problem.floats, limit.direction
    known = lazily(problem) if marks is None else marks

    def to_proxy() -> float | None:
        same = problem.field == AdamProxyField()
        proxy = limit if same else solve(LimitProblem(problem.X, AdamProxyField()), start)
        return cosine(w, proxy.direction) if proxy.outcome is Outcome.FIXED_POINT else None

    def ratio(norm: str, order: float) -> float:
        return float((X @ w).min()) / float(np.linalg.norm(w, order)) / known[norm].upper

    cosines: Lazily[float | None] = Lazily(
        {
            "l2": lambda: cosine(w, known["l2"].direction),
            "linf": lambda: cosine(w, known["linf"].direction),
            "adamproxy": to_proxy,
        }
    )
    ratios = Lazily({"l2": partial(ratio, "l2", 2), "linf": partial(ratio, "linf", np.inf)})
    found = Prediction(limit, problem, cosines, ratios, start=start)
    exact = {norm: mark for norm, mark in (marks or {}).items() if isinstance(mark, Margin)}
    found.__dict__.update(exact)
    return found
