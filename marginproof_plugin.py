"""Entry points for pytest and Hypothesis: light to import, and safe when our package names are shadowed.

The packages are named ``theory``, ``constructions`` and ``properties``.  A folder of such a name in
somebody's own project may come first on ``sys.path``; this module, whose name is its own, notices
and says so.  It imports neither NumPy nor Hypothesis.
"""

from __future__ import annotations

import importlib.util
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any

PACKAGES = ("theory", "constructions", "properties")
HOME = Path(__file__).resolve().parent


class ShadowedPackageWarning(UserWarning):
    """A package of ours is hidden by a folder or module of the same name."""


def shadowed_packages() -> dict[str, str]:
    """Our packages that another folder hides: name to the place that Python would import instead."""
    hidden = {}
    for name in PACKAGES:
        try:
            spec = importlib.util.find_spec(name)
        except (ImportError, ValueError):
            spec = None
        places = (
            []
            if spec is None
            else [spec.origin]
            if spec.origin
            else list(spec.submodule_search_locations or [])
        )
        if not any(Path(place).resolve().is_relative_to(HOME / name) for place in places if place):
            hidden[name] = str(places[0]) if places else "nowhere"
    return hidden


def shadow_message(hidden: dict[str, str]) -> str:
    """One sentence on what is hidden by what, and the way out."""
    names = ", ".join(f"{name}={place}" for name, place in hidden.items())
    return (
        "marginproof cannot import its own packages, since others of the same name come first on sys.path "
        f"({names}); "
        "rename that folder, run from another directory, or run `pytest` rather than `python -m pytest` "
        "with `--import-mode=importlib`"
    )


def register_with_hypothesis() -> None:
    """Hypothesis calls this on import: ``st.from_type(Dataset)`` draws; our profiles exist."""
    hidden = shadowed_packages()
    if hidden:
        with suppress(ShadowedPackageWarning):  # where warnings are errors, importing Hypothesis still works
            warnings.warn(shadow_message(hidden), ShadowedPackageWarning, stacklevel=2)
        return
    from constructions import strategies
    from properties.conformance.profiles import register_profiles

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


OPTIONS = ("optimizer", "claims", "list", "max_examples", "xfails", "report", "resume")


def pytest_cmdline_main(config: Any) -> int | None:
    """``--marginproof-list``: print and stop."""
    if not config.getoption("marginproof_list"):
        return None
    refuse_shadowed()
    import pytest

    from properties.conformance.coverage import listing
    from theory.errors import MarginproofError

    try:
        print("\n".join(listing(config.getoption("marginproof_claims"))))
    except MarginproofError as error:
        raise pytest.UsageError(str(error)) from error
    return 0


def refuse_shadowed() -> None:
    """Stop with one sentence where our packages are hidden."""
    hidden = shadowed_packages()
    if hidden:
        import pytest

        raise pytest.UsageError(shadow_message(hidden))


def pytest_configure(config: Any) -> None:
    """Hand over to :mod:`properties.conformance.pytest_plugin` when one of the options is used."""
    if config.getoption("marginproof_list") or not any(
        config.getoption(f"marginproof_{name}") for name in OPTIONS
    ):
        return
    refuse_shadowed()
    from properties.conformance.pytest_plugin import Conformance

    config.pluginmanager.register(Conformance(config), "marginproof-conformance")
