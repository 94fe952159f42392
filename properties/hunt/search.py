"""The hunt: seeded chunks of random data are screened in parallel until one violation is certified.

Chunk k of a hunt draws from the seed sequence (seed, k), so a hunt gives the same answer whatever
the number of jobs, and can be resumed from the number of chunks done.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from joblib import Parallel, delayed

from properties.hunt import kernels
from properties.hunt.conjecture import UserConjecture, load
from properties.hunt.quarries import QUARRIES, Quarry
from properties.hunt.shrink import shrink
from properties.hunt.targeted import Graded, climb
from properties.hunt.workers import workers
from theory.certificates import Certificate
from theory.checker import check
from theory.errors import MarginproofError

Array = np.ndarray
METHODS = ("auto", "random", "targeted")
"""How data sets are chosen."""

CONFIRM_AT_MOST = 40
"""Candidates of one chunk that are looked at closely, best score first."""


@dataclass(frozen=True)
class Hunt:
    """What to look for, and where.

    Attributes:
      claim: an id of :data:`~properties.hunt.quarries.QUARRIES`, or ``module:function``.
      n, d: rows and columns; max_entry: the largest |entry| of the integer data.
      seconds: time limit for the search (a violation in hand is still shrunk and certified).
      seed, chunk: the random numbers; ``chunk`` data sets are drawn at a time.
      jobs: worker processes; backend: joblib's default (``loky``) or ``dask``.
      method: ``random`` screens many data sets at once, ``targeted`` climbs with Hypothesis where
        the quarry says how far a data set is from failing, ``auto`` is targeted for a user's own
        conjecture and random for the registry's claims, whose screens are compiled.
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

    def __post_init__(self) -> None:
        for name in ("n", "d", "max_entry", "chunk", "jobs"):
            if getattr(self, name) < 1:
                raise MarginproofError(f"{name}={getattr(self, name)} must be at least 1")
        for name in ("n", "d"):
            if getattr(self, name) > 64:
                raise MarginproofError(f"{name}={getattr(self, name)} must be at most 64, as in certificates")
        if self.max_entry > 10**6:
            raise MarginproofError(f"max_entry={self.max_entry} must be at most 1000000")
        if self.claim in ("R1", "R5") and self.n > 6:
            raise MarginproofError(
                f"n={self.n}: complete lists are proved for a few rows; choose n at most 6"
            )
        if self.seed < 0:
            raise MarginproofError(f"seed={self.seed} must be at least 0")
        if not self.seconds > 0:
            raise MarginproofError(f"seconds={self.seconds} must be positive")
        if self.backend not in ("loky", "dask"):
            raise MarginproofError(f"backend={self.backend} is unknown; choose loky or dask")
        if self.method not in METHODS:
            raise MarginproofError(f"method={self.method} is unknown; choose one of {', '.join(METHODS)}")
        if self.method == "targeted" and ":" not in self.claim:
            raise MarginproofError(
                f"method=targeted needs a number to climb, which claim={self.claim} has not; choose random"
            )
        if self.claim == "R2" and self.n != 2:
            raise MarginproofError(f"n={self.n}: traps are made for two rows; choose n=2")
        if self.claim == "R3" and self.n != 3:
            raise MarginproofError(f"n={self.n}: a cycle is certified for three rows; choose n=3")

    def quarry(self) -> Quarry:
        """What a violation is."""
        if ":" in self.claim:
            load(self.claim)
            return UserConjecture(self.claim)
        if self.claim not in QUARRIES:
            known = ", ".join(QUARRIES)
            raise MarginproofError(
                f"claim={self.claim} cannot be hunted; choose one of {known}, or module:function"
            )
        return QUARRIES[self.claim]

    @property
    def targeted(self) -> bool:
        """Whether Hypothesis guides the search."""
        return self.method == "targeted" or (self.method == "auto" and ":" in self.claim)

    def key(self) -> dict[str, Any]:
        """What a resumed hunt must have in common with the one it continues."""
        return {
            name: value for name, value in asdict(self).items() if name not in ("seconds", "jobs", "backend")
        }


