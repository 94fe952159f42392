"""The built-in data sets: one line each, from a name to its builder and what it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, partial

from marginproof.constructions import paper, real
from marginproof.constructions.dataset import Dataset
from marginproof.theory.errors import MarginproofError

BIAS = "+bias"


@dataclass(frozen=True)
class Builtin:
    """A built-in set: how to build it, and what it is in a few words."""

    build: Callable[[], Dataset]
    summary: str


BUILTINS: dict[str, Builtin] = {
    "sr4": Builtin(paper.sr4, "scaled Rademacher rows, amplitudes 1 … 4; Adam goes to l2"),
    "shifted-diagonal": Builtin(
        paper.shifted_diagonal, "a = 1, 2, 4, 8, δ = 1/10; Adam goes to l_inf from w = 0"
    ),
    "gaussian": Builtin(partial(paper.gaussian, 10, 50), "normal entries"),
    "gaussian-50x200": Builtin(partial(paper.gaussian, 50, 200), "normal entries"),
    "gaussian-200x1000": Builtin(partial(paper.gaussian, 200, 1000), "normal entries"),
    "gaussian-1000x100": Builtin(partial(paper.gaussian, 1000, 100), "normal entries, a separator planted"),
    "iris": Builtin(real.iris, "setosa against the other two species"),
    "digits01": Builtin(real.digits01, "handwritten ones against zeros, 8 × 8 pixels"),
    "wdbc": Builtin(real.wdbc, "breast cancer, benign against malignant"),
    "wine": Builtin(real.wine, "the first cultivar against the other two"),
    "two-limits": Builtin(paper.two_limits, "two attracting fixed points; the start decides"),
    "cycle-3x3": Builtin(paper.cycle_3x3, "one fixed point, repelling; the update direction circles"),
    "cycle-3x5": Builtin(paper.cycle_3x5, "the same with d > N"),
    "signsgd-fails": Builtin(paper.signsgd_fails, "SignSGD at b = 1 follows (1, -1)"),
}
"""Names that commands take for DATA; ``+bias`` may follow where labels are known."""


def load(name: str) -> Dataset:
    """The built-in data set of that name, ``+bias`` allowed where its labels are known.

    Raises:
      MarginproofError: an unknown name, with the nearest one as a suggestion.
    """
    base = name.removesuffix(BIAS)
    if base not in BUILTINS:
        near = get_close_matches(base, BUILTINS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(BUILTINS)}"
        raise MarginproofError(f"data={name} is neither a file nor a built-in set; {hint}")
    return _build(base).with_bias() if name.endswith(BIAS) else _build(base)


@cache
def _build(name: str) -> Dataset:
    return replace(BUILTINS[name].build(), name=name)
