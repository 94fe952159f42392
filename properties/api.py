"""The library's verbs for data as users hold them: data sets, frames, arrays, sparse matrices, lists, names and files.

Every function takes ``data`` with ``labels`` apart (N values of two kinds, or the name of a frame's column), or rows with
the labels already folded in, and hands the exact entries to the mathematics.

Example:
  >>> separation([[1], [2], [3], [4]], ["no", "no", "yes", "yes"], bias=True).features
  {'feature1': '+inf', 'bias': '-inf'}
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from marginproof.constructions.sparse import SparseDataset, is_sparse
from marginproof.properties.answers import Margins, SeparationReport
from marginproof.properties.separating import described
from marginproof.properties.user_data import entries_of, explained, is_plain, sparse_or_not
from marginproof.theory import prediction
from marginproof.theory.arguments import check_digits, check_switch, start_of
from marginproof.theory.batching import Batching
from marginproof.theory.errors import MarginproofError
from marginproof.theory.fields import AdamProxyField, Field
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.margins.max_margin import l2_margin, linf_margin
from marginproof.theory.optimizers import Adam, AdamProxy, Optimizer, field_of, law_of
from marginproof.theory.proofs import enumeration
from marginproof.theory.proofs.certificates import Certificate
from marginproof.theory.proofs.certificates.certified_run import MOST_STEPS, certified_run, run_of
from marginproof.theory.proofs.fixed_points import Enumeration
from marginproof.theory.renamed import renamed
from marginproof.theory.schedules import Power

if TYPE_CHECKING:
    from marginproof.properties.simulation.records import Run


@renamed(X="data", field="optimizer")
def predict(
    data: Any,
    optimizer: Optimizer | Field | None = None,
    *,
    start: Any = None,
    labels: Any = None,
    bias: bool = False,
    batching: Batching | None = None,
    digits: int | None = None,
    proof: bool = False,
) -> prediction.Prediction:
    """Predict the limit direction of w from w_0, and prove it if asked.

    Arguments:
      data, labels, bias: as in :func:`~marginproof.properties.user_data.dataset_of`; a sparse matrix, from a file too, stays sparse for AdamProxy's limit,
        unless digits or a proof are asked for.
      optimizer: an optimizer, or a direction field itself; AdamProxy by default.
      start: w_0, shape (d,); zero by default.
      batching: how an optimizer's batches are drawn; by default single samples in cyclic order for Adam and
        RMSProp, the full batch for others.
      digits: also write weights and direction out to this many decimal digits.
      proof: enclose the limit (Krawczyk, exact brackets for ℓ∞) and certify its stability.

    Raises:
      NotSeparableError: with the Farkas certificate; :func:`separation` says more.
    """
    law = law_of(optimizer, AdamProxy())
    check_digits(digits)
    check_switch("proof", proof)
    may_be = is_sparse(data) or isinstance(data, (str, Path))
    if may_be and isinstance(law, AdamProxy) and digits is None and not proof:
        found = sparse_or_not(data, labels, bias)
        if isinstance(found, SparseDataset):
            from marginproof.theory.limit.sparse import SparseProblem

            with explained(data, labels, bias):
                return prediction.predict_problem(
                    SparseProblem(found.entries, AdamProxyField()), start_of(start, found.n_features)
                )
        data, labels, bias = found, None, False
    rows = entries_of(data, labels, bias)
    with explained(data, labels, bias):
        return prediction.predict(rows, law, start, batching=batching, digits=digits, proof=proof)


def margins(data: Any, labels: Any = None, *, bias: bool = False) -> Margins:
    """The ℓ₂ and ℓ∞ max-margins, each proved to lie in its bracket; arguments as in :func:`~marginproof.properties.user_data.dataset_of`, a sparse matrix stays sparse.

    Raises:
      NotSeparableError: with the Farkas certificate; :func:`separation` says more.
    """
    plain = is_plain(data) and labels is None and not bias
    rows = data if plain else sparse_or_not(data, labels, bias).entries
    with explained(data, labels, bias):
        linf = linf_margin(
            rows
        )  # first: scipy copies the rows several times, and what l2_margin keeps would stand beside
        return Margins(l2_margin(rows), linf)


@renamed(problem="data", X="data")
def enumerate_all(
    data: Any,
    optimizer: Optimizer | Field | None = None,
    *,
    labels: Any = None,
    bias: bool = False,
    batching: Batching | None = None,
    **settings: Any,
) -> Enumeration:
    """Every limit direction an optimizer can have on the data.

    Arguments:
      data, labels, bias, optimizer, batching: as in :func:`predict`; or ``data`` is a
        :class:`~marginproof.theory.limit.problem.LimitProblem`, which holds its field.
      settings: those of :func:`marginproof.theory.proofs.enumeration.enumerate_all`: ``complete``, ``digits``, ``max_boxes``,
        ``starts``, ``seed``.
    """
    check_digits(settings.get("digits"))
    if isinstance(data, LimitProblem):
        if optimizer is not None or labels is not None or bias:
            raise MarginproofError(
                "a LimitProblem holds its data and field; give nothing beside it, or the data themselves"
            )
        return enumeration.enumerate_all(data, **settings)
    rows = entries_of(data, labels, bias)
    field = field_of(law_of(optimizer, AdamProxy()), len(rows), batching)
    with explained(data, labels, bias):
        return enumeration.enumerate_all(LimitProblem(rows, field), **settings)


@renamed(X="data")
def simulate(
    data: Any, optimizer: Optimizer, *, labels: Any = None, bias: bool = False, **settings: Any
) -> Run:
    """Run an optimizer.

    Arguments:
      data, labels, bias: as in :func:`~marginproof.properties.user_data.dataset_of`.
      optimizer: one of :mod:`marginproof.theory.optimizers`.
      settings: those of :func:`marginproof.properties.simulation.trajectories.simulate`: ``batching``, ``schedule``,
        ``steps``, ``start``, ``loss``, ``seed``, ``checkpoints``, ``field``, ``resume``, ``progress``.
    """
    from marginproof.properties.simulation import trajectories  # numba with it

    rows = np.asarray(entries_of(data, labels, bias), dtype=np.float64)
    settings["start"] = start_of(settings.get("start"), rows.shape[1])
    return trajectories.simulate(rows, law_of(optimizer), **settings)


@renamed()
def certify_run(
    data: Any,
    optimizer: Optimizer | None = None,
    *,
    start: Any = None,
    labels: Any = None,
    bias: bool = False,
    batching: Batching | None = None,
    schedule: Power = Power(0.1, 0.5),  # noqa: B008 (frozen)
    digits: int | None = None,
    most_steps: int = MOST_STEPS,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
    every_schedule: bool = False,
) -> Certificate:
    """The certificate that a run of Inc-Adam itself, momenta included, converges in direction; ``save`` writes it.

    Exponential loss, no bias correction, ε = 0, cyclic batches.  Floats in ``start`` and ``schedule`` stand for the
    decimals that they are written as.

    Arguments:
      data, labels, bias: as in :func:`~marginproof.properties.user_data.dataset_of`.
      optimizer: Adam or RMSProp; Adam(9/10, 19/20) by default.
      start: w_0, shape (d,); zero by default.
      batching: cyclic batches; single samples by default, and always with vanishing steps.
      schedule: decay 0 for a constant step; else the exponent must be p/1, p/2, p/4, … p/64 in (0, 1].
      digits: decimals of the limit direction's box [default: 9].
      most_steps: give up beyond so many steps.
      progress: called with what is done, how much, out of how much.
      every_schedule: about every run with positive steps of infinite sum, none above the schedule's largest; its limit
        is a vertex: c tends to e_p and w in direction to sign(x_p), for one row p.

    Raises:
      MarginproofError: settings that no kind of certificate holds.
      CertificateError: no trap was found that the run reaches; a smaller step or more steps may help.

    Example:
      >>> made = certify_run([[5, 1], [1, 4]], start=(0, 0.733), schedule=Power(1, 1))
      >>> [round(float(low), 6) for low, high in made.conclusion["direction"]]
      [0.6, 0.8]
    """
    rows = entries_of(data, labels, bias)
    check_digits(digits)
    start_of(start, rows.shape[1])  # refused there; its exact numbers are kept
    run = run_of(rows, law_of(optimizer, Adam()), start, batching)
    return certified_run(run, schedule, digits, most_steps, progress, every_schedule)


def separation(data: Any, labels: Any = None, *, bias: bool = False) -> SeparationReport:
    """Complete separation, quasi-complete separation or overlap, exactly; arguments as in :func:`~marginproof.properties.user_data.dataset_of`, a sparse matrix stays sparse."""
    result, _ = described(sparse_or_not(data, labels, bias))
    intercept = result["with_intercept"]
    return _report(result, None if intercept is None else _report(intercept, None))


def _report(answer: dict[str, Any], intercept: SeparationReport | None) -> SeparationReport:
    parts = {
        name: answer[name] for name in ("direction", "rows_on_boundary", "features", "weights", "collinear")
    }
    return SeparationReport(answer["status"].value, **parts, with_intercept=intercept)
