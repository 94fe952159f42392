"""``--certificate`` of ``simulate`` and of ``predict --lr``: a certified run of Inc-Adam itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.certificate import save_certificate
from marginproof.properties.cli.output import notices
from marginproof.properties.cli.partial import PartialFile, settings_of
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.theory.batching import Batching
    from marginproof.theory.optimizers import Optimizer
    from marginproof.theory.proofs.certificates import Certificate
    from marginproof.theory.proofs.runs.inc_adam import IncAdamRun
    from marginproof.theory.schedules import Power


def run_to_certify(
    dataset: Dataset,
    optimizer: Optimizer,
    batching: Batching,
    start: np.ndarray,
    schedule: Power,
    digits: int | None,
    most_steps: int,
    path: str,
    loss: str = "exponential",
    every: bool = False,
) -> IncAdamRun:
    """The run, or a refusal before anything is computed: of its settings, or of what stands beside ``path``."""
    from marginproof.theory.proofs.certificates.certified_run import kind_of, run_of

    if loss != "exponential":
        raise MarginproofError(
            f"loss={loss}: a certified run uses the exponential loss; leave out --certificate"
        )
    run = run_of(dataset.exact, optimizer, list(start), batching)
    kind_of(run, schedule, digits, most_steps, every)
    PartialFile(path, settings_of(run, schedule, digits, every))
    return run


def save_run(
    run: IncAdamRun, schedule: Power, digits: int | None, most_steps: int, path: str, every: bool = False
) -> dict[str, Any] | None:
    """Find, check and write the certificate (``every``: of every schedule with steps as small); its kind, conclusion and the checker's sentence, or ``None`` with a notice why not."""
    from marginproof.properties.progress import late_spinner
    from marginproof.theory.proofs.certificates.certified_run import certified_run

    partial = PartialFile(path, settings_of(run, schedule, digits, every))
    if partial.resumed:
        notices([f"going on from {partial.path}"])
    made: list[Certificate] = []

    def make() -> Certificate:
        with late_spinner("certifying the run", announced=announcement(run, partial)) as relabel:
            made.append(
                certified_run(
                    run,
                    schedule,
                    digits,
                    most_steps,
                    lambda what, done, total: relabel(f"{what}: {done} of at most {total}"),
                    every,
                    partial.saved,
                )
            )
        return made[0]

    try:
        valid = save_certificate(make, path)
    except KeyboardInterrupt:
        partial.write()
        if partial.path.exists():
            notices([f"what was found is kept in {partial.path}; the same command goes on from there"])
        raise
    partial.remove()
    if not valid:
        return None
    body = json.loads(made[0].to_json())
    return {"kind": body["kind"], **body["conclusion"], "statement": made[0].verdict()[1]}


def announcement(run: IncAdamRun, partial: PartialFile) -> str:
    """What is searched, and what an interrupt leaves."""
    rows, columns = run.X.shape
    return (
        f"searching for a proof that this run on {rows} x {columns} data converges, which may take minutes; an interrupt "
        f"(Ctrl-C) keeps what was found in {partial.path}"
    )
