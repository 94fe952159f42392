"""``marginproof check CERT…``: judge certificates with the standard-library checker."""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os.path import isfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marginproof.properties.cli.options import json_parameter, take_json, taken_for_file
from marginproof.properties.cli.output import emit, say

if TYPE_CHECKING:
    from marginproof.theory.checker import FileVerdict

MOST_READ = 1_000_000
STEPS = re.compile(rb'"(?:count|epochs)": *([0-9]{1,9})')
SEARCHES = {b'"limit_cycle"': 2000, b'"all_fixed_points"': 2000, b'"vertex"': 5000}
"""What searching through boxes adds."""
EXIT = {"VALID": 0, "INVALID": 1, "UNSUPPORTED": 2}


@click.command("check")
@click.argument("certificates", nargs=-1, metavar="[CERT]...")
@click.option("--corpus", is_flag=True, help="Check the certificates that come with the package too.")
@click.option("--seconds", default=60.0, show_default=True, help="Time limit for each certificate.")
@json_parameter
def command(certificates: tuple[str, ...], corpus: bool, seconds: float, json_target: str | None) -> None:
    """Check certificates, with Python's standard library alone.

    Each is VALID, INVALID (with the reason) or UNSUPPORTED (this checker cannot tell).  Exit code 0
    if all are VALID, 1 if any is INVALID, else 2; also 2 if a CERT is not a file, once the others are judged.
    The same verdicts come from `python -m marginproof.theory.checker CERT...`, which needs nothing installed.

    \b
    Example:
      marginproof check --corpus
    """
    from marginproof.theory.errors import MarginproofError

    if not certificates and not corpus and (swallowed := taken_for_file(json_target)):
        certificates, json_target = (swallowed,), "-"
    take_json(json_target)
    paths = [Path(name) for name in certificates] + (_corpus() if corpus else [])
    if not paths:
        raise MarginproofError("CERT is missing; give certificate files, or --corpus for the package's own")
    if not seconds > 0:
        raise MarginproofError(f"seconds={seconds:g} must be positive; give a time limit such as 60")
    missing = [path for path in paths if not isfile(path)]  # nothing that may wait for ever, as a pipe does
    paths = [path for path in paths if path not in missing]
    results = judge_all(paths, seconds)
    words = [result["verdict"] for result in results]
    emit({"certificates": results}, json_target, lambda: _show(results) if results else None)
    for path in missing:
        say(f"error: certificate={path} is not a file; give certificate files", err=True)
    worst = max((EXIT[word] for word in words), default=2)
    click.get_current_context().exit(1 if "INVALID" in words else 2 if missing else worst)


def _corpus() -> list[Path]:
    from marginproof.constructions.corpus import corpus

    return [entry.path for entry in corpus()]


def judge_all(paths: list[Path], seconds: float) -> list[dict[str, Any]]:
    """The verdicts, in order; where there are several files, in processes side by side, the longest files first.

    Raises:
      MarginproofError: a file cannot be read.
    """
    from marginproof.theory.checker import judge_file

    if len(paths) < 2:
        return [shown(path, judge_file(str(path), seconds)) for path in paths]
    longest = sorted(range(len(paths)), key=lambda i: -work(paths[i]))
    workers = min(len(paths), os.cpu_count() or 1)
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        # a worker needs the checker alone, which is soon imported; what is shown is put together here
        waiting = {i: pool.submit(judge_file, str(paths[i]), seconds) for i in longest}
        return [shown(paths[i], waiting[i].result()) for i in range(len(paths))]


def work(path: Path) -> float:
    """About how long a file takes: by its length, the steps of the run that it states, and its kind."""
    try:
        with path.open("rb") as file:
            text = file.read(MOST_READ)
    except OSError:  # said where it is judged
        return 0.0
    steps = [int(number) for number in STEPS.findall(text)]
    return len(text) + sum(steps) / 3 + sum(more for kind, more in SEARCHES.items() if kind in text)


def shown(path: Path, verdict: FileVerdict) -> dict[str, Any]:
    """One file's verdict, in words and in the checker's own form.

    Raises:
      MarginproofError: the file cannot be read.
    """
    from marginproof.theory.checker import MAX_BYTES
    from marginproof.theory.errors import MarginproofError

    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as cause:
        raise MarginproofError(f"certificate={path} cannot be read: {cause.strerror}; give a file") from cause
    says = verdict.says.replace("allow more seconds", "allow more with --seconds")
    if verdict.word != "VALID" and len(text) <= MAX_BYTES:
        says = no_json(text) or says
    return {
        "file": str(path),
        "claim": _claim(text),
        "verdict": verdict.word,
        "says": says,
        "sentence": verdict.sentence,
        "conclusion": _conclusion(text) if verdict.word == "VALID" else "",
    }


def _conclusion(text: bytes) -> str:
    """What a VALID file proves, and what that refutes."""
    from marginproof.properties.presentation.conclusions import conclusion, refuted

    against = refuted(text)
    return conclusion(text) + (f" This refutes {against}" if against else "")


def no_json(text: bytes) -> str:
    """What to say of a file that is no JSON text at all, such as a table of data; empty where it is some."""
    import json

    try:
        json.loads(text.decode())
    except UnicodeDecodeError:
        found = "bytes that are no text in UTF-8"
    except json.JSONDecodeError as cause:
        found = f"{cause.msg.lower()} in line {cause.lineno}, column {cause.colno}"
    except (ValueError, RecursionError):
        return ""
    else:
        return ""
    return f"a certificate is JSON and this file is not ({found}); give one that `marginproof hunt --out FILE` wrote"


def _claim(text: bytes) -> str:
    import json

    try:
        return str(json.loads(text).get("claim") or "")[:12]
    except (ValueError, AttributeError, RecursionError):
        return ""


def name_shown(name: str) -> str:
    """A file's name as it is where standard output can carry it; letters that do not print are escaped."""
    from marginproof.theory.checker import plain

    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
    try:
        shown.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return plain(name)
    return shown


def _show(results: list[dict[str, Any]]) -> None:
    from marginproof.theory.checker import plain

    for found in results:
        says = found["conclusion"] or plain(found["says"])
        say(f"{name_shown(Path(found['file']).name)}: {found['verdict']}. {says}")
    valid = sum(found["verdict"] == "VALID" for found in results)
    say(f"{valid} of {len(results)} VALID, by exact arithmetic from the data in each file.")
