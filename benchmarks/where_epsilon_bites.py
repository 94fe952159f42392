"""Margin at which a real optimizer's step on one sample first falls below half of η; printed for docs/conformance.md."""

from __future__ import annotations

import functools
from typing import Any

import torch

CASES: dict[str, Any] = {
    "Adam eps=1e-8": functools.partial(torch.optim.Adam, betas=(0.5, 0.75)),
    "Adam eps=0": functools.partial(torch.optim.Adam, betas=(0.5, 0.75), eps=0.0),
    "NAdam eps=0": functools.partial(torch.optim.NAdam, betas=(0.5, 0.75), eps=0.0),
    "RAdam eps=0": functools.partial(torch.optim.RAdam, betas=(0.5, 0.75), eps=0.0),
    "RMSprop eps=0": functools.partial(torch.optim.RMSprop, alpha=0.75, eps=0.0),
    "RMSprop eps=1e-8": functools.partial(torch.optim.RMSprop, alpha=0.75),
    "Adamax eps=1e-8": functools.partial(torch.optim.Adamax, betas=(0.5, 0.75)),
    "Adamax eps=0": functools.partial(torch.optim.Adamax, betas=(0.5, 0.75), eps=0.0),
}


def margin_where_it_stops(factory: Any, dtype: torch.dtype, eta: float = 2.0**-6) -> float:
    """x·w for x = 1 where |Δw| < η/2 (or nan) first; the gradient is -e^{-w} in the given precision."""
    w = torch.zeros(1, dtype=dtype, requires_grad=True)
    optimizer = factory([w], lr=eta)
    for _ in range(60_000):
        before = float(w.detach())
        w.grad = -torch.exp(-w.detach())
        optimizer.step()
        moved = float(w.detach()) - before
        if not moved >= eta / 2:
            return before
    return float("inf")


if __name__ == "__main__":
    for name, factory in CASES.items():
        found = [margin_where_it_stops(factory, dtype) for dtype in (torch.float64, torch.float32)]
        print(f"| {name} | {found[0]:.1f} | {found[1]:.1f} |")
