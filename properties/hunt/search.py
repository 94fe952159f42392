"""The hunt: seeded chunks of random data are screened in parallel until one violation is certified.

Chunk k of a hunt draws from the seed sequence (seed, k), so a hunt gives the same answer whatever
the number of jobs, and can be resumed from the number of chunks done.  A chunk that the time limit
cuts short is not counted as done, nor is what it had found used: a resumed hunt draws it again.
Nor is a chunk with a certified violation: the same hunt, resumed, finds it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from itertools import takewhile
from math import inf
from typing import Any, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from marginproof.properties.hunt.draws import draw
from marginproof.properties.hunt.generations import climb_in_batches
from marginproof.properties.hunt.settings import Hunt
from marginproof.properties.hunt.shrink import OwnMoves, shrink, simpler
from marginproof.properties.hunt.targeted import Graded, climb
from marginproof.properties.hunt.targets import Target
from marginproof.properties.workers import workers
from marginproof.theory.errors import MarginproofError
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import Certificate

CONFIRM_AT_MOST = 40
"""Candidates of one chunk that are looked at closely, best score first."""

PIECE = 100
"""Data sets that are screened between two looks at the clock."""

clock = time.monotonic
"""Seconds; tests put a clock of their own here."""


@dataclass(frozen=True)
class Searched:
    """How much was searched.

    Attributes:
      chunks: whole chunks.
      tried: data sets in them; judged: those of them of which the target could say something.
      candidates: how many passed the screen.
    """

    chunks: int = 0
    tried: int = 0
    judged: int = 0
    candidates: int = 0

    def and_then(self, chunk: Chunk) -> Searched:
        """One chunk more."""
        return Searched(
            self.chunks + 1,
            self.tried + chunk.tried,
            self.judged + chunk.judged,
            self.candidates + chunk.candidates,
        )


@dataclass(frozen=True)
class HuntResult:
    """How a hunt ended.

    Attributes:
      hunt: the settings.
      found: the violation as drawn, shape (n, d), or ``None``.
      shrunk: the smallest violation reached from it, or ``None``.
      certificate: what the checker accepted, or ``None``.
      searched: how much was searched, in whole chunks (a guided one ends at its violation).
      refused: violations that could not be certified, with the reason.
      seconds: wall time.
    """

    hunt: Hunt
    found: Array | None
    shrunk: Array | None
    certificate: Certificate | None
    searched: Searched
    refused: tuple[str, ...]
    seconds: float

    @property
    def tried(self) -> int:
        """Data sets tried."""
        return self.searched.tried


Progress = Callable[[int, int, float], None]
"""Called with (data sets tried, candidates, seconds) after every round."""


class Chunk(NamedTuple):
    """What one chunk holds.

    Attributes:
      tried: data sets drawn; judged: those of them of which the target could say something.
      candidates: how many passed the screen; found: confirmed violations, best score first.
    """

    tried: int
    judged: int
    candidates: int
    found: list[Array]


class OutOfTime(Exception):
    """The time limit came within a chunk."""


class TimeLimit:
    """Call it to look at the clock.  The first look starts it, so that what comes before is not counted."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end: float | None = None

    def __call__(self) -> None:
        """Raise :class:`OutOfTime` if the time is up."""
        if self.end is None:
            self.end = clock() + self.seconds
        elif clock() >= self.end:
            raise OutOfTime


def search_chunk(hunt: Hunt, chunk: int, seconds: float = inf) -> Chunk | None:
    """What one chunk holds; ``None`` if the time limit cut it short.

    Arguments:
      chunk: its number.
      seconds: time limit, counted from the end of the first data set, whose screen may have to be compiled.
    """
    target, limit = hunt.target(), TimeLimit(seconds)
    with suppress(OutOfTime):
        if hunt.own and hunt.method != "targeted":
            return _in_batches(hunt, target, chunk, limit)
        if hunt.targeted and isinstance(target, Graded):
            number = int(np.random.SeedSequence([hunt.seed, chunk]).generate_state(1)[0])
            shape = (hunt.n, hunt.d)
            done = climb(target, shape, hunt.max_entry, hunt.chunk, number, after_each=limit)
            found = [] if done.found is None else [done.found]
            return Chunk(done.tried, done.judged, len(found), found)
        rng = np.random.default_rng([hunt.seed, chunk])
        return _screened(target, draw(rng, hunt.chunk, hunt.n, hunt.d, hunt.max_entry), limit)
    return None


