"""``marginproof simulate``: run an optimizer and record its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.certificate import certificate_option
from marginproof.properties.cli.optimizer_options import lr_decay_option, optimizer_options
from marginproof.properties.cli.options import data_options, json_option
from marginproof.properties.cli.output import emit, notices
from marginproof.properties.cli.places import writes
from marginproof.properties.cli.run_asked import AskedRun
from marginproof.properties.cli.run_shown import run_json, show_run
from marginproof.properties.file_kinds import RUN
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.properties.simulation.records import Run
    from marginproof.theory.batching import Batching
    from marginproof.theory.limit.steps.outcome import ConstantStep
    from marginproof.theory.optimizers import Optimizer

INTERRUPTED = 130


@click.command("simulate")
@data_options
@optimizer_options
@click.option("--steps", type=int, default=1_000_000, show_default=True, metavar="T", help="Steps in all.")
@click.option(
    "--lr", type=float, default=0.1, show_default=True, metavar="η_0", help="η_t = η_0 (t + t_0)^-a."
)
@lr_decay_option
@click.option(
    "--lr-offset",
    type=float,
    default=2.0,
    show_default=True,
    metavar="t_0",
    help="The offset of --lr: a larger one makes η_t fall more slowly at first.",
)
@click.option("--loss", default="exponential", show_default=True, metavar="[exponential|logistic]")
@click.option("--eps", type=float, default=0.0, show_default=True, help="Adam's ε.")
@click.option("--bias-correction", is_flag=True, help="Adam with bias correction.")
@click.option("--normalise", is_flag=True, help="Normalised gradient descent: steps along g/‖g‖.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the batch order.")
@click.option(
    "--record",
    type=int,
    default=20,
    show_default=True,
    metavar="K",
    help="Checkpoints, evenly spaced in log t.",
)
@click.option("--against", metavar="[predict]", help="Compare with the predicted direction.")
@click.option("--save", metavar="FILE", callback=writes(RUN), help="Keep the run, to be resumed.")
@click.option("--resume", metavar="FILE", help="Continue a saved run to T steps, bit for bit.")
@certificate_option
@click.option(
    "--every-schedule",
    is_flag=True,
    help="Certify every run whose steps are at most η_0 and have an infinite sum, at a vertex.",
)
@click.option(
    "--digits", type=int, metavar="D", help="Decimals of the certified direction's box [default: 9]."
)
@json_option
def command(
    dataset: Dataset,
    optimizer: Optimizer,
    batching: Batching,
    start: np.ndarray,
    steps: int,
    record: int,
    against: str | None,
    save: str | None,
    resume: str | None,
    certificate: str | None,
    every_schedule: bool,
    digits: int | None,
    json_target: str | None,
    **settings: Any,
) -> None:
    """Run an optimizer on DATA in the log domain, where no margin is too large to represent.

    \b
    Example:
      marginproof simulate sr4 --optimizer adam --steps 1000000 --against predict
      marginproof simulate sr4 --optimizer adam --lr 0.05 --lr-decay 0 --steps 20000 --certificate run.json
    """
    _check(against, certificate, digits, every_schedule)
    from marginproof.properties.cli.certified_run import to_certify
    from marginproof.properties.simulation.records import Ending
    from marginproof.theory.schedules import Power

    schedule = Power(settings["lr"], settings["lr_decay"], settings["lr_offset"])
    optimizer = _variant(optimizer, settings)
    asked = AskedRun(dataset, optimizer, batching, start, schedule, settings["loss"], settings["seed"])
    proof = None if certificate is None else to_certify(asked, certificate, digits, steps, every_schedule)
    field = asked.field(needed=bool(against))
    # before the run: data that are not separable are refused here
    largest = asked.largest_margins(needed=bool(against))
    run = asked.follow(steps, record, resume, field)
    if save:
        run.save(save)
    step = asked.constant_step() if against else None
    limit = None if step is None else step.limit
    if against and limit is None and field is not None:
        limit = asked.limit(field)
    result, constant = run_json(dataset, run, limit, largest), ""
    if step is not None and run.ending is not Ending.DIVERGED:
        constant = _beside(step, asked, run, result)
    if proof is not None and run.ending is Ending.COMPLETED:
        result["certified"] = proof.save()
    emit(
        result,
        json_target,
        lambda: show_run(f"{dataset.name}: {asked.label}", result, run, limit, constant, save),
        answer=run.ending is not Ending.DIVERGED and result.get("certified", True) is not None,
    )
    if run.ending is Ending.INTERRUPTED:
        click.get_current_context().exit(INTERRUPTED)


def _check(against: str | None, certificate: str | None, digits: int | None, every_schedule: bool) -> None:
    """Refuse options that do not go together."""
    if against not in (None, "predict"):
        raise MarginproofError(f"against={against} is unknown; the only comparison is predict")
    if digits is not None and certificate is None:
        raise MarginproofError(f"digits={digits} applies to a certified run only; add --certificate FILE")
    if every_schedule and certificate is None:
        raise MarginproofError("every-schedule applies to a certified run only; add --certificate FILE")


def _variant(optimizer: Optimizer, settings: dict[str, Any]) -> Optimizer:
    """The optimizer with what ``simulate`` alone has options for."""
    from marginproof.theory.optimizers import NEAR_ONE, NormalisedGD, Signum, optimizer_of

    if settings["normalise"]:
        if optimizer.name != "gd":
            raise MarginproofError(
                f"normalise applies to gd only, not to optimizer={optimizer.name}; drop it"
            )
        return NormalisedGD()
    if isinstance(optimizer, Signum) and optimizer.beta is None:
        notices((f"beta is not given; the run uses {float(NEAR_ONE)} where the prediction has beta → 1",))
    given = {name: settings[name] for name in ("eps", "bias_correction") if settings[name]}
    return optimizer_of(optimizer.name, **{**optimizer.settings, **given})


def _beside(step: ConstantStep, asked: AskedRun, run: Run, result: dict[str, Any]) -> str:
    """Add what a constant step's prediction says to the result, and the line that compares the last epoch with it."""
    from marginproof.properties.cli.constant_step import compared_increments, step_json

    seen = asked.increments(run, step)
    result |= {"increment_distance": seen.distance, "increment_growth": seen.growth}
    result["prediction"] = {**result["prediction"], "step": step_json(step)}
    return compared_increments(step, seen)
