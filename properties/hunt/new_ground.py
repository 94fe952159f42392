"""The searches reported in ``docs/new-ground.md``: ``python -m properties.hunt.new_ground [QUESTION …]``.

Each prints what was searched and what was found; a find is certified before it is printed.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import combinations_with_replacement

import numpy as np
from scipy.optimize import nnls

from properties.hunt import kernels
from properties.hunt.averages import average_box, widths
from properties.hunt.cycle_runs import report as cycle_runs
from properties.hunt.exhaust import exhaust
from properties.hunt.quarries import Circling, SeveralLimits, attractors, integers, linf_margin
from properties.hunt.shrink import shrink
from theory.certificates import Certificate, CertificateError
from theory.certificates.points import all_fixed_points
from theory.checker import check
from theory.fields import AdamProxy, IncAdam, ThetaFamily

Array = np.ndarray
CIRCLE = np.array([[1.0, 15, 2], [3, -1, 14], [11, 5, -3]])
ADAM = (0.0, 0.9, 0.95)


def shown(X: Array) -> list[list[int]]:
    """The rows as plain integers."""
    return [[int(v) for v in row] for row in X]


def verdict(certificate: Certificate) -> str:
    """The checker's word and conclusion."""
    return " ".join(check(certificate.to_json().encode()))


def different(u: list[Array]) -> int:
    """How many of the unit directions differ by more than 1e-6."""
    kept: list[Array] = []
    for v in u:
        if all(np.abs(v - w).max() > 1e-6 for w in kept):
            kept.append(v)
    return len(kept)


def _print_count(size: int) -> None:
    print(exhaust(size))


def directions(n: int = 3, d: int = 3, count: int = 20_000, max_entry: int = 20, seed: int = 0) -> None:
    """How many attracting directions can N x d data have?"""
    rng = np.random.default_rng(seed)
    batch = kernels.draw(rng, count, n, d, max_entry)
    found = kernels.screen_directions(batch, kernels.spread_starts(n), np.array([0.0, 0.0, 1.0]), 1500)
    print(
        f"directions {n}x{d}: {count} data sets, entries to {max_entry}, seed {seed}: {dict(Counter(found.tolist()))}"
    )
    for i in np.argsort(-found)[:20]:
        u = attractors(batch[i], AdamProxy())[1]
        if different(u) == found[i]:
            _smallest_with(batch[i], int(found[i]))
            return


def _smallest_with(X: Array, most: int) -> None:
    X, _ = shrink(X, lambda Y: different(attractors(Y, AdamProxy())[1]) >= most, 400)
    print("  most:", most, shown(X), verdict(SeveralLimits().certify(X)))


def two_rows(d: int, max_entry: int) -> None:
    """The smallest |entry| for two attracting directions, N = 2: every data set, H on a grid (float64)."""
    values = [v for v in range(-max_entry, max_entry + 1) if v]
    # the first row may be taken positive and the columns sorted: flips and exchanges change nothing (I3)
    columns = [(a, b) for a in range(1, max_entry + 1) for b in values]
    s = np.concatenate([[0.0], np.geomspace(1e-6, 0.5, 300), 1 - np.geomspace(0.5, 1e-6, 300)[1:], [1.0]])
    parts = []
    for a, b in columns:
        m, q = a * s + b * (1 - s), (a * s) ** 2 + (b * (1 - s)) ** 2
        parts.append((a - b) * m / np.sqrt(q))
    table = np.array(parts)
    tried, hits = 0, []
    for choice in combinations_with_replacement(range(len(columns)), d):
        tried += 1
        total = table[list(choice)].sum(axis=0)
        # attracting: H >= 0 at s = 0, H <= 0 at s = 1, and the crossings from below to above; H = F_1 - F_2
        up = int(((total[:-1] < -1e-12) & (total[1:] > 1e-12)).sum())
        rough = int(total[0] > 1e-12) + int(total[-1] < -1e-12) + up
        if rough > 1:
            hits.append(choice)
    print(
        f"two rows, d = {d}, entries to {max_entry}: {tried} classes, {len(hits)} with two attractors on the grid"
    )
    quarry = SeveralLimits()
    for choice in hits[:40]:
        X = np.array([columns[k] for k in choice], dtype=float).T
        if quarry.confirm(X):
            try:
                print("  ", shown(X), verdict(quarry.certify(X)))
            except CertificateError as error:
                print("  ", shown(X), error)
            break


