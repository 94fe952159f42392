"""``marginproof simulate``: run an optimizer and record its path."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.certificate import certificate_option
from marginproof.properties.cli.optimizer_options import optimizer_options
from marginproof.properties.cli.options import data_options, json_option
from marginproof.properties.cli.output import check_places, emit, notices
from marginproof.properties.cli.run_shown import run_json, show_run
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.properties.simulation.increments import Increments
    from marginproof.properties.simulation.records import Run
    from marginproof.theory.batching import Batching
    from marginproof.theory.fields import Field
    from marginproof.theory.limit.problem import Limit
    from marginproof.theory.limit.steps.outcome import ConstantStep
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.schedules import Power

INTERRUPTED = 130


@click.command("simulate")
@data_options
@optimizer_options
@click.option("--steps", type=int, default=1_000_000, show_default=True, metavar="T", help="Steps in all.")
@click.option("--lr", type=float, default=0.1, show_default=True, metavar="η0", help="η_t = η0 (t + t0)^-a.")
@click.option("--lr-decay", type=float, default=0.5, show_default=True, metavar="a", help="0: constant.")
@click.option("--lr-offset", type=float, default=2.0, show_default=True, metavar="t0")
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
@click.option("--save", metavar="FILE", help="Keep the run, to be resumed.")
@click.option("--resume", metavar="FILE", help="Continue a saved run to T steps, bit for bit.")
@certificate_option
@click.option(
    "--every-schedule",
    is_flag=True,
    help="Certify every run whose steps are at most η0 and have an infinite sum, at a vertex.",
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
    from marginproof.properties.cli.certified_run import run_to_certify, save_run
    from marginproof.properties.cli.constant_step import compared_increments, step_json
    from marginproof.properties.simulation.labels import label_of
    from marginproof.properties.simulation.records import Ending
    from marginproof.theory.schedules import Power

    schedule = Power(settings["lr"], settings["lr_decay"], settings["lr_offset"])
    optimizer = _variant(optimizer, settings)
    certified = None
    if certificate is not None:
        certified = run_to_certify(
            dataset,
            optimizer,
            batching,
            start,
            schedule,
            digits,
            steps,
            certificate,
            settings["loss"],
            every_schedule,
        )
    field = _field(optimizer, batching, dataset.n_samples, needed=bool(against))
    largest = _largest_margins(dataset)  # before the run: data that are not separable are refused here
    run = _run(
        dataset,
        optimizer,
        steps,
        resume,
        batching=batching,
        schedule=schedule,
        start=start,
        loss=settings["loss"],
        seed=settings["seed"],
        checkpoints=record,
        field=field,
    )
    if save:
        run.save(save)
    step = _constant(dataset, optimizer, batching, schedule, start) if against else None
    limit = None if step is None else step.limit
    if against and limit is None and field is not None:
        limit = _predicted(dataset, field, start)
    result = run_json(dataset, run, limit, largest)
    constant = ""
    if step is not None and run.ending is not Ending.DIVERGED:
        seen = _increments(dataset, optimizer, run, step, batching, schedule, settings)
        result |= {"increment_distance": seen.distance, "increment_growth": seen.growth}
        result["prediction"] = {**result["prediction"], "step": step_json(step)}
        constant = compared_increments(step, seen)
    if certified is not None and certificate is not None and run.ending is Ending.COMPLETED:
        result["certified"] = save_run(certified, schedule, digits, steps, certificate, every_schedule)
    words = label_of(optimizer, batching, schedule, loss=settings["loss"], seed=settings["seed"])
    emit(
        result,
        json_target,
        lambda: show_run(f"{dataset.name}: {words}", result, run, limit, constant),
        answer=run.ending is not Ending.DIVERGED and result.get("certified", True) is not None,
    )
    if run.ending is Ending.INTERRUPTED:
        click.get_current_context().exit(INTERRUPTED)


def _check(against: str | None, certificate: str | None, digits: int | None, every_schedule: bool) -> None:
    """Refuse options that do not go together."""
    if against not in (None, "predict"):
        raise MarginproofError(f"against={against} is unknown; the only comparison is predict")
    check_places(certificate)
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


def _field(optimizer: Optimizer, batching: Batching, n_samples: int, needed: bool) -> Field | None:
    """The direction field; ``None`` where none is known and none is needed."""
    try:
        return optimizer.field(n_samples, batching)
    except MarginproofError:
        if needed:
            raise
        return None


def _run(dataset: Dataset, optimizer: Optimizer, steps: int, resume: str | None, **settings: Any) -> Run:
    from marginproof.properties.progress import LateBar
    from marginproof.properties.simulation.records import load
    from marginproof.properties.simulation.trajectories import simulate

    if steps < 1:
        raise MarginproofError(f"steps={steps}: at least one step is needed")
    saved = load(Path(resume)) if resume else None
    with LateBar("steps", steps) as bar:
        return simulate(dataset, optimizer, steps=steps, resume=saved, progress=bar, **settings)


def _predicted(dataset: Dataset, field: Field, start: np.ndarray) -> Limit:
    from marginproof.theory.limit.problem import LimitProblem
    from marginproof.theory.limit.solve import solve

    return solve(LimitProblem(dataset.entries, field), start)


def _constant(
    dataset: Dataset, optimizer: Optimizer, batching: Batching, schedule: Power, start: np.ndarray
) -> ConstantStep | None:
    """The constant step's prediction; ``None`` where steps vanish and, with a notice, where there is no theory of one."""
    from marginproof.theory.limit.steps.choice import constant_step

    if schedule.decay:
        return None
    try:
        return constant_step(dataset.entries, optimizer, batching, schedule.lr, start)
    except MarginproofError as reason:
        notices((f"compared with the limit of vanishing steps: {reason}",))
        return None


def _increments(
    dataset: Dataset,
    optimizer: Optimizer,
    run: Run,
    step: ConstantStep,
    batching: Batching,
    schedule: Power,
    settings: dict[str, Any],
) -> Increments:
    """The epoch after the run's end against the prediction."""
    from marginproof.properties.simulation.increments import against, next_epoch

    moved = next_epoch(
        dataset,
        optimizer,
        run,
        batching=batching,
        schedule=schedule,
        loss=settings["loss"],
        seed=settings["seed"],
    )
    return against(dataset.X, moved, step.limit.direction)


def _largest_margins(dataset: Dataset) -> tuple[float, float]:
    from marginproof.theory.margins.max_margin import l2_margin, linf_margin

    return l2_margin(dataset.entries).value, linf_margin(dataset.entries).value
