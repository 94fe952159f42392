"""Entry points for pytest and Hypothesis, light to import: neither NumPy nor Hypothesis is loaded here."""

from __future__ import annotations

import sys
from typing import Any


def register_with_hypothesis() -> None:
    """Hypothesis calls this on import: ``st.from_type(Dataset)`` draws; our profiles exist."""
    from marginproof.constructions import strategies
    from marginproof.properties.conformance.profiles import register_profiles

    if hasattr(strategies, "register"):  # else it is being imported, and registers itself when it is done
        strategies.register()
    register_profiles()


def pytest_addoption(parser: Any) -> None:
    """The options, all prefixed with ``--marginproof-``."""
    group = parser.getgroup("marginproof", "marginproof: check an optimizer against the claims")
    group.addoption(
        "--marginproof-optimizer",
        metavar="MODULE:NAME",
        help="check this optimizer: a plain class, a torch.optim.Optimizer or an optax transformation",
    )
    group.addoption(
        "--marginproof-claims", metavar="IDS", help="comma-separated claim or check ids, or a family name"
    )
    group.addoption(
        "--marginproof-law", metavar="LAW", help='the law it is to follow: "adam:eps=1e-8,corrected=yes"'
    )
    group.addoption(
        "--marginproof-list", action="store_true", help="list the checks with their claims, then exit"
    )
    group.addoption(
        "--marginproof-max-examples", type=int, metavar="N", help="examples a check, over the profile's"
    )
    group.addoption("--marginproof-xfails", metavar="FILE", help="check ids expected to fail, one a line")
    group.addoption("--marginproof-report", metavar="FILE.json", help="write the results there")
    group.addoption(
        "--marginproof-resume", metavar="FILE.json", help="keep finished work there, and skip what it holds"
    )


OPTIONS = ("optimizer", "law", "claims", "list", "max_examples", "xfails", "report", "resume")


def pytest_cmdline_main(config: Any) -> int | None:
    """``--marginproof-list``: print and stop."""
    if not config.getoption("marginproof_list"):
        return None
    import pytest

    from marginproof.properties.conformance.coverage import listing
    from marginproof.theory.errors import MarginproofError

    try:
        print("\n".join(listing(config.getoption("marginproof_claims"))))
    except MarginproofError as error:
        raise pytest.UsageError(str(error)) from error
    return 0


def pytest_configure(config: Any) -> None:
    """Hand over to :mod:`marginproof.properties.conformance.pytest_plugin` when one of the options is used."""
    if config.getoption("marginproof_list") or not any(
        config.getoption(f"marginproof_{name}") for name in OPTIONS
    ):
        return
    target = config.getoption("marginproof_optimizer")
    if (
        target and config.get_verbosity() >= 0
    ):  # importing a library may take longer than one waits without a word
        print(f"marginproof: loading {target} and the checks", file=sys.stderr, flush=True)
    from marginproof.properties.conformance.pytest_plugin import Conformance

    config.pluginmanager.register(Conformance(config), "marginproof-conformance")