def smallest_cycle(
    shape: tuple[int, int] = (3, 3), count: int = 60_000, max_entry: int = 12, seed: int = 0
) -> None:
    """The smallest integers with a limit cycle."""
    quarry, best = Circling(), [CIRCLE] if shape == (3, 3) else []
    tried = 0
    for chunk in range(count // 2000):
        batch = kernels.draw(np.random.default_rng([seed, chunk]), 2000, *shape, max_entry)
        tried += 2000
        scores = quarry.screen(batch)
        best += [batch[i] for i in np.flatnonzero(scores) if quarry.confirm(batch[i])]
    small = [shrink(X, quarry.confirm, 600)[0] for X in best]
    small.sort(key=lambda X: (np.abs(X).max(), np.abs(X).sum()))
    print(
        f"smallest cycle {shape}: {tried} data sets, entries to {max_entry}, seed {seed}, {len(best)} with a cycle"
    )
    for X in small[:6]:
        try:
            word = verdict(quarry.certify(X))
        except ValueError as error:
            word = str(error)
        print("  ", int(np.abs(X).max()), shown(X), word)
        if word.startswith("VALID"):
            break


def finite_beta(n: int = 3, d: int = 3, count: int = 6000, max_entry: int = 15, seed: int = 1) -> None:
    """Can Inc-Adam at finite β have more attracting directions than AdamProxy?"""
    batch = kernels.draw(np.random.default_rng(seed), count, n, d, max_entry)
    starts = kernels.spread_starts(n)
    rule = IncAdam(beta1=Fraction(9, 10), beta2=Fraction(19, 20))
    proxy = kernels.screen_directions(batch, starts, np.array([0.0, 0.0, 1.0]), 1200)
    adam = kernels.screen_directions(batch, starts, np.array(ADAM), 1200)
    more = np.flatnonzero((adam > proxy) & (proxy > 0))
    print(f"finite beta {n}x{d}: {count} data sets, seed {seed}: {len(more)} candidates with more, "
          f"{int((adam < proxy).sum())} with fewer")  # fmt: skip
    for i in more:
        X = batch[i]
        if different(attractors(X, rule)[1]) > different(attractors(X, AdamProxy())[1]):

            def keeps(Y: Array) -> bool:
                return different(attractors(Y, rule)[1]) > different(attractors(Y, AdamProxy())[1]) > 0

            X, _ = shrink(X, keeps, 300)
            words = [verdict(all_fixed_points(integers(X), f)) for f in (rule, AdamProxy())]
            print("  ", shown(X), "Inc-Adam:", words[0], "AdamProxy:", words[1])
            return


def batch_size() -> None:
    """Can the batch size change the number of attractors?  R3's data at b = 1, 2 (θ = 0, 1/2), and θ between."""
    for theta in (Fraction(0), Fraction(1, 100), Fraction(1, 20), Fraction(1, 2), Fraction(9, 10)):
        made = all_fixed_points(integers(CIRCLE), ThetaFamily(theta))
        print(f"batch size: R3's data, theta = {theta}:", verdict(made))


def margins_of(X: Array) -> tuple[float, float]:
    """(l2 ratio, l_inf ratio) of AdamProxy's limit from w = 0; (1, 1) where it does not settle."""
    c, rest, _ = kernels.flow(X, np.zeros(len(X)), np.array([0.0, 0.0, 1.0]), 2500)
    u = kernels.direction(X, c, np.array([0.0, 0.0, 1.0]))
    reach = (X @ u).min()
    gamma = linf_margin(X)[0]
    if rest > 1e-6 or reach <= 0 or gamma <= 1e-9:
        return 1.0, 1.0
    # γ_2: w = Xᵀa / γ with a from min ‖Xᵀa‖² on the simplex, as a nonnegative least squares problem
    A = np.vstack([X.T, 1e3 * np.abs(X).max() * np.ones(len(X))])
    a, _ = nnls(A, np.r_[np.zeros(X.shape[1]), 1e3 * np.abs(X).max()])
    a /= a.sum()
    return float(reach / np.linalg.norm(u) / np.linalg.norm(X.T @ a)), float(reach / np.abs(u).max() / gamma)


def poor_margins(
    n: int = 3, d: int = 4, climbs: int = 5, moves: int = 600, max_entry: int = 200, seed: int = 0
) -> None:
    """Is there data where the limit from w = 0 has both margins below half of the largest?"""
    best, found = 1.0, None
    rng = np.random.default_rng(seed)
    for _ in range(climbs):
        X = min(kernels.draw(rng, 60, n, d, max_entry), key=lambda Y: max(margins_of(Y)))
        score = max(margins_of(X))
        for _ in range(moves):
            Y = X.copy()
            spots = rng.integers(X.size, size=rng.integers(1, 4))
            Y.flat[spots] = np.round(
                Y.flat[spots]
                * np.exp(rng.normal(0, 0.4, len(spots)))
                * rng.choice([1, 1, 1, 1, -1], len(spots))
            )
            Y = np.where(Y == 0, 1.0, np.clip(Y, -max_entry, max_entry))
            value = max(margins_of(Y))
            if value <= score:
                X, score = Y, value
        if score < best:
            best, found = score, X
    print(
        f"poor margins {n}x{d}: {climbs} climbs of {moves} moves, entries to {max_entry}, seed {seed}: best {best:.4f}"
    )
    if found is None:
        return
    print("  ", shown(found), margins_of(found))
    ratio = Fraction(int(np.ceil(best * 1000)) + 1, 1000)
    w_inf = [Fraction(float(v)).limit_denominator(2000) for v in linf_margin(found)[1]]
    try:
        print("  ", verdict(all_fixed_points(integers(found), AdamProxy(), margins=[
            {"norm": "inf", "w": w_inf, "ratio": ratio}, {"norm": "2", "w": _l2_direction(found), "ratio": ratio}])))  # fmt: skip
    except CertificateError as error:
        print("  ", error)


def _l2_direction(X: Array) -> list[Fraction]:
    """A near-maximiser of the l2 margin: Xᵀa with a from nonnegative least squares, as fractions."""
    A = np.vstack([X.T, 1e3 * np.abs(X).max() * np.ones(len(X))])
    a, _ = nnls(A, np.r_[np.zeros(X.shape[1]), 1e3 * np.abs(X).max()])
    w = X.T @ a
    return [Fraction(float(v)).limit_denominator(10**6) for v in w / np.abs(w).max()]


QUESTIONS: dict[str, list[Callable[[], object]]] = {
    "exhaust": [partial(_print_count, size) for size in range(2, 7)],
    "two-rows": [
        partial(two_rows, d, size) for d, size in ((2, 4), (2, 5), (3, 3), (3, 4), (4, 2), (4, 3), (5, 2))
    ],
    "batch-size": [batch_size],
    "directions": [partial(directions, 3, d, 3000) for d in (3, 2, 4)],
    "finite-beta": [partial(finite_beta, 2, 2, 4000), partial(finite_beta, 3, 3, 1500)],
    "cycle": [partial(smallest_cycle, count=20_000)],
    "average": [average_box],
    "average-inc-adam": [partial(average_box, IncAdam())],
    "average-widths": [widths],
    "runs": [cycle_runs],
    "margins": [partial(poor_margins, *shape) for shape in ((2, 3), (3, 4), (4, 8))],
}
"""Question to its searches, in the order of the report."""


if __name__ == "__main__":
    for question in sys.argv[1:] or QUESTIONS:
        for search in QUESTIONS[question]:
            search()
            sys.stdout.flush()
