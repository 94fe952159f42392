"""``marginproof plot``: one figure of one data set, as SVG, PNG or PDF."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli import CommandGroup
from marginproof.properties.cli.optimizer_options import (
    lr_decay_option,
    optimizer_options,
    rational,
    start_of,
)
from marginproof.properties.cli.options import data_options, style_options
from marginproof.properties.cli.output import say
from marginproof.properties.cli.places import take
from marginproof.properties.file_kinds import FIGURE
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from marginproof.theory.batching import Batching
    from marginproof.theory.optimizers import Optimizer


@click.group("plot", cls=CommandGroup)
def command() -> None:
    """Draw a figure of DATA; the suffix of --out says which kind of file.

    \b
    Example:
      marginproof plot portrait cycle-3x3 --out cycle.svg
      marginproof plot batch gaussian --out batch.pdf
    """


def out_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--out FILE``, checked before anything is computed; the command receives ``out``."""

    @click.option("--out", required=True, metavar="FILE.{svg,png,pdf}", help="Where the figure goes.")
    @style_options
    @wraps(function)
    def wrapper(out: str, style: str, width: float | None, **others: Any) -> Any:
        from marginproof.properties.plots.style import check_target, look
        from marginproof.properties.progress import late_spinner

        check_target(Path(out))
        take("out", out, FIGURE)
        with look(style, width), late_spinner(f"plot {function.__name__} of {others.get('data')}"):
            return function(out=Path(out), **others)

    return wrapper


