"""Names of optimizers and vectors as figures and tables print them."""

from __future__ import annotations

import numpy as np

from theory.optimizers import Optimizer


def vector(values: np.ndarray, digits: int = 4, *, brackets: bool = False, most: int = 4) -> str:
    """A short vector, a long one cut off.

    Example:
      >>> vector(np.array([0.6, 0.8]), brackets=True)
      '(0.6, 0.8)'
    """
    shown = ", ".join(f"{value:.{digits}g}" for value in np.asarray(values, dtype=float)[:most] + 0.0)
    shown += ", …" if len(values) > most else ""
    return f"({shown})" if brackets else shown


def optimizer_name(optimizer: Optimizer, n_samples: int, *, short: bool = False) -> str:
    """What the paper calls it, with batch size and β.

    Example:
      >>> optimizer_name(Optimizer("adam"), 4)
      'Inc-Adam, β₁ = 0.9, β₂ = 0.95'
    """
    b = optimizer.batch(n_samples)
    full = optimizer.full_batch(n_samples)
    betas = "" if short else f", β₁ = {float(optimizer.beta1):g}, β₂ = {float(optimizer.beta2):g}"
    size = "" if b == 1 else f", b = {b}"
    if optimizer.name == "adamproxy":
        return "AdamProxy"
    if optimizer.name == "adam":
        if full:
            return f"full-batch Adam{betas}"
        kind = {"cyclic": "Inc-Adam", "reshuffle": "reshuffled Adam", "replacement": "Adam with replacement"}
        return kind[optimizer.sampling] + size + (betas if optimizer.sampling == "cyclic" else "")
    plain = {"gd": "GD", "signgd": "SignSGD", "signum": "Signum"}[optimizer.name]
    if full:
        return {"gd": "GD", "signgd": "sign descent", "signum": "Signum"}[optimizer.name]
    if optimizer.name == "gd":
        plain = "SGD"
    beta = f", β = {float(optimizer.beta):g}" if optimizer.beta is not None and not short else ""
    return f"{plain}, b = {b}{beta}"
