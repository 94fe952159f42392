"""What the figures of runs show: :func:`default_optimizers` run on one data set, predictions beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.plots.settling import Approach, apart
from marginproof.properties.presentation.colours import distinct, of_optimizer
from marginproof.properties.progress import doing
from marginproof.properties.simulation.labels import label_of
from marginproof.properties.simulation.records import Run
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.batching import Batching, Cyclic, Full
from marginproof.theory.fields import AdamProxyField
from marginproof.theory.limit.problem import Limit, LimitProblem, Outcome
from marginproof.theory.limit.solve import solve
from marginproof.theory.margins.max_margin import Margin, l2_margin, linf_margin
from marginproof.theory.number_systems import Array
from marginproof.theory.optimizers import Adam, AdamProxy, NormalisedGD, Optimizer, Signum
from marginproof.theory.reference_margins import cosine
from marginproof.theory.schedules import Power

SCHEDULE = Power(0.1, 0.5)
"""η_t = 0.1 (t + 2)^(-1/2): Σ η = 0.2 √t, so that 10^6 steps reach Σ η = 200."""
STEPS = 1_000_000
MARGIN_MOVED = 0.02
"""Of itself: a normalised margin that moved by more in the second half of a run's flow time has not settled."""


@dataclass(frozen=True, eq=False)
class ReferenceDirections:
    """The directions everything is compared with.

    Attributes:
      l2, linf: the max-margins.
      proxy: AdamProxy's limit from the start, Mahalanobis max-margin for M = diag √q.
    """

    l2: Margin
    linf: Margin
    proxy: Limit

    @property
    def directions(self) -> dict[str, Array]:
        """By key ``l2``, ``linf``, ``adamproxy``; without the last where the proxy does not settle."""
        known = {"l2": self.l2.direction, "linf": self.linf.direction}
        if self.proxy.outcome is Outcome.FIXED_POINT:
            known["adamproxy"] = self.proxy.direction
        return known

    def angles(self, direction: Array) -> dict[str, float]:
        """Degrees from a direction to each."""
        return {key: apart(direction, value) for key, value in self.directions.items()}

    def cosines(self, direction: Array) -> dict[str, float]:
        """Cosine of a direction to each landmark."""
        return {key: cosine(direction, value) for key, value in self.directions.items()}


def landmarks(dataset: Dataset, start: Array | None = None) -> ReferenceDirections:
    """The landmarks of a data set; raises ``NotSeparableError`` with its certificate."""
    l2, linf = l2_margin(dataset.entries), linf_margin(dataset.entries)
    return ReferenceDirections(l2, linf, solve(LimitProblem(dataset.entries, AdamProxyField()), start))


