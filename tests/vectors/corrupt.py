"""Both checkers on corrupted certificates: ``python tests/vectors/corrupt.py 10000 [SEED [FIRST]]``.

A vector that is VALID is changed at one or two random places (a number, an index, a sign, a dropped or
repeated item); the files on which the verdicts differ are kept and printed. FIRST, a multiple of 100, is where an
interrupted run is taken up again.
"""

import copy
import json
import random
import subprocess
import sys
import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
CHECKER = HERE.parents[1] / "docs" / "_static" / "checker.mjs"
BATCH = 100
RUNS = ("constant", "vanishing", "vertex")  # how the vectors about runs begin


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The ways to all entries of data, field, witness and conclusion."""
    if isinstance(value, dict):
        inner = [place for key, entry in value.items() for place in places(entry, (*way, key))]
    elif isinstance(value, list):
        inner = [place for i, entry in enumerate(value) for place in places(entry, (*way, i))]
    else:
        inner = []
    return [way, *inner] if way else inner


def altered(rng: random.Random, value: Any) -> Any:
    """Another value of the same sort."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + rng.choice((-1, 1))
    if isinstance(value, str):
        try:
            number = Fraction(value)
        except ValueError:
            return value + "x"
        tiny = Fraction(1, 2 ** rng.randrange(1, 40))
        return str(
            rng.choice(
                (-number, number + tiny, number - tiny, number * (1 + tiny), Fraction(0), 1 / (1 + number**2))
            )
        )
    if isinstance(value, list) and value:
        items = list(value)
        at = rng.randrange(len(items))
        if rng.random() < 0.5:
            items.pop(at)
        else:
            items.insert(at, items[rng.randrange(len(items))])
        return items
    return None


def corrupted(rng: random.Random, body: dict[str, Any]) -> dict[str, Any]:
    """A copy with one or two changes."""
    found = copy.deepcopy(body)
    for _ in range(rng.choice((1, 1, 2))):
        judged = {key: found[key] for key in ("data", "field", "witness", "conclusion", "claim", "kind")}
        *way, last = rng.choice(places(judged))
        target: Any = found
        for key in way:
            target = target[key]
        target[last] = altered(rng, target[last])
    return found


def write(rng: random.Random, count: int, folder: Path) -> list[Path]:
    """`count` corrupted files in the folder."""
    index = json.loads((HERE / "index.json").read_text())
    names = [
        entry["file"] for entry in index if entry["verdict"] == "VALID" and "number-400" not in entry["file"]
    ]
    bodies = [json.loads((HERE / name).read_text()) for name in names]
    paths = []
    for i in range(count):
        k = rng.randrange(len(names))
        path = folder / f"{i}-{names[k]}"
        path.write_text(json.dumps(corrupted(rng, bodies[k])))
        paths.append(path)
    return paths


def judged(command: list[str], paths: list[Path]) -> list[str]:
    """What a checker prints of each file."""
    run = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    return [line.split(": ", 1)[1] for line in run.stdout.splitlines()]


def main(count: int = 10000, seed: int = 17, first: int = 0) -> int:
    """Print the differing files and how many there were."""
    kept = Path(tempfile.mkdtemp(prefix="checkers-differ-"))
    differ = valid = of_runs = 0
    print(f"seed {seed}; files on which they differ go to {kept}")
    for done in range(first, count, BATCH):
        rng = random.Random(f"{seed} {done}")
        with tempfile.TemporaryDirectory() as name:
            paths = write(rng, min(BATCH, count - done), Path(name))
            python = judged([sys.executable, "-m", "marginproof.theory.checker"], paths)
            node = judged(["node", str(CHECKER)], paths)
            for path, a, b in zip(paths, python, node, strict=True):
                valid += a.startswith("VALID")
                of_runs += path.name.split("-")[1] in RUNS
                if a.split("(")[0] != b.split("(")[0]:
                    differ += 1
                    (kept / f"{done}-{path.name}").write_text(path.read_text())
                    print(f"{done}-{path.name}\n  Python: {a[:200]}\n  node:   {b[:200]}", flush=True)
        print(
            f"{min(done + BATCH, count)} of {count}: {of_runs} of runs, {valid} VALID, {differ} differ",
            file=sys.stderr,
            flush=True,
        )
    return 1 if differ else 0


if __name__ == "__main__":
    raise SystemExit(main(*map(int, sys.argv[1:])))
