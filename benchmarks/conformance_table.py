"""Measure which checks the optimizers of torch and optax keep; prints the table of docs/conformance.md.

Run: python benchmarks/conformance_table.py [EXAMPLES]
"""

from __future__ import annotations

import functools
import sys
from typing import Any

from hypothesis import settings

from properties.conformance.loading import subject_of
from properties.conformance.profiles import DEFAULT
from properties.conformance.suite import CHECKS, Status, run_check


def subjects() -> dict[str, Any]:
    import optax
    import torch

    table: dict[str, Any] = {"torch SGD": torch.optim.SGD}
    for name in ("Adam", "AdamW", "RMSprop", "Adamax", "NAdam", "RAdam"):
        cls = getattr(torch.optim, name)
        table[f"torch {name}"] = cls
        table[f"torch {name} eps=0"] = functools.partial(cls, eps=0.0)
    for name in ("sgd", "sign_sgd", "signum", "lion"):
        if hasattr(optax, name):
            table[f"optax {name}"] = getattr(optax, name)
    for name in ("adam", "rmsprop", "adabelief"):
        function = getattr(optax, name)
        table[f"optax {name}"] = function
        table[f"optax {name} eps=0"] = functools.partial(function, eps=0.0)
    if "optax adabelief eps=0" in table:
        table["optax adabelief eps=0"] = functools.partial(optax.adabelief, eps=0.0, eps_root=0.0)
    return table


def main() -> None:
    settings.load_profile(DEFAULT)
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for name, factory in subjects().items():
        subject, kept, broken = subject_of(factory), [], []
        for check in CHECKS:
            if check.reason_to_skip(subject):
                continue
            result = run_check(check, subject, examples, 1)
            if result.status is Status.HELD:
                kept.append(check.id)
            else:
                text = result.report.splitlines()[-2].strip()
                broken.append(f"{check.id} ({text[:90]})")
        print(f"| {name} | {', '.join(kept)} | {'; '.join(broken) or '-'} |", flush=True)


if __name__ == "__main__":
    main()
