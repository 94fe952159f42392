"""Hunting counterexamples: search, shrink, rationalise, certify.

* :mod:`properties.hunt.kernels`: compiled flows that screen many small integer data sets;
* :mod:`properties.hunt.quarries`: what a violation of each claim is, and the certificate it ends in;
* :mod:`properties.hunt.maximisers`: the same for two l_inf maximisers, by linear programs;
* :mod:`properties.hunt.long_steps`: the same for gradients that give Adam a long step, in fractions;
* :mod:`properties.hunt.conjecture`: the same for a user's own ``module:function``;
* :mod:`properties.hunt.targeted`: Hypothesis climbing the number that a conjecture returns;
* :mod:`properties.hunt.shrink`: fewer rows, fewer columns, smaller integers;
* :mod:`properties.hunt.settings`: what to look for, and where;
* :mod:`properties.hunt.search`: the loop over seeded chunks, in parallel, that can be resumed;
* :mod:`properties.hunt.workers`: processes of this machine, or dask;
* :mod:`properties.hunt.exhaust`: exact counts over all 2 x 2 integer data up to a size.

A search proves nothing by what it does not find; what it finds is proved by a certificate.
"""

from properties.hunt.search import HuntResult, hunt
from properties.hunt.settings import Hunt

__all__ = ["Hunt", "HuntResult", "hunt"]
