"""Split parameters and saved states: torch's keep their laws, and faults that one vector hides are caught."""

from __future__ import annotations

from typing import Any

import pytest

from marginproof.properties.checks.several_tensors import CHECKS
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckStatus, run_check

NAMES = ("SGD", "Adam", "AdamW", "RMSprop", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta")


def faulty(torch: Any, kind: str) -> Any:
    """Signum in torch with one fault."""

    class Signum(torch.optim.Optimizer):
        law, keywords = "adam", {"beta1": "beta1", "beta2": "beta2"}
        corrected = True

        def __init__(self, params: Any, lr: float, beta1: float, beta2: float) -> None:
            super().__init__(params, {"lr": lr, "beta1": beta1, "beta2": beta2})
            self.t = 0

        @torch.no_grad()
        def step(self, closure: Any = None) -> None:
            self.t += kind != "counts per parameter"
            for group in self.param_groups:
                for p in group["params"]:
                    self.t += kind == "counts per parameter"
                    s = self.state[p]
                    m = s["m"] = group["beta1"] * s.get("m", 0 * p) + (1 - group["beta1"]) * p.grad
                    v = s["v"] = group["beta2"] * s.get("v", 0 * p) + (1 - group["beta2"]) * p.grad**2
                    if kind == "writes into the gradient":
                        p.grad.mul_(0.5)
                    u = (m / (1 - group["beta1"] ** self.t)) / (v / (1 - group["beta2"] ** self.t)).sqrt()
                    p.sub_(group["lr"] * torch.nan_to_num(u))

    return Signum


def failed(factory: Any) -> set[str]:
    subject = subject_of(factory)
    results = [run_check(BY_ID[name], subject, max_examples=20, fixed_seed=2) for name in ("I1.unrolled", "I1.split", "I1.state_dict")]  # fmt: skip
    return {r.check.id for r in results if r.status is CheckStatus.FAILED}


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_torch_s_own_keep_their_laws_on_several_tensors(name: str) -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    # NAdam keeps the product of its μ_t in float32; load_state_dict casts it to the parameters' float64
    assert failed(getattr(torch.optim, name)) == ({"I1.state_dict"} if name == "NAdam" else set())


@pytest.mark.real
@pytest.mark.parametrize(
    ("kind", "caught"),
    [("counts per parameter", "I1.split"), ("writes into the gradient", "I1.split"), ("keeps its counter outside the state", "I1.state_dict")],
)  # fmt: skip
def test_what_one_vector_hides_is_caught(kind: str, caught: str) -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    found = failed(faulty(torch, kind))
    assert caught in found
    assert "I1.unrolled" not in found


def test_plain_classes_are_not_asked() -> None:
    for cls in CORRECT:
        assert all(check.reason_to_skip(subject_of(cls)) for check in CHECKS)
