"""Optimizers of other packages, and torch's and optax's less usual ones: the law each follows, what it keeps, where it departs.

Run: make real-all, which builds an environment of its own, measures and compares with the stored values;
``python -m benchmarks.other_packages --write [PACKAGE or PACKAGE:NAME …]`` measures what benchmarks/other_packages.json does not have
yet, one optimizer at a time, so that it may be interrupted.  docs/other-packages.md shows the file's values.
"""

from __future__ import annotations

import datetime
import json
import signal
import sys
from collections.abc import Callable
from fractions import Fraction
from importlib.metadata import version
from time import process_time
from typing import Any

import numpy as np
from hypothesis import Phase, settings

from benchmarks.other_packages_found import factories
from benchmarks.other_packages_table import KEPT, STORED, stored
from marginproof.properties.checks.subjects import OptimizerUnderTest, family_of
from marginproof.properties.conformance.identify import identify
from marginproof.properties.conformance.probes import constructed
from marginproof.properties.conformance.profiles import DEFAULT, register_profiles
from marginproof.properties.conformance.suite import CHECKS, CheckStatus, run_check
from marginproof.theory.laws.catalogue import LAWS
from marginproof.theory.laws.settings import Declared, Settings, adjusted

PACKAGES = (
    "torch",
    "optax",
    "autograd",
    "scikit-learn",
    "lion-pytorch",
    "schedulefree",
    "torch-optimizer",
    "timm",
    "keras",
    "pytorch_optimizer",
)
EXAMPLES, SEED, SECONDS = 8, 1, 300


def measured(factory: Any) -> dict[str, Any]:
    """The law, the checks kept and broken in float64, and whether I1 holds in float32 too."""
    found = identify(factory)
    if found.law == "none of these":
        return {"law": found.law, "says": found.text, "witness": found.witness}
    law = LAWS[found.law]
    hyper = {n: Fraction(found.settings[n]) for n in law.hyper}
    told = {n: v for n, v in found.settings.items() if n not in hyper}
    declared = Declared(law.name, adjusted(Settings(), told))
    make: Callable[..., Any] = lambda dim, given: constructed(factory, dim)  # noqa: E731
    corrected = declared.settings.corrected
    subject = OptimizerUnderTest(
        found.law, family_of(declared), make, (hyper,), corrected, declared=declared, library=True
    )
    kept, broken = [], {}
    for check in CHECKS:
        if check.share < 0.5:
            continue  # the long runs
        result = run_check(check, subject, EXAMPLES, SEED)
        if result.status is CheckStatus.HELD:
            kept.append(check.id)
        elif result.status is CheckStatus.FAILED:
            broken[check.id] = result.report.splitlines()[-2].strip()
    return {
        "law": found.law,
        "says": found.text,
        "agrees_to": found.agrees_to,
        "kept": kept,
        "broken": broken,
    }


def tried(factory: Any) -> dict[str, Any] | None:
    """:func:`measured`, or why it could not be run; ``None`` where time ran out, which says nothing of the package."""

    def late(*_: Any) -> None:
        raise TimeoutError

    begun = process_time()
    signal.signal(signal.SIGPROF, late)  # of CPU time: a loaded machine changes no answer
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        return measured(factory)
    except Exception as error:  # whatever a package raises is its answer
        if process_time() - begun >= SECONDS:
            return None
        first = str(error).partition("\n")[0]
        return {"law": "not run", "says": f"{type(error).__name__}: {first[:KEPT]}"}
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def measure(chosen: list[str], write: bool) -> int:
    """Print each optimizer as it comes; with ``write`` store what is new, else count departures from what is stored."""
    register_profiles()
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("measured", settings.get_profile(DEFAULT), database=None, phases=phases)
    settings.load_profile("measured")
    kept, changed = stored(), 0
    for package in dict.fromkeys(choice.partition(":")[0] for choice in chosen):
        number = version(package).partition("+")[0]  # without the build
        home = kept["packages"].setdefault(package, {"version": number, "optimizers": {}})
        for name, factory in factories(package):
            before = home["optimizers"].get(name)
            if not {package, f"{package}:{name}"} & set(chosen) or write == (before is not None):
                continue  # written already, or nothing to compare with
            now = tried(factory)
            if now is None:
                print(f"{package} {name}: no answer in {SECONDS} s of CPU time", flush=True)
                continue
            print(f"{package} {name}: {now['says']}", flush=True)
            if write:
                home["optimizers"][name] = now
                kept["date"] = datetime.date.today().isoformat()
                kept["with"] = {p: version(p) for p in ("torch", "numpy")}
                STORED.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n")
            elif before["law"] != now["law"] or before.get("kept") != now.get("kept"):
                changed += 1
                print(f"  was: {before}\n  is:  {now}", flush=True)
    return changed


def witnesses() -> list[tuple[str, list[float], list[float]]]:
    """What docs/other-packages.md states of four optimizers: (label, steps measured, steps stated), η = 1."""
    at_hand = {p: dict(factories(p)) for p in ("torch-optimizer", "timm", "autograd")}
    swats = at_hand["torch-optimizer"]["SWATS"]
    lamb = at_hand["torch-optimizer"]["Lamb"]
    lion, rmsprop = at_hand["timm"]["Lion"], at_hand["timm"]["RMSpropTF"]
    small = 2.0**-10
    return [
        (
            "SWATS, SGD phase",
            steps(swats, [[1.0]] * 4, "SGD", betas=(0.5, 0.75)),
            [-0.5, -0.75, -0.6875, -0.671875],
        ),
        ("cautious Lion", steps(lion, [[4, 4], [1, -1]], betas=(0.5, 0.5), caution=True), [-1, -1, -2, 0]),
        ("torch-optimizer Lamb", steps(lamb, [[1.0]], start=16.0), [-10.0]),
        ("timm RMSpropTF", steps(rmsprop, [[small]], alpha=0.75), [-small / (0.75 + small**2 / 4) ** 0.5]),
    ]


def steps(
    cls: Any, gradients: list[list[float]], phase: str = "", start: float = 0.0, **options: Any
) -> list[float]:
    import torch

    w = torch.full((len(gradients[0]),), start, dtype=torch.float64, requires_grad=True)
    optimizer = cls([w], lr=1.0, **options)
    optimizer.param_groups[0].update({"phase": phase} if phase else {})
    out: list[float] = []
    for g in gradients:
        before, w.grad = w.detach().clone(), torch.tensor(g, dtype=torch.float64)
        optimizer.step()
        out += (w.detach() - before).tolist()
    return out


def main() -> None:
    write = "--write" in sys.argv
    chosen = [a for a in sys.argv[1:] if a[:2] != "--"] or list(PACKAGES)
    changed = measure(chosen, write)
    if write:
        return
    for label, measured_steps, stated in witnesses():
        agree = np.allclose(measured_steps, stated, rtol=0, atol=1e-9)
        changed += not agree
        print(f"{label}: {measured_steps}" + ("" if agree else f", stated {stated}"))
    print(f"{changed} differ from {STORED.name} and docs/other-packages.md")
    sys.exit(changed > 0)


if __name__ == "__main__":
    main()
