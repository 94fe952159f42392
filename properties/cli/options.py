"""Options that commands share: the data, ``--json``, and the optimizer with its start.

Decorators go under ``@click.command()`` in this order (the optimizer's checks need the data)::

    @click.command()
    @data_options
    @optimizer_options
    @json_option
    def command(dataset, optimizer, start, json_target): ...
"""

from __future__ import annotations

import csv
import io
import shlex
from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from marginproof.properties.cli.blocked import in_blocks
from marginproof.properties.cli.output import (
    DATA_NAME,
    DATASET,
    JSON_TARGET,
    SEPARATION,
    check_json_target,
    notices,
)
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.constructions.blocks import BlockedDataset
    from marginproof.theory.optimizers import Optimizer

Command = Callable[..., Any]


def reading_options(command: Command) -> Command:
    """How a file is to be read, ``--bias`` included; the command receives ``how``, for :func:`marginproof.constructions.builtin.read`."""

    @click.option(
        "--label",
        metavar="COLUMN",
        help="The label column [default: label, y, class or target, else the last].",
    )
    @click.option("--folded", is_flag=True, help="Rows are y_i x_i already; every column is a feature.")
    @click.option("--bias", is_flag=True, help="Add a column of ones before the labels are folded in.")
    @click.option("--columns", callback=_names, metavar="A,B", help="The only features to take.")
    @click.option("--drop", callback=_names, metavar="A,B", help="Columns to leave out.")
    @click.option("--index", metavar="COLUMN", help="The column that names the rows.")
    @click.option("--one-hot", callback=_names, metavar="A,B", help="Columns of categories to encode.")
    @click.option("--delimiter", metavar="MARK", help="Between cells: , ; | tab space [default: recognised].")
    @click.option("--decimal", metavar="MARK", help="In decimals: . or , [default: recognised].")
    @wraps(command)
    def wrapper(**others: Any) -> Any:
        names = ("label", "folded", "bias", "columns", "drop", "index", "one_hot", "delimiter", "decimal")
        return command(how={name: others.pop(name) for name in names}, **others)

    return wrapper


def as_typed(data: str, how: dict[str, Any]) -> str:
    """DATA with its reading options, as a shell takes them.

    Example:
      >>> as_typed("my rows.csv", {"label": "Y", "bias": True, "drop": ("a", "b"), "one_hot": (), "index": None})
      "'my rows.csv' --label Y --bias --drop a,b"
    """
    words = [data]
    for name, value in how.items():
        if value:
            words.append(f"--{name.replace('_', '-')}")
            if value is not True:
                words.append(value if isinstance(value, str) else _listed(value))
    return shlex.join(words)


def _listed(names: tuple[str, ...]) -> str:
    """The names between commas, as :func:`_names` reads them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    return out.getvalue()


def _names(ctx: click.Context | None, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    """Names between commas; a name with a comma in it stands in double quotes."""
    if value is None:
        return ()
    names = next(csv.reader([value], skipinitialspace=True), [])
    return tuple(name.strip() for name in names if name.strip())


def data_options(command: Command) -> Command:
    """DATA and how to read it; the command receives ``dataset``."""

    @click.argument("data", required=False, metavar="DATA")
    @reading_options
    @wraps(command)
    def wrapper(data: str | None, how: dict[str, Any], **others: Any) -> Any:
        from marginproof.constructions.builtin import read

        data, others = _data_given(data, others)
        check_json_target(others.get("json_target"))
        click.get_current_context().meta[DATA_NAME] = data
        click.get_current_context().meta[SEPARATION] = as_typed(data, how)
        blocks = others.pop("blocks", None)
        if blocks is not None and in_blocks(Path(data), blocks):
            return command(dataset=_opened(data, how), **others)
        dataset = read(data, **how)
        click.get_current_context().meta[DATASET] = dataset
        notices(dataset.notices)
        return command(dataset=dataset, **others)

    return wrapper


def _opened(data: str, how: dict[str, Any]) -> BlockedDataset:
    from marginproof.constructions.blocks import open_blocks
    from marginproof.constructions.tables import Reading

    bias = how.pop("bias")
    dataset = open_blocks(data, Reading(**how), bias=bias)
    notices(dataset.notices)
    return dataset


blocks_option = click.option(
    "--blocks",
    is_flag=True,
    help="Read the file block by block, as one above 256 MiB always is: .npy, .parquet or .svmlight.",
)
"""``--blocks``, under :func:`data_options`; the command then may receive a :class:`~marginproof.constructions.blocks.BlockedDataset`."""


def _data_given(data: str | None, others: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """DATA, also where ``--json DATA`` took it for the optional FILE."""
    if data is not None:
        return data, others
    swallowed = others.get("json_target")
    if swallowed in (None, "-"):
        raise MarginproofError(
            "DATA is missing; give a file or a built-in name (`marginproof data` lists them)"
        )
    click.get_current_context().meta[JSON_TARGET] = "-"
    return swallowed, {**others, "json_target": "-"}


def _json_target(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    ctx.meta[JSON_TARGET] = value
    return value


def workers_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--jobs`` and ``--backend``, of the commands whose work is spread over processes."""
    backend = click.option(
        "--backend",
        default="loky",
        show_default=True,
        metavar="[loky|dask]",
        help="How jobs run; dask (the extra marginproof[dask]) takes the cluster at DASK_SCHEDULER_ADDRESS, or starts one here.",
    )
    jobs = click.option("--jobs", default=1, show_default=True, help="Worker processes.")
    return jobs(backend(function))


