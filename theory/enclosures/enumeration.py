"""Every solution of the limit equation on one data set: all the limits an optimizer can have there.

Up to :data:`EXHAUSTIVE` distinct rows, interval branch and bound (:mod:`theory.enclosures.branch_and_bound`)
decides the whole simplex; each box that holds one zero is matched with a point certified by
:mod:`theory.enclosures.krawczyk`, so that the list is complete and free of repetitions by proof.  With more
rows, many starts of Newton's method give a list that may lack points.

Points are told apart by their weights: where N = d and the support is full, u is parallel to X⁻¹1
at every interior solution, so that two points of different stability can share a direction.

Example:
  >>> import numpy as np
  >>> from theory.fields import AdamProxy
  >>> from theory.limit.equation import LimitProblem
  >>> found = enumerate_all(LimitProblem(np.array([[5, 1], [1, 4]]), AdamProxy()))
  >>> found.complete, [(float(point.weights[0].round(6)), point.stability.value) for point in found.points]
  (True, [(0.868826, 'attracting'), (0.772378, 'unstable'), (0.0, 'attracting')])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from theory.enclosures.balls import bounds, to_floats
from theory.enclosures.boxes import Leaf, LeafKind
from theory.enclosures.branch_and_bound import search
from theory.enclosures.enclosed import Certainty, Enclosure
from theory.enclosures.krawczyk import certify
from theory.enclosures.rational import certify_linear, is_linear
from theory.enclosures.stability import CertifiedStability, certified_stability
from theory.fields import Reshuffled, Sign, ThetaFamily
from theory.limit.equation import Limit, LimitProblem, Outcome, Stability, classify
from theory.limit.newton import active_set_newton, newton_step
from theory.limit.solve import solve
from theory.number_systems import Array

EXHAUSTIVE = 6
"""Distinct rows up to which branch and bound is tried unasked (about 0.1 s at 6 on easy data)."""

EVERY_SUPPORT = 8
"""Distinct rows up to which the search from starts also tries every support (765 short Newton runs)."""


@dataclass(frozen=True)
class FixedPoint:
    """One solution of the limit equation.

    Attributes:
      weights: c, float64, shape (N,).
      direction: u(c) of unit l2 norm, float64, shape (d,).
      gamma: γ.
      support: rows with positive weight.
      stability: proved where ``certified``, else evidence from float64 eigenvalues.
      certified: whether existence is proved.
      reason: why not, or the reason of the stability verdict.
      enclosure: the proof, with enclosed weights and direction; ``None`` for sign fields.
      witness: the proof of stability; ``None`` where there is none.
      unique: False where the direction is one of a continuum.
    """

    weights: Array
    direction: Array
    gamma: float
    support: tuple[int, ...]
    stability: Stability
    certified: bool
    reason: str
    enclosure: Enclosure | None = None
    witness: CertifiedStability | None = None
    unique: bool = True


@dataclass(frozen=True)
class Enumeration:
    """The solutions found, and whether they are surely all.

    Attributes:
      points: the solutions, by decreasing first weights.
      complete: whether no other solution exists, by proof.
      reason: why the list may lack points, one clause; empty when complete.
      boxes: boxes looked at by branch and bound (0 if it did not run).
      leaves: its decided boxes, for a certificate.
      starts: starts of Newton's method (0 if none was needed).
    """

    points: tuple[FixedPoint, ...]
    complete: bool
    reason: str
    boxes: int = 0
    leaves: tuple[Leaf, ...] = ()
    starts: int = 0


def enumerate_all(
    problem: LimitProblem,
    *,
    complete: bool | None = None,
    digits: int = 15,
    max_boxes: int = 200_000,
    starts: int = 64,
    seed: int = 0,
) -> Enumeration:
    """Every solution of the limit equation.

    Arguments:
      problem: data and field.
      complete: True asks for branch and bound at any N, False forbids it, ``None`` tries it up to
        :data:`EXHAUSTIVE` distinct rows.
      digits: of each point's enclosure.
      max_boxes: budget of the branch and bound; when it is spent the list comes from the starts.
      starts: starting points of the search by Newton's method, where that is needed.
      seed: of the random ones among them.
    """
    require_separable(problem)
    if _is_full_batch(problem):
        problem = LimitProblem(problem.X, Sign())
    if not problem.field.smooth:
        return _sign_fields(problem, starts, seed)
    if is_linear(problem):
        return _linear(problem, digits)
    wanted = problem.n_unknowns <= EXHAUSTIVE if complete is None else complete
    if not wanted:
        reason = f"n={problem.n_unknowns} distinct rows: searched from {{starts}} starts, not exhaustively"
        return _from_starts(problem, digits, starts, seed, reason)
    tree = search(problem, max_boxes=max_boxes)
    points, reason = _points_of(problem, tree.leaves, digits)
    reason = tree.reason or reason
    if not reason:
        return Enumeration(_sorted(points), True, "", tree.boxes, tree.leaves)
    more = _from_starts(problem, digits, starts, seed, reason, points)
    return Enumeration(more.points, False, reason, tree.boxes, tree.leaves, more.starts)


def require_separable(problem: LimitProblem) -> None:
    """Raise :class:`~theory.errors.NotSeparableError`, with its certificate, unless some w has X w > 0."""
    rows = problem.floats[problem.representatives]
    w = rows.T @ min_norm_weights(rows)
    # Every product x_i·w of a sum of d terms errs by at most d ulps of Σ|x_ik w_k|.
    allowance = rows.shape[1] * np.finfo(float).eps * (np.abs(rows) @ np.abs(w))
    if not (rows @ w > allowance).all():
        from theory.margins.max_margin import l2_margin

        l2_margin(problem.X)


def fixed_point(problem: LimitProblem, enclosure: Enclosure) -> FixedPoint:
    """A certified enclosure as a :class:`FixedPoint`, with its certified stability."""
    witness = certified_stability(problem, enclosure)
    assert enclosure.gamma is not None
    return FixedPoint(
        weights=to_floats(enclosure.weights),
        direction=to_floats(enclosure.direction),
        gamma=float(enclosure.gamma),
        support=_rows_of(problem, enclosure.support),
        stability=witness.stability,
        certified=enclosure.certified,
        reason=witness.reason,
        enclosure=enclosure,
        witness=witness,
    )


def _is_full_batch(problem: LimitProblem) -> bool:
    """Whether θ = 1 makes the field m/√m², the sign field under another name."""
    field = problem.field
    if isinstance(field, Reshuffled):
        return field.batch_size == problem.X.shape[0] > 1
    return isinstance(field, ThetaFamily) and field.theta == 1


def totals(problem: LimitProblem, weights: Array) -> Array:
    """y, shape (G,): the weights c of all rows summed over equal ones."""
    return np.bincount(problem.groups, weights=weights, minlength=problem.n_unknowns)


def _rows_of(problem: LimitProblem, support: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.flatnonzero(np.isin(problem.groups, support)))


def _sorted(points: list[FixedPoint]) -> tuple[FixedPoint, ...]:
    return tuple(sorted(points, key=lambda point: point.weights.tolist(), reverse=True))


def _points_of(problem: LimitProblem, leaves: tuple[Leaf, ...], digits: int) -> tuple[list[FixedPoint], str]:
    """One certified point for all the leaves that hold it, and a reason if some leaf has none."""
    known: list[Enclosure] = []
    reason = ""
    for leaf in leaves:
        if leaf.guess is None:
            continue
        if any(_surely_inside(leaf, enclosure) for enclosure in known):
            continue
        support = tuple(int(i) for i in np.flatnonzero(leaf.guess))
        found = certify(problem, leaf.guess / leaf.guess.sum(), support, digits)
        if found.status is Certainty.UNDECIDED:
            reason = found.reason
        elif not _surely_inside(leaf, found):
            reason = f"the zero certified on support={leaf.support} is not surely the one in its box"
        else:
            known.append(found)
    points = [fixed_point(problem, enclosure) for enclosure in known if enclosure.certified]
    return points, reason


def _surely_inside(leaf: Leaf, enclosure: Enclosure) -> bool:
    """Whether the enclosed zero is the one of the leaf: same support, and r inside the inflated box."""
    if leaf.kind is not LeafKind.UNIQUE:
        return enclosure.support == (leaf.chart,)
    if enclosure.support != leaf.support:
        return False
    low, high = leaf.inflated_lower, leaf.inflated_upper
    assert low is not None
    assert high is not None
    scale_low, scale_high = bounds(enclosure.totals[leaf.chart])
    for j in leaf.support:
        if j == leaf.chart:
            continue
        weight_low, weight_high = bounds(enclosure.totals[j])
        positive = weight_low > 0 and scale_low > 0
        if not (positive and weight_low / scale_high > low[j] and weight_high / scale_low < high[j]):
            return False
    return True


def _from_starts(
    problem: LimitProblem,
    digits: int,
    starts: int,
    seed: int,
    reason: str,
    points: list[FixedPoint] | None = None,
) -> Enumeration:
    """Newton's method from corners, the barycentre and random points of the simplex; the flow from w = 0."""
    found = list(points or [])
    tried = starting_points(problem.n_unknowns, starts, seed)
    candidates = [_newton(problem, y) for y in tried]
    if problem.n_unknowns <= EVERY_SUPPORT:
        candidates += [
            _on_support(problem, y, support) for support, y in _every_support(problem.n_unknowns, seed)
        ]
    limit = solve(problem)
    if limit.outcome is Outcome.FIXED_POINT:
        candidates.append((totals(problem, limit.weights), limit.gamma))
    for candidate in candidates:
        if candidate is None or candidate[1] <= 0 or _listed(problem, found, candidate[0]):
            continue
        point = _best_word(problem, candidate[0], digits)
        if point.certified or (_open(point) and not _shares_direction(found, point)):
            found.append(point)
    return Enumeration(_sorted(found), False, reason.format(starts=len(tried)), starts=len(tried))


