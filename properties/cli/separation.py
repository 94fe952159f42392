"""``marginproof separation``: complete, quasi-complete or overlap, and which coefficients of a logistic fit diverge."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.certificate import check_folder, check_sides, save_certificate
from marginproof.properties.cli.options import blocks_option, data_options, json_option
from marginproof.properties.cli.output import emit, notices, say, table

if TYPE_CHECKING:
    from marginproof.constructions.blocks import BlockedDataset
    from marginproof.constructions.dataset import Dataset
    from marginproof.constructions.sparse import SparseDataset
    from marginproof.theory.margins.separation import Separation
    from marginproof.theory.proofs.certificates import Certificate

SHOWN = 30
"""Features that the table lists."""


@click.command("separation")
@data_options
@blocks_option
@click.option(
    "--certificate", metavar="FOLDER", help="Write separation.json there, once the checker calls it VALID."
)
@json_option
def command(
    dataset: Dataset | SparseDataset | BlockedDataset, certificate: str | None, json_target: str | None
) -> None:
    """Decide exactly whether the classes of DATA are separable, and which coefficients of a logistic fit diverge.

    \b
    complete        some w has every margin positive: no maximum-likelihood fit exists
    quasi-complete  some w has every margin >= 0, some positive, but none has all positive: no fit exists
    overlap         neither: the fit exists, every coefficient is finite

    \b
    Example:
      marginproof separation iris --bias
    """
    from marginproof.constructions.blocks import BlockedDataset
    from marginproof.properties.cli import blocked
    from marginproof.properties.progress import late_spinner
    from marginproof.properties.separating import described, unidentified

    if isinstance(dataset, BlockedDataset):
        blocked.refuse(certificate=certificate)
        blocked.separation(dataset, json_target)
        return

    if certificate is not None:
        check_sides(dataset, certificate)
    folder = None if certificate is None else check_folder(certificate, "separation.json")
    with late_spinner(f"deciding the separation of {dataset.name}"):
        result, found = described(dataset)
    written = folder is None or save_certificate(
        partial(_certificate, dataset, found), folder / "separation.json"
    )
    notices(unidentified(result))
    emit(result, json_target, lambda: _show(dataset, result, found), answer=written)


def _certificate(dataset: Dataset | SparseDataset, found: Separation) -> Certificate:
    from marginproof.constructions.sparse import SparseDataset
    from marginproof.theory.proofs.certificates.rational import separation

    dataset = dataset.dense() if isinstance(dataset, SparseDataset) else dataset
    w = found.direction or (0,) * dataset.n_features
    c = found.weights or (0,) * dataset.n_samples
    return separation(dataset.exact, found.status.value, w, c, note=dataset.name)


def _show(dataset: Dataset | SparseDataset, result: dict[str, Any], found: Separation) -> None:
    from marginproof.properties.separating import INTERCEPT, advice, meaning

    w = ["-"] * dataset.n_features if found.direction is None else [str(v) for v in found.direction]
    features = list(zip(result["features"].items(), w, strict=True))
    rows: list[list[object]] = [[name, entry, limit] for (name, limit), entry in features[:SHOWN]]
    heads, intercept = ["feature", "separating direction", "coefficient"], result["with_intercept"]
    if intercept is not None and len(intercept["features"]) > len(features):
        heads.append("with an intercept")
        rows = [[*row, intercept["features"][row[0]]] for row in rows]
        intercept_name = list(intercept["features"])[-1]
        rows += [[INTERCEPT, "", "", intercept["features"][intercept_name]]] * (len(features) <= SHOWN)
    table(f"{dataset.name}: {found.status.value}", heads, rows)
    if len(features) > SHOWN:
        say(f"({len(features) - SHOWN} more features; --json lists all)")
    say(meaning(dataset, found, result["collinear"] == {}))
    if found.direction is not None and any(
        not v and limit.endswith("inf")
        for v, limit in zip(found.direction, result["features"].values(), strict=True)
    ):
        say(
            "A coefficient with entry 0 may diverge: the direction shown is one of many that separate, and coefficients "
            "follow the l2 max-margin one."
        )
    for line in advice(dataset, found, None if intercept is None else intercept["status"]):
        say(line)
