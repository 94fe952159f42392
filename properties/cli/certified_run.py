"""``--certificate`` of ``simulate`` and of ``predict --lr``: a certified run of Inc-Adam itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marginproof.properties.cli.certificate import save_certificate
from marginproof.properties.cli.output import notices
from marginproof.properties.cli.partial import PartialFile, settings_of
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.properties.cli.run_asked import AskedRun
    from marginproof.theory.proofs.certificates import Certificate
    from marginproof.theory.proofs.runs.inc_adam import IncAdamRun
    from marginproof.theory.schedules import Power


@dataclass(frozen=True)
class RunToCertify:
    """A run with the place of its certificate.

    Attributes:
      digits: decimals of the direction's box; most_steps: how far the run is followed.
      every: of every schedule with steps as small.
    """

    run: IncAdamRun
    schedule: Power
    path: str
    digits: int | None
    most_steps: int
    every: bool

    def partial(self) -> PartialFile:
        """What an earlier search left beside the certificate; refused where that is of another run."""
        return PartialFile(self.path, settings_of(self.run, self.schedule, self.digits, self.every))

    def save(self) -> dict[str, Any] | None:
        """Find, check and write the certificate; its kind, conclusion and the checker's sentence, or ``None`` with a notice why not."""
        partial = self.partial()
        if partial.resumed:
            notices([f"going on from {partial.path}"])
        made: list[Certificate] = []

        def make() -> Certificate:
            made.append(self._found(partial))
            return made[0]

        try:
            valid = save_certificate(make, self.path)
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

    def _found(self, partial: PartialFile) -> Certificate:
        from marginproof.properties.progress import late_spinner
        from marginproof.theory.proofs.certificates.certified_run import certified_run

        with late_spinner("certifying the run", announced=announcement(self.run, partial)) as relabel:
            return certified_run(
                self.run,
                self.schedule,
                self.digits,
                self.most_steps,
                lambda what, done, total: relabel(f"{what}: {done} of at most {total}"),
                self.every,
                partial.saved,
            )


def to_certify(
    asked: AskedRun, path: str, digits: int | None, most_steps: int, every: bool = False
) -> RunToCertify:
    """The run, or a refusal before anything is computed: of its settings, or of what stands beside ``path``."""
    from marginproof.theory.proofs.certificates.certified_run import kind_of, run_of

    if asked.loss != "exponential":
        raise MarginproofError(
            f"loss={asked.loss}: a certified run uses the exponential loss; leave out --certificate"
        )
    run = run_of(asked.dataset.exact, asked.optimizer, list(asked.start), asked.batching)
    kind_of(run, asked.schedule, digits, most_steps, every)
    found = RunToCertify(run, asked.schedule, path, digits, most_steps, every)
    found.partial()
    return found


def announcement(run: IncAdamRun, partial: PartialFile) -> str:
    """What is searched, and what an interrupt leaves."""
    rows, columns = run.X.shape
    return (
        f"searching for a proof that this run on {rows} x {columns} data converges, which may take minutes; an interrupt "
        f"(Ctrl-C) keeps what was found in {partial.path}"
    )
