"""Running the registry: claims in parallel, results as they come, state that a later run resumes.

The state file holds finished verdicts with a fingerprint of the sources (every module of
``theory``, ``constructions`` and ``properties``, and the corpus): a change in any of them starts afresh.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from marginproof.properties.verification.verdict import ClaimVerdict, judge
from marginproof.theory.claims.claim import PROFILES, Effort, Evidence
from marginproof.theory.errors import MarginproofError
from marginproof.theory.registry import claim as claim_of
from marginproof.theory.registry import claims
from marginproof.theory.verdicts import Verdict

ROOT = Path(__file__).resolve().parents[2]
SLOW_FIRST = "LBRI"
"""Claims are started in this order of letters, so that the long ones do not end the run alone."""


@cache
def fingerprint() -> str:
    """A hash of the sources and the corpus that verdicts rest on."""
    digest = hashlib.sha256()
    for folder in ("theory", "constructions", "properties"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".json", ".csv", ".v"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def default_state(profile: str) -> Path:
    """Where a profile's verdicts are kept: the user's cache folder."""
    return user_cache_path("marginproof") / f"verify-{profile}.json"


@dataclass
class KeptVerdicts:
    """Finished verdicts of one profile on disk.

    Attributes:
      path: the file.  profile: the profile's name.  done: verdicts by claim id.
    """

    path: Path
    profile: str
    done: dict[str, ClaimVerdict] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, profile: str) -> KeptVerdicts:
        """What an earlier run left, if it was made by the same sources; else empty."""
        body = _read(path)
        if not body or body.get("fingerprint") != fingerprint() or body.get("profile") != profile:
            return cls(path, profile)
        return cls(path, profile, {key: _verdict(value) for key, value in body["done"].items()})

    def forget(self, names: Iterable[str]) -> None:
        """Judge these claims again."""
        names = set(names)
        self.done = {key: value for key, value in self.done.items() if key not in names}

    def add(self, verdict: ClaimVerdict) -> None:
        """Keep one more verdict and write the file."""
        self.done[verdict.claim] = verdict
        body = {
            "fingerprint": fingerprint(),
            "profile": self.profile,
            "done": {key: _plain(value) for key, value in self.done.items()},
        }
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            scratch = self.path.with_suffix(".part")
            scratch.write_text(json.dumps(body), encoding="utf-8")
            scratch.replace(self.path)
        except OSError as error:
            raise MarginproofError(
                f"state={self.path} cannot be written ({error}); name another place with --state"
            ) from None


def last_verdict(claim_id: str) -> tuple[str, ClaimVerdict, bool] | None:
    """(profile, verdict, whether by the present sources) of the latest kept run of a claim."""
    files = [(default_state(name), name) for name in PROFILES]
    known = sorted((path.stat().st_mtime, name) for path, name in files if path.exists())
    for _, name in reversed(known):
        body = _read(default_state(name)) or {}
        found = body.get("done", {}).get(claim_id)
        if found and "evidence" in found:  # a file of version 0.1 has other keys
            return name, _verdict(found), body.get("fingerprint") == fingerprint()
    return None


def in_order(identifiers: Iterable[str]) -> list[str]:
    """Claims in the order in which :func:`run` takes them up."""
    return sorted(identifiers, key=lambda name: SLOW_FIRST.find(name[0]))


def run(identifiers: list[str], effort: Effort, jobs: int) -> Iterator[ClaimVerdict]:
    """Verdicts as they finish; ``jobs`` processes (1: in this one)."""
    ordered = in_order(identifiers)
    if jobs == 1 or len(ordered) == 1:
        for name in ordered:
            yield judge(name, effort)
        return
    from joblib import Parallel, delayed

    yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(
        delayed(judge)(name, effort) for name in ordered
    )


def chosen(names: tuple[str, ...]) -> list[str]:
    """Claim ids from the user's words (``I4``, ``b2``, or a letter for all of a kind); all by default."""
    if not names:
        return list(claims())
    out: list[str] = []
    for name in names:
        kind = [entry for entry in claims() if entry[0] == name.upper()]
        out += kind or [claim_of(name).id]
    return list(dict.fromkeys(out))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return body if isinstance(body, dict) else None


def _plain(verdict: ClaimVerdict) -> dict[str, Any]:
    body = asdict(verdict)
    body["verdict"] = verdict.verdict.value
    for entry, one in zip(body["evidence"], verdict.evidence, strict=True):
        entry["at_most"] = one.at_most and one.at_most.value
    return body


def _verdict(body: dict[str, Any]) -> ClaimVerdict:
    evidence = tuple(
        Evidence(
            **{
                **entry,
                "at_most": Verdict(entry["at_most"]) if entry["at_most"] else None,
                "paths": tuple(entry["paths"]),
            }
        )
        for entry in body["evidence"]
    )
    return ClaimVerdict(body["claim"], Verdict(body["verdict"]), body["reason"], evidence, body["seconds"])
