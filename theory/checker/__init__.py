"""An independent checker of certificates: standard library only, no code of their makers, the trust base.

``python -m marginproof.theory.checker CERT…`` (or ``python -I -S checker.pyz CERT…``, see :mod:`.bundle`) says VALID,
INVALID or UNSUPPORTED of each file and exits 0, 1 or 2.  It recomputes the problem from the data, believes nothing of
the witness, and decides in fractions or intervals.  :doc:`/certificates` says what each kind proves.

To trust one kind of certificate one reads :mod:`.refusals`, :mod:`.reading`, :mod:`.problem`, :mod:`.judge` and

* margins, separability, runs: :mod:`.rational`;
* solutions: :mod:`.intervals`, :mod:`.fields`, :mod:`.columns`, :mod:`.flow`, :mod:`.inertia`, :mod:`.points`, :mod:`.lists`,
  :mod:`.narrowing`, and :mod:`.traps` for what a list may add;
* limit cycles: these and :mod:`.polygons`, :mod:`.cycles`.

:mod:`.claims` says which conclusion about which field refutes which claim.
"""

from .claims import CLAIMS, statement_of
from .command import judge_file, main, plain
from .fields import FIELDS
from .judge import FORMAT, KINDS, SECONDS, FileVerdict, check, judge
from .reading import MAX_BYTES, MAX_SIDE

__all__ = [
    "CLAIMS",
    "FIELDS",
    "FORMAT",
    "KINDS",
    "MAX_BYTES",
    "MAX_SIDE",
    "SECONDS",
    "FileVerdict",
    "check",
    "judge",
    "judge_file",
    "main",
    "plain",
    "statement_of",
]
