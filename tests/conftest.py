"""Shared settings: the profile ``mp-default`` unless ``--hypothesis-profile`` says otherwise."""

from __future__ import annotations

import pytest
from hypothesis import settings

from marginproof.properties.conformance.profiles import ours_or


def pytest_configure(config: pytest.Config) -> None:
    settings.load_profile(ours_or(config.getoption("--hypothesis-profile", default=None)))