def _in_batches(hunt: Hunt, target: Any, chunk: int, limit: TimeLimit) -> Chunk:
    """A user's conjecture, asked about whole generations of data sets."""
    rng, guided = np.random.default_rng([hunt.seed, chunk]), hunt.method == "auto"
    done = climb_in_batches(
        target, (hunt.n, hunt.d), hunt.max_entry, hunt.chunk, rng, guided, limit, hunt.zeros
    )
    found = [] if done.found is None else [done.found]
    return Chunk(done.tried, done.judged, len(found), found)


def _screened(target: Target, batch: Array, limit: TimeLimit) -> Chunk:
    """The batch in pieces, the clock looked at between them and between candidates."""
    pieces = [target.screen(batch[:1])]
    for first in range(1, len(batch), PIECE):
        limit()
        pieces.append(target.screen(batch[first : first + PIECE]))
    scores = np.concatenate(pieces)
    order = [i for i in np.argsort(-scores, kind="stable") if scores[i] > 0]
    confirmed: list[Array] = []
    for i in order[:CONFIRM_AT_MOST]:
        limit()
        if target.confirm(batch[i]):
            confirmed.append(batch[i])
            if len(confirmed) == 3:
                break
    return Chunk(len(batch), int(np.sum(~np.isnan(scores))), len(order), confirmed)


def hunt(
    settings: Hunt,
    first_chunk: int = 0,
    progress: Progress | None = None,
    keep: Callable[[Searched], None] | None = None,
) -> HuntResult:
    """Search until a violation is certified or the time is up.

    Arguments:
      first_chunk: where to begin, for a resumed hunt.
      progress: told after every round.
      keep: told what is done since ``first_chunk``, to resume after it: all but a chunk with a certified violation.
    """
    start, searched, cut = clock(), Searched(), False
    reasons: dict[bytes, str] = {}
    won = None

    with workers(settings.backend, settings.jobs) as jobs:
        while won is None and not cut and (left := start + settings.seconds - clock()) > 0:
            first = first_chunk + searched.chunks
            numbers = range(first, first + jobs)
            rounds = Parallel(n_jobs=jobs)(delayed(search_chunk)(settings, k, left) for k in numbers)
            whole: list[Chunk] = list(takewhile(lambda done: done is not None, rounds))
            cut, kept = len(whole) < len(rounds), searched
            searched = reduce(Searched.and_then, whole, searched)
            if progress:
                progress(searched.tried, searched.candidates, clock() - start)
            for chunk in whole:
                won = _settle(settings.target(), chunk.found, reasons)
                if won is not None:
                    break
                kept = kept.and_then(chunk)
            if keep:
                keep(kept)
    found, shrunk, made = won or (None, None, None)
    return HuntResult(settings, found, shrunk, made, searched, tuple(reasons.values()), clock() - start)


def _settle(
    target: Target, violations: Iterable[Array], reasons: dict[bytes, str]
) -> tuple[Array, Array, Certificate] | None:
    """(as drawn, shrunk, certificate) of the first violation with one; why others have none goes to ``reasons``."""
    moves = target.simpler if isinstance(target, OwnMoves) else simpler
    for X in violations:
        small, _ = shrink(X, target.confirm, moves=moves)
        if small.tobytes() in reasons:
            continue
        made, reason = _certified(target, small, X)
        if made is not None:
            return X, small if len(made.data) == len(small) else X, made
        reasons[small.tobytes()] = reason
    return None


def _certified(target: Target, *choices: Array) -> tuple[Certificate | None, str]:
    """The first certificate that the checker accepts."""
    reason = ""
    for X in choices:
        try:
            made = target.certify(X)
            verdict, reason = made.verdict()
        except (MarginproofError, np.linalg.LinAlgError) as error:
            verdict, reason = "INVALID", str(error)
        if verdict == "VALID":
            return made, ""
    return None, f"{choices[0].astype(int).tolist()}: {reason}"
