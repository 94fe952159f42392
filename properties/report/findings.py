"""What a page leads with: at most three findings about its data, the most telling first."""

from __future__ import annotations

from collections.abc import Sequence

from marginproof.properties.plots.marks import certificate_of
from marginproof.properties.presentation.names import DIRECTIONS, angle, have_settled, listed, plural
from marginproof.properties.report.data import LimitRow, Section
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import LimitProblem, Outcome

MOST = 3
"""Findings on a page."""
OWN = 0.05
"""Degrees from which a limit counts as none of the reference directions."""


def findings(sections: Sequence[Section]) -> list[str]:
    """Sentences in Unicode, one a data set as long as there are others, at most :data:`MOST`."""
    told = [(rank, number, text) for number, section in enumerate(sections) for rank, text in _of(section)]
    told.sort()
    chosen: list[tuple[int, int, str]] = []
    for fresh in (True, False):
        for one in told:
            if (
                len(chosen) < MOST
                and one not in chosen
                and not (fresh and one[1] in {old[1] for old in chosen})
            ):
                chosen.append(one)
    return [text for _, _, text in sorted(chosen)]


def _of(section: Section) -> list[tuple[int, str]]:
    """A data set's findings with their ranks, 0 the most telling."""
    name = section.dataset.name
    out = []
    if section.marks.proxy.outcome is Outcome.CYCLE:
        proof = certificate_of(LimitProblem(section.dataset.entries, AdamProxyField()))
        sure = (
            f"certified: {proof.path.name}"
            if proof and proof.kind == "limit_cycle"
            else "seen in floating point"
        )
        out.append(
            (0, f"{name}: AdamProxy’s update direction never converges; its loss weights circle ({sure}).")
        )
    if section.attracting > 1:
        out.append(
            (1, f"{name}: the start decides; AdamProxy has {section.attracting} attracting fixed points.")
        )
    row = next((row for row in section.rows if row.name == "Inc-Adam"), None)
    if row is not None and row.angles and row.outcome != "circles (mean)":
        out.append((2, f"{name}: per-sample Adam {_goes(row)} ({row.proof})."))
    runs = [row for row in section.rows if row.settled is not None and row.gap is not None]
    done = [row for row in runs if row.settled]
    if done:
        worst = angle(max(row.gap or 0.0 for row in done))
        text = f"{name}: {len(done)} of {plural(len(runs), 'run')} {have_settled(len(done))} within {worst} of its prediction."
        out.append((3, text))
    full = next((row for row in section.rows if row.name == "full-batch Adam"), None)
    if full is not None and full.ratios[0] is not None:
        out.append(
            (
                4,
                f"{name}: full-batch Adam’s limit reaches {full.ratios[1]:.2%} of the ℓ∞ margin and {full.ratios[0]:.2%} of the ℓ₂ margin.",
            )
        )
    return out


def _goes(row: LimitRow) -> str:
    same = [DIRECTIONS[key] for key, value in row.angles.items() if value < OWN]
    if same:
        return f"goes to the {listed(same)} max-margin direction"
    apart = [f"{value:.3g}° from {DIRECTIONS[key]}" for key, value in row.angles.items()]
    return f"has a limit of its own, {listed(apart)}"