@dataclass(frozen=True, eq=False)
class PredictedRun:
    """A run beside its prediction.

    Attributes:
      name, short: for labels, with and without β.
      settings: step sizes, loss and seed, in words.
      optimizer, batching: what ran.
      run: the record.
      limit: the predicted limit of its own field.
    """

    name: str
    short: str
    settings: str
    optimizer: Optimizer
    batching: Batching
    run: Run
    limit: Limit

    @property
    def time(self) -> Array:
        """Σ η at the checkpoints, shape (K,)."""
        return np.array([point.sum_lr for point in self.run.checkpoints])

    @property
    def gaps(self) -> Array:
        """One minus the cosine to the predicted direction, shape (K,)."""
        return self.run.gaps(self.limit.direction)

    @property
    def angles(self) -> Array:
        """Degrees to the predicted direction, shape (K,)."""
        return np.asarray(np.degrees(2 * np.arcsin(np.minimum(np.sqrt(self.gaps / 2), 1.0))))

    @property
    def comparable(self) -> bool:
        """Whether there is one predicted direction to compare with."""
        return self.limit.unique is True and self.limit.outcome is not Outcome.UNDECIDED

    @property
    def approach(self) -> Approach:
        """Its directions beside the predicted one."""
        directions = np.array([point.direction for point in self.run.checkpoints])
        return Approach(self.time, directions, self.limit.direction)

    def approaches(self, direction: Array | None = None) -> bool:
        """Whether the run nears a direction [default: the predicted one]: :meth:`~marginproof.properties.plots.settling.Approach.nears`."""
        return self.approach.nears(direction)

    def settled(self, marks: ReferenceDirections) -> bool:
        """Whether it tells its prediction from the reference directions: :meth:`~marginproof.properties.plots.settling.Approach.settled`.

        Where there is no single predicted direction both margins must have settled instead.
        """
        if not self.comparable:
            return self.margins_settled
        return self.approach.settled(marks.directions.values())

    @property
    def margins_settled(self) -> bool:
        """Whether both margins have: :meth:`margin_settled`."""
        return self.margin_settled("l2") and self.margin_settled("linf")

    def margin_settled(self, norm: str) -> bool:
        """Whether the normalised margin (``l2`` or ``linf``) moved by at most :data:`MARGIN_MOVED` of itself in the second half
        of the flow time: at the theory's rate, what it has still to move."""
        late = max(int(np.searchsorted(self.time, self.time[-1] / 2, side="right")) - 1, 0)
        before, after = (
            getattr(point, f"margin_{norm}") for point in (self.run.checkpoints[late], self.run.final)
        )
        return bool(abs(after - before) <= MARGIN_MOVED * abs(after))

    @property
    def colour(self) -> str:
        """The optimizer's colour in every figure."""
        n = len(self.run.final.weights)
        return of_optimizer(self.optimizer, self.batching.size(n), n)

    def slope(self) -> float:
        """The slope of the angle's logarithm against log Σ η over the last half of log-time, a least-squares fit."""
        time, gaps = self.time, np.sqrt(np.maximum(self.gaps, 1e-300))
        late = time >= np.sqrt(time[0] * time[-1])
        return (
            float(np.polyfit(np.log(time[late]), np.log(gaps[late]), 1)[0])
            if late.sum() > 2
            else float("nan")
        )


def default_optimizers(n_samples: int, adam: Adam = Adam()) -> list[tuple[Optimizer, Batching]]:  # noqa: B008 (frozen)
    """What a data set is shown with: GD (at unit speed, so that Σ η measures every path alike), full-batch Adam,
    Inc-Adam, AdamProxy, per-sample Signum."""
    if n_samples == 1:
        return [(NormalisedGD(), Full()), (adam, Full())]
    return [
        (NormalisedGD(), Full()),
        (adam, Full()),
        (adam, Cyclic(1)),
        (AdamProxy(), Full()),
        (Signum(Fraction(99, 100)), Cyclic(1)),
    ]


def course(
    dataset: Dataset,
    optimizer: Optimizer,
    batching: Batching | None = None,
    *,
    steps: int = STEPS,
    schedule: Power = SCHEDULE,
    start: Array | None = None,
    loss: str = "exponential",
    seed: int = 0,
    checkpoints: int = 60,
) -> PredictedRun:
    """Run one optimizer, on its usual batches unless told otherwise."""
    n = dataset.n_samples
    batching = batching or optimizer.batching(n)
    doing(f"{optimizer.label(batching)} on {dataset.name}")
    # A finite momentum has its own field; the limit it approximates is β → 1.
    meant = Signum(None) if isinstance(optimizer, Signum) else optimizer
    run = simulate(
        dataset,
        optimizer,
        batching=batching,
        schedule=schedule,
        steps=steps,
        start=start,
        loss=loss,
        seed=seed,
        checkpoints=checkpoints,
    )
    return PredictedRun(
        name=optimizer.label(batching),
        short=optimizer.label(batching, betas=False),
        settings=label_of(schedule=schedule, loss=loss, seed=seed),
        optimizer=optimizer,
        batching=batching,
        run=run,
        limit=solve(LimitProblem(dataset.entries, meant.field(n, batching)), start),
    )


def colours_of(courses: Sequence[PredictedRun]) -> list[str]:
    """A colour for each run: its optimizer's; a second run of one kind gets one that no other wants."""
    return distinct([one.colour for one in courses])
