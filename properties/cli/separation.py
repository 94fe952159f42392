"""``marginproof separation``: complete, quasi-complete or overlap, and which coefficients of a logistic fit diverge."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import data_options, json_option
from marginproof.properties.cli.output import emit, say, table, write_atomically
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.constructions.dataset import Dataset
    from marginproof.theory.margins.separation import Separation

SHOWN = 30
"""Features that the table lists."""


@click.command("separation")
@data_options
@click.option("--certificate", metavar="FOLDER", help="Write separation.json there, for `marginproof check`.")
@json_option
def command(dataset: Dataset, certificate: str | None, json_target: str | None) -> None:
    """How the classes of DATA lie to each other, decided exactly, and which coefficients of a logistic fit diverge.

    \b
    complete        some w has every margin positive: no maximum-likelihood fit exists
    quasi-complete  some w has every margin >= 0, some positive, but none has all positive: no fit exists
    overlap         neither: the fit exists, every coefficient is finite

    \b
    Example:
      marginproof separation iris --bias
    """
    from marginproof.properties.progress import late_spinner
    from marginproof.properties.separating import described

    folder = None if certificate is None else _folder(certificate)
    with late_spinner(f"deciding the separation of {dataset.name}"):
        result, found = described(dataset)
    if folder is not None:
        path = _written(folder, dataset, found)
        result["certificate"] = str(path)
    emit(result, json_target, lambda: _show(dataset, result, found))


def _folder(name: str) -> Path:
    """The folder for the certificate, refused before anything is computed."""
    folder = Path(name)
    if (folder.exists() and not folder.is_dir()) or not folder.absolute().parent.is_dir():
        raise MarginproofError(f"certificate={name} is no folder, nor can one be made there; give a folder")
    return folder


def _written(folder: Path, dataset: Dataset, found: Separation) -> Path:
    from marginproof.theory.proofs.certificates.rational import separation

    w = found.direction or (0,) * dataset.n_features
    c = found.weights or (0,) * dataset.n_samples
    text = separation(dataset.exact, found.status.value, w, c, note=dataset.name).to_json()
    folder.mkdir(exist_ok=True)
    path = folder / "separation.json"
    write_atomically(path, text)
    return path


def _show(dataset: Dataset, result: dict[str, Any], found: Separation) -> None:
    from marginproof.properties.separating import advice, meaning

    w = ["-"] * dataset.n_features if found.direction is None else [str(v) for v in found.direction]
    features = list(zip(result["features"].items(), w, strict=True))
    rows: list[list[object]] = [[name, entry, limit] for (name, limit), entry in features[:SHOWN]]
    table(f"{dataset.name}: {found.status.value}", ["feature", "separating direction", "coefficient"], rows)
    if len(features) > SHOWN:
        say(f"({len(features) - SHOWN} more features; --json lists all)")
    say(meaning(dataset, found))
    for line in advice(dataset, found, result["with_intercept"]):
        say(line)
    if "certificate" in result:
        say(f"Wrote {result['certificate']}; `marginproof check {result['certificate']}` judges it.")
