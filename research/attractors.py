"""How many directions attract: in small data, at finite β, and as the batch size changes."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from marginproof.properties.hunt.attracting import attractors, integers, settled_directions
from marginproof.properties.hunt.draws import draw, spread_starts
from marginproof.properties.hunt.exhaust import exhaust
from marginproof.properties.hunt.shrink import shrink
from marginproof.properties.hunt.targets import SeveralLimits
from marginproof.theory.fields import AdamProxyField, IncAdamField, ThetaField
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.number_systems import Array
from marginproof.theory.proofs.certificates import CertificateError
from marginproof.theory.proofs.certificates.points import all_fixed_points
from research.cycles import CIRCLE
from research.words import shown, verdict


def different(u: list[Array]) -> int:
    """How many of the unit directions differ by more than 1e-6."""
    kept: list[Array] = []
    for v in u:
        if all(np.abs(v - w).max() > 1e-6 for w in kept):
            kept.append(v)
    return len(kept)


def print_count(size: int) -> None:
    """The exact count over all 2 x 2 integer data with entries up to a size."""
    print(exhaust(size))


def directions(n: int = 3, d: int = 3, count: int = 20_000, max_entry: int = 20, seed: int = 0) -> None:
    """How many attracting directions can N x d data have?"""
    rng = np.random.default_rng(seed)
    batch = draw(rng, count, n, d, max_entry)
    found = settled_directions(batch, AdamProxyField(), spread_starts(n))
    print(
        f"directions {n}x{d}: {count} data sets, entries to {max_entry}, seed {seed}: {dict(Counter(found.tolist()))}"
    )
    for i in np.argsort(-found)[:20]:
        u = attractors(batch[i], AdamProxyField())[1]
        if different(u) == found[i]:
            _smallest_with(batch[i], int(found[i]))
            return


def _smallest_with(X: Array, most: int) -> None:
    X, _ = shrink(X, lambda Y: different(attractors(Y, AdamProxyField())[1]) >= most, 400)
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
    target = SeveralLimits()
    for choice in hits[:40]:
        X = np.array([columns[k] for k in choice], dtype=float).T
        if target.confirm(X):
            try:
                print("  ", shown(X), verdict(target.certify(X)))
            except CertificateError as error:
                print("  ", shown(X), error)
            break


def finite_beta(n: int = 3, d: int = 3, count: int = 6000, max_entry: int = 15, seed: int = 1) -> None:
    """Can Inc-Adam at finite β have more attracting directions than AdamProxy?"""
    batch = draw(np.random.default_rng(seed), count, n, d, max_entry)
    starts = spread_starts(n)
    rule = IncAdamField(beta1=Fraction(9, 10), beta2=Fraction(19, 20))
    proxy = settled_directions(batch, AdamProxyField(), starts)
    adam = settled_directions(batch, rule, starts)
    more = np.flatnonzero((adam > proxy) & (proxy > 0))
    print(f"finite beta {n}x{d}: {count} data sets, seed {seed}: {len(more)} candidates with more, "
          f"{int((adam < proxy).sum())} with fewer")  # fmt: skip
    for i in more:
        X = batch[i]
        if different(attractors(X, rule)[1]) > different(attractors(X, AdamProxyField())[1]):

            def keeps(Y: Array) -> bool:
                return different(attractors(Y, rule)[1]) > different(attractors(Y, AdamProxyField())[1]) > 0

            X, _ = shrink(X, keeps, 300)
            words = [
                verdict(all_fixed_points(LimitProblem(integers(X), f))) for f in (rule, AdamProxyField())
            ]
            print("  ", shown(X), "Inc-Adam:", words[0], "AdamProxy:", words[1])
            return


def batch_size() -> None:
    """Can the batch size change the number of attractors?  R3's data at b = 1, 2 (θ = 0, 1/2), and θ between."""
    for theta in (Fraction(0), Fraction(1, 100), Fraction(1, 20), Fraction(1, 2), Fraction(9, 10)):
        made = all_fixed_points(LimitProblem(integers(CIRCLE), ThetaField(theta)))
        print(f"batch size: R3's data, theta = {theta}:", verdict(made))
