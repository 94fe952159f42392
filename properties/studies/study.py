"""What a study leaves: a table, figures, a finding, and what it says about which claims."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from matplotlib.figure import Figure

from marginproof.properties.plots.measure import SCHEDULE, PredictedRun, ReferenceDirections
from marginproof.properties.presentation.names import angle
from marginproof.properties.verification.certificate_evidence import certificates, checked
from marginproof.theory.bounds.signum import delta_cyclic
from marginproof.theory.limit.problem import Outcome
from marginproof.theory.number_systems import Array
from marginproof.theory.registry import claim
from marginproof.theory.verdicts import Verdict


@dataclass(frozen=True)
class ClaimEvidence:
    """What a study says about a claim.

    Attributes:
      claim: its id.
      verdict: how strong this study's evidence is, at most OBSERVED for a finite run; ``None`` where the study
        illustrates a proof and adds nothing to it.
      why: one clause.
    """

    claim: str
    verdict: Verdict | None
    why: str

    @property
    def word(self) -> str:
        """The verdict's word, or ``illustrates``."""
        return "illustrates" if self.verdict is None else self.verdict.value

    @property
    def title(self) -> str:
        """The claim's title."""
        return claim(self.claim).title


@dataclass(frozen=True, eq=False)
class Study:
    """A study's outcome.

    Attributes:
      name, title: as in :data:`marginproof.properties.studies.STUDIES`.
      question: what is asked, one sentence.
      finding: what came out, one or two sentences.
      columns, rows: the table.
      bearings: on which claims, and how strongly.
      figures: each figure by its file's stem; ``captions`` has the same keys.
      settings: step sizes, loss and seed of the runs, in words; what differs from run to run is in the table.
    """

    name: str
    title: str
    question: str
    finding: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    bearings: tuple[ClaimEvidence, ...]
    figures: dict[str, Figure] = field(repr=False)
    captions: dict[str, str]
    settings: str


def observed(claim_id: str, agrees: bool, why: str) -> ClaimEvidence:
    """OBSERVED where the runs agree, else UNDECIDED: a finite run refutes no limit."""
    return ClaimEvidence(claim_id, Verdict.OBSERVED if agrees else Verdict.UNDECIDED, why)


def by_certificate(claim_id: str, name: str = "") -> ClaimEvidence:
    """What the corpus proves of a false statement, checked here and now.

    Arguments:
      claim_id: a claim that is REFUTED.
      name: the one file to check, where there are several [default: all].
    """
    files = [path for path in certificates(claim_id) if name in ("", path.name)]
    evidence = checked(files)
    surely = evidence.passed and bool(files)
    verdict = Verdict.REFUTED if surely else Verdict.UNDECIDED
    names = ", ".join(path.name for path in files)
    return ClaimEvidence(claim_id, verdict, f"certificates checked: {names}" if surely else evidence.detail)


def by_proof(claim_id: str, why: str) -> ClaimEvidence:
    """A claim that the study illustrates; ``marginproof verify`` judges it, this run adds nothing."""
    return ClaimEvidence(claim_id, None, f"{why}; judged by `marginproof verify --claim {claim_id}`")


def signum_floors(one: PredictedRun, X: Array, gamma: float) -> tuple[float, float]:
    """B2's lower bounds of the margin over γ_∞ for a run of Signum: as η → 0, and at the run's end.

    The first is 1 - δ(β) R/γ.  The second takes off (log N + ½R² Σ η²)/(γ Σ η), what starting at w = 0 and
    steps of size η cost (the drift of the weights over a momentum's memory, which B2 also counts, left out).
    """
    n, beta = X.shape[0], one.optimizer.hyper.beta1
    radius = float(np.abs(X).sum(axis=1).max())
    limit = 1 - float(delta_cyclic(beta, n // one.batching.size(n))) * radius / gamma
    squares = SCHEDULE.lr**2 * float(np.log1p(one.run.steps / SCHEDULE.offset))
    cost = (float(np.log(n)) + 0.5 * radius**2 * squares) / (gamma * one.run.final.sum_lr)
    return limit, limit - cost


COURSE_COLUMNS = (
    "optimizer",
    "angle to ℓ₂",
    "to ℓ∞",
    "to Mahalanobis",
    "to prediction",
    "rate",
    "settled",
)


def course_row(course: PredictedRun, marks: ReferenceDirections) -> tuple[object, ...]:
    """A run's last direction against the landmarks and its own prediction."""
    angles = {
        key: angle(1 - math.cos(math.radians(value)))
        for key, value in marks.angles(course.run.direction).items()
    }
    gap = angle(course.gaps[-1]) if course.comparable else "not unique"
    if course.limit.outcome is Outcome.CYCLE:
        gap = f"{angle(course.gaps[-1])} (to the cycle's mean)"
    rate: object = round(course.slope(), 2) if course.comparable else "–"
    settled = settled_word(course.settled(marks))
    return (
        course.name,
        angles["l2"],
        angles["linf"],
        angles.get("adamproxy", "does not settle"),
        gap,
        rate,
        settled,
    )


def settled_word(settled: bool) -> str:
    """A run's last column."""
    return "yes" if settled else "not settled"
