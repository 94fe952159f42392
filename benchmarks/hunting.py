"""Data sets a second of CPU that a conjecture is asked about: ``python -m benchmarks.hunting`` (one core, one BLAS thread)."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from marginproof.properties.hunt.batches import batched
from marginproof.properties.hunt.conjecture import UserConjecture
from marginproof.properties.hunt.draws import draw

COUNT = 500


def plain_direction(X: Any, prediction: Any) -> bool:
    """A plain function of the direction."""
    return bool((X @ prediction.direction).min() > 0)


def plain_cosine(X: Any, prediction: Any) -> bool:
    """A plain function that needs the l2 margin."""
    return bool(prediction.cosines["l2"] > 0)


@batched
def batched_direction(X: Any, prediction: Any) -> Any:
    """A batched function of the directions."""
    return (X @ prediction.direction[:, :, None]).min(axis=(1, 2)) > 0


@batched
def batched_cosine(X: Any, prediction: Any) -> Any:
    """A batched function that needs the l2 directions."""
    return prediction.cosines["l2"] > 0


@batched
def batched_linf(X: Any, prediction: Any) -> Any:
    """A batched function that needs the l_inf directions: a linear program a data set."""
    return prediction.cosines["linf"] > 0


class Asked(UserConjecture):
    """A conjecture of this file."""

    def function(self) -> Callable[..., Any]:
        """By its name here."""
        chosen: Callable[..., Any] = globals()[self.name]
        return chosen


def main() -> None:
    """One line a function: judged data sets a second at each shape."""
    shapes = [(2, 2), (3, 3), (4, 2), (4, 4)]
    print("function            " + "".join(f"{n} x {d}".rjust(9) for n, d in shapes))
    for name in ("plain_direction", "plain_cosine", "batched_direction", "batched_cosine", "batched_linf"):
        rates = []
        for n, d in shapes:
            target, batch = Asked(name), draw(np.random.default_rng(0), COUNT, n, d, 15)
            target.values(batch[:5])
            begun = time.process_time()
            judged = sum(
                int((~np.isnan(target.values(part))).sum()) for part in np.split(batch, COUNT // 100)
            )
            rates.append(judged / (time.process_time() - begun))
        print(f"{name:20}" + "".join(f"{rate:9.0f}" for rate in rates))


if __name__ == "__main__":
    main()
