"""A case: everything one example of a property depends on, in exact numbers, as one line of JSON.

A failing property prints its case; :mod:`marginproof.properties.conformance.replay` reads it back.  Fields that a property
does not use keep their defaults and are not printed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from marginproof.theory.batching import SAMPLINGS, Batching, Full, Reshuffled, WithReplacement
from marginproof.theory.errors import MarginproofError
from marginproof.theory.losses import Loss

Rows = tuple[tuple[Fraction, ...], ...]


@dataclass(frozen=True)
class Case:
    """One example.

    Attributes:
      rows: the data X (labels folded in), shape (N, d); for step-level checks the gradients g_0 … g_{T-1}.
      hyper: hyper-parameters, exact.
      eta0, power: η_0 and p of the step sizes η_t = η_0 (t + 2)^-p; constant for p = 0.
      steps: T.
      batching: how batches are drawn; ``batch_size`` and ``sampling`` in the line of JSON.
      seed: of the batches.
      loss: by name, or itself.
      signs, order, powers: for invariances: column signs, column order, column scales as powers of two.
      absent: 1 where a tensor has no gradient at a step, step by step, for checks on several tensors.
      witness: a separator, where a certified lower bound of a margin is wanted.
    """

    rows: Rows
    hyper: dict[str, Fraction] = field(default_factory=dict)
    eta0: Fraction = Fraction(1)
    power: Fraction = Fraction(0)
    steps: int = 1
    batching: Batching = Full()  # noqa: RUF009 (frozen)
    seed: int = 0
    loss: Loss = Loss.EXPONENTIAL
    signs: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    powers: tuple[int, ...] = ()
    absent: tuple[int, ...] = ()
    witness: tuple[Fraction, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "loss", Loss(self.loss))

    @cached_property
    def X(self) -> np.ndarray:
        """The rows in float64."""
        return np.array(self.rows, dtype=np.float64)

    @property
    def n(self) -> int:
        """N."""
        return len(self.rows)

    @property
    def d(self) -> int:
        """The dimension."""
        return len(self.rows[0])

    @property
    def b(self) -> int:
        """The batch size."""
        return self.batching.size(self.n)

    @property
    def etas(self) -> np.ndarray:
        """η_t, shape (T,)."""
        t = np.arange(self.steps)
        return (
            float(self.eta0) * (t + 2.0) ** -float(self.power)
            if self.power
            else np.full(self.steps, float(self.eta0))
        )

    @cached_property
    def batches(self) -> np.ndarray:
        """The rows of each step's batch, shape (T, b)."""
        n, b = self.n, self.b
        rng = np.random.default_rng(self.seed)
        if isinstance(self.batching, WithReplacement):
            return rng.integers(0, n, size=(self.steps, b))
        epochs = -(-self.steps * b // n)
        if isinstance(self.batching, Reshuffled):
            order = np.concatenate([rng.permutation(n) for _ in range(epochs)])
        else:
            order = np.tile(np.arange(n), epochs)
        return order[: self.steps * b].reshape(self.steps, b)

    @property
    def visits(self) -> np.ndarray:
        """How often each row is in each step's batch, shape (T, N)."""
        counts = np.zeros((self.steps, self.n), dtype=np.int64)
        np.add.at(counts, (np.arange(self.steps)[:, None], self.batches), 1)
        return counts

    def to_json(self) -> str:
        """One line; rationals as ``"p/q"``; defaults left out."""
        out: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Batching):
                out |= {} if isinstance(value, Full) else {key: getattr(value, key) for key in _BATCHING}
            elif item.name == "rows" or value not in (Case.__dataclass_fields__[item.name].default, {}, ()):
                out[item.name] = _plain(value)
        return json.dumps(out, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Case:
        """The case a failing property printed.  Raises :class:`~marginproof.theory.errors.MarginproofError` for anything else."""
        raw = _object(text)
        b, sampling = raw.pop("batch_size", 0), raw.pop("sampling", "cyclic")
        _whole(text, {"batch_size": b, **{key: raw[key] for key in ("steps", "seed") if key in raw}})
        if b and sampling not in list(SAMPLINGS):
            raise _no_case(text, f"sampling={sampling} is none of {', '.join(SAMPLINGS)}")
        made = cls(
            batching=SAMPLINGS[sampling](b) if b else Full(),
            **{name: _entry(text, name, value) for name, value in raw.items()},
        )
        widths = {len(row) for row in made.rows}
        if len(widths) != 1 or 0 in widths:
            raise _no_case(text, "its rows are to be one or more lists of one length")
        return made


WHOLE = "give the line that a failing property printed, whole"
"""What to do about a line that is no case."""


def _no_case(text: str, why: str) -> MarginproofError:
    return MarginproofError(f"case={text[:60]} is not a case: {why}; {WHOLE}")


def _object(text: str) -> dict[str, Any]:
    """The fields of a line of JSON, all of them known, ``rows`` among them."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as cause:
        raise _no_case(text, "it is no JSON") from cause
    if not isinstance(raw, dict):
        raise _no_case(text, "it is no JSON object")
    known = {*_BATCHING, *(item.name for item in fields(Case))} - {"batching"}
    if unknown := sorted(set(raw) - known):
        raise _no_case(text, f"a case has no {unknown[0]}")
    if "rows" not in raw:
        raise _no_case(text, "it has no rows")
    return raw


def _whole(text: str, counts: dict[str, Any]) -> None:
    for name, value in counts.items():
        if type(value) is not int or value < (name == "steps"):
            raise _no_case(text, f"{name}={value} is no whole number in range")


def _entry(text: str, name: str, value: Any) -> Any:
    """A field's value.  Raises :class:`~marginproof.theory.errors.MarginproofError` where it cannot be read."""
    try:
        return Loss(value) if name == "loss" else _read(name, value)
    except (ValueError, TypeError, AttributeError, ArithmeticError) as cause:
        raise _no_case(text, f"its {name} cannot be read") from cause


_BATCHING = ("batch_size", "sampling")
_EXACT = ("eta0", "power")
_EXACT_TUPLES = ("witness",)
_INT_TUPLES = ("signs", "order", "powers", "absent")


def _plain(value: Any) -> Any:
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _read(name: str, value: Any) -> Any:
    if name == "rows":
        return tuple(tuple(Fraction(x) for x in row) for row in value)
    if name == "hyper":
        return {key: Fraction(x) for key, x in value.items()}
    if name in _EXACT:
        return Fraction(value)
    if name in _EXACT_TUPLES:
        return tuple(Fraction(x) for x in value)
    return tuple(int(x) for x in value) if name in _INT_TUPLES else value
