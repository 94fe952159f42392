"""Direction fields u(c) as a certificate states them; their enclosures over boxes of weights are in ``columns``.

* ``gd``: u = m = Σ c_i x_i, column by column.
* ``theta``: u = m / √((1-θ) q + θ m²), q = Σ (c_i x_i)².
* ``inc_adam``: u = Σ_i (Σ_j a_j g_j) / √(Σ_j b_j g_j²) over the batches i, with their gradients g_j, a_j = β1^((i-j) mod K)
  and b_j = β2^((i-j) mod K).

Factors that all steps share are left out of every field.
"""

from __future__ import annotations

from typing import Any

from .problem import Problem, power
from .reading import rational, take, whole
from .refusals import can, need

FIELDS = {"gd": "name", "theta": "name theta", "inc_adam": "name beta1 beta2 batches"}


class Field:
    """A field as the certificate states it.

    Attributes:
      name: ``gd``, ``theta`` or ``inc_adam``; numbers: none, (θ,) or (β1, β2).
      batches: the rows of each batch, in order (one row each but for ``inc_adam``).
      words: the field in words, as conclusions and sentences name it.
      unit: the power of two that F is divided by.
    """

    def __init__(self, entry: Any, problem: Problem) -> None:
        known = isinstance(entry, dict) and isinstance(entry.get("name"), str)
        need(known, "a field is due")
        can(entry["name"] in list(FIELDS), "a field unknown to this checker")
        self.name, *values = take(entry, FIELDS[entry["name"]])
        self.batches = [[i] for i in range(problem.n)]
        if self.name == "inc_adam":
            self.batches = read_batches(values.pop(), problem)
        self.numbers = [rational(value) for value in values]
        need(all(0 <= v < 1 for v in self.numbers), "theta and betas must lie in [0, 1)")
        self.unit = power(2 * problem.top if self.name == "gd" else problem.top)
        self.words = self._words()

    def _words(self) -> str:
        if self.name == "gd":
            return "gradient descent"
        if self.name == "theta":
            theta = self.numbers[0]
            return f"the theta field at theta = {theta}" if theta else "AdamProxy"
        size = len(self.batches[0])
        batches = "one sample a step" if size == 1 else f"batches of {size}"
        return f"Inc-Adam at beta1 = {self.numbers[0]}, beta2 = {self.numbers[1]}, {batches}"

    def per_sample(self) -> bool:
        """Whether it is AdamProxy or Inc-Adam with one sample a step: the fields that the claims speak of."""
        if self.name == "theta":
            return self.numbers[0] == 0
        return self.name == "inc_adam" and len(self.batches[0]) == 1


def read_batches(value: Any, problem: Problem) -> list[list[int]]:
    """Batches of one size that hold every row once."""
    need(isinstance(value, list) and value and isinstance(value[0], list), "batches are due")
    seen = [False] * problem.n
    batches = []
    for batch in value:
        need(isinstance(batch, list) and len(batch) == len(value[0]), "batches must be of one size")
        batches.append([whole(row, problem.n) for row in batch])
        for row in batches[-1]:
            need(not seen[row], "distinct row numbers are due in the batches")
            seen[row] = True
    need(all(seen), "every row must be in a batch")
    return batches
