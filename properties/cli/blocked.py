"""``separation``, ``margins`` and ``predict`` on a file that is read block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from marginproof.properties.cli.output import emit, notices, say, table
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.constructions.blocks import BlockedDataset
    from marginproof.theory.limit.blocked import BlockedLimit
    from marginproof.theory.margins.blocked import BlockedMargin
    from marginproof.theory.optimizers import Optimizer

SHOWN = 8
SUFFIXES = (".npy", ".parquet", ".libsvm", ".svmlight", ".svm")


def in_blocks(path: Path, asked: bool) -> bool:
    """Whether a file is to be read in blocks: asked for, or too large for memory and of a kind that can be."""
    if not asked and path.suffix.lower() not in SUFFIXES:
        return False
    from marginproof.constructions.blocks import must_stream

    return asked or must_stream(path)


def refuse(**options: Any) -> None:
    """Options that need the whole data set in memory."""
    for name, value in options.items():
        if value:
            raise MarginproofError(
                f"{name}={value} does not apply to a file that is read in blocks; take a part of its rows that fits into memory"
            )


@dataclass
class Watched:
    """A data set whose every pass is told to a progress display."""

    data: BlockedDataset
    tell: Callable[[str], None]
    passes: int = field(default=0)

    @property
    def n_samples(self) -> int:
        """N."""
        return self.data.n_samples

    @property
    def n_features(self) -> int:
        """d."""
        return self.data.n_features

    def blocks(self) -> Iterator[tuple[int, np.ndarray]]:
        """The blocks, each told of."""
        self.passes += 1
        for first, rows in self.data.blocks():
            self.tell(
                f"{self.data.name}: pass {self.passes} over the rows, {first:,} of {self.n_samples:,} read"
            )
            yield first, rows


@contextmanager
def watched(data: BlockedDataset) -> Iterator[Watched]:
    """The data set with a display that shows itself when the work takes longer."""
    from marginproof.properties.progress import late_spinner

    with late_spinner(f"reading {data.name}") as tell:
        yield Watched(data, tell)


def separation(data: BlockedDataset, json_target: str | None) -> None:
    """What ``separation`` prints."""
    from marginproof.properties.separating import by_name, unidentified
    from marginproof.theory.margins.blocked import blocked_separation
    from marginproof.theory.margins.blocked_collinear import blocked_collinear
    from marginproof.theory.margins.blocked_diverging import blocked_diverging

    with watched(data) as rows:
        found = blocked_separation(rows)
        limits = blocked_diverging(rows, found)
        combined = blocked_collinear(rows, found)
    result = _size(data) | {
        "status": found.status,
        "direction": found.direction,
        "features": dict(zip(data.column_names, limits, strict=True)),
        "n_rows_on_boundary": found.n_boundary,
        "weights": {str(i): c for i, c in zip(found.weighted.tolist(), found.weights or (), strict=True)},
        "collinear": by_name(combined, data.column_names),
        "passes": rows.passes,
    }
    if combined is not None or data.n_features > data.n_samples:
        notices(unidentified(result))

    def show() -> None:
        w = ["-"] * data.n_features if found.direction is None else [str(v) for v in found.direction]
        lines: list[list[object]] = [list(line) for line in zip(data.column_names, w, limits, strict=True)]
        table(
            f"{data.name}: {found.status.value}",
            ["feature", "separating direction", "coefficient"],
            lines[:30],
        )
        say(
            f"Decided by exact arithmetic for all {data.n_samples:,} rows as float64 numbers: {found.status.value} separation, "
            f"{found.n_boundary:,} rows on the boundary."
            if found.direction is not None
            else f"Overlap, by exact arithmetic: {len(found.weighted):,} of {data.n_samples:,} rows, as float64 numbers, have a "
            f"weighted mean of 0 with positive weights and span {'the whole space' if combined == {} else 'all others'}."
        )

    emit(result, json_target, show)


def _size(data: BlockedDataset) -> dict[str, Any]:
    return {"data": data.name, "n_samples": data.n_samples, "n_features": data.n_features}


def _both(rows: Watched) -> dict[str, BlockedMargin]:
    from marginproof.theory.margins.blocked import blocked_margin
    from marginproof.theory.margins.working_set import WorkingSet

    working = WorkingSet.spread(rows)
    return {norm: blocked_margin(rows, norm, working) for norm in ("l2", "linf")}


def margins(data: BlockedDataset, json_target: str | None) -> None:
    """What ``margins`` prints."""
    with watched(data) as rows:
        found = _both(rows)
    result = _size(data) | {norm: _margin_json(m) for norm, m in found.items()} | {"passes": rows.passes}

    def show() -> None:
        lines: list[list[object]] = [
            [norm, f"{b.lower:.17g}", f"{b.upper:.17g}", f"{b.relative_width:.0e}", m.margin.direction]
            for norm, m in found.items()
            for b in [m.margin.bracket]
        ]
        title = f"{data.name}: {data.n_samples:,} rows, {data.n_features} features"
        table(title, ["norm", "at least", "at most", "width", "direction (unit norm)"], lines)
        unique = "is unique" if found["linf"].unique else "may or may not be unique"
        say(
            f"Every max-margin of the rows, as float64 numbers, lies in its bracket, by exact arithmetic; the l_inf direction {unique}."
        )

    emit(result, json_target, show)


def _margin_json(found: BlockedMargin) -> dict[str, Any]:
    bracket, c = found.margin.bracket, found.margin.dual
    return {
        "lower": bracket.lower,
        "upper": bracket.upper,
        "relative_width": bracket.relative_width,
        "exact": bracket.exact,
        "direction": found.margin.direction,
        "weights": {str(found.index[i]): c[i] for i in np.flatnonzero(c)},
        "unique": found.unique,
    }


def predict(data: BlockedDataset, optimizer: Optimizer, start: np.ndarray, json_target: str | None) -> None:
    """What ``predict`` prints."""
    from marginproof.theory.limit.blocked import blocked_limit

    if optimizer.name != "adamproxy":
        raise MarginproofError(
            f"optimizer={optimizer.name} is not predicted on a file that is read in blocks; choose adamproxy, or take a part of its rows"
        )
    with watched(data) as rows:
        marks = _both(rows)  # first: data that are not separable are refused there
        found = blocked_limit(rows, start)
    compared = _compared(found, marks)
    emit(_limit_json(data, found, rows.passes) | compared, json_target, lambda: _show(data, found, compared))


def _compared(found: BlockedLimit, marks: dict[str, BlockedMargin]) -> dict[str, Any]:
    from marginproof.theory.reference_margins import cosine

    limit = found.limit
    return {"cosine": {norm: cosine(limit.direction, m.margin.direction) for norm, m in marks.items()}}


def _limit_json(data: BlockedDataset, found: BlockedLimit, passes: int) -> dict[str, Any]:
    limit = found.limit
    kept = [i for i in np.flatnonzero(limit.weights) if limit.weights[i] > 0]
    return _size(data) | {
        "limit": {
            "outcome": limit.outcome,
            "direction": limit.direction,
            "weights": {str(found.index[i]): limit.weights[i] for i in kept},
            "support": found.index[list(limit.support)],
            "residual": limit.residual,
            "gamma": limit.gamma,
            "stability": limit.stability,
            "reason": limit.reason,
            "rows_in_memory": len(found.index),
            "slack": found.slack,
        },
        "passes": passes,
    }


def _show(data: BlockedDataset, found: BlockedLimit, compared: dict[str, Any]) -> None:
    limit = found.limit
    rows = found.index[list(limit.support)] + 1
    lines: list[list[object]] = [
        ["outcome", limit.outcome.value],
        ["direction", limit.direction],
        ["support (rows from 1)", list(rows)],
        ["weights on it", limit.weights[list(limit.support)]],
        ["stability", limit.stability.value],
        ["residual over all rows", f"{limit.residual:.1e}"],
        *[[f"cosine to {norm}", value] for norm, value in compared["cosine"].items()],
    ]
    table(f"{data.name}: {data.n_samples:,} × {data.n_features}, adamproxy", ["", ""], lines)
    say(
        f"Floating-point evidence: the flow was followed over all rows until {len(found.index):,} had weight, and solved with those; "
        + (
            f"every other row has F_j above γ by at least {found.slack:.1e} of it."
            if np.isfinite(found.slack)
            else "no other row is left."
        )
        + (f" {limit.reason}." if limit.reason else "")
    )
