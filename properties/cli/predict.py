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
from marginproof.properties.cli.output import emit, notices, say
from marginproof.properties.cli.prediction_shown import prediction_json, sentence, show_prediction
from marginproof.theory.arguments import check_digits

if TYPE_CHECKING:
    from marginproof.theory.batching import Batching
    from marginproof.theory.fields import Field
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.prediction import Prediction


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
    check_digits(digits)
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
        show_prediction(dataset, optimizer.label(batching), found)
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
