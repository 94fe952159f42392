"""The checker's pieces one by one: intervals, fields, eigenvalues, polygons, reading, whole certificates."""

from __future__ import annotations

import pytest

from tests.meta.checker_battery import BATTERY, load

CHECKER = load("marginproof.theory.checker")


@pytest.mark.parametrize("piece", BATTERY, ids=lambda piece: piece.__name__)
def test_piece(piece):
    piece(CHECKER)
