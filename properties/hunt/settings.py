"""What to hunt for, and where: the settings of a hunt, judged before it starts."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.fingerprint import fingerprint
from marginproof.properties.hunt.long_steps import FEWEST
from marginproof.properties.hunt.targets import TARGETS, Target
from marginproof.properties.hunt.user_function import load
from marginproof.properties.workers import check_workers
from marginproof.theory.arguments import check_whole
from marginproof.theory.errors import MarginproofError

METHODS = ("auto", "random", "targeted")
"""How data sets are chosen."""
RANGES = {"n": (1, 64), "d": (1, 64), "max_entry": (1, 10**6), "chunk": (1, None), "seed": (0, None)}
"""The least and the largest; certificates hold up to 64 rows and columns."""


def default_shape(claim: str) -> tuple[int, int]:
    """(N, d) where the user names none: what the claim's certificates are made for, else 3 × 3."""
    return {"R2": (2, 3), "R7": (6, 1)}.get(claim, (3, 3))


@dataclass(frozen=True)
class Hunt:
    """What to look for, and where.

    Attributes:
      claim: an id of :data:`~marginproof.properties.hunt.targets.TARGETS`, or ``module:function``.
      n, d: rows and columns (for R7 the number of gradients, and 1); max_entry: the largest |entry| of
        the integer data.
      seconds: time limit for the search (a violation in hand is still shrunk and certified).
      seed, chunk: the random numbers; ``chunk`` data sets are drawn at a time.
      jobs: worker processes, with ``loky`` at most one a core.
      backend: ``loky``, joblib's default, or ``dask``.
      method: ``random`` screens many data sets at once, ``targeted`` climbs with Hypothesis, one data set at a time, where
        the target says how far a data set is from failing; ``auto`` climbs a user's own conjecture in batches
        (:mod:`marginproof.properties.hunt.generations`), and is random for the registry's claims.
      zeros: the share of entries set to zero, for a user's own conjecture; rows stay separable, and no row or column vanishes.
    """

    claim: str
    n: int = 3
    d: int = 3
    max_entry: int = 15
    seconds: float = 60.0
    seed: int = 0
    chunk: int = 500
    jobs: int = 1
    backend: str = "loky"
    method: str = "auto"
    zeros: float = 0.0

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            check_whole(name, getattr(self, name), least, most)
        if not self.seconds > 0:
            raise MarginproofError(
                f"seconds={self.seconds:g} is no time limit above 0; choose one such as 60, or inf for none"
            )
        check_workers(self.backend, self.jobs)
        if self.method not in METHODS:
            raise MarginproofError(f"method={self.method} is unknown; choose one of {', '.join(METHODS)}")
        if self.method == "targeted" and ":" not in self.claim:
            raise MarginproofError(
                f"method=targeted needs a number to climb, which claim={self.claim} does not return; choose random"
            )
        if not 0 <= self.zeros < 1:
            raise MarginproofError(f"zeros={self.zeros} is not a share of the entries; choose 0 <= zeros < 1")
        if self.zeros and (not self.own or self.method == "targeted"):
            where = f"method={self.method}" if self.own else f"claim={self.claim}"
            raise MarginproofError(
                f"zeros={self.zeros} does not go with {where}: zeros are drawn for a module:function, by "
                "--method auto or random; leave it out"
            )
        self._suits_the_claim()

    def _suits_the_claim(self) -> None:
        if self.claim in ("R1", "R5") and self.n > 6:
            raise MarginproofError(
                f"n={self.n}: complete lists are proved for a few rows; choose n at most 6"
            )
        if self.claim == "R2" and self.n != 2:
            raise MarginproofError(f"n={self.n}: traps are made for two rows; choose n=2")
        if self.claim == "R3" and self.n != 3:
            raise MarginproofError(f"n={self.n}: a cycle is certified for three rows; choose n=3")
        if self.claim == "R7" and self.d != 1:
            raise MarginproofError(f"d={self.d}: R7's data are the gradients of one coordinate; choose d=1")
        if self.claim == "R7" and self.n < FEWEST:
            raise MarginproofError(
                f"n={self.n}: R7 takes {FEWEST} gradients at least, with betas of denominators up to 10; "
                f"choose n={FEWEST} or more"
            )

    def target(self) -> Target:
        """What a violation is."""
        if ":" in self.claim:
            load(self.claim)
            return UserConjecture(self.claim)
        if self.claim not in TARGETS:
            known = ", ".join(TARGETS)
            raise MarginproofError(
                f"claim={self.claim} cannot be hunted; choose one of {known}, or module:function"
            )
        return TARGETS[self.claim]

    @property
    def targeted(self) -> bool:
        """Whether a number guides the search."""
        return self.method == "targeted" or (self.method == "auto" and ":" in self.claim)

    @property
    def own(self) -> bool:
        """Whether the claim is a conjecture of the user's."""
        return ":" in self.claim

    @property
    def unit(self) -> str:
        """What is counted: data sets, or for R7 sequences of gradients."""
        return "sequences" if self.claim == "R7" else "data sets"

    def version(self) -> dict[str, str]:
        """Which version of the user's function is asked, under ``function``; nothing for a claim of the registry."""
        return {"function": fingerprint(load(self.claim))} if self.own else {}

    def key(self) -> dict[str, Any]:
        """What a resumed hunt must have in common with the one it continues."""
        return {
            name: value
            for name, value in asdict(self).items()
            if name not in ("seconds", "jobs", "backend") and (name != "zeros" or value)
        }  # without zeros, as before there were any: older states go on