json_option = click.option(
    "--json",
    "json_target",
    is_flag=False,
    flag_value="-",
    default=None,
    metavar="[FILE]",
    callback=_json_target,
    help="Write JSON to FILE, or to standard output when no FILE is given.",
)
"""``--json [FILE]``; the command receives ``json_target`` for :func:`marginproof.properties.cli.output.emit`."""


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


class OptimizerName(click.ParamType[str]):
    """The name of an optimizer; help lists them all."""

    name = "optimizer"

    def get_metavar(self, param: click.Parameter, ctx: Any = None) -> str:
        """The names, as choices."""
        from marginproof.theory.optimizers import OPTIMIZERS

        return f"[{'|'.join(OPTIMIZERS)}]"


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


def style_options(command: Command) -> Command:
    """How figures are made; the command receives ``style`` and ``width``."""
    command = click.option(
        "--width", type=float, metavar="INCHES", help="Of the figure [default: its own; paper: 5.5]."
    )(command)
    return click.option(
        "--style", default="screen", show_default=True, metavar="[screen|paper]",
        help="paper: text of 7 points or more, no title; --width 2.75 for a column.",
    )(command)  # fmt: skip


def optimizer_settings(command: Command) -> Command:
    """The optimizer's settings alone, for what does not depend on a start; the command receives ``optimizer`` and ``batching``."""

    @click.option("--optimizer", "name", default="adamproxy", show_default=True, type=OptimizerName())
    @click.option("--batch-size", type=int, help="b [default: 1 for Adam-like ones, N for the others].")
    @click.option("--sampling", default="cyclic", show_default=True, metavar="[cyclic|reshuffle|replacement]")
    @click.option("--beta1", callback=rational, help="Exact [default: Adam's 0.9].")
    @click.option("--beta2", callback=rational, help="Exact [default: Adam's 0.95].")
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
        optimizer.field(n, batching)  # says what is wrong before anything is computed
        if optimizer.beta2_to_one(n, batching):
            notices(
                [
                    f"for sampling={sampling} the predicted limit is that of beta2 → 1, whatever beta1 and beta2 are"
                ]
            )
        return command(optimizer=optimizer, batching=batching, **others)

    return wrapper


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
        start = _numbers(_words(path) if path.is_file() else text, text)
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
            f"start={path} is no readable text in UTF-8; give numbers as text, or a .npy file"
        ) from cause


def _numbers(words: str, text: str) -> np.ndarray:
    try:
        return np.array([float(Fraction(word)) for word in words.replace(",", " ").split()])
    except (ValueError, ZeroDivisionError, OverflowError) as cause:
        raise MarginproofError(
            f"start={text} is neither a file nor a list of finite numbers; write it like 0,0.733"
        ) from cause