def _open(point: FixedPoint) -> bool:
    return point.enclosure is not None and point.enclosure.status is Certainty.UNDECIDED


def _shares_direction(points: list[FixedPoint], point: FixedPoint) -> bool:
    """Whether an uncertified point repeats a listed direction (weights that form a continuum)."""
    return any(np.abs(point.direction - other.direction).max() < 1e-7 for other in points)


def _newton(problem: LimitProblem, y: Array) -> tuple[Array, float] | None:
    with np.errstate(all="ignore"):
        candidate = active_set_newton(problem, y)
    return None if candidate is None else (np.maximum(candidate.y, 0), candidate.gamma)


def _every_support(size: int, seed: int) -> list[tuple[Array, Array]]:
    """Each support with its barycentre and some random points of its face, fewer the more supports."""
    random = np.random.default_rng(seed)
    draws = max(2, 64 // 2**size)
    out = []
    for mask in range(1, 2**size):
        support = np.flatnonzero([mask >> i & 1 for i in range(size)])
        shares = [
            np.full(len(support), 1 / len(support)),
            *random.dirichlet(np.ones(len(support)), size=draws),
        ]
        for share in shares:
            y = np.zeros(size)
            y[support] = share
            out.append((support, y))
    return out


def _on_support(problem: LimitProblem, y: Array, support: Array) -> tuple[Array, float] | None:
    """Newton's method on a fixed support, damped to stay inside its face; finds repelling points too."""
    y = y.copy()
    with np.errstate(all="ignore"):
        for _ in range(40):
            step = newton_step(*problem.linearised(y, support), support)
            if step is None or not np.isfinite(step).all():
                return None
            length = float(np.abs(step).sum())
            toward_border = np.min(np.where(step < 0, -y[support] / step, np.inf))
            y[support] += min(1.0, 0.9 * float(toward_border)) * step
            if length < 1e-13:
                F = problem.F(y)
                gamma = float(y @ F)
                slack = 1e-9 * float(np.abs(F).max())
                return (y / y.sum(), gamma) if (gamma - slack <= F).all() else None
    return None


def starting_points(size: int, count: int, seed: int) -> list[Array]:
    """The barycentre, up to count/2 corners (nearly), and softmaxes of normal logits, all on the simplex."""
    random = np.random.default_rng(seed)
    barycentre = np.full(size, 1 / size)
    corners = [0.9 * np.eye(size)[i] + 0.1 * barycentre for i in range(min(size, count // 2))]
    logits = 3 * random.normal(size=(max(count - len(corners) - 1, 0), size))
    softmax = np.exp(logits - logits.max(axis=1, keepdims=True))
    return [barycentre, *corners, *(softmax / softmax.sum(axis=1, keepdims=True))]


def _listed(problem: LimitProblem, points: list[FixedPoint], y: Array) -> bool:
    # Newton's points carry errors near 1e-14 · condition; distinct solutions this close would be
    # a numerical double root, which certify leaves undecided anyway.
    return any(np.abs(totals(problem, point.weights) - y).sum() < 1e-7 for point in points)


def _best_word(problem: LimitProblem, y: Array, digits: int) -> FixedPoint:
    """The point certified if it can be, else as floating-point evidence with the reason."""
    support = np.flatnonzero(y > 0)
    enclosure = certify(problem, y, tuple(int(i) for i in support), digits)
    if enclosure.certified:
        return fixed_point(problem, enclosure)
    return _evidence(problem, y, enclosure)


def _evidence(problem: LimitProblem, y: Array, enclosure: Enclosure) -> FixedPoint:
    u = problem.direction(y)
    return FixedPoint(
        weights=problem.expand(y),
        direction=u / np.linalg.norm(u),
        gamma=float(y @ problem.F(y)),
        support=_rows_of(problem, enclosure.support),
        stability=classify(problem, y, np.flatnonzero(y > 0)),
        certified=False,
        reason=enclosure.reason,
        enclosure=enclosure,
    )


def _linear(problem: LimitProblem, digits: int) -> Enumeration:
    """GD (or I6): the direction is unique by convexity, so one certified point is all."""
    y = min_norm_weights(problem.floats[problem.representatives])
    enclosure = certify_linear(problem, y, tuple(int(i) for i in np.flatnonzero(y)), digits)
    if enclosure.certified:
        return Enumeration((fixed_point(problem, enclosure),), True, "")
    if enclosure.status is Certainty.EXCLUDED:
        return Enumeration((), True, enclosure.reason)
    return Enumeration((_evidence(problem, y, enclosure),), False, enclosure.reason)


def min_norm_weights(rows: Array) -> Array:
    """Weights y on the simplex of the point of the rows' hull nearest 0, in floats, shape (G,).

    Non-negative least squares of (Xᵀ; 1ᵀ) y ≈ (0; 1) is proportional to them.
    """
    scaled = rows / max(float(np.linalg.norm(rows, axis=1).min()), np.finfo(float).tiny)
    y, _ = nnls(np.vstack([scaled.T, np.ones(len(rows))]), np.append(np.zeros(rows.shape[1]), 1.0))
    return y / y.sum()


def _sign_fields(problem: LimitProblem, starts: int, seed: int) -> Enumeration:
    """Sign: the face of l_inf max-margin directions as one point.  CyclicSignum: what some starts find."""
    d = problem.X.shape[1]
    scale = 1 / max(float(np.abs(problem.floats).max()), 1e-300)
    random = np.random.default_rng(seed)
    single = isinstance(problem.field, Sign)
    trials = [None] if single else [None, *(scale * random.normal(size=(min(starts, 8), d)))]
    points: list[FixedPoint] = []
    for start in trials:
        limit = solve(problem, start)
        known = any(np.abs(point.direction - limit.direction).max() < 1e-7 for point in points)
        if limit.outcome is Outcome.FIXED_POINT and not known:
            points.append(_as_evidence(limit))
    if single:
        unique = bool(points) and points[0].unique
        reason = "" if unique else "the l_inf max-margin directions form a face; one of them is shown"
        return Enumeration(tuple(points), unique, reason, starts=1)
    reason = f"{type(problem.field).__name__} jumps: followed from {len(trials)} starts, not exhaustively"
    return Enumeration(_sorted(points), False, reason, starts=len(trials))


def _as_evidence(limit: Limit) -> FixedPoint:
    return FixedPoint(
        weights=limit.weights,
        direction=limit.direction,
        gamma=limit.gamma,
        support=limit.support,
        stability=limit.stability,
        certified=False,
        reason=limit.reason or "a sign field: see the bracket of its l_inf margin",
        unique=limit.unique,
    )
