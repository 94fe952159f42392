"""The built site, for every test that looks at it."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The built site, one for all workers; any warning is a failure.  Source listings, half the time, are left out."""
    if kept := os.environ.get("MARGINPROOF_SITE"):  # a site that was built before, by hand
        return Path(kept).resolve()
    base = tmp_path_factory.getbasetemp()
    out = (base if worker_id == "master" else base.parent) / "site"
    with (out.parent / "site.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (done := out / "built").exists():
            build(out)
            done.touch()
    return out


def build(out: Path) -> None:
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    quick = ["-D", "extensions=" + ",".join(e for e in extensions() if "viewcode" not in e)]
    done = subprocess.run([*command, *quick, str(ROOT / "docs"), str(out)], text=True, capture_output=True)
    assert done.returncode == 0, done.stdout + done.stderr


def extensions() -> list[str]:
    text = (ROOT / "docs" / "conf.py").read_text()
    return re.findall(
        r'"([\w.]+)"', text[text.index("extensions = [") : text.index("]", text.index("extensions = ["))]
    )
