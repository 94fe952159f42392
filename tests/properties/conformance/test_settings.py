"""Each setting of a law is honoured, said by class attribute or in words, on plain, torch and optax subjects."""

from __future__ import annotations

import functools
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from marginproof.properties.conformance.loading import subject_of
from marginproof.properties.conformance.selection import BY_ID
from marginproof.properties.conformance.suite import CheckStatus, run_check
from marginproof.theory.laws.catalogue import LAWS, Course
from marginproof.theory.laws.settings import Declared, read

SETTINGS = {
    "adam:eps=0.25": "adam", "adam:eps=0.25,corrected=yes,eps_placement=uncorrected": "adam:eps=0.25,corrected=yes",
    "adam:corrected=yes": "adam", "adam:weight_decay=0.5": "adam", "adam:weight_decay=0.5,decoupled=no": "adam:weight_decay=0.5",
    "momentum:dampening=0.5": "momentum", "momentum:nesterov=yes": "momentum", "rmsprop:v0=1": "rmsprop",
    "amsgrad:corrected=yes,maximum=after": "amsgrad:corrected=yes",
}  # fmt: skip
"""A law with a setting, and the same without it, which must not pass for it."""


def plain(declared: Declared) -> Any:
    """A plain class that follows a law and says nothing."""
    names = LAWS[declared.name].hyper

    class Plain:
        def __init__(self, dim: int, **hyper: float) -> None:
            assert set(hyper) == set(names)
            self.course = Course(declared, hyper)

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> Any:
            with np.errstate(all="ignore"):
                return w - lr * np.nan_to_num(self.course.direction(grad, w, lr))

    return Plain


def torch_(declared: Declared) -> Any:
    """The same as a torch class, one course a tensor."""
    import torch

    class Torch(torch.optim.Optimizer):  # type: ignore[misc]
        def __init__(self, params: Any, lr: float, **hyper: float) -> None:
            super().__init__(params, {"lr": lr})
            self.courses = {p: Course(declared, hyper) for g in self.param_groups for p in g["params"]}

        @torch.no_grad()
        def step(self) -> None:
            for group in self.param_groups:
                for p in group["params"]:
                    with np.errstate(all="ignore"):
                        u = self.courses[p].direction(p.grad.numpy(), p.numpy().copy(), group["lr"])
                    p.sub_(group["lr"] * torch.from_numpy(np.array(np.nan_to_num(u))))

    Torch.keywords = {"beta1": "beta1", "beta2": "beta2"}
    return Torch


def holds(factory: Any, said: Declared) -> bool:
    """Whether I1 holds under a declaration."""
    subject = subject_of(factory, declared=said)
    return run_check(BY_ID["I1.unrolled"], subject, 15, 3).status is CheckStatus.HELD


@pytest.mark.parametrize(("text", "without"), SETTINGS.items())
def test_a_plain_class_is_held_to_the_setting_in_words_and_as_attributes(text: str, without: str) -> None:
    meant = read(text)
    assert holds(plain(meant), meant)
    assert not holds(plain(meant), read(without))
    cls = plain(meant)
    cls.law = meant.name
    for name, value in vars(meant.settings).items():
        setattr(cls, name, value)
    assert subject_of(cls).declared == meant


@pytest.mark.real
@pytest.mark.parametrize(("text", "without"), SETTINGS.items())
def test_a_torch_class_is_held_to_the_setting(text: str, without: str) -> None:
    pytest.importorskip("torch", reason="install the extra torch: make real")
    meant = read(text)
    assert holds(torch_(meant), meant)
    assert not holds(torch_(meant), read(without))


@pytest.mark.real
def test_optax_functions_and_ready_transformations_are_held_to_what_they_say() -> None:
    optax = pytest.importorskip("optax", reason="install the extra optax: make real")
    decayed = functools.partial(optax.adamw, weight_decay=0.5, b1=0.5, b2=0.75, eps=0.25)
    assert holds(decayed, read("adamw:corrected=yes,weight_decay=0.5,eps=0.25"))
    assert not holds(decayed, read("adamw:corrected=yes,weight_decay=0.5,eps=0.125"))
    starting = functools.partial(optax.rmsprop, initial_scale=1.0, decay=0.5, eps=0.25, eps_in_sqrt=False)
    assert holds(starting, read("rmsprop:v0=1,eps=0.25"))
    assert not holds(starting, read("rmsprop:eps=0.25"))

    ready = optax.adagrad(1.0)
    assert holds(ready, read("adagrad:eps=1e-7,eps_placement=inside,v0=0.1"))
    assert not holds(ready, read("adagrad:eps=1e-7,eps_placement=inside"))


@pytest.mark.parametrize("unit", [2.0**-24, 2.0**-53])
def test_the_unit_decides_what_rounding_may_do(unit: float) -> None:
    class Single:
        law, keywords = "signum", {"beta": "decay"}
        grid = ({"beta": 0.5},)

        def __init__(self, dim: int, decay: float) -> None:
            assert decay == 0.5  # the grid's, under the keyword's name
            self.m, self.decay = np.zeros(dim, dtype=np.float32), decay

        def step(self, w: np.ndarray, grad: np.ndarray, lr: float) -> Any:
            self.m = (self.decay * self.m + (1 - self.decay) * grad).astype(np.float32)
            return (w - np.float32(lr) / np.float32(3) * 3 * np.sign(self.m)).astype(np.float32)

    Single.unit = unit  # type: ignore[attr-defined]
    held = run_check(BY_ID["I1.unrolled"], subject_of(Single), 20, 3).status is CheckStatus.HELD
    assert held is (unit == 2.0**-24)
    assert holds(Single, read("signum:unit=2^-24")) is True


def test_a_unit_may_be_said_as_a_power_of_two() -> None:
    assert read("adam:unit=2^-24").settings.unit == read("adam:unit=2**-24").settings.unit == 2.0**-24


def test_profiles_may_be_the_first_module_imported() -> None:
    code = "import marginproof.properties.conformance.profiles, hypothesis; hypothesis.settings.get_profile('mp-quick')"
    subprocess.run([sys.executable, "-c", code], check=True)
