"""The claims and their verdicts: those kept from earlier runs of the same sources, the rest from a quick run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from marginproof.constructions.corpus import corpus
from marginproof.properties.presentation.names import plural
from marginproof.properties.verification.certificate_evidence import certificates
from marginproof.properties.verification.verdict import ClaimVerdict, part_label
from marginproof.properties.verification.verify import KeptVerdicts, default_state, last_verdict
from marginproof.properties.verification.verify import run as judge_claims
from marginproof.theory.claims.claim import PROFILES, QUICK, Claim
from marginproof.theory.registry import claims

MODES = ("kept", "last", "quick", "none")
"""Where a page's verdicts come from (:func:`claim_rows`)."""


@dataclass(frozen=True)
class Known:
    """A verdict with the profile of the run that gave it, and when it was kept (``None``: judged for this page)."""

    profile: str
    verdict: ClaimVerdict
    kept: datetime | None = None


@dataclass(frozen=True)
class ClaimRow:
    """One claim on the page.

    Attributes:
      claim: the registry's entry.
      known: its verdict and where that is from, or ``None`` where the claim was not judged.
    """

    claim: Claim
    known: Known | None

    @property
    def verdict(self) -> ClaimVerdict | None:
        """The verdict with its evidence."""
        return None if self.known is None else self.known.verdict

    @property
    def files(self) -> list[Path]:
        """Certificates that bear on the claim (:func:`files_of`); none beside a claim that was not judged."""
        return files_of(self.claim.id) if self.known else []

    @property
    def word(self) -> str:
        """The verdict's word; ``not judged`` without one."""
        return "not judged" if self.verdict is None else self.verdict.verdict.value

    @property
    def parts(self) -> tuple[str, ...]:
        """What is known of parts of the claim beyond the verdict, in words."""
        return () if self.verdict is None else tuple(part_label(one) for one in self.verdict.parts)

    @property
    def ok(self) -> bool:
        """Whether the expected verdict is reached."""
        return self.verdict is not None and self.verdict.ok


def kept() -> dict[str, Known]:
    """The kept verdict of every claim that a run of the present sources has judged."""
    found = {}
    for identifier in claims():
        last = last_verdict(identifier)
        if last is not None and last[2]:
            written = datetime.fromtimestamp(default_state(last[0]).stat().st_mtime, UTC)
            found[identifier] = Known(last[0], last[1], written)
    return found


def claim_rows(mode: str, jobs: int, on: Callable[[str], None] = lambda name: None) -> list[ClaimRow]:
    """Every claim of the registry.

    Arguments:
      mode: ``kept`` (verdicts of earlier runs of the same sources), ``last`` (these, and the missing by a quick run),
        ``quick`` (all by a quick run) or ``none``.
      jobs: processes of the quick run.
      on: called with the id of each claim when its verdict is known.
    """
    verdicts = kept() if mode in ("kept", "last") else {}
    judged = mode in ("last", "quick")
    missing = [name for name in claims() if name not in verdicts] if judged else []
    for name in verdicts:
        on(name)
    state = KeptVerdicts.load(default_state(QUICK.name), QUICK.name)
    for verdict in judge_claims(missing, PROFILES[QUICK.name], jobs) if missing else ():
        verdicts[verdict.claim] = Known(QUICK.name, verdict)
        state.add(verdict)
        on(verdict.claim)
    return [ClaimRow(claim, verdicts.get(name)) for name, claim in claims().items()]


def origin(known: Iterable[Known | None]) -> str:
    """Which verdicts were kept from which runs and which are new, in a sentence; empty where there are none."""
    groups = Counter((one.kept, one.profile) for one in known if one)
    parts = [
        f"{plural(count, 'verdict')} {_by(*group)}"
        for group, count in sorted(groups.items(), key=lambda entry: str(entry[0]))
    ]
    left_out = len(claims()) - groups.total()
    if parts and left_out:
        parts.append(f"{plural(left_out, 'claim')} left out, without a verdict")
    return f"{'; '.join(parts)}." if parts else ""


def _by(written: datetime | None, profile: str) -> str:
    if written is None:
        return f"judged for this page (profile {profile})"
    return f"kept from marginproof verify --profile {profile} ({written:%Y-%m-%d %H:%M} UTC)"


def files_of(name: str) -> list[Path]:
    """Certificates to show beside a claim: those that name it; for B6 those of its kind, exact brackets."""
    if name != "B6":
        return certificates(name)
    return [entry.path for entry in corpus() if entry.kind == "margin_bracket"]
