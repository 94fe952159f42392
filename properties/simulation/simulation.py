"""A run to be made: data, optimizer, batching, schedule, as the compiled loop wants them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import pairwise
from typing import Any

import numpy as np

from marginproof.properties.simulation.kernels import kernel_of
from marginproof.properties.simulation.records import Checkpoint
from marginproof.properties.simulation.sampling import CODES
from marginproof.properties.simulation.state import KernelData, Plan, State, fold
from marginproof.theory.arguments import start_of
from marginproof.theory.batching import Batching, Full
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import Field
from marginproof.theory.laws import TINY, Scale
from marginproof.theory.limit.problem import LimitProblem, residual
from marginproof.theory.losses import Loss
from marginproof.theory.optimizers import Optimizer
from marginproof.theory.schedules import Schedule, StepTable


@dataclass(frozen=True, eq=False)
class Simulation:
    """A run to be made.

    Arguments:
      X: rows with labels folded in, shape (N, d).
      optimizer: one of :mod:`marginproof.theory.optimizers`.
      batching: how batches are drawn.
      schedule: step sizes.
      loss: what is minimised.
      seed: of the batches.
      field: for the checkpoints' residual, or ``None``.
    """

    X: np.ndarray
    optimizer: Optimizer
    batching: Batching
    schedule: Schedule
    loss: Loss = Loss.EXPONENTIAL
    seed: int = 0
    field: Field | None = None

    def __post_init__(self) -> None:
        n = self.X.shape[0]
        self.batching.check_epochs(n)
        if self.optimizer.full_batch_only and not isinstance(self.batching, Full):
            raise MarginproofError(
                f"optimizer={type(self.optimizer).__name__} passes over all samples every step, "
                f"so batching={self.batching} has no meaning; use Full()"
            )

    @cached_property
    def columns(self) -> tuple[np.ndarray, np.ndarray]:
        """(order, starts): columns sorted so that those with the same zeros are together."""
        d = self.X.shape[1]
        if self.optimizer.scale is not Scale.FREE:
            return np.arange(d), np.array([0, d])
        patterns, sets = np.unique(self.X != 0, axis=1, return_inverse=True)
        sets = sets.ravel()
        order = np.argsort(sets, kind="stable")
        return order, np.concatenate([[0], np.cumsum(np.bincount(sets, minlength=patterns.shape[1]))])

    @cached_property
    def problem(self) -> KernelData:
        """The data as the kernel wants them."""
        order, starts = self.columns
        X = np.ascontiguousarray(self.X[:, order])
        touches = np.stack([(X[:, lo:hi] != 0).any(axis=1) for lo, hi in pairwise(starts)], axis=1)
        return KernelData(X, np.ascontiguousarray(X.T), starts.astype(np.int64), touches)

    @cached_property
    def plan(self) -> Plan:
        """The settings as the kernel wants them."""
        n = self.X.shape[0]
        lr, offset, decay, table = self.schedule.coefficients
        hyper = self.optimizer.hyper
        return Plan(
            sampling=CODES[self.batching.sampling],
            batch_size=self.batching.size(n),
            first_order=self.batching.first_order(n),
            seed=int(self.seed),
            loss=self.loss.code,
            hyper=hyper._replace(eps=hyper.eps or TINY),
            eps=float(hyper.eps),
            log_decay=float(self.optimizer.log_decay),
            lr=float(lr),
            offset=float(offset),
            decay=float(decay),
            table=table,
            fold_every=_fold_every(n, self.schedule.largest),
        )

    @cached_property
    def kernel(self) -> Callable[..., None]:
        """The compiled loop for this optimizer."""
        return kernel_of(self.optimizer)

    @cached_property
    def settings(self) -> str:
        """One line that decides whether a saved run may be continued by this one."""
        digest = sha256(np.ascontiguousarray(self.X).tobytes()).hexdigest()[:16]
        schedule: Any = self.schedule
        if isinstance(schedule, StepTable):
            schedule = f"StepTable({sha256(schedule.values.tobytes()).hexdigest()[:16]})"
        return (
            f"{self.optimizer} {self.batching} {schedule} loss={self.loss} seed={self.seed} "
            f"data={self.X.shape[0]}x{self.X.shape[1]}:{digest}"
        )

    def initial(self, start: np.ndarray | None) -> State:
        """The state at t = 0."""
        n, d = self.X.shape
        groups = len(self.columns[1]) - 1
        given = start_of(start, d)
        w = np.zeros(d) if given is None else given
        state = State(
            step=np.zeros(1, dtype=np.int64),
            clock=np.zeros(2),
            base=w[self.columns[0]].copy(),
            low=np.zeros(d),
            delta=np.zeros(d),
            m=np.zeros(d),
            v=np.zeros(d),
            scale=np.zeros(groups),
            level=np.full(groups, -np.inf),
            zb=np.zeros(n),
            reference=np.zeros(1),
        )
        fold(self.problem, state, self.optimizer.scale is Scale.ABSOLUTE)
        return state

    def inspect(self, state: State) -> Checkpoint:
        """The checkpoint that a state amounts to; the state is not touched."""
        state = copy_of(state)
        fold(self.problem, state, False)
        reference = float(state.reference[0])
        w = np.empty(self.X.shape[1])
        w[self.columns[0]] = state.base + state.low
        return checkpoint_of(self, int(state.step[0]), float(state.clock.sum()), w, state.zb, reference)


def checkpoint_of(
    simulation: Simulation,
    step: int,
    sum_lr: float,
    w: np.ndarray,
    relative_margins: np.ndarray,
    reference: float,
) -> Checkpoint:
    """The record of w, with margins given as relative + reference."""
    linf = float(np.abs(w).max())
    l2 = linf * float(np.linalg.norm(w / linf)) if 0 < linf < np.inf else linf
    margin = float(relative_margins.min() + reference)
    c = simulation.loss.weights(relative_margins, reference)
    return Checkpoint(
        step=step,
        sum_lr=sum_lr,
        w=w,
        weights=c,
        margin=margin,
        margin_l2=margin / l2 if l2 else float("nan"),
        margin_linf=margin / linf if linf else float("nan"),
        log_loss=simulation.loss.log_mean(relative_margins, reference),
        direction=w / l2 if l2 else np.zeros_like(w),
        residual=_residual(simulation, c),
    )


def rows_of(data: Any) -> np.ndarray:
    """Rows in float64, shape (N, d), from an array or a Dataset."""
    X = np.ascontiguousarray(getattr(data, "X", data), dtype=np.float64)
    if X.ndim != 2 or 0 in X.shape or not np.isfinite(X).all():
        raise MarginproofError(f"data.shape={X.shape}: rows and columns of finite numbers are needed")
    return X


def copy_of(state: State) -> State:
    """A state that shares no array."""
    return State(*(np.array(array) for array in state))


def _fold_every(n_samples: int, lr: float) -> int:
    """A power of two: 16 N to 512 N steps, so that folding costs less than a per cent, sooner for long steps."""
    wish = min(max(256.0 / lr if lr > 0 else np.inf, 16.0 * n_samples), 512.0 * n_samples)
    return 1 << int(np.ceil(np.log2(max(wish, 16.0))))


def _residual(simulation: Simulation, c: np.ndarray) -> float:
    if simulation.field is None:
        return float("nan")
    problem = LimitProblem(simulation.X, simulation.field)
    with np.errstate(all="ignore"):
        return residual(problem, np.bincount(problem.groups, weights=c))
