"""What a sweep computes, from a TOML file.

.. code-block:: toml

    data = ["sr4", {file = "rows.csv", label = "kind", bias = true}]
    optimizers = ["adamproxy", {name = "adam", beta1 = 0.9, beta2 = [0.95, 0.99]}]
    batch_sizes = [1, 2]
    lr = ["vanishing", 0.01]
    seeds = [0, 1]

Every list stands for each of its values, one in an optimizer's settings too.  Without ``batch_sizes`` an optimizer has its own default, without
``lr`` the steps vanish, without ``seeds`` the start is w = 0; a seed is that of a start with independent normal entries.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

from marginproof.constructions.builtin import is_builtin
from marginproof.theory.batching import SAMPLINGS
from marginproof.theory.errors import MarginproofError
from marginproof.theory.optimizers import OPTIMIZERS, optimizer_of

KEYS = ("data", "optimizers", "batch_sizes", "lr", "seeds", "sampling")
VANISHING = "vanishing"


@dataclass(frozen=True)
class PlannedCase:
    """One row of the table.

    Attributes:
      data: a built-in name or a file; reading: how to read it, as keyword arguments of
        :func:`~marginproof.constructions.builtin.read`.
      optimizer: its name; settings: its hyper-parameters, as texts of exact numbers.
      batch_size: ``None`` for the optimizer's default; sampling: how batches are drawn.
      lr: a constant learning rate, ``None`` for vanishing steps.
      seed: of the start, ``None`` for w = 0.
    """

    data: str
    reading: tuple[tuple[str, Any], ...]
    optimizer: str
    settings: tuple[tuple[str, str], ...]
    batch_size: int | None
    sampling: str
    lr: float | None
    seed: int | None

    @property
    def named(self) -> dict[str, str]:
        """The columns of the table that tell this case from others."""
        reading = json.dumps(dict(self.reading)) if self.reading else ""
        return {
            "data": self.data,
            "reading": reading,
            "optimizer": self.optimizer,
            "settings": " ".join(f"{key}={value}" for key, value in self.settings),
            "batch_size": "" if self.batch_size is None else str(self.batch_size),
            "sampling": self.sampling,
            "lr": VANISHING if self.lr is None else str(self.lr),
            "seed": "" if self.seed is None else str(self.seed),
        }


def read_plan(path: Path) -> list[PlannedCase]:
    """The cases of a file, in order, those that stand there twice included; files of data are named from its folder.

    Raises:
      MarginproofError: no TOML, an unknown key, or a value of another kind.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as cause:
        reason = str(cause.strerror).lower()
        raise MarginproofError(
            f"file={path} cannot be read: {reason}; give a file as in `marginproof sweep --help`"
        ) from cause
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as cause:
        raise MarginproofError(
            f"file={path} is not readable TOML: {cause}; see `marginproof sweep --help`"
        ) from cause
    for key in given:
        if key not in KEYS:
            raise MarginproofError(
                f"{key}={given[key]!r} is not a key of a sweep; choose from {', '.join(KEYS)}"
            )
        if given[key] == []:
            raise MarginproofError(f"{key}=[] in file={path} is empty; give a value, or leave {key} out")
    for key in ("data", "optimizers"):
        if key not in given:
            raise MarginproofError(f"{key} is missing in file={path}; give a list")
    data = [_data(entry, path.parent) for entry in _list(given, "data")]
    optimizers = [one for entry in _list(given, "optimizers") for one in _optimizers(entry)]
    sizes: list[int | None] = [_whole(size, "batch_sizes", 1) for size in _list(given, "batch_sizes")] or [
        None
    ]
    rates: list[float | None] = [_rate(rate) for rate in _list(given, "lr")] or [None]
    seeds: list[int | None] = [_whole(seed, "seeds", 0) for seed in _list(given, "seeds")] or [None]
    sampling = [_sampling(kind) for kind in _list(given, "sampling")] or ["cyclic"]
    return [
        PlannedCase(*where, *which, *rest)
        for where, which, *rest in product(data, optimizers, sizes, sampling, rates, seeds)
    ]


def _list(given: dict[str, Any], key: str) -> list[Any]:
    value = given.get(key, [])
    return value if isinstance(value, list) else [value]


def _data(entry: Any, folder: Path) -> tuple[str, tuple[tuple[str, Any], ...]]:
    if isinstance(entry, str):
        entry = {"file": entry}
    if not isinstance(entry, dict) or not isinstance(entry.get("file"), str):
        raise MarginproofError(f"data={entry!r} is neither a name nor {{file = …}}; give one of these")
    reading = {key: tuple(v) if isinstance(v, list) else v for key, v in entry.items() if key != "file"}
    known = ("label", "folded", "bias", "columns", "drop", "index", "delimiter", "decimal", "one_hot")
    stray = next((key for key in reading if key not in known), None)
    if stray is not None:
        raise MarginproofError(
            f"data.{stray}={reading[stray]!r} is not an option of reading; choose from {', '.join(known)}"
        )
    here = folder / entry["file"]
    found = here.exists() and not (here.is_dir() and is_builtin(entry["file"]))
    return str(here) if found else entry["file"], tuple(sorted(reading.items()))


def _optimizers(entry: Any) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    given, entry = entry, {"name": entry} if isinstance(entry, str) else entry
    if not isinstance(entry, dict) or entry.get("name") not in OPTIMIZERS:
        raise MarginproofError(f"optimizers={given!r} names none; choose from {', '.join(OPTIMIZERS)}")
    settings = {
        key: value if isinstance(value, list) else [value] for key, value in entry.items() if key != "name"
    }
    empty = next((key for key, values in settings.items() if not values), None)
    if empty is not None:
        raise MarginproofError(
            f"{empty}=[] of optimizer={entry['name']} is empty; give a value, or leave it out"
        )
    found = []
    for values in product(*settings.values()):
        texts = tuple(zip(settings, map(str, values), strict=True))
        made(entry["name"], texts)  # refuses a wrong setting before anything runs
        found.append((entry["name"], texts))
    return found


def made(name: str, settings: tuple[tuple[str, str], ...]) -> Any:
    """The optimizer; Signum without beta is the limit β → 1, as on the command line.

    Raises:
      MarginproofError: a setting that it does not have, or of a wrong value.
    """
    own: dict[str, Any] = {"beta": None} if name == "signum" else {}
    for key, text in settings:
        try:
            own[key] = Fraction(text)
        except (ValueError, ZeroDivisionError) as cause:
            raise MarginproofError(
                f"{key}={text} of optimizer={name} is not a number; write it like 0.95"
            ) from cause
    try:
        return optimizer_of(name, **own)
    except TypeError as cause:
        raise MarginproofError(
            f"optimizer={name} does not have all of {', '.join(own)}; leave out those it does not have"
        ) from cause


def _whole(value: Any, key: str, least: int) -> int:
    if type(value) is not int or value < least:
        raise MarginproofError(f"{key}={value!r} is not a whole number from {least} on; correct it")
    return value


def _sampling(value: Any) -> str:
    if value not in SAMPLINGS:
        raise MarginproofError(f"sampling={value!r} is unknown; choose from {', '.join(SAMPLINGS)}")
    return str(value)


def _rate(value: Any) -> float | None:
    if value == VANISHING:
        return None
    if type(value) not in (int, float) or not value > 0:
        raise MarginproofError(f"lr={value!r} is neither a positive number nor {VANISHING!r}; correct it")
    return float(value)
