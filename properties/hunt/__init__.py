"""Hunting counterexamples: search, shrink, rationalise, certify.

* :mod:`marginproof.properties.hunt.draws`: random separable integer data;
* :mod:`marginproof.properties.hunt.targets`: what a violation of each claim is, and the certificate it ends in;
* :mod:`marginproof.properties.hunt.maximisers`: the same for two ℓ∞ maximisers, by linear programs;
* :mod:`marginproof.properties.hunt.long_steps`: the same for gradients that give Adam a long step, in fractions;
* :mod:`marginproof.properties.hunt.conjecture`: the same for a user's own ``module:function``;
* :mod:`marginproof.properties.hunt.batches`: ``@marginproof.batched`` conjectures;
* :mod:`marginproof.properties.hunt.violation`: the same function asked in balls, with :mod:`~marginproof.properties.hunt.ball_numbers` and
  :mod:`~marginproof.properties.hunt.ball_prediction`;
* :mod:`marginproof.properties.hunt.generations`: climbing the number that a conjecture returns, in batches;
* :mod:`marginproof.properties.hunt.targeted`: Hypothesis climbing the number that a conjecture returns;
* :mod:`marginproof.properties.hunt.shrink`: fewer rows, fewer columns, smaller integers;
* :mod:`marginproof.properties.hunt.settings`: what to look for, and where;
* :mod:`marginproof.properties.hunt.search`: the loop over seeded chunks, in parallel, that can be resumed;
* :mod:`marginproof.properties.workers`: processes of this machine, or dask;
* :mod:`marginproof.properties.hunt.exhaust`: exact counts over all 2 x 2 integer data up to a size.

A search proves nothing by what it does not find; what it finds is proved by a certificate.
"""

from marginproof.properties.hunt.search import HuntResult, hunt
from marginproof.properties.hunt.settings import Hunt

__all__ = ["Hunt", "HuntResult", "hunt"]