@dataclass(frozen=True)
class HuntResult:
    """How a hunt ended.

    Attributes:
      hunt: the settings.
      found: the violation as drawn, shape (n, d), or ``None``.
      shrunk: the smallest violation reached from it, or ``None``.
      certificate: what the checker accepted, or ``None``.
      chunks, tried: how much was searched (at most ``tried``, where a targeted chunk ends early); candidates: how many passed the screen.
      refused: violations that could not be certified, with the reason.
      seconds: wall time.
    """

    hunt: Hunt
    found: Array | None
    shrunk: Array | None
    certificate: Certificate | None
    chunks: int
    tried: int
    candidates: int
    refused: tuple[str, ...]
    seconds: float


Progress = Callable[[int, int, float], None]
"""Called with (data sets tried, candidates, seconds) after every round."""


def search_chunk(hunt: Hunt, chunk: int) -> tuple[int, list[Array]]:
    """(candidates, confirmed violations) of one chunk, best score first."""
    quarry = hunt.quarry()
    if hunt.targeted and isinstance(quarry, Graded):
        number = int(np.random.SeedSequence([hunt.seed, chunk]).generate_state(1)[0])
        _, found = climb(quarry, (hunt.n, hunt.d), hunt.max_entry, hunt.chunk, number)
        return (0, []) if found is None else (1, [found])
    rng = np.random.default_rng([hunt.seed, chunk])
    batch = kernels.draw(rng, hunt.chunk, hunt.n, hunt.d, hunt.max_entry)
    scores = quarry.screen(batch)
    order = [i for i in np.argsort(-scores, kind="stable") if scores[i] > 0]
    confirmed: list[Array] = []
    for i in order[:CONFIRM_AT_MOST]:
        if quarry.confirm(batch[i]):
            confirmed.append(batch[i])
            if len(confirmed) == 3:
                break
    return len(order), confirmed


def hunt(
    settings: Hunt,
    first_chunk: int = 0,
    progress: Progress | None = None,
    keep: Callable[[int], None] | None = None,
) -> HuntResult:
    """Search until a violation is certified or the time is up.

    Arguments:
      first_chunk: where to begin, for a resumed hunt.
      progress: told after every round; keep: told how many chunks are done, to resume from.
    """
    start, chunk, candidates = time.monotonic(), first_chunk, 0
    refused: list[str] = []
    quarry = settings.quarry()
    settled: set[bytes] = set()

    def result(
        found: Array | None = None, shrunk: Array | None = None, made: Certificate | None = None
    ) -> HuntResult:
        chunks = chunk - first_chunk
        seconds = time.monotonic() - start
        return HuntResult(
            settings,
            found,
            shrunk,
            made,
            chunks,
            chunks * settings.chunk,
            candidates,
            tuple(refused),
            seconds,
        )

    with workers(settings.backend, settings.jobs):
        while time.monotonic() - start < settings.seconds:
            numbers = range(chunk, chunk + settings.jobs)
            rounds = Parallel(n_jobs=settings.jobs)(delayed(search_chunk)(settings, k) for k in numbers)
            chunk += settings.jobs
            candidates += sum(count for count, _ in rounds)
            if keep:
                keep(chunk)
            if progress:
                progress((chunk - first_chunk) * settings.chunk, candidates, time.monotonic() - start)
            for X in (X for _, confirmed in rounds for X in confirmed):
                small, _ = shrink(X, quarry.confirm)
                if small.tobytes() in settled:
                    continue
                settled.add(small.tobytes())
                made, reason = _certified(quarry, small, X)
                if made is not None:
                    return result(X, small if len(made.data) == len(small) else X, made)
                refused.append(reason)
    return result()


def _certified(quarry: Quarry, *choices: Array) -> tuple[Certificate | None, str]:
    """The first certificate that the checker accepts."""
    reason = ""
    for X in choices:
        try:
            made = quarry.certify(X)
            verdict, reason = check(made.to_json().encode())
        except (MarginproofError, np.linalg.LinAlgError) as error:
            verdict, reason = "INVALID", str(error)
        if verdict == "VALID":
            return made, ""
    return None, f"{choices[0].astype(int).tolist()}: {reason}"
