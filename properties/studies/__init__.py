"""One study a phenomenon of the paper: a run anyone can repeat, with its table, its figures and the claims it bears on.

A study is a module with ``run(steps) -> Study`` (:mod:`marginproof.properties.studies.study`) and a line in :data:`STUDIES`.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING

from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.properties.studies.study import Study

STUDIES = {
    "gaussian": "Gaussian data: each optimizer to its own max-margin direction",
    "sr": "Scaled Rademacher data: per-sample Adam goes to ℓ₂, full-batch Adam to ℓ∞",
    "shifted-diagonal": "Shifted-diagonal data: per-sample Adam goes to ℓ∞ from w = 0",
    "signum": "Signum keeps the ℓ∞ bias at every batch size, SignSGD does not",
    "batch-size": "The limit moves with the batch size, between AdamProxy and ℓ∞",
    "beta2": "The limit of per-sample Adam moves with β2, towards AdamProxy",
    "constant-step": "Constant steps are vanishing steps at larger betas, towards AdamProxy",
    "large-n": "Many samples at fixed β2: how far per-sample Adam's limit is from AdamProxy's",
    "cycle": "Data on which the update direction never converges",
    "two-limits": "Data on which the start decides the limit",
}
"""What each study shows, by its name."""


def run_study(name: str, steps: int | None = None) -> Study:
    """Run a study.

    Arguments:
      name: a key of :data:`STUDIES`.
      steps: of each run [default: the study's own].

    Raises:
      MarginproofError: an unknown name, or too few steps.
    """
    if name not in STUDIES:
        near = get_close_matches(name, STUDIES, n=1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(STUDIES)}"
        raise MarginproofError(f"study={name} is unknown; {hint}")
    if steps is not None and steps < 1000:
        raise MarginproofError(f"steps={steps} is too few for a limit to show; give 1000 or more")
    module = import_module(f"{__name__}.{name.replace('-', '_')}")
    found: Study = module.run(steps) if steps is not None else module.run()
    return found
