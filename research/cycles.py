"""The smallest integer data with a limit cycle, hunted; a find is certified before it is printed."""

from __future__ import annotations

import numpy as np

from marginproof.constructions.paper import cycle_3x3
from marginproof.properties.hunt.draws import draw
from marginproof.properties.hunt.shrink import shrink
from marginproof.properties.hunt.targets import LimitCycle
from research.words import shown, verdict

CIRCLE = cycle_3x3().X
"""R3's 3 x 3 data."""


def smallest_cycle(
    shape: tuple[int, int] = (3, 3), count: int = 60_000, max_entry: int = 12, seed: int = 0
) -> None:
    """The smallest integers with a limit cycle."""
    target, best = LimitCycle(), [CIRCLE] if shape == (3, 3) else []
    tried = 0
    for chunk in range(count // 2000):
        batch = draw(np.random.default_rng([seed, chunk]), 2000, *shape, max_entry)
        tried += 2000
        scores = target.screen(batch)
        best += [batch[i] for i in np.flatnonzero(scores) if target.confirm(batch[i])]
    small = [shrink(X, target.confirm, 600)[0] for X in best]
    small.sort(key=lambda X: (np.abs(X).max(), np.abs(X).sum()))
    print(
        f"smallest cycle {shape}: {tried} data sets, entries to {max_entry}, seed {seed}, {len(best)} with a cycle"
    )
    for X in small[:6]:
        try:
            word = verdict(target.certify(X))
        except ValueError as error:
            word = str(error)
        print("  ", int(np.abs(X).max()), shown(X), word)
        if word.startswith("VALID"):
            break
