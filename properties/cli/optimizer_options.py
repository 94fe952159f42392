"""Options that commands share: the optimizer's settings, its batches, and its start."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.properties.cli.output import notices
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.theory.batching import Batching
    from marginproof.theory.optimizers import Optimizer

    _Word = click.ParamType[str]
else:
    _Word = click.ParamType  # the first versions allowed take no parameter

Command = Callable[..., Any]


def rational(ctx: click.Context | None, param: click.Parameter, value: str | None) -> Fraction | None:
    """An option's value as an exact fraction: ``0.95``, ``19/20``."""
    if value is None:
        return None
    try:
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as cause:
        raise MarginproofError(
            f"{param.name}={value} is not a number; write it like 0.95 or 19/20"
        ) from cause


def _order(ctx: click.Context | None, param: click.Parameter, value: str | None) -> tuple[int, ...] | None:
    if value is None:
        return None
    try:
        return tuple(int(entry) for entry in value.split(","))
    except ValueError as cause:
        raise MarginproofError(f"order={value} is not a list of row numbers; write it like 2,0,1") from cause


class OptimizerName(_Word):
    """The name of an optimizer; help lists them all."""

    name = "optimizer"

    def get_metavar(self, param: click.Parameter, ctx: Any = None) -> str:
        """The names, as choices."""
        from marginproof.theory.optimizers import OPTIMIZERS

        return f"[{'|'.join(OPTIMIZERS)}]"


lr_decay_option = click.option(
    "--lr-decay",
    type=float,
    default=0.5,
    show_default=True,
    metavar="a",
    help="The exponent of --lr; 0 keeps η_t constant.",
)
"""``--lr-decay``; the command receives ``lr_decay``."""


def optimizer_options(command: Command) -> Command:
    """The optimizer's settings and its start; the command receives ``optimizer``, ``batching`` and ``start`` (shape (d,), or zeros)."""

    @optimizer_settings
    @click.option(
        "--start", metavar="W|FILE", help="Starting w, like 0,0.733, or a file of numbers [default: 0]."
    )
    @wraps(command)
    def wrapper(start: str | None, **others: Any) -> Any:
        return command(start=start_of(start, others["dataset"].n_features), **others)

    return wrapper


def optimizer_settings(command: Command) -> Command:
    """The optimizer's settings alone, for what does not depend on a start; the command receives ``optimizer`` and ``batching``."""

    @click.option("--optimizer", "name", default="adamproxy", show_default=True, type=OptimizerName())
    @click.option("--batch-size", type=int, help="b [default: 1 for Adam-like ones, N for the others].")
    @click.option("--sampling", default="cyclic", show_default=True, metavar="[cyclic|reshuffle|replacement]")
    @click.option("--beta1", callback=rational, help="β₁, read exactly [default: 0.9].")
    @click.option("--beta2", callback=rational, help="β₂, read exactly [default: 0.95].")
    @click.option("--beta", callback=rational, help="Signum's, exact [default: the limit beta → 1].")
    @click.option(
        "--order", callback=_order, metavar="2,0,1", help="Cyclic order of the rows, counted from 0."
    )
    @wraps(command)
    def wrapper(
        name: str,
        batch_size: int | None,
        sampling: str,
        beta1: Fraction | None,
        beta2: Fraction | None,
        beta: Fraction | None,
        order: tuple[int, ...] | None,
        **others: Any,
    ) -> Any:
        n = others["dataset"].n_samples
        given = {"beta1": beta1, "beta2": beta2, "beta": beta}
        optimizer = optimizer_named(name, {key: value for key, value in given.items() if value is not None})
        batching = optimizer.batching(n, batch_size, sampling, order)
        if batch_size is None or optimizer.full_batch_only:
            _notice_full(optimizer, batching, sampling, order)
        optimizer.field(n, batching)  # says what is wrong before anything is computed
        if optimizer.beta2_to_one(n, batching):
            notices(
                [
                    f"for sampling={sampling} the predicted limit is that of beta2 → 1, whatever beta1 and beta2 are"
                ]
            )
        return command(optimizer=optimizer, batching=batching, **others)

    return wrapper


def _notice_full(
    optimizer: Optimizer, batching: Batching, sampling: str, order: tuple[int, ...] | None
) -> None:
    """Say so where a step sees all rows, whose order was asked for."""
    from marginproof.theory.batching import Full

    asked = f"sampling={sampling}" if sampling != "cyclic" else "order"
    if isinstance(batching, Full) and (sampling != "cyclic" or order is not None):
        notices([f"{asked} plays no part: each step of optimizer={optimizer.name} sees all rows here"])


def optimizer_named(name: str, given: dict[str, Fraction]) -> Optimizer:
    """The optimizer with what was typed for it; Signum without beta is the limit β → 1.

    A setting that is another optimizer's plays no part, and a notice says so.
    """
    from marginproof.theory.optimizers import optimizer_of, owners

    own: dict[str, Fraction | None] = {}
    kind = type(optimizer_of(name))
    reads = [key for key in ("beta", "beta1", "beta2") if kind in owners(key)]
    mine = f"; it reads {' and '.join(reads)}" if reads else ""
    if kind.name == "signum":
        own["beta"] = None
    for key, value in given.items():
        if key in reads:
            own[key] = value
        else:
            owners(key)[0](**{key: value})  # says what is wrong with it
            notices([f"{key}={value} plays no part in optimizer={name}{mine}"])
    return optimizer_of(name, **own)


def start_of(text: str | None, n_features: int) -> np.ndarray:
    """The start w_0, shape (d,), from comma-separated numbers or a file of them (zeros from ``None``).

    A file is ``.npy``, or text with numbers separated by commas or white space.
    """
    if text is None:
        return np.zeros(n_features)
    path = Path(text)
    if path.suffix.lower() == ".npy":
        start = _array(path)
    else:
        start = _in_file(path) if path.is_file() else _numbers(text)
    if len(start) != n_features:
        raise MarginproofError(
            f"start={text} has {len(start)} entries where the data have {n_features} features; give as many"
        )
    if not np.isfinite(start).all():
        raise MarginproofError(f"start={text} has an entry that is not finite; give finite numbers")
    return start


def _array(path: Path) -> np.ndarray:
    """The real numbers in a ``.npy`` file, in one row."""
    from marginproof.constructions.readers.arrays import load_array

    array = load_array(path)
    if array.dtype.kind not in "fiu":
        raise MarginproofError(f"start={path} has dtype {array.dtype}; save integers or floats")
    return np.asarray(array, dtype=np.float64).ravel()


def _words(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as cause:
        raise MarginproofError(
            f"start={path} is not readable text in UTF-8; give numbers as text, or a .npy file"
        ) from cause


def _in_file(path: Path) -> np.ndarray:
    """The numbers in a text; the first word that is none is named."""
    found = []
    for line, words in enumerate(_words(path).splitlines(), 1):
        for word in words.replace(",", " ").split():
            try:
                found.append(float(Fraction(word)))
            except (ValueError, ZeroDivisionError, OverflowError) as cause:
                raise MarginproofError(
                    f"start={path}: {word[:40]!r} in line {line} is not a finite number; give a file that holds the entries of w "
                    "alone, or a .npy file"
                ) from cause
    return np.array(found)


def _numbers(text: str) -> np.ndarray:
    try:
        return np.array([float(Fraction(word)) for word in text.replace(",", " ").split()])
    except (ValueError, ZeroDivisionError, OverflowError) as cause:
        raise MarginproofError(
            f"start={text} is neither a file nor a list of finite numbers; write it like 0,0.733"
        ) from cause
