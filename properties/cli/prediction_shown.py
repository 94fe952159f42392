"""What ``predict`` says of a limit: as JSON, as a table, and in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marginproof.constructions.dataset import Dataset
from marginproof.constructions.sparse import SparseDataset
from marginproof.properties.cli.output import table, weights_shown
from marginproof.properties.presentation.names import DIRECTIONS, angle

if TYPE_CHECKING:
    from marginproof.theory.prediction import Prediction

SAME = 1e-9
"""One minus the cosine up to which the sentence calls two directions the same: far above rounding (1e-16 · d)."""

NO_POINT = (
    "; NOT certified: {option} proves a fixed point, and this run settles on none; `marginproof enumerate` with the same "
    "data and optimizer proves which there are, and `marginproof check --corpus` judges the limit cycles that are proved"
)


def prediction_json(found: Prediction) -> dict[str, Any]:
    """The keys that ``predict`` adds to those of ``margins``."""
    limit, digits = found.limit, found.digits
    return {
        "limit": {
            "outcome": limit.outcome,
            "weights": digits.weights if digits else limit.weights,
            "direction": digits.direction if digits else limit.direction,
            "support": limit.support,
            "residual": limit.residual,
            "gamma": limit.gamma,
            "stability": limit.stability,
            "digits": digits.count if digits else None,
            "certified": found.certified,
            "certified_digits": found.certified_digits,
            "proof": found.proof,
            "unique": limit.unique,
            "reason": limit.reason,
            **({"tiers": tiers_json(found)} if limit.tiers else {}),
        },
        "cosine": found.cosines,
        "margin_ratio": found.margin_ratios,
    }


def tiers_json(found: Prediction) -> list[dict[str, list[int]]]:
    """Which features each tier decides, and by which rows; both counted from 0."""
    first = found.problem.representatives
    return [
        {"features": list(tier.features), "rows": [int(first[i]) for i in tier.support]}
        for tier in found.limit.tiers
    ]


def _later_tiers(found: Prediction) -> list[list[object]]:
    """A line for each tier after the first."""
    later = tiers_json(found)[1:]
    return [
        [
            f"tier {t} (from 1)",
            f"rows {_from_one(tier['rows'])}, features {_from_one(tier['features'])}",
        ]
        for t, tier in enumerate(later, 2)
    ]


def _from_one(numbers: list[int]) -> str:
    return f"({', '.join(str(i + 1) for i in numbers)})"


def show_prediction(dataset: Dataset | SparseDataset, label: str, found: Prediction) -> None:
    """The table."""
    limit, digits = found.limit, found.digits
    rows: list[list[object]] = [
        ["outcome", limit.outcome.value.replace("_", " ")],
        ["direction", list(digits.direction) if digits else limit.direction],
        ["weights", weights_shown(digits.weights if digits else limit.weights)],
        ["support (rows from 1)", [row + 1 for row in limit.support]],
        *_later_tiers(found),
        ["stability", limit.stability.value],
        ["residual", f"{limit.residual:.1e}"],
        *[[f"angle to {DIRECTIONS[key]}", shown(value)] for key, value in found.cosines.items()],
        *[[f"{DIRECTIONS[key]} margin / largest", value] for key, value in found.margin_ratios.items()],
    ]
    table(f"{dataset.name}: {dataset.n_samples} × {dataset.n_features}, {label}", ["", ""], rows)


def shown(cosine: float | None) -> object:
    """A cosine as an angle, which tells directions apart where the cosine rounds to 1."""
    return angle(None if cosine is None else 1 - cosine, digits=4)


NOT_STATED = "no certificate can state it, as the weights are not isolated or some F_j = γ off the support"
"""Of a limit that is proved here and cannot be handed to an independent checker."""


def sentence(found: Prediction, certify: bool = False, known: bool = True, saved: bool = False) -> str:
    """One sentence that says what the prediction means.

    Arguments:
      certify: whether a proof was asked for; ``known`` says that there is one to ask for, ``saved`` that it is written.

    Example: ``the limit of w/‖w‖ is the l_inf max-margin direction, which attracts; certified to 50 digits``.
    """
    limit = found.limit
    if limit.outcome.value == "cycle":
        unproved = NO_POINT.format(option="--certificate" if saved else "--certify") if certify else ""
        return f"no limit of the update direction: {limit.reason}{unproved}."
    if limit.outcome.value == "undecided":
        stray = "; the direction printed does not separate the data" if found.margin_ratios["l2"] <= 0 else ""
        return f"undecided: {limit.reason}{stray}."
    how = {
        "attracting": "which attracts",
        "unstable": "which is unstable",
        "undecided": "its stability undecided",
    }
    text = f"the limit of w/‖w‖ is {_named(found)}, {how[limit.stability.value]}"
    if limit.reason:
        text += f" ({limit.reason})"
    if not certify:
        return (
            text
            + f"; floating-point evidence, {'add --certify for a proof' if known else 'no proof is known here'}."
        )
    if not found.certified:
        return text + f"; NOT certified: {found.proof}."
    extent = f" to {found.certified_digits} digits" if found.certified_digits else ""
    if not found.has_certificate:
        return text + f"; proved{extent}, but {NOT_STATED}: {found.proof}."
    return (
        text
        + f"; certified{extent}: {found.proof}{'' if saved else '; --certificate FILE writes the proof'}."
    )


def _named(found: Prediction) -> str:
    """Which max-margin direction the limit is."""
    if found.margin_ratios["l2"] <= 0:
        return "a direction that does not separate the data"
    if found.margin_ratios["linf"] >= 1 - SAME and found.linf.unique is not True:
        return "an l_inf max-margin direction"
    names = {
        "l2": "the l2 max-margin direction",
        "linf": "the l_inf max-margin direction",
        "adamproxy": "AdamProxy's Mahalanobis max-margin direction",
    }
    same = [text for key, text in names.items() if (found.cosines[key] or 0.0) >= 1 - SAME]
    if len(same) == 3 or (len(same) == 2 and "AdamProxy" in same[-1]):
        return same[0] if len(same) == 2 else "the direction that l2 and l_inf share"
    return " and ".join(same) if same else "a direction of its own"
