"""What ``simulate`` says of a run: as JSON, as a table, and in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.output import say, table
from marginproof.properties.presentation.names import angle

if TYPE_CHECKING:
    from marginproof.properties.simulation.records import Checkpoint, Run
    from marginproof.theory.limit.problem import Limit

BARS = "▁▂▃▄▅▆▇█"


def run_json(
    dataset: Dataset, run: Run, limit: Limit | None, largest: tuple[float, float] | None
) -> dict[str, Any]:
    """The keys of ``simulate --json``.

    Arguments:
      largest: the l2 and linf max-margins; ``None`` leaves the ratios to them out.
    """
    last = run.final
    return {
        "data": dataset.name,
        "settings": run.settings,
        "ending": run.ending,
        "steps": run.steps,
        "sum_lr": last.sum_lr,
        "seconds": run.seconds,
        "direction": last.direction,
        "margin_ratio": _ratio(last, largest),
        "weights": last.weights,
        "residual": last.residual,
        "cosine_to_prediction": None if limit is None else last.cosine(limit.direction),
        "gap_to_prediction": None if limit is None else last.gap(limit.direction),
        "prediction": None if limit is None else {"outcome": limit.outcome, "direction": limit.direction},
        "checkpoints": [_checkpoint(point, largest, limit) for point in run.checkpoints],
    }


def _ratio(point: Checkpoint, largest: tuple[float, float] | None) -> dict[str, float] | None:
    return largest and {"l2": point.margin_l2 / largest[0], "linf": point.margin_linf / largest[1]}


def _checkpoint(
    point: Checkpoint, largest: tuple[float, float] | None, limit: Limit | None
) -> dict[str, Any]:
    return {
        "step": point.step,
        "sum_lr": point.sum_lr,
        "w": point.w,
        "weights": point.weights,
        "margin": point.margin,
        "margin_ratio": _ratio(point, largest),
        "log_loss": point.log_loss,
        "direction": point.direction,
        "residual": point.residual,
        "gap_to_prediction": None if limit is None else point.gap(limit.direction),
    }


def show_run(
    title: str, result: dict[str, Any], run: Run, limit: Limit | None, constant: str, saved: str | None
) -> None:
    """The table, and the sentence: ``constant`` where a constant step was compared; ``saved`` names the file of the run."""
    last = run.final
    ratio = result["margin_ratio"]
    rows: list[list[object]] = [
        [
            "ending",
            f"{run.ending.value} after {run.steps} steps, Σ η = {last.sum_lr:.4g}, {run.seconds:.2f} s",
        ],
        ["direction", last.direction],
        ["loss weights", last.weights],
        *([["ℓ₂ margin / largest", ratio["l2"]], ["ℓ∞ margin / largest", ratio["linf"]]] if ratio else []),
        ["margin", last.margin],
        ["residual of the limit equation", last.residual],
    ]
    table(title, ["", "value"], rows)
    say(constant if constant and run.ending.value == "completed" else verdict(run, limit, saved))
    if result.get("certified"):
        say(f"CERTIFIED: {result['certified']['statement']}")


def verdict(run: Run, limit: Limit | None, saved: str | None = None) -> str:
    """One line: how close the run came, and how the distance fell; of a run that was stopped, whether it is kept in a file."""
    from marginproof.properties.simulation.records import Ending
    from marginproof.theory.limit.problem import Outcome

    if run.ending is Ending.INTERRUPTED:
        if saved:
            return f"Stopped early; what was done is in {saved}, and --resume {saved} goes on bit for bit."
        return "Stopped early, and what was done is not kept; --save FILE would keep it, to be resumed bit for bit."
    if run.ending is not Ending.COMPLETED:
        return run.ending.advice
    if limit is None:
        return f"OBSERVED: margin {run.final.margin:.4g} after Σ η = {run.final.sum_lr:.4g}."
    if limit.outcome is Outcome.UNDECIDED:
        return f"UNDECIDED: no prediction to compare with; {limit.reason}."
    gaps = run.gaps(limit.direction)
    where = (
        "the predicted direction" if limit.outcome is Outcome.FIXED_POINT else "the cycle's mean direction"
    )
    unique = "" if limit.unique else "; the direction is one of many with that margin, so compare margins"
    return f"OBSERVED: the angle to {where} {progress_of(gaps)} to {angle(gaps[-1])} at Σ η = {run.final.sum_lr:.4g}{unique}."


def progress_of(gaps: np.ndarray) -> str:
    """Whether distances fell, or ended above the first, or fell and rose again in the later half of the checkpoints.

    Risen: to more than twice the least there, and beyond a cosine's rounding.  A run may start on the direction by chance.
    """
    if gaps[-1] > gaps[0]:
        return f"went {sparkline(gaps)} from {angle(gaps[0])}"
    least = float(gaps[len(gaps) // 2 :].min())
    if gaps[-1] <= max(2 * least, 64 * np.finfo(np.float64).eps):
        return f"fell {sparkline(gaps)}"
    return f"went {sparkline(gaps)} down to {angle(least)} and up again"


def sparkline(values: np.ndarray) -> str:
    """Positive numbers as bars, in logarithms.

    Example:
      >>> sparkline(np.array([1.0, 0.1, 0.01]))
      '█▅▁'
    """
    logs = np.log10(np.maximum(values, 1e-17))
    low, high = float(logs.min()), float(logs.max())
    heights = np.zeros(len(logs)) if high == low else (logs - low) / (high - low)
    return "".join(BARS[round(float(h) * (len(BARS) - 1))] for h in heights)
