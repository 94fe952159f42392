"""Several tensors, trees, variants and saved states: correct ones keep their laws, and faults that one vector hides are caught."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from marginproof.properties.checks.several_tensors import CHECKS
from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.reference import CORRECT
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckStatus, run_check

NAMES = ("SGD", "Adam", "AdamW", "RMSprop", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta")
ASKED = ("I1.unrolled", *(check.id for check in CHECKS))


def tried(factory: Any, asked: tuple[str, ...] = ASKED, examples: int = 20) -> dict[CheckStatus, set[str]]:
    """Check ids by outcome."""
    subject, found = subject_of(factory), {status: set[str]() for status in CheckStatus}
    for name in asked:
        found[run_check(BY_ID[name], subject, max_examples=examples, fixed_seed=2).status].add(name)
    return found


def adam(torch: Any, kind: str = "", shared_counter: bool = False) -> Any:
    """Corrected Adam at ε = 0 in torch, with one fault, or none; with modes that evaluate at the average of the iterates."""

    class Adam(torch.optim.Optimizer):
        law, corrected, keywords = "adam", True, {"beta1": "beta1", "beta2": "beta2"}

        def __init__(self, params: Any, lr: float, beta1: float, beta2: float, foreach: bool = False) -> None:
            super().__init__(params, {"lr": lr, "beta1": beta1, "beta2": beta2})
            self.t, self.training, self.foreach = 0, False, foreach

        def train(self) -> None:
            for p in self._all():
                if not self.training and "kept" in self.state[p] and kind != "stays at the average":
                    p.data.copy_(self.state[p]["kept"])
            self.training = True

        def eval(self) -> None:
            for p in self._all():
                if self.training:
                    self.state[p]["kept"] = p.detach().clone()
                    p.data.copy_(self.state[p].get("average", p.data))
            self.training = False

        def _all(self) -> Any:
            return [p for group in self.param_groups for p in group["params"]]

        def step(self, closure: Any = None) -> Any:
            if not self.training:
                raise RuntimeError("call train() before the first step")
            loss = None
            if closure is not None and kind != "ignores the closure":
                with torch.set_grad_enabled(kind != "closure without gradients"):
                    loss = closure()
            with torch.no_grad():
                self._steps()
            return None if kind == "swallows the loss" else loss

        def _steps(self) -> None:
            self.t += kind != "counts per parameter"
            for group in self.param_groups:
                for place, p in enumerate(group["params"]):
                    self.t += kind == "counts per parameter"
                    if p.grad is None and kind == "stops at the first gap":
                        break
                    if p.grad is None and kind != "takes a gap for zero":
                        continue
                    g = torch.zeros_like(p) if p.grad is None else p.grad
                    self._step(group, p, place, g)

        def _step(self, group: Any, p: Any, place: int, g: Any) -> None:
            s = self.state[p]
            rate = self.param_groups[0]["lr"] if kind == "first group's rate" else group["lr"]
            t = s["t"] = (
                self.t if shared_counter or kind.startswith(("counts", "keeps")) else s.get("t", 0) + 1
            )
            if kind == "foreach takes another beta":
                group = {**group, "beta1": 0.5 if self.foreach else group["beta1"]}
            m = s["m"] = group["beta1"] * s.get("m", 0 * p) + (1 - group["beta1"]) * g
            v = s["v"] = group["beta2"] * s.get("v", 0 * p) + (1 - group["beta2"]) * g**2
            if kind == "writes into the gradient":
                p.grad.mul_(0.5)
            u = (m / (1 - group["beta1"] ** t)) / (v / (1 - group["beta2"] ** t)).sqrt()
            p.sub_(rate * torch.nan_to_num(u))
            if kind == "writes beyond its tensor" and p.ndim == 0:
                torch.as_strided(p.data, (2,), (1,), p.data.storage_offset()).sub_(1e-3)
            s["average"] = (s.get("average", 0 * p) * (t - 1) + p) / t

    return Adam


@pytest.mark.real
@pytest.mark.parametrize("name", NAMES)
def test_torch_s_own_keep_their_laws_on_several_tensors(name: str) -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    found = tried(getattr(torch.optim, name))
    # NAdam keeps the product of its μ_t in float32; load_state_dict casts it to the parameters' float64
    assert found[CheckStatus.FAILED] == ({"I1.state_dict"} if name == "NAdam" else set())
    assert not found[CheckStatus.SKIPPED]


@pytest.mark.real
@pytest.mark.parametrize("shared", [False, True])
def test_a_correct_torch_class_passes_with_its_own_or_a_shared_counter(shared: bool) -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    found = tried(adam(torch, shared_counter=shared))
    # a shared counter outside the state does not come back with it
    assert found[CheckStatus.FAILED] == ({"I1.state_dict"} if shared else set())


FAULTS = {
    "counts per parameter": "I1.split", "writes into the gradient": "I1.split", "first group's rate": "I1.split",
    "writes beyond its tensor": "I1.split", "stays at the average": "I1.split", "keeps its counter outside": "I1.state_dict",
    "stops at the first gap": "I1.absent", "takes a gap for zero": "I1.absent", "foreach takes another beta": "I1.variants",
    "ignores the closure": "I1.closure", "closure without gradients": "I1.closure", "swallows the loss": "I1.closure",
}  # fmt: skip


@pytest.mark.real
@pytest.mark.parametrize(("kind", "caught"), FAULTS.items())
def test_what_one_vector_hides_is_caught(kind: str, caught: str) -> None:
    torch = pytest.importorskip("torch", reason="install the extra torch: make real")
    found = tried(adam(torch, kind), ("I1.unrolled", caught))
    assert "I1.unrolled" not in found[CheckStatus.FAILED]
    assert caught in found[CheckStatus.FAILED]


def optax_adam(optax: Any, kind: str = "") -> Any:
    """optax's Adam with one fault in how it treats a tree."""

    def made(learning_rate: float, b1: float, b2: float) -> Any:
        inner = optax.adam(learning_rate, b1=b1, b2=b2, eps=0.0)

        def update(updates: Any, state: Any, params: Any = None) -> Any:
            import jax

            first = max(float(abs(x).max()) for x in jax.tree.leaves(updates)) if kind == "one size" else 1.0
            new, state = inner.update(jax.tree.map(lambda g: g / (first or 1.0), updates), state, params)
            if kind == "flat trees only" and isinstance(updates, dict) and "layer" in updates:
                new = {**new, "layer": jax.tree.map(lambda g: 0 * g, new["layer"])}
            return new, state

        return optax.GradientTransformation(inner.init, update)

    made.law, made.corrected = "adam", True  # type: ignore[attr-defined]
    return made


@pytest.mark.real
def test_optax_trees_masks_and_partitions_keep_the_law_and_a_fault_in_a_tree_is_caught() -> None:
    optax = pytest.importorskip("optax", reason="install the extra optax: make real")
    asked = ("I1.unrolled", "I1.split", "I1.variants", "I1.state_dict")
    held = tried(optax_adam(optax), asked, 5)
    assert held[CheckStatus.HELD] == set(asked)
    assert tried(optax_adam(optax, "flat trees only"), asked[:2], 5)[CheckStatus.FAILED] == {"I1.split"}
    skipped = tried(functools.partial(optax.adam, b1=0.5, b2=0.75), ("I1.absent", "I1.closure"), 5)
    assert len(skipped[CheckStatus.SKIPPED]) == 2


def test_plain_classes_are_not_asked() -> None:
    for cls in CORRECT:
        assert all(check.reason_to_skip(subject_of(cls)) for check in CHECKS)
