"""The whole report in a folder: page, figures, certificates; staged beside it and then moved in place."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from marginproof.constructions.builtin import load
from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.style import rendered
from marginproof.properties.report.claims import ClaimRow, claim_rows, kept
from marginproof.properties.report.data import PARTS, STEPS, Section, section
from marginproof.properties.report.inline import svg_of
from marginproof.properties.report.page import figure_stem, render
from marginproof.theory.errors import MarginproofError
from marginproof.theory.margins.max_margin import l2_margin
from marginproof.theory.registry import claims
from marginproof.theory.threads import single

DEFAULT_DATA = ("cycle-3x3", "two-limits", "sr4", "shifted-diagonal", "gaussian", "iris")
"""What the page shows when no data are named."""
PAGE = "index.html"


def default_data() -> list[Dataset]:
    """The built-in sets of :data:`DEFAULT_DATA`."""
    return [load(name) for name in DEFAULT_DATA]


def total_parts(datasets: Sequence[Dataset], mode: str = "kept") -> int:
    """How often :func:`build` reports progress."""
    judged = {"none": 0, "kept": len(kept())}.get(mode, len(claims()))
    return judged + PARTS * len(datasets) + 1


def check_folder(out: Path) -> None:
    """Refuse a place where no folder can be, before anything is computed."""
    if out.exists() and not out.is_dir():
        raise MarginproofError(f"out={out} is a file; give a folder for the report")
    above = next(folder for folder in out.absolute().parents if folder.exists())
    if not above.is_dir():
        raise MarginproofError(f"out={out}: {above} is a file; choose another place")
    try:
        Path(tempfile.mkdtemp(dir=above)).rmdir()
    except OSError as cause:
        raise MarginproofError(
            f"out={out} cannot be written ({cause.strerror}); choose another place"
        ) from cause


def _stage(out: Path) -> Path:
    """A new empty folder beside ``out``, whose parents are made."""
    out.absolute().parent.mkdir(parents=True, exist_ok=True)
    return Path(tempfile.mkdtemp(dir=out.absolute().parent, prefix=f".{out.name}."))


def build(
    datasets: Sequence[Dataset],
    out: Path,
    *,
    mode: str = "kept",
    steps: int = STEPS,
    jobs: int = 1,
    data_first: bool = False,
    on: Callable[[str], None] = lambda part: None,
) -> Path:
    """Write the report; returns the page.

    Arguments:
      datasets: separable data, a section each.
      out: the folder; made if it does not exist.  Other files in it stay.
      mode: where verdicts come from (:func:`marginproof.properties.report.claims.claim_rows`).
      steps: of each run.
      jobs: processes for judging claims.
      data_first: whether the data stand before the claims, as they do where somebody named data.
      on: called with the name of each part that is done, :func:`total_parts` times.

    Raises:
      MarginproofError: a folder that cannot be, data that are not separable; nothing is written then.
    """
    check_folder(out)
    for dataset in datasets:
        l2_margin(dataset.entries)
    rows = claim_rows(mode, jobs, lambda name: on(f"claim {name}"))
    with single():
        sections = [_section(dataset, steps, on) for dataset in datasets]
    settings = f"{steps:,} steps a run"
    stage = _stage(out)
    try:
        _write(stage, rows, sections, settings, data_first)
        _publish(stage, out)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
    on("page")
    return out / PAGE


def _section(dataset: Dataset, steps: int, on: Callable[[str], None]) -> Section:
    return section(dataset, steps, lambda part: on(f"{dataset.name}: {part}"))


def _write(
    stage: Path, rows: list[ClaimRow], sections: list[Section], settings: str, data_first: bool
) -> None:
    figures, proofs = stage / "figures", stage / "certificates"
    figures.mkdir()
    for path in (path for row in rows for path in row.files):
        proofs.mkdir(exist_ok=True)
        shutil.copyfile(path, proofs / path.name)
    for number, one in enumerate(sections):
        for name, figure in one.figures.items():
            stem = figure_stem(one, number, name)
            (figures / f"{stem}.svg").write_bytes(svg_of(figure))
            (figures / f"{stem}.png").write_bytes(rendered(figure, ".png"))
    (stage / PAGE).write_text(render(rows, sections, settings, data_first), encoding="utf-8")


def _publish(stage: Path, out: Path) -> None:
    """Move the staged files in place, the page last, so that it never links to what is not there yet."""
    try:
        paths = sorted(path for path in stage.rglob("*") if path.is_file())
        for path in sorted(paths, key=lambda path: path.name == PAGE):
            target = out / path.relative_to(stage)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
    except OSError as cause:
        raise MarginproofError(
            f"out={out} cannot be written ({cause.strerror}); choose another place"
        ) from cause
