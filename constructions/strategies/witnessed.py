"""The families, drawing :class:`~marginproof.constructions.strategies.draws.Separated`: data with their witness."""

from __future__ import annotations

from marginproof.constructions.strategies.degenerate import (
    degenerate,
    dominated,
    duplicated,
    nearly_parallel,
    one_feature,
    single_sample,
    tall,
    wide,
    wide_scales,
)
from marginproof.constructions.strategies.families import (
    aligned,
    gaussian_like,
    scaled_rademacher,
    separable,
    shifted_diagonal,
)

__all__ = [
    "aligned",
    "degenerate",
    "dominated",
    "duplicated",
    "gaussian_like",
    "nearly_parallel",
    "one_feature",
    "scaled_rademacher",
    "separable",
    "shifted_diagonal",
    "single_sample",
    "tall",
    "wide",
    "wide_scales",
]
