"""The package as a user has it: a wheel built from the sdist, in an environment of its own, outside the clone.

PyPI's distribution ``properties`` is installed beside it, and the user's folder has a ``theory.py``.  Only the
dependencies are shared with the environment that runs the tests.  ``make packaged`` runs this.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest

import marginproof

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NEIGHBOUR = ("properties==0.6.1", "six")
"""Of PyPI: it installs a package of the name of one of our folders."""

USER = '''
"""A user's program: every public name has a type, and what is computed has one."""
import marginproof as mp

{reveal}
data = mp.read("two-limits")
found = mp.predict(data.exact, mp.AdamProxy())
reveal_type(data.exact)
reveal_type(found)
reveal_type(found.limit)
reveal_type(mp.l2_margin(data.exact))
mp.predict(data.exact, "adam")
'''


@dataclass(frozen=True)
class Installed:
    """The archives, the environment, and the folder the user works in."""

    sdist: Path
    wheel: Path
    site: Path
    bin: Path
    work: Path

    def run(self, *args: str, code: int = 0) -> str:
        done = subprocess.run(
            [str(self.bin / args[0]), *args[1:]], cwd=self.work, capture_output=True, text=True, env=clean()
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


def clean() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }


def call(*args: str | Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *map(str, args)], capture_output=True, text=True, env=clean()
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("installed")
    call("build", "--outdir", folder / "dist", ROOT)
    (sdist,), (wheel,) = (folder / "dist").glob("*.tar.gz"), (folder / "dist").glob("*.whl")
    venv.create(folder / "venv", symlinks=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (site / "dependencies.pth").write_text("\n".join(shared))  # their own .pth files are not read: no clone
    python = folder / "venv" / "bin" / "python"
    call(
        "pip", "--python", python, "install", "--quiet", "--no-deps", "--ignore-installed", wheel, *NEIGHBOUR
    )
    work = folder / "work"
    work.mkdir()
    (work / "theory.py").write_text("ANSWER = 42\n")
    shutil.copy(ROOT / "docs" / "examples" / "own_optimizer.py", work)
    shutil.copy(ROOT / "constructions" / "corpus" / "R1-three-solutions.json", work)
    return Installed(sdist, wheel, site, python.parent, work)


def modules(names: list[str]) -> set[str]:
    return {name for name in names if name.endswith((".py", ".pyi", "py.typed", ".csv", ".json"))}


def test_the_wheel_holds_marginproof_alone(installed: Installed) -> None:
    names = ZipFile(installed.wheel).namelist()
    info = f"marginproof-{marginproof.__version__}.dist-info"
    assert {name.partition("/")[0] for name in names} == {"marginproof", info}
    expected = {f"marginproof/{path.name}" for path in (ROOT / "marginproof").iterdir() if path.is_file()}
    for folder in ("theory", "constructions", "properties"):
        expected |= {f"marginproof/{path.relative_to(ROOT)}" for path in (ROOT / folder).rglob("*")}
    shipped = {name for name in names if name.startswith("marginproof/")}
    assert modules(sorted(shipped)) == modules(sorted(expected))
    assert {path.name for path in installed.site.iterdir()}.isdisjoint({"theory", "constructions"})


def test_the_sdist_holds_files_not_links(installed: Installed) -> None:
    with tarfile.open(installed.sdist) as archive:
        members = archive.getmembers()
    assert not [member.name for member in members if member.issym() or member.islnk()]
    inside = [member.name.partition("/")[2] for member in members]
    shipped = [name for name in ZipFile(installed.wheel).namelist() if name.startswith("marginproof/")]
    assert set(shipped) <= set(inside)


def test_the_neighbours_keep_their_names(installed: Installed) -> None:
    code = (
        "import theory, properties, marginproof; from marginproof.theory import fields;"
        "print(theory.ANSWER, properties.HasProperties.__module__.partition('.')[0], marginproof.__file__)"
    )
    answer, neighbour, file = installed.run("python", "-W", "ignore", "-c", code).split()
    assert (answer, neighbour) == ("42", "properties")
    assert Path(file).is_relative_to(installed.site)


def test_the_commands_run(installed: Installed) -> None:
    assert "3 fixed points" in installed.run("marginproof", "enumerate", "two-limits")
    assert "certified to" in installed.run("marginproof", "predict", "two-limits", "--certify")
    assert "1 of 1 VALID" in installed.run("marginproof", "check", "R1-three-solutions.json")
    assert marginproof.__version__ in installed.run("python", "-m", "marginproof", "--version")


def test_the_plugin_runs(installed: Installed) -> None:
    told = installed.run(
        "python", "-m", "pytest", "-q", "-p", "no:cacheprovider",
        "--marginproof-optimizer", "own_optimizer:MySignum",
        "--marginproof-claims", "B2,I3", "--marginproof-max-examples", "3",
    )  # fmt: skip
    assert "B2.margin" in told
    assert "held" in told


def test_a_users_type_checker_sees_every_type(installed: Installed) -> None:
    reveal = "\n".join(f"reveal_type(mp.{name})" for name in marginproof.__all__)
    (installed.work / "user.py").write_text(USER.format(reveal=reveal))
    told = installed.run("python", "-m", "mypy", "--strict", "--cache-dir", "mypy", "user.py", code=1)
    revealed = [line for line in told.splitlines() if "Revealed type is" in line]
    assert len(revealed) == len(marginproof.__all__) + 4
    assert not [line for line in revealed if line.endswith('is "Any"')]
    errors = [line for line in told.splitlines() if ": error:" in line]
    assert len(errors) == 1, told
    assert "predict" in errors[0]
    assert "arg-type" in errors[0]
