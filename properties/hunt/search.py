"""The hunt: seeded chunks of random data are screened in parallel until one violation is certified.

Chunk k of a hunt draws from the seed sequence (seed, k), so a hunt gives the same answer whatever
the number of jobs, and can be resumed from the number of chunks done.  A chunk that the time limit
cuts short is not counted as done, nor is what it had found used: a resumed hunt draws it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from math import inf

import numpy as np
from joblib import Parallel, delayed

from properties.hunt import kernels
from properties.hunt.quarries import Quarry
from properties.hunt.settings import Hunt
from properties.hunt.shrink import OwnMoves, shrink, simpler
from properties.hunt.targeted import Graded, climb
from properties.hunt.workers import workers
from theory.certificates import Certificate
from theory.checker import check
from theory.errors import MarginproofError

Array = np.ndarray
CONFIRM_AT_MOST = 40
"""Candidates of one chunk that are looked at closely, best score first."""

PIECE = 10
"""Data sets that are screened between two looks at the clock."""

clock = time.monotonic
"""Seconds; tests put a clock of their own here."""


@dataclass(frozen=True)
class HuntResult:
    """How a hunt ended.

    Attributes:
      hunt: the settings.
      found: the violation as drawn, shape (n, d), or ``None``.
      shrunk: the smallest violation reached from it, or ``None``.
      certificate: what the checker accepted, or ``None``.
      chunks, tried: how much was searched, whole chunks (at most ``tried``, where a targeted chunk ends early); candidates: how many passed the screen.
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

Chunk = tuple[int, list[Array]]
"""(candidates, confirmed violations), best score first."""


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
    quarry, limit = hunt.quarry(), TimeLimit(seconds)
    with suppress(OutOfTime):
        if hunt.targeted and isinstance(quarry, Graded):
            number = int(np.random.SeedSequence([hunt.seed, chunk]).generate_state(1)[0])
            shape = (hunt.n, hunt.d)
            found = climb(quarry, shape, hunt.max_entry, hunt.chunk, number, after_each=limit).found
            return (0, []) if found is None else (1, [found])
        rng = np.random.default_rng([hunt.seed, chunk])
        return _screened(quarry, kernels.draw(rng, hunt.chunk, hunt.n, hunt.d, hunt.max_entry), limit)
    return None


def _screened(quarry: Quarry, batch: Array, limit: TimeLimit) -> Chunk:
    """The batch in pieces, the clock looked at between them and between candidates."""
    pieces = [quarry.screen(batch[:1])]
    for first in range(1, len(batch), PIECE):
        limit()
        pieces.append(quarry.screen(batch[first : first + PIECE]))
    scores = np.concatenate(pieces)
    order = [i for i in np.argsort(-scores, kind="stable") if scores[i] > 0]
    confirmed: list[Array] = []
    for i in order[:CONFIRM_AT_MOST]:
        limit()
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
    start, chunk, candidates, cut = clock(), first_chunk, 0, False
    reasons: dict[bytes, str] = {}
    won = None

    with workers(settings.backend, settings.jobs):
        while won is None and not cut and (left := start + settings.seconds - clock()) > 0:
            numbers = range(chunk, chunk + settings.jobs)
            rounds = Parallel(n_jobs=settings.jobs)(delayed(search_chunk)(settings, k, left) for k in numbers)
            whole: list[Chunk] = list(takewhile(lambda done: done is not None, rounds))
            cut = len(whole) < len(rounds)
            chunk += len(whole)
            candidates += sum(count for count, _ in whole)
            if progress:
                progress((chunk - first_chunk) * settings.chunk, candidates, clock() - start)
            won = _settle(settings.quarry(), (X for _, found in whole for X in found), reasons)
            if keep:
                keep(chunk)
    found, shrunk, made = won or (None, None, None)
    chunks, refused = chunk - first_chunk, tuple(reasons.values())
    tried, seconds = chunks * settings.chunk, clock() - start
    return HuntResult(settings, found, shrunk, made, chunks, tried, candidates, refused, seconds)


def _settle(
    quarry: Quarry, violations: Iterable[Array], reasons: dict[bytes, str]
) -> tuple[Array, Array, Certificate] | None:
    """(as drawn, shrunk, certificate) of the first violation with one; why others have none goes to ``reasons``."""
    moves = quarry.simpler if isinstance(quarry, OwnMoves) else simpler
    for X in violations:
        small, _ = shrink(X, quarry.confirm, moves=moves)
        if small.tobytes() in reasons:
            continue
        made, reason = _certified(quarry, small, X)
        if made is not None:
            return X, small if len(made.data) == len(small) else X, made
        reasons[small.tobytes()] = reason
    return None


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
