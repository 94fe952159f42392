"""``marginproof predict``: where w/‖w‖ goes, how surely, and the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.constructions.blocks import BlockedDataset
from marginproof.constructions.dataset import Dataset
from marginproof.constructions.sparse import SparseDataset
from marginproof.properties.cli.certificate import certificate_option, check_sides, save_certificate
from marginproof.properties.cli.margins import described
from marginproof.properties.cli.optimizer_options import optimizer_options
from marginproof.properties.cli.options import blocks_option, data_options, json_option
from marginproof.properties.cli.output import check_places, emit, notices, say, table, weights_shown
from marginproof.properties.presentation.names import DIRECTIONS, angle
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.theory.batching import Batching
    from marginproof.theory.fields import Field
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.prediction import Prediction

SAME = 1e-9
"""1 - cosine up to which the sentence calls two directions the same: far above rounding (1e-16 · d)."""

NO_POINT = (
    "; NOT certified: --certify proves a fixed point, and this run settles on none; `marginproof enumerate` with the same "
    "data and optimizer proves which there are, and `marginproof check --corpus` judges the limit cycles that are proved"
)


@click.command("predict")
@data_options
@blocks_option
@optimizer_options
@click.option("--digits", type=int, metavar="D", help="Write weights and direction out to D decimal digits.")
@click.option("--lr", type=float, metavar="η", help="A constant learning rate [default: vanishing steps].")
@click.option("--certify", is_flag=True, help="Prove the limit; exit code 1 if it cannot be proved.")
@certificate_option
@json_option
def command(
    dataset: Dataset | SparseDataset | BlockedDataset,
    optimizer: Optimizer,
    batching: Batching,
    start: np.ndarray,
    digits: int | None,
    lr: float | None,
    certify: bool,
    certificate: str | None,
    json_target: str | None,
) -> None:
    """Predict the limit direction of an optimizer on DATA, from w = 0 by default.

    \b
    Example:
      marginproof predict iris --optimizer adam --batch-size 1 --beta1 0.9 --beta2 0.95 --certify
      marginproof predict sr4 --optimizer adam --lr 0.01
      marginproof predict iris --optimizer adam --certificate proof.json
      marginproof predict sr4 --optimizer adam --lr 0.05 --certificate run.json
    """
    if digits is not None and not 1 <= digits <= 100_000:
        raise MarginproofError(
            f"digits={digits} is outside 1..100000; choose a number of decimal digits in between"
        )
    check_places(certificate)
    if isinstance(dataset, BlockedDataset):
        from marginproof.properties.cli import blocked

        blocked.refuse(digits=digits, lr=lr, certify=certify, certificate=certificate)
        blocked.predict(dataset, optimizer, start, json_target)
        return
    proof = certify or certificate is not None
    if certificate is not None and lr is None:
        check_sides(dataset, certificate)
    if isinstance(dataset, SparseDataset) and (
        proof or (digits, lr) != (None, None) or not optimizer.field(dataset.n_samples, batching).sparse
    ):
        dataset = dataset.dense()
    if lr is None:
        _at_vanishing_steps(dataset, optimizer, batching, start, digits, proof, certificate, json_target)
        return
    from marginproof.properties.cli.constant_step import at_constant_step

    assert isinstance(dataset, Dataset)
    at_constant_step(dataset, optimizer, batching, start, lr, digits, certify, certificate, json_target)


def _at_vanishing_steps(
    dataset: Dataset | SparseDataset,
    optimizer: Optimizer,
    batching: Batching,
    start: np.ndarray,
    digits: int | None,
    proof: bool,
    certificate: str | None,
    json_target: str | None,
) -> None:
    from marginproof.theory.certainty import provable
    from marginproof.theory.limit.problem import Outcome

    field = optimizer.field(dataset.n_samples, batching)
    found = _solved(dataset, optimizer, field, start, digits, proof)
    asymptotic = optimizer.beta2_to_one(dataset.n_samples, batching)

    def result() -> dict[str, Any]:
        keys = {**described(dataset, found.l2, found.linf), **prediction_json(found)}
        keys["limit"]["as_beta2_to_one"] = asymptotic
        return keys

    def show() -> None:
        _show(dataset, optimizer.label(batching), found)
        said = sentence(found, proof, provable(field), certificate is not None)
        say(f"as beta2 → 1: {said}" if asymptotic else said[:1].upper() + said[1:])

    if digits is not None and found.digits is None and found.limit.outcome is Outcome.FIXED_POINT:
        notices([f"digits={digits}: this limit is not written out to more digits than double precision has"])
    written = certificate is None or save_certificate(found.certificate, certificate)
    emit(result, json_target, show, answer=(found.certified or not proof) and written)


def _solved(
    dataset: Dataset | SparseDataset,
    optimizer: Optimizer,
    field: Field,
    start: np.ndarray,
    digits: int | None,
    proof: bool,
) -> Prediction:
    from marginproof.properties.progress import late_spinner
    from marginproof.theory.prediction import predict, predict_problem

    with late_spinner(f"following {optimizer.name}'s flow on {dataset.name}"):
        if not isinstance(dataset, SparseDataset):
            return predict(dataset.entries, field, start, digits=digits, proof=proof)
        from marginproof.theory.limit.sparse import SparseProblem

        return predict_problem(SparseProblem(dataset.entries, field), start)


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


def _show(dataset: Dataset | SparseDataset, label: str, found: Prediction) -> None:
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


def sentence(found: Prediction, certify: bool = False, known: bool = True, saved: bool = False) -> str:
    """One sentence that says what the prediction means.

    Arguments:
      certify: whether a proof was asked for; ``known`` says that there is one to ask for, ``saved`` that it is written.

    Example: ``the limit of w/‖w‖ is the l_inf max-margin direction, which attracts; certified to 50 digits``.
    """
    limit = found.limit
    if limit.outcome.value == "cycle":
        return f"no limit of the update direction: {limit.reason}{NO_POINT if certify else ''}."
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
