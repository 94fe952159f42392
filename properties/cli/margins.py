"""``marginproof margins``: the ℓ₂ and ℓ∞ max-margins of a data set, each with a certified bracket."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.certificate import check_folder, check_sides, save_certificate
from marginproof.properties.cli.options import blocks_option, data_options, json_option
from marginproof.properties.cli.output import emit, say, table
from marginproof.properties.presentation.names import DIRECTIONS, plural
from marginproof.theory.errors import NotSeparableError

if TYPE_CHECKING:
    from marginproof.constructions.blocks import BlockedDataset
    from marginproof.constructions.sparse import SparseDataset
    from marginproof.theory.margins.max_margin import Margin

FILES = ("l2.json", "linf.json", "not-separable.json")
"""What may be written into the folder of certificates."""


@click.command("margins")
@data_options
@blocks_option
@click.option("--reference", is_flag=True, help="Compare with the values of cvxpy's solver Clarabel.")
@click.option(
    "--certificate",
    metavar="FOLDER",
    help="Write l2.json and linf.json, or not-separable.json, once the checker calls them VALID.",
)
@json_option
def command(
    dataset: Dataset | SparseDataset | BlockedDataset,
    reference: bool,
    certificate: str | None,
    json_target: str | None,
) -> None:
    """The ℓ₂ and ℓ∞ max-margins of DATA, each proved to lie in a bracket.

    \b
    Example:
      marginproof margins iris
      marginproof margins rows.csv --folded --json
      marginproof margins wine --reference
      marginproof margins wine --certificate proofs
    """
    from marginproof.constructions.blocks import BlockedDataset
    from marginproof.theory.margins.max_margin import l2_margin, linf_margin

    if isinstance(dataset, BlockedDataset):
        from marginproof.properties.cli import blocked

        blocked.refuse(certificate=certificate, reference=reference)
        blocked.margins(dataset, json_target)
        return
    if certificate is not None:
        check_sides(dataset, certificate)
    rows, folder = dataset.entries, None if certificate is None else check_folder(certificate, *FILES)
    try:
        linf = linf_margin(rows)  # first: it needs most memory
        l2 = l2_margin(rows)
    except NotSeparableError as error:
        if folder is not None:
            _write_farkas(_dense(dataset), error, folder)
        raise
    written = folder is None or _write_brackets(_dense(dataset), (l2, linf), folder)
    result, compared = described(dataset, l2, linf), _compared(rows, l2, linf) if reference else {}
    if reference:
        result["reference"] = compared
    emit(result, json_target, lambda: _show(dataset, l2, linf, compared), answer=written)


def _dense(dataset: Dataset | SparseDataset) -> np.ndarray:
    """The rows as a certificate holds them."""
    return dataset.entries if isinstance(dataset, Dataset) else dataset.dense().entries


def _write_brackets(rows: Any, margins: tuple[Margin, ...], folder: Path) -> bool:
    """Both brackets as certificates; False where the checker calls one of them anything but VALID."""
    from marginproof.theory.proofs.certificates.rational import bracket_of

    written = [save_certificate(partial(bracket_of, rows, m), folder / f"{m.norm}.json") for m in margins]
    return all(written)


def _write_farkas(rows: Any, error: NotSeparableError, folder: Path) -> None:
    from marginproof.theory.proofs.certificates.rational import farkas

    if error.weights is not None:
        save_certificate(partial(farkas, rows, error.weights), folder / "not-separable.json")


def _compared(rows: Any, *margins: Margin) -> dict[str, dict[str, float]]:
    """Per norm cvxpy's value, in the middle of its own exact bracket, and how far it is from ours, relatively."""
    from marginproof.properties.reference_margins import by_cvxpy

    found = {}
    for margin in margins:
        bracket = by_cvxpy(rows, margin.norm)
        value = bracket.lower + (bracket.upper - bracket.lower) / 2
        found[margin.norm] = {
            "value": value,
            "relative_width": bracket.relative_width,
            "relative_difference": abs(value - margin.value) / margin.value,
        }
    return found


def described(dataset: Dataset | SparseDataset, l2: Margin, linf: Margin) -> dict[str, Any]:
    """A data set's size and margins as JSON."""
    return {
        "data": dataset.name,
        "n_samples": dataset.n_samples,
        "n_features": dataset.n_features,
        "l2": _described(l2),
        "linf": _described(linf) | {"unique": linf.unique},
    }


def _described(margin: Margin) -> dict[str, Any]:
    """One margin as JSON; ``exact_value`` (squared for ℓ₂) only where both exact bounds agree."""
    bracket = margin.bracket
    described: dict[str, Any] = {
        "lower": bracket.lower,
        "upper": bracket.upper,
        "relative_width": bracket.relative_width,
        "exact": bracket.exact,
        "direction": margin.direction,
        "weights": margin.dual,
    }
    if bracket.closed and bracket.exact_upper is not None and bracket.exact_upper.denominator < 10**12:
        described["exact_value" if bracket.norm == "linf" else "exact_square"] = bracket.exact_upper
    return described


def _show(
    dataset: Dataset | SparseDataset, l2: Margin, linf: Margin, compared: dict[str, dict[str, float]]
) -> None:
    rows: list[list[object]] = [
        [
            name,
            f"{m.bracket.lower:.17g}",
            f"{m.bracket.upper:.17g}",
            f"{m.bracket.relative_width:.0e}",
            m.direction,
        ]
        for name, m in ((DIRECTIONS["l2"], l2), (DIRECTIONS["linf"], linf))
    ]
    table(
        f"{dataset.name}: {plural(dataset.n_samples, 'row')}, {plural(dataset.n_features, 'feature')}",
        ["norm", "at least", "at most", "width", "direction"],
        rows,
    )
    unique = {
        True: "is unique",
        False: "is not unique (a face of maximisers)",
        None: "may or may not be unique",
    }
    say(
        "Every max-margin lies in its bracket, by exact arithmetic; "
        f"the l_inf direction {unique[linf.unique]}."
    )
    for norm, found in compared.items():
        say(
            f"cvxpy with Clarabel, {norm}: {found['value']:.15g}, relative difference "
            f"{found['relative_difference']:.0e} (its bracket's width: {found['relative_width']:.0e})."
        )
