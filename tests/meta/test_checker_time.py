"""Files of up to 1 MB that are made to take long: the checker ends soon after its limit, whatever it then says."""

from __future__ import annotations

import json
import time

import pytest

from marginproof.constructions.corpus import FOLDER
from marginproof.theory import checker
from marginproof.theory.checker.inertia import negative_eigenvalues
from marginproof.theory.checker.intervals import UNIT, Interval
from marginproof.theory.checker.refusals import Clock

LIMIT = 0.2
LATE = 2.0
LONG = "7" * 100 + "/" + "9" * 99 + "1"
"""A fraction of 200 digits."""


def certificate(kind, data, field, witness):
    """A file with everything in its place but a conclusion."""
    body = {
        "format": checker.FORMAT,
        "claim": None,
        "statement": None,
        "kind": kind,
        "data": data,
        "field": field,
    }
    return json.dumps(
        body | {"witness": witness, "conclusion": {}, "producer": ""}, separators=(",", ":")
    ).encode()


def inc(rows, size=1, beta1="9/10", beta2="19/20"):
    batches = [list(range(i, i + size)) for i in range(0, rows, size)]
    return {"name": "inc_adam", "beta1": beta1, "beta2": beta2, "batches": batches}


def ones(rows, columns, last="2"):
    return [["1"] * (columns - 1) + [last if i else "1"] for i in range(rows)]


def identity(size):
    return [["1" if i == j else "0" for j in range(size)] for i in range(size)]


def constant(data, size=1, epochs=9_999_999, bits=64, **more):
    n, d, start = len(data), len(data[0]), ["0"] * len(data[0])
    witness = {
        "start": start,
        "lr": "1/100",
        "support": [0],
        "epochs": epochs,
        "bits": bits,
        "centre": ["1"] * (2 * d),
    }
    witness |= {
        "basis": identity(2 * d),
        "factor": "99/100",
        "others": ["1"] * (n - 1),
        "direction": [["0", "1"]] * d,
        "growth": ["0", "1"],
    }
    return certificate("constant_step", data, inc(n, size), witness | more)


