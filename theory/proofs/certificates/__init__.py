"""Certificates: exact data, a witness and what follows, for a checker that shares no code with this.

Making a certificate may use any means (floating point, balls, solvers); what it proves rests only
on :mod:`marginproof.theory.checker`, which recomputes the problem from the data.  Each kind has one writer.

The schema is in :doc:`/certificates`.
"""

from marginproof.theory.proofs.certificates.document import FORMAT, STATEMENTS, Certificate
from marginproof.theory.proofs.certificates.errors import CertificateError

__all__ = ["FORMAT", "STATEMENTS", "Certificate", "CertificateError"]
