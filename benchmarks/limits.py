"""Predicted against simulated limits, for the table in docs/trajectories.md.

Run: ``python -m benchmarks.limits [--quick]``.  Writes ``benchmarks/results/limits.json`` and the
table ``benchmarks/results/limits.md``: 1 - cosine to the prediction at several Σ η, so that a reader
sees convergence rather than one number.  Every data set and every batch is seeded.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from marginproof.properties.simulation.adapters import from_torch
from marginproof.properties.simulation.driving import drive
from marginproof.properties.simulation.labels import label_of
from marginproof.properties.simulation.records import Ending, Run
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory import fields
from marginproof.theory.batching import Batching, Cyclic, Full, Reshuffled, WithReplacement
from marginproof.theory.fields import Field
from marginproof.theory.limit.problem import LimitProblem
from marginproof.theory.limit.solve import solve
from marginproof.theory.optimizers import (
    GD,
    Adam,
    AdamProxy,
    NormalisedGD,
    Optimizer,
    SignGD,
    Signum,
)
from marginproof.theory.schedules import Power

RESULTS = Path(__file__).parent / "results"
R2 = np.array([[5.0, 1.0], [1.0, 4.0]])


def gaussian(n: int, d: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d))


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    data: str
    X: np.ndarray
    optimizer: Optimizer
    batching: Batching
    limit_field: Field
    steps: int
    schedule: Power
    rival: Field | None = None
    start: np.ndarray | None = None
    need: dict[str, float] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return label_of(self.optimizer, self.batching)

    def run(self, shorter: int) -> tuple[Run, np.ndarray]:
        run = simulate(
            self.X, self.optimizer, batching=self.batching, schedule=self.schedule, checkpoints=9,
            steps=max(self.steps // shorter, 1000), start=self.start, seed=1,
        )  # fmt: skip
        return run, predicted(self.X, self.limit_field, self.start)


def predicted(X: np.ndarray, u: Field, start: np.ndarray | None = None) -> np.ndarray:
    return np.asarray(solve(LimitProblem(X, u), start).direction)


def rows() -> list[Row]:
    wide, twelve = gaussian(10, 50), gaussian(12, 50)
    b5, b9, b95, b8 = (Fraction(p, q) for p, q in ((1, 2), (9, 10), (19, 20), (4, 5)))
    asked, slow = Power(0.1, 0.8), Power(0.05, 0.5)
    proxy = fields.AdamProxyField()
    out = [
        Row("Gaussian 10 × 50", wide, Adam(0.9, 0.95), Cyclic(1), fields.IncAdamField(1, None, b9, b95), 10**7, asked, proxy,
            need={"cosine": 0.9997, "rival": 1.0}),
        Row("Gaussian 12 × 50", twelve, Adam(0.5, 0.8), Cyclic(1), fields.IncAdamField(1, None, b5, b8), 10**7, asked, proxy,
            need={"rival": 5.0}),
    ]  # fmt: skip
    for b in (2, 3, 4, 6):
        out.append(Row("Gaussian 12 × 50", twelve, Adam(0.9, 0.95), Cyclic(b), fields.IncAdamField(b, None, b9, b95),
                       4 * 10**6, slow, proxy, need={"cosine": 0.999}))  # fmt: skip
    for b in (1, 2, 3, 4, 6):
        out.append(Row("Gaussian 12 × 50", twelve, Adam(0.9, 0.99), Reshuffled(b), fields.ReshuffledField(b),
                       4 * 10**6, slow, fields.SignField(), need={"cosine": 0.999}))  # fmt: skip
    out += [
        Row("Gaussian 12 × 50", twelve, Adam(0.9, 0.99), WithReplacement(3), fields.ReplacementField(3), 4 * 10**6, slow, proxy),
        Row("Gaussian 12 × 50", twelve, AdamProxy(), Full(), proxy, 10**6, slow, fields.GradientField()),
        Row("Gaussian 12 × 50", twelve, GD(), Full(), fields.GradientField(), 4 * 10**6, Power(1.0), fields.SignField()),
        Row("Gaussian 12 × 50", twelve, GD(), Cyclic(3), fields.GradientField(), 10**7, Power(0.02), fields.SignField()),
        Row("Gaussian 12 × 50", twelve, NormalisedGD(), Full(), fields.GradientField(), 10**6, slow, fields.SignField()),
        Row("R2, w_0 = (0, 0)", R2, Adam(0.9, 0.95), Cyclic(1), fields.IncAdamField(1, None, b9, b95), 4 * 10**6, slow),
        Row("R2, w_0 = (0, 0.733)", R2, Adam(0.9, 0.95), Cyclic(1), fields.IncAdamField(1, None, b9, b95), 4 * 10**6, slow,
            start=np.array([0.0, 0.733])),
    ]  # fmt: skip
    return out


def margin_rows(shorter: int) -> list[dict[str, Any]]:
    """The sign family, whose maximisers need not be unique: margins, not directions."""
    X = gaussian(12, 50)
    gamma = float((X @ (w := predicted(X, fields.SignField()))).min() / np.abs(w).max())
    out = []
    for optimizer, batching in (
        (SignGD(), Full()), (Adam(0.9, 0.95), Full()), (Signum(0.99), Full()), (Signum(0.99), Cyclic(1)),
        (Signum(0.99), Cyclic(4)), (Signum(0.99), Reshuffled(2)), (Signum(0.99), WithReplacement(2)),
    ):  # fmt: skip
        run = simulate(
            X, optimizer, batching=batching, schedule=Power(0.05, 0.5), steps=10**6 // shorter, checkpoints=9
        )
        out.append({
            "data": "Gaussian 12 × 50", "optimizer": label_of(optimizer, batching), "steps": run.steps,
            "sum_lr": [p.sum_lr for p in run.checkpoints],
            "margin_ratio": [p.margin_linf / gamma for p in run.checkpoints],
        })  # fmt: skip
    return out


def seed_rows(shorter: int) -> list[dict[str, Any]]:
    """One data set proves little: six seeds, at a short and at a long Σ η, finite β against β2 → 1."""
    half, ninth = (Fraction(1, 2), Fraction(4, 5)), (Fraction(9, 10), Fraction(19, 20))
    out = []
    for n, betas, schedule, steps in (
        (10, ninth, Power(0.1, 0.8), 10**7),
        (10, ninth, Power(0.05, 0.5), 4 * 10**6),
        (12, half, Power(0.1, 0.8), 10**7),
        (12, half, Power(0.05, 0.5), 4 * 10**6),
    ):
        for seed in range(6):
            X = gaussian(n, 50, seed)
            own, proxy = (
                predicted(X, fields.IncAdamField(1, None, *betas)),
                predicted(X, fields.AdamProxyField()),
            )
            optimizer = Adam(*(float(beta) for beta in betas))
            last = simulate(
                X, optimizer, batching=Cyclic(1), schedule=schedule, steps=steps // shorter, checkpoints=1
            ).final
            out.append({
                "n": n, "betas": [float(beta) for beta in betas], "seed": seed, "sum_lr": last.sum_lr,
                "gap": last.gap(own), "ratio": last.gap(proxy) / last.gap(own),
                "apart": float(0.5 * ((own - proxy) ** 2).sum()),
            })  # fmt: skip
    return out


def torch_rows() -> list[dict[str, Any]]:
    """R2's two starts with torch's own Adam: ε = 0, float64, until second moments underflow."""
    import torch

    out = []
    for start in (np.zeros(2), np.array([0.0, 0.733])):
        adam = from_torch(lambda params: torch.optim.Adam(params, lr=1e-3, betas=(0.9, 0.95), eps=0.0))
        run = drive(R2, adam, batching=Cyclic(1), steps=400_000, start=start, checkpoints=9, lr=1e-3)
        u = predicted(R2, fields.IncAdamField(), start)
        out.append({
            "start": start.tolist(), "steps": run.steps, "ending": run.ending.value,
            "breakdown": None if run.breakdown is None else vars(run.breakdown),
            "direction": run.direction.tolist(), "predicted": u.tolist(),
            "sum_lr": [p.sum_lr for p in run.checkpoints], "gap": run.gaps(u).tolist(),
        })  # fmt: skip
    return out


def measure(row: Row, shorter: int) -> dict[str, Any]:
    run, u = row.run(shorter)
    gap, last = run.gaps(u), run.final
    out = {
        "data": row.data, "optimizer": row.name, "steps": run.steps, "seconds": run.seconds,
        "sum_lr": [p.sum_lr for p in run.checkpoints], "gap": gap.tolist(), "cosine": last.cosine(u),
    }  # fmt: skip
    if row.rival is not None:
        out["rival"] = type(row.rival).__name__
        out["rival_gap"] = last.gap(predicted(row.X, row.rival, row.start))
        out["rival_ratio"] = out["rival_gap"] / gap[-1]
    out["met"] = run.ending is Ending.COMPLETED and all(
        (out["cosine"] >= bound) if key == "cosine" else (out["rival_ratio"] >= bound)
        for key, bound in row.need.items()
    )
    out["asked"] = row.need
    return out


def progress(label: str, work: Callable[[], Any]) -> Any:
    result = work()
    print(label, json.dumps(result)[:300], flush=True)
    return result


def main() -> None:
    shorter = 100 if "--quick" in sys.argv else 1
    RESULTS.mkdir(exist_ok=True)
    result = {
        "directions": [progress(row.name, lambda row=row: measure(row, shorter)) for row in rows()],
        "margins": progress("sign family", lambda: margin_rows(shorter)),
        "seeds": progress("seeds", lambda: seed_rows(shorter)),
        "torch": progress("torch", torch_rows),
    }
    (RESULTS / "limits.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    (RESULTS / "limits.md").write_text(tables(result), encoding="utf-8")


def tables(result: dict[str, Any]) -> str:
    """The Markdown that the docs show."""
    lines = ["| data | optimizer and batches | 1 - cosine at Σ η | against |", "|---|---|---|---|"]
    for row in result["directions"]:
        against = (
            f"{row['rival']}: {row['rival_gap']:.1e} ({row['rival_ratio']:.3g} ×)" if "rival" in row else ""
        )
        lines.append(
            f"| {row['data']} | {row['optimizer']} | {series(row['sum_lr'], row['gap'])} | {against} |"
        )
    lines += ["", "| data | optimizer and batches | l_inf margin / γ_∞ at Σ η |", "|---|---|---|"]
    for row in result["margins"]:
        lines.append(
            f"| {row['data']} | {row['optimizer']} | {series(row['sum_lr'], row['margin_ratio'], '.5f')} |"
        )
    lines += [
        "",
        "| Inc-Adam, Gaussian, seeds 0–5 | Σ η | 1 - cosine, finite β | β2 → 1 over finite β | 1 - cosine between the two |",
        "|---|---|---|---|---|",
    ]
    for key in dict.fromkeys((row["n"], tuple(row["betas"]), row["sum_lr"]) for row in result["seeds"]):
        group = [r for r in result["seeds"] if (r["n"], tuple(r["betas"]), r["sum_lr"]) == key]
        cells = ["{:.1e} … {:.1e}", "{:.3g} … {:.3g} ×", "{:.1e} … {:.1e}"]
        spans = [
            cell.format(min(r[name] for r in group), max(r[name] for r in group))
            for cell, name in zip(cells, ("gap", "ratio", "apart"), strict=True)
        ]
        lines.append(f"| {key[0]} × 50, β = {key[1]} | {key[2]:.3g} | {' | '.join(spans)} |")
    lines += ["", "| torch.optim.Adam, R2 from | 1 - cosine at Σ η | ended |", "|---|---|---|"]
    for row in result["torch"]:
        stop = row["breakdown"]
        words = f"step {stop['step']}, margin {stop['margin']:.0f}: {stop['what']}" if stop else row["ending"]
        lines.append(f"| {row['start']} | {series(row['sum_lr'], row['gap'])} | {words} |")
    return "\n".join(lines) + "\n"


def series(times: list[float], values: list[float], form: str = ".1e", most: int = 5) -> str:
    return ", ".join(f"{v:{form}} at {t:.3g}" for t, v in list(zip(times, values, strict=True))[-most:])


if __name__ == "__main__":
    main()