def run_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--steps``, ``--lr``, ``--lr-decay``, ``--seed`` of the runs; the command receives ``steps``, ``schedule``, ``seed``."""

    @click.option(
        "--steps", type=int, default=1_000_000, show_default=True, metavar="T", help="Steps of each run."
    )
    @click.option("--lr", type=float, metavar="η_0", help="η_t = η_0 (t + 2)^-a [default: the figure's own].")
    @lr_decay_option
    @click.option("--seed", type=int, default=0, show_default=True, help="Seed of the batch order.")
    @wraps(function)
    def wrapper(steps: int, lr: float | None, lr_decay: float, **others: Any) -> Any:
        from marginproof.theory.schedules import Power

        if steps < 10:
            raise MarginproofError(f"steps={steps} is too few for a figure; give 10 or more")
        schedule = Power(0.1 if lr is None else lr, lr_decay)
        return function(steps=steps, schedule=schedule, own_schedule=lr is None, **others)

    return wrapper


@command.command("portrait")
@out_option
@data_options
@optimizer_options
def portrait(
    dataset: Dataset, optimizer: Optimizer, batching: Batching, start: np.ndarray, out: Path
) -> None:
    """The flow of the loss weights with all fixed points, basins and cycle: N = 3 (simplex) or N = 2."""
    from marginproof.properties.plots.portrait import portrait as draw
    from marginproof.theory.limit.problem import LimitProblem

    n = dataset.n_samples
    problem = LimitProblem(dataset.entries, optimizer.field(n, batching))
    given = start if start.any() else None
    _save(draw(problem, title=f"{optimizer.field_label(n, batching)} on {dataset.name}", start=given), out)


@command.command("convergence")
@out_option
@data_options
@run_options
@click.option("--beta1", default="0.9", show_default=True, callback=rational, help="Adam's, exact.")
@click.option("--beta2", default="0.95", show_default=True, callback=rational, help="Adam's, exact.")
@click.option("--start", metavar="W|FILE", help="Starting w [default: 0].")
def convergence(dataset: Dataset, out: Path, **settings: Any) -> None:
    """The angle to the predicted direction against Σ η for GD, Adam, Inc-Adam, AdamProxy and Signum."""
    from marginproof.properties.plots.convergence import convergence as draw
    from marginproof.properties.plots.measure import landmarks

    marks = landmarks(dataset)
    title = f"{dataset.name}: angle to the predicted direction"
    _save(draw(_courses(dataset, **settings), marks, title=title), out)


@command.command("margins")
@out_option
@data_options
@run_options
@click.option("--beta1", default="0.9", show_default=True, callback=rational, help="Adam's, exact.")
@click.option("--beta2", default="0.95", show_default=True, callback=rational, help="Adam's, exact.")
@click.option("--start", metavar="W|FILE", help="Starting w [default: 0].")
def margins(dataset: Dataset, out: Path, **settings: Any) -> None:
    """Normalised ℓ₂ and ℓ∞ margins against Σ η for the same optimizers, with predicted values."""
    from marginproof.properties.plots.margins import margins as draw
    from marginproof.properties.plots.measure import landmarks

    marks = landmarks(dataset)
    figure = draw(
        dataset.X,
        _courses(dataset, **settings),
        marks,
        title=f"{dataset.name}: margins, in units of the largest",
    )
    _save(figure, out)


@command.command("batch")
@out_option
@data_options
@run_options
@click.option("--beta2", default="0.99", show_default=True, callback=rational, help="Of the runs, exact.")
def batch(
    dataset: Dataset,
    out: Path,
    steps: int,
    schedule: Any,
    own_schedule: bool,
    seed: int,
    beta2: Fraction,
) -> None:
    """Angles to the ℓ₂, ℓ∞ and Mahalanobis directions against batch size, reshuffled Adam."""
    from marginproof.properties.plots.measure import landmarks
    from marginproof.properties.plots.sweep_data import SLOW, by_batch
    from marginproof.properties.plots.sweeps import sweep_figure
    from marginproof.theory.optimizers import Adam

    Adam(beta2=beta2).field(dataset.n_samples)  # says what is wrong with beta2
    marks = landmarks(dataset)
    sweep = by_batch(
        dataset, steps=steps, beta2=beta2, schedule=SLOW if own_schedule else schedule, seed=seed
    )
    _save(sweep_figure(sweep, marks, title=f"{dataset.name}: the limit against batch size"), out)


@command.command("beta")
@out_option
@data_options
@run_options
@click.option(
    "--beta1", default="0.5", show_default=True, callback=rational, help="Adam's, exact; β2 starts there."
)
def beta(
    dataset: Dataset,
    out: Path,
    steps: int,
    schedule: Any,
    own_schedule: bool,
    seed: int,
    beta1: Fraction,
) -> None:
    """Angles to the ℓ₂, ℓ∞ and Mahalanobis directions against β₂, Inc-Adam with single samples."""
    from marginproof.properties.plots.measure import landmarks
    from marginproof.properties.plots.sweep_data import by_beta2
    from marginproof.properties.plots.sweeps import sweep_figure
    from marginproof.theory.optimizers import Adam

    Adam(beta1)  # says what is wrong with beta1
    sweep = by_beta2(
        dataset, beta1=beta1, steps=steps, schedule=None if own_schedule else schedule, seed=seed
    )
    title = f"{dataset.name}: the limit against β₂"
    _save(sweep_figure(sweep, landmarks(dataset), title=title), out)


@command.command("step")
@out_option
@data_options
@optimizer_options
def step(dataset: Dataset, optimizer: Optimizer, batching: Batching, start: np.ndarray, out: Path) -> None:
    """Constant steps against η: angles of an epoch's increment, the contraction and the speed."""
    from marginproof.properties.plots.measure import landmarks
    from marginproof.properties.plots.steps import by_step, step_figure

    if start.any():
        raise MarginproofError("start plays no part in this figure; leave it out")
    sweep = by_step(dataset, optimizer, batching)
    _save(step_figure(sweep, landmarks(dataset), f"{dataset.name}: constant steps"), out)


def _courses(
    dataset: Dataset,
    steps: int,
    schedule: Any,
    own_schedule: bool,
    seed: int,
    beta1: Fraction,
    beta2: Fraction,
    start: str | None,
) -> list[Any]:
    from marginproof.properties.plots.measure import course, default_optimizers
    from marginproof.theory.optimizers import Adam

    adam = Adam(beta1, beta2)
    adam.field(dataset.n_samples)  # says what is wrong with the betas
    w0 = None if start is None else start_of(start, dataset.n_features)
    return [
        course(dataset, *one, steps=steps, schedule=schedule, start=w0, seed=seed)
        for one in default_optimizers(dataset.n_samples, adam)
    ]


def _save(figure: Figure, out: Path) -> None:
    from marginproof.properties.plots.labels import note_of
    from marginproof.properties.plots.style import paper, save

    save(figure, out)
    say(f"Wrote {out}.")
    if paper() and note_of(figure):
        say(f"For the caption: {note_of(figure)}")
