"""What ``predict --lr`` and ``simulate --lr-decay 0 --against predict`` say of constant steps."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from marginproof.constructions.dataset import Dataset
from marginproof.properties.cli.margins import described
from marginproof.properties.cli.output import emit, notices, say, table, weights_shown
from marginproof.properties.presentation.names import DIRECTIONS

if TYPE_CHECKING:
    from marginproof.properties.simulation.increments import Increments
    from marginproof.theory.batching import Batching
    from marginproof.theory.limit.problem import LimitProblem
    from marginproof.theory.limit.steps.outcome import ConstantStep
    from marginproof.theory.optimizers import Optimizer

MOST_STEPS = 1_000_000
"""A run that is to be certified is followed so far; ``simulate --steps`` sets another end."""
SLOW = 0.999
"""From this contraction on, what a run looks like after some thousand epochs need not be where it ends."""


def at_constant_step(
    dataset: Dataset,
    optimizer: Optimizer,
    batching: Batching,
    start: np.ndarray,
    eta: float,
    digits: int | None,
    certify: bool,
    certificate: str | None,
    json_target: str | None,
) -> None:
    """``predict --lr``: the solution at the effective betas, and what runs near it do."""
    from marginproof.properties.cli.certified_run import to_certify
    from marginproof.properties.cli.prediction_shown import prediction_json
    from marginproof.properties.cli.run_asked import AskedRun
    from marginproof.properties.progress import late_spinner
    from marginproof.theory.certainty import FLOAT_DIGITS
    from marginproof.theory.limit.problem import LimitProblem, Outcome
    from marginproof.theory.limit.steps.choice import constant_step
    from marginproof.theory.limit.steps.outcome import StepOutcome
    from marginproof.theory.prediction import compare
    from marginproof.theory.reference_margins import references
    from marginproof.theory.schedules import Power

    asked = AskedRun(dataset, optimizer, batching, start, Power(eta))
    run = None if certificate is None else to_certify(asked, certificate, digits, MOST_STEPS)
    problem = LimitProblem(dataset.entries, optimizer.field(dataset.n_samples, batching))
    marks = references(problem)
    with late_spinner(f"solving for {optimizer.name}'s constant step on {dataset.name}"):
        found = constant_step(dataset.entries, optimizer, batching, eta, start)
        compared = compare(problem, found.limit, start, marks)
    if found.limit.outcome is Outcome.UNDECIDED:  # the proxy's flow may take long, to end undecided as well
        known = {norm: compared.cosines[norm] for norm in ("l2", "linf")}
        compared = replace(compared, cosines=known | {"adamproxy": None})
    result = prediction_json(compared)
    result["limit"]["as_beta2_to_one"] = False
    result["limit"]["step"] = step_json(found)
    result["limit"]["reason"] = found.reason
    if found.outcome is not StepOutcome.SETTLES:
        result["limit"]["outcome"] = found.outcome
    proof, reached, certified = "", "", False
    if certify or digits is not None:
        written, proof, certified = _enclosed(problem, found, digits or FLOAT_DIGITS)
        if certify and not certified:
            notices([f"not certified: {proof}"])
        result["limit"] |= written if digits is not None else {}
        result["limit"] |= {"certified": certified, "proof": proof}
        result["limit"]["certified_digits"] = digits or FLOAT_DIGITS if certified else None
    if run is not None:
        result["certified"] = run.save()
        if result["certified"] is not None:
            reached = f"certified, momenta included: {result['certified']['statement'].rstrip('.')}"
    if certified and not reached:
        reached = "that runs reach it is not proved"
    proof = "; ".join(filter(None, (proof, reached)))
    emit(
        lambda: described(dataset, compared.l2, compared.linf) | result,
        json_target,
        lambda: _show(dataset, optimizer, batching, found, compared, proof),
        answer=(certified or not certify) and result.get("certified", True) is not None,
    )


def _enclosed(problem: LimitProblem, found: ConstantStep, digits: int) -> tuple[dict[str, Any], str, bool]:
    """(weights, direction and growth in decimals, what was proved or why not, whether it was)."""
    from marginproof.theory.proofs.balls import decimal
    from marginproof.theory.proofs.constant_steps import certify_step

    if found.beta2 is None:
        return {}, "for this optimizer the limit of vanishing steps is certified instead: leave lr out", False
    witness = certify_step(problem, Fraction(repr(found.eta)), found, digits)
    if not witness.certified:
        return {}, witness.reason, False
    written = {
        "digits": digits,
        "weights": [decimal(weight, digits) for weight in witness.weights],
        "direction": [decimal(entry, digits) for entry in witness.direction],
        "growth": decimal(witness.growth, digits),
    }
    proof = "existence, uniqueness nearby and signs of the solution are proved in rigorous balls"
    return written, proof, True


def step_json(found: ConstantStep) -> dict[str, Any]:
    """``limit.step``: η, the effective betas, the growth an epoch, what it stays below, and ρ; null where unknown."""
    values = {
        "lr": found.eta,
        "beta1": found.beta1,
        "beta2": found.beta2,
        "growth": found.growth,
        "speed_limit": found.speed_limit,
        "contraction": found.contraction,
    }
    return {key: None if value is None or not np.isfinite(value) else value for key, value in values.items()}


def _show(
    dataset: Dataset, optimizer: Optimizer, batching: Batching, found: ConstantStep, compared: Any, proof: str
) -> None:
    from marginproof.properties.cli.prediction_shown import shown
    from marginproof.theory.limit.steps.choice import in_words

    limit = found.limit
    rows: list[list[object]] = [
        ["outcome", found.outcome.value.replace("_", " ")],
        ["direction of an epoch's increment", limit.direction],
        ["weights", weights_shown(limit.weights)],
        ["support (rows from 1)", [row + 1 for row in limit.support]],
        ["effective betas", "none" if found.beta2 is None else [found.beta1, found.beta2]],
        ["growth of the margins", found.growth],
        ["speed limit", found.speed_limit],
        ["contraction", found.contraction],
        ["residual", f"{limit.residual:.1e}"],
        *[[f"angle to {DIRECTIONS[key]}", shown(value)] for key, value in compared.cosines.items()],
        *[[f"{DIRECTIONS[key]} margin / largest", value] for key, value in compared.margin_ratios.items()],
    ]
    label = optimizer.label(batching)
    table(f"{dataset.name}: {dataset.n_samples} × {dataset.n_features}, {label}", ["", ""], rows)
    say(f"{in_words(found)}; {proof or 'floating-point evidence'}.{slow(found)}")


def slow(found: ConstantStep) -> str:
    """A sentence where ρ is so near 1 that runs take very long, else nothing."""
    if not SLOW <= found.contraction < 1:
        return ""
    epochs = -1 / np.log(found.contraction)
    near = (
        f" (growth is {found.growth / found.speed_limit:.1%} of the speed limit)"
        if np.isfinite(found.speed_limit)
        else ""
    )
    return (
        f" Time is slow here{near}: distances shrink tenfold in {2.302585 * epochs:.2g} epochs, "
        "so a run that looks settled need not be."
    )


def compared_increments(found: ConstantStep, seen: Increments) -> str:
    """One line: how far the last epoch's increment is from the prediction."""
    from marginproof.theory.limit.steps.outcome import StepOutcome

    text = f"OBSERVED: the last epoch's increment is {seen.distance:.2g} from the predicted direction"
    text += f", its growth {seen.growth:.6g} against {found.growth:.6g}"
    if found.outcome is StepOutcome.UNSTABLE:
        return f"{text}; the prediction is unstable: {found.reason}."
    return f"{text} (contraction {found.contraction:.6g} an epoch).{slow(found)}"
