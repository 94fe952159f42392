"""One colour an object, in figures and on pages: a direction, the optimizer that goes there on every data set, a verdict.

Series colours are Okabe and Ito's, told apart by readers with any colour vision.
"""

from __future__ import annotations

from collections.abc import Sequence

from marginproof.theory.optimizers import Adam, AdamProxy, Optimizer, SignGD, Signum

PAPER, INK, FAINT, GRID = "#ffffff", "#1f2328", "#6b7280", "#e2e5ea"
BLUE, VERMILION, GREEN, PURPLE = "#0072b2", "#d55e00", "#00845f", "#b0558f"
ORANGE, SKY = "#c98500", "#3f97d1"
SERIES = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY)
"""Line colours (Okabe and Ito's, the light ones darkened to a contrast of 3 on white)."""
TEXTS = {VERMILION: "#b84f00", ORANGE: "#8f5f00", SKY: "#21719f"}
"""For words: the line colours whose contrast on white is below 4.5 (WCAG AA), darkened; the others serve as they are."""
TINTS = ("#cfe6f5", "#fbdcc5", "#cdeee2", "#f0d8e8", "#f8e7be")
"""Fills of basins, in the order of :data:`SERIES`."""
UNDECIDED_TINT = "#ececec"

DIRECTIONS = {"l2": BLUE, "linf": VERMILION, "adamproxy": GREEN}
"""The reference directions by key."""
CYCLE, CYCLE_TINT = ORANGE, TINTS[4]
"""A limit cycle and what flows to it, in every portrait."""
DIRECTION_TINTS = {"l2": TINTS[0], "linf": TINTS[1]}
"""Basins of the directions that have a colour; other basins take the tints that are left."""

LIGHT = {
    "paper": PAPER,
    "ink": INK,
    "muted": "#57606a",
    "line": GRID,
    "tint-none": UNDECIDED_TINT,
    **{f"series-{k}": colour for k, colour in enumerate(SERIES)},
    **{f"text-{SERIES.index(colour)}": text for colour, text in TEXTS.items()},
    **{f"tint-{k}": colour for k, colour in enumerate(TINTS)},
}
"""A page's colours by variable."""
_DARK_SERIES = ("#5ab7ec", "#ff8f54", "#35c79b", "#de9fca", "#e8b84e", "#97cdf2")
_DARK_TINTS = ("#1d3c50", "#51321e", "#184332", "#472a3f", "#493d1c")
DARK = {
    "paper": "#14171c",
    "ink": "#e8ebf0",
    "muted": "#a9b2be",
    "line": "#333b46",
    "tint-none": "#2a2d33",
    **{f"series-{k}": colour for k, colour in enumerate(_DARK_SERIES)},
    **{f"text-{SERIES.index(colour)}": _DARK_SERIES[SERIES.index(colour)] for colour in TEXTS},
    **{f"tint-{k}": colour for k, colour in enumerate(_DARK_TINTS)},
}
"""The same in the dark."""


def of_optimizer(optimizer: Optimizer, size: int, n_samples: int) -> str:
    """An optimizer's colour: that of the direction it goes to on all data where there is one.

    GD goes to ℓ₂, full-batch Adam and sign descent to ℓ∞, AdamProxy to its Mahalanobis direction; Inc-Adam and Signum
    have colours of their own.

    Arguments:
      size: of its batches; n_samples: N.
    """
    if isinstance(optimizer, AdamProxy):
        return GREEN
    if isinstance(optimizer, Adam):
        return VERMILION if size == n_samples else PURPLE
    if isinstance(optimizer, Signum):
        return ORANGE
    return VERMILION if isinstance(optimizer, SignGD) else BLUE


def distinct(wanted: Sequence[str]) -> list[str]:
    """The wanted colours; where one is wanted again, the next of SERIES that nothing wants.

    Example:
      >>> distinct([PURPLE, PURPLE, GREEN]) == [PURPLE, BLUE, GREEN]
      True
    """
    spare = iter([colour for colour in SERIES if colour not in wanted])
    taken: list[str] = []
    for colour in wanted:
        taken.append(colour if colour not in taken else next(spare, FAINT))
    return taken