def vanishing(data, field=None, **more):
    n, d = len(data), len(data[0])
    witness = {
        "start": ["0"] * d,
        "steps": {"eta0": "1", "offset": "2", "power": "63/64"},
        "support": [0],
        "count": n * (90_000_000 // n),
        "bits": 4000,
    }
    witness |= {
        "centre": [],
        "basis": [],
        "mu": "1",
        "most": "1/1000000",
        "growth": [["-9", "9"]] * n,
        "drift": [["-9", "9"]] * n,
    }
    return certificate(
        "vanishing_steps",
        data,
        field or inc(n),
        witness | {"others": ["1"] * (n - 1), "direction": [["0", "1"]] * d} | more,
    )


def vertex(data, row=0, field=None, **more):
    n = len(data)
    witness = {
        "start": ["0"] * len(data[0]),
        "row": row,
        "largest": "1/100000000",
        "epochs": 99_999,
        "most": "1/1000",
    }
    witness |= {"growth": [["-99", "99"]] * n, "fall": ["99"] * n, "others": ["9"] * n}
    return certificate("vertex", data, field or inc(n), witness | more)


def points(data, field, kind="all_fixed_points", **point):
    return certificate(kind, data, field, {"points": [point] if point else []})


def flat(size, value="1"):
    return [[value] * size for _ in range(size)]


def diagonal(rows):
    """Shifted-diagonal rows, so that nothing is decided early."""
    return [["9" if i == k else "1" for k in range(rows)] for i in range(rows)]


def long_rows(columns):
    """Two rows of fractions of 380 digits, no two denominators alike."""
    return [[f"{10**190 + 7 * i + k}/{10**190 + 2 * i + k}" for i in range(columns)] for k in range(2)]


def changed(name, **witness):
    """A certificate of the corpus that asks for far more work."""
    body = json.loads((FOLDER / f"{name}.json").read_text(encoding="ascii"))
    body["witness"] |= witness
    return json.dumps(body).encode()


PROXY = {"name": "theta", "theta": "0"}
HOSTILE = {
    "a constant step, a basis of 460": lambda: constant(ones(2, 230)),
    "a constant step, 9,000 rows at many bits": lambda: constant(ones(9000, 6), bits=4095),
    "a constant step, batches of 4,000": lambda: constant(ones(8000, 6), size=4000, bits=4095),
    "a constant step, a support of 300": lambda: constant(
        ones(301, 60), support=list(range(301)), others=[], centre=["1"] * 420, basis=identity(420)
    ),
    "a constant step, long start and rows": lambda: constant(long_rows(120), start=[f"1/{10**390 + i}" for i in range(120)], epochs=1),
    "a constant step, ten million epochs": lambda: changed("run-sr4-constant", epochs=9_999_999, bits=4095),
    "vanishing steps, a hundred million of them": lambda: changed("run-sr4-vanishing", count=99_999_996, bits=4095),
    "vanishing steps, from far away": lambda: changed("run-sr4-vanishing", start=["4000", "0", "0", "0"], bits=4095),
    "a vertex, 99,999 epochs": lambda: changed("run-two-starts-every-schedule", epochs=99_999),
    "vanishing steps, long schedules": lambda: vanishing(
        [["5", "1"], ["1", "4"]], steps={"eta0": LONG, "offset": LONG, "power": "63/64"}, most="1" + "0" * 99
    ),
    "vanishing steps, 3,000 rows": lambda: vanishing(ones(3000, 2)),
    "vanishing steps, long betas": lambda: vanishing(ones(2000, 2), inc(2000, 1, f"1/{10**99 + 1}", f"{10**99 - 1}/{10**99}")),
    "vanishing steps, a support of 200": lambda: vanishing(
        ones(201, 20), support=list(range(201)), others=[], centre=["0"] * 200, basis=identity(200)
    ),
    "a vertex, 6,000 rows": lambda: vertex(ones(6000, 2)),
    "a vertex, the last row of 6,000": lambda: vertex(ones(6000, 2), row=5999),
    "a vertex, long rows and start": lambda: vertex(
        long_rows(500), start=[f"1/{10**390 + i}" for i in range(500)], growth=[["-9", "9"]] * 2, fall=["9"] * 2
    ),
    "a list of 64 rows of long fractions": lambda: points([[f"{i * j + 10**99}/{10**99 + i + 64 * j}" for i in range(60)] for j in range(60)], inc(60)),
    "a list of 64 rows": lambda: points(diagonal(64), inc(64)),
    "a support of 250 rows": lambda: points(
        [*ones(249, 300, "3"), ["2"] * 300], inc(250), "fixed_point", support=[0, 249], box=[["1/2", "2"]], preconditioner=[["1"]], lyapunov=[["1"]]
    ),
    "a support of 190 rows": lambda: points(
        diagonal(190), PROXY, "fixed_point", support=list(range(190)), box=[["1/2", "2"]] * 189, preconditioner=flat(189), lyapunov=flat(189)
    ),
    "10,000 equal rows in batches": lambda: points(
        [["1"]] * 9999 + [["2"]], inc(10_000), "fixed_point", support=[0], box=[], preconditioner=[], lyapunov=[]
    ),
    "a thousand cosines": lambda: certificate(
        "all_fixed_points", [["5", "1"], ["1", "4"]], PROXY, {"points": [], "cosines": [{"w": ["1", "1"], "c": ["1", "1"], "bound": "1"}] * 9000}
    ),
    "nested conclusions": lambda: constant([["5", "1"], ["1", "4"]]).replace(b'"conclusion":{}', b'"conclusion":' + b"[" * 900 + b"]" * 900),
}  # fmt: skip


@pytest.mark.parametrize("case", sorted(HOSTILE))
def test_a_file_of_a_megabyte_ends_in_time(case):
    text = HOSTILE[case]()
    assert len(text) <= 1_000_000
    start = time.process_time()  # not the wall's, so that a busy machine fails no test
    word = checker.check(text, LIMIT)[0]
    assert time.process_time() - start < LIMIT + LATE
    assert word in ("INVALID", "UNSUPPORTED")


def test_an_elimination_that_grows_is_refused():
    """Pivots that vanish again and again: numbers would double their length at every step."""
    size = 40
    rows = [[(0 if i == j else UNIT // (1 + abs(i - j))) for j in range(size)] for i in range(size)]
    start = time.process_time()
    with pytest.raises(ValueError, match="singular"):
        negative_eigenvalues([[Interval(v, v) for v in row] for row in rows], Clock(1))
    assert time.process_time() - start < LATE
