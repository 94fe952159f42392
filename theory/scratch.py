"""Arrays kept from one evaluation to the next: where arrays are large, fresh pages of memory cost more than the arithmetic.

An array from here is the caller's until the same name is asked for again in the same thread, so it must never be returned
to a caller that keeps it.
"""

from __future__ import annotations

import threading

import numpy as np

from marginproof.theory.number_systems import Array

LARGEST = 1 << 24
"""Bytes of an array that is still kept."""
_kept = threading.local()


def scratch(name: str, shape: tuple[int, ...]) -> Array:
    """An uninitialised float64 array, the same one each time for one name and shape.

    Example:
      >>> scratch("m", (2, 3)) is scratch("m", (2, 3))
      True
    """
    found: Array | None = getattr(_kept, name, None)
    if found is None or found.shape != shape:
        found = np.empty(shape)
        if found.nbytes <= LARGEST:
            setattr(_kept, name, found)
    return found
