"""The table of a sweep: rows that a file already has are kept, the others are computed and added as they finish."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from pathlib import Path

from joblib import Parallel, delayed

from marginproof.constructions.builtin import read
from marginproof.properties.sweep.case import RESULTS, digest, row_of
from marginproof.properties.sweep.plan import PlannedCase
from marginproof.properties.workers import check_workers, workers
from marginproof.theory.errors import MarginproofError

Row = dict[str, str]


def sweep(
    cases: list[PlannedCase],
    table: Path,
    *,
    backend: str = "loky",
    jobs: int = 1,
    told: Callable[[int, int], None] = lambda done, total: None,
) -> list[Row]:
    """All rows, in the cases' order; the file ends up holding the same, whatever the backend and however often it was interrupted.

    Arguments:
      cases: from :func:`~marginproof.properties.sweep.plan.read_plan`.
      table: a CSV file; rows of other cases or other data are refused, not overwritten.
      backend: ``loky`` or ``dask``; jobs: processes, with ``loky`` at most one a core.
      told: how many rows there are, out of how many.

    Raises:
      MarginproofError: data that cannot be read, before anything is written.
    """
    check_workers(backend, jobs)
    named = {(case.named["data"], case.named["reading"]): case for case in cases}
    digests = {key: digest(read(case.data, **dict(case.reading))) for key, case in named.items()}
    known = _known(table, cases, digests)
    missing = [case for case in cases if _key(case.named) not in known]
    told(len(known), len(cases))
    if missing:
        _write(table, [known[key] for key in map(_key, (case.named for case in cases)) if key in known])
        with table.open("a", newline="", encoding="utf-8") as file, workers(backend, jobs) as running:
            for row in Parallel(n_jobs=running, return_as="generator_unordered")(
                delayed(row_of)(case) for case in missing
            ):
                known[_key(row)] = row
                file.write(_line(row))
                file.flush()
                told(len(known), len(cases))
    rows = [known[_key(case.named)] for case in cases]
    _write(table, rows)
    return rows


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in columns()[: -len(RESULTS)])


def columns() -> list[str]:
    """The table's columns."""
    named = PlannedCase("", (), "", (), None, "", None, None).named
    return [*named, *RESULTS]


def _known(
    table: Path, cases: list[PlannedCase], digests: dict[tuple[str, str], str]
) -> dict[tuple[str, ...], Row]:
    """The rows of an earlier run on the same data, whose files may be named from another folder; a last line that was cut off is computed again."""
    if not table.exists():
        return {}
    text = table.read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text[: text.rfind("\n") + 1], newline="")))
    wanted = dict.fromkeys(_key(case.named) for case in cases)
    elsewhere = _by_file_name(wanted)
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        whole = list(row) == columns() and None not in row.values()
        if whole and _key(row) not in wanted:  # the same file, named from another folder
            same = elsewhere.get(_named_apart(_key(row)), [])
            row["data"] = next(
                (key[0] for key in same if key not in found and row["sha256"] == digests[key[0], key[1]]),
                row["data"],
            )
        if not whole or _key(row) not in wanted:
            raise MarginproofError(
                f"file={table} holds rows of another sweep; choose another table with --out, or move it away"
            )
        if row["sha256"] and row["sha256"] != digests[row["data"], row["reading"]]:
            raise MarginproofError(
                f"file={table} has rows of data={row['data']} as they were before; move the table away, or choose another with --out"
            )
        if row["sha256"]:  # a file that could not be read is tried again
            found[_key(row)] = row
    return found


def _by_file_name(keys: Iterable[tuple[str, ...]]) -> dict[tuple[str, ...], list[tuple[str, ...]]]:
    """Keys of cases under what is the same from wherever their files of data are named."""
    out: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for key in keys:
        out.setdefault(_named_apart(key), []).append(key)
    return out


def _named_apart(key: tuple[str, ...]) -> tuple[str, ...]:
    """A key with the name of its file of data only, without the folder."""
    return (Path(key[0]).name, *key[1:])


def _line(row: Row) -> str:
    text = io.StringIO(newline="")
    csv.DictWriter(text, columns(), lineterminator="\n").writerow(row)
    return text.getvalue()


def _write(table: Path, rows: list[Row]) -> None:
    """The table whole, by a neighbour that is renamed."""
    from marginproof.properties.writing import write_atomically

    header = ",".join(columns()) + "\n"
    write_atomically(table, header + "".join(map(_line, rows)))
