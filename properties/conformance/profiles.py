"""Hypothesis profiles: how long to look.  ``default`` and ``ci`` stay as they are.

==============  ==========  ========================================================================================
profile         examples    for
==============  ==========  ========================================================================================
mp-quick        10          a look while editing
mp-default      40          the test suite and ``pytest --marginproof-optimizer``
mp-thorough     1000        a night; progress is shown, and ``--marginproof-resume`` goes on after an interruption
mp-hunt         2000        searches guided by ``hypothesis.target``
==============  ==========  ========================================================================================

Each names its parent, so that neither CI nor the user's active profile changes what it does.
``--hypothesis-profile`` chooses one, in pytest and in CI alike.
"""

from __future__ import annotations

DEFAULT = "mp-default"
"""The profile of a run that asks for none."""


def register_profiles() -> None:
    """Register ``mp-quick``, ``mp-default``, ``mp-thorough`` and ``mp-hunt``."""
    from hypothesis import HealthCheck, Phase, settings  # here: Hypothesis's import calls this function

    base = settings(
        settings.get_profile("default"),
        deadline=None,
        print_blob=True,
        derandomize=False,
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    )
    settings.register_profile("mp-quick", base, max_examples=10)
    settings.register_profile("mp-default", base, max_examples=40)
    settings.register_profile("mp-thorough", base, max_examples=1000)
    settings.register_profile("mp-hunt", base, max_examples=2000, phases=(*base.phases, Phase.target))


def ours_or(requested: str | None) -> str:
    """The profile to load: the one asked for, or :data:`DEFAULT`."""
    return requested or DEFAULT
