"""Two simple disjoint polygons, one inside the other, decided in integers."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

from .intervals import UNIT
from .reading import matrix
from .refusals import Clock, need

Vertex = tuple[int, int]
Edge = tuple[Vertex, Vertex]


def turn(a: Vertex, b: Vertex, c: Vertex) -> int:
    """Twice the signed area of a triangle; positive where a, b, c turn left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def vertices(polygon: Any, clock: Clock) -> list[Vertex]:
    """Positive dyadic vertices in units of ``2**-BITS``."""
    exact = [[x * UNIT, y * UNIT] for x, y in matrix(polygon, None, 2, clock)]
    good = all(v > 0 and v.denominator == 1 for pair in exact for v in pair)
    need(good, "vertices: positive dyadics are due")
    return [(int(x), int(y)) for x, y in exact]


def ring(polygon: list[Vertex]) -> list[Edge]:
    """The edges, the last one back to the first vertex."""
    return list(pairwise([*polygon, *polygon[:1]]))


def area(edges: list[Edge]) -> int:
    """Twice the signed area."""
    return sum(turn((0, 0), a, b) for a, b in edges)


def apart(first: Edge, second: Edge) -> bool:
    """Whether two edges have no point in common, or only the vertex that they share."""
    (a, b), (c, d) = first, second
    if turn(a, b, c) * turn(a, b, d) > 0 or turn(c, d, a) * turn(c, d, b) > 0:
        return True
    ends = sorted([a, b, c, d])
    shared = sum(x == y for x, y in pairwise(ends)) == 1
    return shared and (turn(a, b, c) != 0 or turn(a, b, d) != 0)


def annulus(outer: Any, inner: Any, clock: Clock) -> list[Edge]:
    """The edges of both polygons, the annulus to their left.

    If the flow crosses them all to the left, both polygons hold the only rest point; being disjoint, they are nested.
    """
    polygons = [vertices(outer, clock), vertices(inner, clock)]
    points = sorted(polygons[0] + polygons[1])
    need(all(a != b for a, b in pairwise(points)), "the polygons touch, or have a vertex twice")
    rings = [ring(polygon) for polygon in polygons]
    areas = [area(edges) for edges in rings]
    need(areas[0] > areas[1] > 0, "polygons must be counterclockwise, the inner inside the outer")
    for first, second in combinations(rings[0] + rings[1], 2):
        clock.tick()
        need(apart(first, second), "polygons must be simple and disjoint")
    return rings[0] + [(b, a) for a, b in rings[1]]
