"""What the commands that write certificates share: the option, and a file only after a VALID."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marginproof.properties.cli.output import notices
from marginproof.properties.cli.places import take, writes
from marginproof.properties.file_kinds import CERTIFICATE, check_place
from marginproof.properties.writing import write_atomically
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.constructions.dataset import Dataset
    from marginproof.constructions.sparse import SparseDataset
    from marginproof.theory.proofs.certificates import Certificate

certificate_option = click.option(
    "--certificate",
    metavar="FILE",
    callback=writes(CERTIFICATE),
    help="Write the proof to FILE, once the independent checker has called it VALID; exit code 1 if there is none.",
)


def save_certificate(make: Callable[[], Certificate], path: str | Path) -> bool:
    """Make a certificate, have it checked in a process of its own and write it; else say why not, write nothing."""
    from marginproof.theory.proofs.certificates import CertificateError

    try:
        made = make()
        text = made.to_json()
    except CertificateError as error:
        notices([f"no certificate was written to {path}: {str(error).removeprefix('certificate=none: ')}"])
        return False
    try:
        Path(path).parent.mkdir(exist_ok=True)
    except OSError as cause:  # the place changed since it was looked at
        raise MarginproofError(
            f"certificate={path} cannot be written: {cause.strerror}; choose another place"
        ) from cause
    write_atomically(Path(path), text)
    notices([f"{path}: VALID by the independent checker, {_check_time(made.check_seconds, path)}"])
    return True


def _check_time(took: float, path: str | Path) -> str:
    """How long the check took, and from half of ``check``'s limit on, with which limit it is to be checked again."""
    from marginproof.theory.checker import SECONDS

    said = f"in {took:.1f} s"
    if took <= SECONDS / 2:
        return said
    enough = 20 * ceil(took / 10)  # twice as long, for a slower machine
    return f"{said}; `marginproof check` stops after {SECONDS:.0f} s: give it --seconds {enough} for {shlex.quote(str(path))}"


def check_sides(dataset: Dataset | SparseDataset, place: str) -> None:
    """Refuse data that no certificate can hold, before anything is computed.

    Raises:
      MarginproofError: more rows or columns than the checker takes.
    """
    from marginproof.theory.checker.reading import MAX_SIDE

    n, d = dataset.n_samples, dataset.n_features
    if max(n, d) > MAX_SIDE:
        raise MarginproofError(
            f"certificate={place}: the checker takes at most {MAX_SIDE:,} rows and columns where data={dataset.name} have "
            f"{n:,} and {d:,}; leave it out, or take a part of them"
        )


def check_folder(name: str, *files: str) -> Path:
    """The folder of that name; one that could not be made, or hold these certificates, is refused before anything is computed."""
    folder = Path(name)
    if folder.exists() and not folder.is_dir():
        raise MarginproofError(f"certificate={name} is a file; give a folder")
    if not folder.is_dir():
        check_place("certificate", folder)
    for file in files:
        take("certificate", folder / file, CERTIFICATE)
    return folder
