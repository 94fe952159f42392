"""Driving a subject over a case: the loop that produces a :class:`marginproof.theory.bounds.margin_bounds.Trajectory`.

The gradients are those of the loss summed over a batch and divided by b, in float64.  Momentum and
second moments of Adam, Signum and the proxy do not see the gradient's scale; for the family ``gd``,
whose steps would shrink with it, the learning rate is divided by the current mean of s_i = -ℓ' (or by
‖∇L‖_2, for B4), which changes the time of the flow and not its path.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from marginproof.properties.checks.cases import Case
from marginproof.properties.checks.subjects import OptimizerUnderTest, Stepper
from marginproof.theory.bounds.margin_bounds import Trajectory
from marginproof.theory.errors import MarginproofError
from marginproof.theory.losses import Loss


class OptimizerRaisedError(Exception):
    """An optimizer's own error in a step, or what a step may not do."""


class Guarded:
    """An optimizer at work, with 0/0 read as 0.

    Where every gradient so far was zero in a coordinate, Adam without ε divides 0 by 0, and the paper,
    whose data have no zero entries, says nothing: a nan there is read as "stays".  The gradient is the caller's:
    a step that changes its array is refused.
    """

    def __init__(self, stepper: Stepper, dim: int) -> None:
        self.stepper, self.touched = stepper, np.zeros(dim, dtype=bool)
        self.settled = False  # whether every coordinate has had a gradient

    def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> np.ndarray:
        """The next iterate."""
        if not self.settled:
            self.touched |= np.atleast_2d(grad != 0).any(axis=0)
            self.settled = bool(self.touched.all())
        given = grad.tobytes()
        try:
            made = self.stepper.step(w.copy(), grad, lr)
            new = np.array(made, dtype=np.float64)
        except MarginproofError:
            raise
        except Exception as error:
            raise OptimizerRaisedError(f"the optimizer raised {type(error).__name__}: {error}") from error
        if made is None:
            raise OptimizerRaisedError("step returned None; return the next iterate")
        if new.shape != w.shape:
            raise OptimizerRaisedError(
                f"step returned shape {new.shape} for w of shape {w.shape}; return the next iterate"
            )
        if grad.tobytes() != given:
            raise OptimizerRaisedError(
                "step changed the gradient in the array that it was given; work on a copy of grad"
            )
        if self.settled:
            return new
        return np.where(np.isnan(new) & ~self.touched, w, new)


@dataclass(frozen=True)
class Driven:
    """A run with what it was driven by.

    Attributes:
      run: iterates, step sizes, visits.
      lrs: the learning rates handed to the optimizer, shape (T,).
    """

    run: Trajectory
    lrs: np.ndarray


def batch_gradient(X: np.ndarray, w: np.ndarray, rows: np.ndarray, loss: Loss) -> np.ndarray:
    """∇ of the mean loss over the batch, shape (d,)."""
    x = X[rows]
    return np.asarray(-(loss.slopes(x @ w) @ x) / len(rows))


def drive(subject: OptimizerUnderTest, case: Case, pace: str = "mean") -> Driven:
    """Run the optimizer on a case from w_0 = 0.

    Arguments:
      pace: for the family ``gd``, ``mean`` or ``norm``: what the learning rate is divided by.
    """
    if subject.drives is not None:
        run = subject.drives(case)
        return Driven(run, run.etas)
    X, etas, batches = case.X, case.etas, case.batches
    if subject.owns_loop:
        W = np.asarray(subject.start(case.d, case.hyper).train(X, batches, etas, case.loss), dtype=np.float64)
        lrs = etas
    else:
        W, lrs = _loop(subject, case, X, etas, batches, pace)
    if W.shape != (case.steps + 1, case.d):
        raise MarginproofError(
            f"optimizer={subject.name} returned iterates of shape {W.shape} where {(case.steps + 1, case.d)} is expected"
        )
    return Driven(Trajectory(X, W, etas, case.visits, case.loss, subject.unit), lrs)


def _loop(
    subject: OptimizerUnderTest, case: Case, X: np.ndarray, etas: np.ndarray, batches: np.ndarray, pace: str
) -> tuple[np.ndarray, np.ndarray]:
    seen = Guarded(subject.start(case.d, case.hyper), case.d)
    W, lrs = np.zeros((case.steps + 1, case.d)), etas.copy()
    everyone = np.arange(case.n)
    for t, rows in enumerate(batches):
        w = W[t]
        if subject.family == "gd":
            lrs[t] = etas[t] / _scale(X, w, everyone, case.loss, pace)
        if subject.per_sample:
            grad = -case.loss.slopes(X @ w)[:, None] * X
        else:
            grad = batch_gradient(X, w, rows, case.loss)
        W[t + 1] = seen.step(w, grad, float(lrs[t]))
    return W, lrs


def _scale(X: np.ndarray, w: np.ndarray, everyone: np.ndarray, loss: Loss, pace: str) -> float:
    if pace == "norm":
        return float(np.linalg.norm(batch_gradient(X, w, everyone, loss)))
    return float(loss.slopes(X @ w).mean())


def feed(
    subject: OptimizerUnderTest, case: Case, gradients: np.ndarray, start: np.ndarray | None = None
) -> np.ndarray:
    """The iterates under a given sequence of gradients, shape (T+1, d), from ``start`` (0 if not given)."""
    seen = Guarded(subject.start(gradients.shape[1], case.hyper), gradients.shape[1])
    W = np.zeros((len(gradients) + 1, gradients.shape[1]))
    if start is not None:
        W[0] = start
    etas = case.etas if case.power else np.full(len(gradients), float(case.eta0))
    for t, gradient in enumerate(gradients):
        W[t + 1] = seen.step(W[t], gradient.copy(), float(etas[t]))
    return W
