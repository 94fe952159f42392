"""``FILE.partial``: what an unfinished search for a certified run has found, beside the certificate that it is to become.

Written every :data:`EVERY` seconds and at an interrupt; the same command goes on from it, and it is removed when the
search has ended.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marginproof.properties.writing import write_atomically
from marginproof.theory.errors import MarginproofError
from marginproof.theory.proofs.certificates.document import plain, producer
from marginproof.theory.proofs.certificates.field_entry import field_entry
from marginproof.theory.proofs.runs.saved import Saved

if TYPE_CHECKING:
    from marginproof.theory.proofs.runs.inc_adam import IncAdamRun
    from marginproof.theory.schedules import Power

EVERY = 10.0
"""Seconds between two writings."""
FORMAT = "marginproof-partial/1"


def settings_of(run: IncAdamRun, schedule: Power, digits: int | None, every: bool) -> dict[str, Any]:
    """What must be the same for a search to go on; how many steps are tried at most need not be."""
    rows = json.dumps(plain([list(row) for row in run.X]))
    return {
        "data": hashlib.sha256(rows.encode()).hexdigest(),
        "optimizer": field_entry(run.field, len(run.X)),
        "start": plain(list(run.start)),
        "lr": [repr(float(v)) for v in (schedule.lr, schedule.decay, schedule.offset)],
        "digits": digits,
        "every_schedule": every,
        "producer": producer(),
    }


class PartialFile:
    """The file of one search, read when made.

    Arguments:
      certificate: where the certificate is to stand.
      settings: see :func:`settings_of`.

    Raises:
      MarginproofError: the file holds another search, or no search.
    """

    def __init__(self, certificate: str, settings: dict[str, Any]) -> None:
        self.path = Path(f"{certificate}.partial")
        self.settings = settings
        self.written = time.monotonic()
        self.resumed = self.path.exists()
        self.saved = Saved(self._read() if self.resumed else {}, self._keep)

    def write(self) -> None:
        """Write the states now, if there are any."""
        if self.saved.parts:
            body = {"format": FORMAT, "settings": self.settings, "parts": self.saved.parts}
            write_atomically(self.path, json.dumps(body) + "\n")
        self.written = time.monotonic()

    def remove(self) -> None:
        """The search has ended."""
        self.path.unlink(missing_ok=True)

    def _keep(self) -> None:
        if time.monotonic() - self.written >= EVERY:
            self.write()

    def _read(self) -> dict[str, Any]:
        try:
            body = json.loads(self.path.read_text(encoding="utf-8"))
            found, parts = body["settings"], body["parts"]
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise MarginproofError(
                f"{self.path} is not the unfinished search of a certified run; move it away or choose another FILE"
            ) from cause
        for name, value in self.settings.items():
            if found.get(name) != value:
                raise MarginproofError(
                    f"{self.path} holds the unfinished search of another run ({name} differs); give its settings "
                    "again, choose another FILE, or delete it to begin anew"
                )
        return dict(parts)
