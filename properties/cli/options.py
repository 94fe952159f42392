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
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.blocked import in_blocks
from marginproof.properties.cli.output import (
    DATA_NAME,
    DATASET,
    JSON_TARGET,
    SEPARATION,
    check_json_target,
    notices,
)
from marginproof.properties.cli.places import take_file
from marginproof.properties.file_kinds import RESULT
from marginproof.theory.errors import MarginproofError

if TYPE_CHECKING:
    from marginproof.constructions.blocks import BlockedDataset

Command = Callable[..., Any]


def reading_options(command: Command) -> Command:
    """How a file is to be read, ``--bias`` included; the command receives ``how``, for :func:`marginproof.constructions.builtin.read`."""

    @click.option(
        "--label",
        metavar="COLUMN",
        help='The label column [default: "label", "y", "class" or "target", else the last].',
    )
    @click.option("--folded", is_flag=True, help="Rows are y_i x_i already; every column is a feature.")
    @click.option("--bias", is_flag=True, help="Add a column of ones before the labels are folded in.")
    @click.option("--columns", callback=_names, metavar="A,B", help="Use only these features.")
    @click.option("--drop", callback=_names, metavar="A,B", help="Leave these columns out.")
    @click.option("--index", metavar="COLUMN", help="The column with the names of the rows.")
    @click.option("--one-hot", callback=_names, metavar="A,B", help="Categorical columns to encode.")
    @click.option("--delimiter", metavar="MARK", help="Cell delimiter: , ; | tab space [default: detected].")
    @click.option("--decimal", metavar="MARK", help="Decimal mark: . or , [default: detected].")
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
    given = next(csv.reader([value], skipinitialspace=True), [])
    names = tuple(name.strip() for name in given if name.strip())
    if not names:
        raise MarginproofError(f"{param.name}={value} names no column; name some, or leave the option out")
    return names


def data_options(command: Command) -> Command:
    """DATA and how to read it; the command receives ``dataset``, which :func:`blocks_option` lets be sparse."""

    @click.argument("data", required=False, metavar="DATA")
    @reading_options
    @wraps(command)
    def wrapper(data: str | None, how: dict[str, Any], **others: Any) -> Any:
        from marginproof.constructions.builtin import read, read_sparse

        data, others = _data_given(data, others)
        click.get_current_context().meta[DATA_NAME] = data
        click.get_current_context().meta[SEPARATION] = as_typed(data, how)
        blocks = others.pop("blocks", None)
        if blocks is not None and in_blocks(Path(data), blocks):
            return command(dataset=_opened(data, how), **others)
        dataset = read(data, **how) if blocks is None else read_sparse(data, **how)
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
"""``--blocks``, under :func:`data_options`; the command then may receive a :class:`~marginproof.constructions.blocks.BlockedDataset`,
or a :class:`~marginproof.constructions.sparse.SparseDataset`."""


def _data_given(data: str | None, others: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """DATA, also where ``--json DATA`` took it for the optional FILE."""
    if data is not None:
        return data, others
    swallowed = taken_for_file(others.get("json_target"))
    if swallowed is None:
        raise MarginproofError(
            "DATA is missing; give a file or a built-in name (`marginproof data` lists them)"
        )
    return swallowed, {**others, "json_target": "-"}


def taken_for_file(json_target: str | None) -> str | None:
    """The argument that ``--json ARGUMENT`` took for its optional FILE, where one is missing; JSON goes to standard output then."""
    if json_target in (None, "-"):
        return None
    click.get_current_context().meta[JSON_TARGET] = "-"
    return json_target


def _json_target(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    ctx.meta[JSON_TARGET] = value
    return value


def workers_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """``--jobs`` and ``--backend``, of the commands whose work is spread over processes."""
    backend = click.option(
        "--backend",
        default="loky",
        show_default=True,
        is_eager=True,  # before --jobs, which asks for it
        metavar="[loky|dask]",
        help="How jobs run; dask (the extra marginproof[dask]) takes the cluster at DASK_SCHEDULER_ADDRESS, or starts one here.",
    )
    jobs = click.option(
        "--jobs",
        default=1,
        show_default=True,
        callback=_within_cores,
        help="Worker processes; with loky at most one a core.",
    )
    return jobs(backend(function))


def _within_cores(ctx: click.Context, param: click.Parameter, jobs: int) -> int:
    """More processes than cores only take longer to start."""
    from marginproof.properties.workers import within_cores

    running, why = within_cores(ctx.params.get("backend", "loky"), jobs)
    notices([f"--jobs {why}"] * bool(why))
    return running


json_parameter = click.option(
    "--json",
    "json_target",
    is_flag=False,
    flag_value="-",
    default=None,
    metavar="[FILE]",
    callback=_json_target,
    help="Write JSON to FILE, or to standard output when no FILE is given.",
)
"""``--json [FILE]`` of a command that looks itself whether FILE is its argument, and if not, calls :func:`take_json`."""


def json_option(command: Command) -> Command:
    """``--json [FILE]``; the command receives ``json_target`` for :func:`marginproof.properties.cli.output.emit`."""

    @json_parameter
    @wraps(command)
    def wrapper(json_target: str | None, **others: Any) -> Any:
        take_json(json_target)
        return command(json_target=json_target, **others)

    return wrapper


def take_json(target: str | None) -> None:
    """Refuse, before anything is computed, a FILE that JSON cannot be written to."""
    check_json_target(target)
    if target is not None:
        take_file("json", target, RESULT)


def style_options(command: Command) -> Command:
    """How figures are made; the command receives ``style`` and ``width``."""
    command = click.option(
        "--width", type=float, metavar="INCHES", help="Width of the figure [default: its own; paper: 5.5]."
    )(command)
    return click.option(
        "--style", default="screen", show_default=True, metavar="[screen|paper]",
        help="paper: text of 7 points or more, no title; --width 2.75 for a column.",
    )(command)  # fmt: skip
