"""Long runs in slices: progress after each, and a file from which an interrupted run goes on.

A check's examples are cut into slices of :data:`SLICE`, each with a seed of its own.  A slice that held is
written to the file at once (the whole file anew, moved into place); a later run with the same key skips it.
A slice that failed is not kept: it is run again, from the same seed.
"""

from __future__ import annotations

import hashlib
import inspect
import json
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings

from marginproof.properties.checks.check import Check
from marginproof.properties.checks.subjects import OptimizerUnderTest
from marginproof.properties.conformance.interruption import raise_if_interrupted
from marginproof.properties.conformance.one_check import examples_of, run_check
from marginproof.properties.conformance.results import CheckResult, CheckStatus
from marginproof.properties.writing import write_atomically
from marginproof.theory.errors import MarginproofError

SLICE = 100
"""Examples; an interruption loses less than this many."""

Say = Callable[[str], None]


def source_of(subject: OptimizerUnderTest) -> str:
    """A hash of the file that defines the subject: an edited optimizer is another one."""
    module = sys.modules.get(subject.origin.partition(":")[0])
    try:
        text = inspect.getsource(module) if module else ""
    except (OSError, TypeError):
        text = ""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def key_of(subject: OptimizerUnderTest, max_examples: int | None, versions: str) -> dict[str, Any]:
    """What must agree for results to be used again."""
    return {
        "optimizer": subject.origin or subject.name,
        "family": subject.family,
        "source": source_of(subject),
        "marginproof": version("marginproof"),
        "versions": versions,
        "profile": settings.get_current_profile_name(),
        "max_examples": max_examples,
    }


class Store:
    """The slices that held, in a JSON file.

    Arguments:
      path: the file; made when the first slice is done.
      key: from :func:`key_of`.
      seed: of the run; ``None`` takes the file's, or 0 for a new file.

    Raises:
      MarginproofError: the file cannot be read, is none of ours, or belongs to another run.
    """

    def __init__(self, path: Path, key: dict[str, Any], seed: int | None = None) -> None:
        self.path = path
        fresh: dict[str, Any] = {"key": key, "seed": seed or 0, "slices": {}}
        found = self._read() if path.exists() else fresh
        differs = [name for name, value in key.items() if found["key"].get(name) != value]
        if seed not in (None, found["seed"]):
            differs.append("seed")
            key, found["key"] = {**key, "seed": seed}, {**found["key"], "seed": found["seed"]}
        if differs:
            name = differs[0]
            raise MarginproofError(
                f"--marginproof-resume={path}: was written for {name}={found['key'].get(name)!r}, and this run has "
                f"{name}={key[name]!r}; name another file, or remove this one to start anew"
            )
        if not os.access(path.parent, os.W_OK):
            raise MarginproofError(f"--marginproof-resume={path}: the folder cannot be written to")
        self.key, self.seed = found["key"], int(found["seed"])
        self.slices: dict[str, list[int | None]] = found["slices"]

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self.path.read_text())
            if {"key", "seed", "slices"} <= set(found) and all(len(x) == 3 for x in found["slices"].values()):
                return dict(found)
        except (OSError, ValueError, TypeError, AttributeError):
            pass
        raise MarginproofError(
            f"--marginproof-resume={self.path}: is not a file of an earlier run; name another file"
        )

    def find(self, name: str) -> list[int | None] | None:
        """[examples, vacuous, strong] of a slice that held."""
        return self.slices.get(name)

    def keep(self, name: str, part: CheckResult) -> None:
        """Note a slice that held, and write the file."""
        self.slices[name] = [part.examples, part.vacuous, part.strong]
        text = json.dumps({"key": self.key, "seed": self.seed, "slices": self.slices}, indent=1) + "\n"
        write_atomically(self.path, text)


def seed_of(check: Check, seed: int, index: int) -> int:
    """The seed of a slice."""
    return int.from_bytes(hashlib.sha256(f"{seed} {check.id} {index}".encode()).digest()[:4], "big")


def run_in_slices(
    check: Check,
    subject: OptimizerUnderTest,
    max_examples: int | None = None,
    store: Store | None = None,
    say: Say = lambda line: None,
) -> CheckResult:
    """Like :func:`marginproof.properties.conformance.one_check.run_check`, slice by slice; ``mp-hunt``, which climbs, in one."""
    total = CheckResult(check, CheckStatus.HELD)
    if check.reason_to_skip(subject):
        return run_check(check, subject)
    wanted, climbs = examples_of(check, max_examples, subject), Phase.target in settings().phases
    size = wanted if climbs else min(SLICE, wanted)
    for index, start in enumerate(range(0, wanted, size)):
        count = min(size, wanted - start)
        name = f"{check.id}/{index}/{count}"
        kept = store.find(name) if store else None
        if kept is not None:
            part = CheckResult(
                check, CheckStatus.HELD, kept[0] or 0, kept[1] or 0, kept[2], resumed=kept[0] or 0
            )
        else:
            fixed = seed_of(check, store.seed, index) if store else None
            part = run_check(check, subject, fixed_seed=fixed, examples=count, say=say)
            if store and part.status is CheckStatus.HELD:
                store.keep(name, part)
        total = added(total, part)
        if total.status is CheckStatus.FAILED:
            break
        if wanted > size and kept is None:
            say(f"{check.id}: {start + count} of {wanted} examples")
        raise_if_interrupted()
    return total


def added(total: CheckResult, part: CheckResult) -> CheckResult:
    """The outcome of slices one after the other."""
    strong = None if part.strong is None else (total.strong or 0) + part.strong
    return replace(
        part
        if part.status is not CheckStatus.SKIPPED or not total.examples
        else replace(part, status=total.status),
        examples=total.examples + part.examples,
        vacuous=total.vacuous + part.vacuous,
        strong=strong,
        resumed=total.resumed + part.resumed,
    )
