"""Chromium, where it is installed: a page is opened, its own script probes it, and the DOM says what was found."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import threading
from functools import partial
from html import unescape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--enable-logging=stderr",
)  # fmt: skip


def browse(url: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Open a page in a browser with a profile of its own; console messages stand in ``stderr``."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        command = [str(CHROMIUM), *FLAGS, f"--user-data-dir={profile}", *options, url]
        return subprocess.run(command, capture_output=True, text=True, timeout=130, check=True)


def probed(url: str, *options: str, budget: int = 20_000) -> Any:
    """What the page's probe put into ``data-probe`` of the body, as JSON, once ``budget`` ms of its time have passed."""
    done = browse(url, "--dump-dom", f"--virtual-time-budget={budget}", *options)
    found = re.search(r'data-probe="([^"]*)"', done.stdout)
    assert found, done.stderr
    assert "CONSOLE" not in done.stderr, done.stderr
    return json.loads(unescape(found[1]))


def with_probe(page: str, probe: str) -> str:
    """The page with a script that awaits ``probe``, an async function's body, and keeps what it returns."""
    script = f"""<script type="module">
      const probe = async () => {{ {probe} }};
      document.body.dataset.probe = JSON.stringify(await probe().catch(error => ({{ failed: String(error.stack) }})));
    </script></body>"""
    return page.replace("</body>", script)


def on_a_phone(page: Path) -> str:
    """A page that shows another in a frame of 400 px, since a window is never that narrow, and measures its width."""
    return f"""<!doctype html><body><iframe style="border: 0" width="400" height="800" src="{page.as_uri()}"></iframe><script>
      document.querySelector("iframe").addEventListener("load", ({{ target }}) => setTimeout(() => {{
        const root = target.contentDocument.documentElement;
        document.body.dataset.probe = JSON.stringify({{ shown: root.clientWidth, needed: root.scrollWidth }});
      }}, 500));
    </script></body>"""


class Served(SimpleHTTPRequestHandler):
    """A folder's files, the probe's answer, and a picture that comes only after it, so that the browser waits."""

    def do_GET(self) -> None:
        """``/probe-hold`` waits for the answer."""
        if self.path == "/probe-hold":
            self.server.answered.wait(110)  # type: ignore[attr-defined]
            self.send_error(204)
        else:
            self.server.asked.append(self.path)  # type: ignore[attr-defined]
            super().do_GET()

    def do_POST(self) -> None:
        """The answer."""
        self.server.answer = json.loads(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()
        self.server.answered.set()  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def worked(page: Path, probe: str) -> tuple[Any, list[str]]:
    """What ``probe`` returns on the page, served from its folder, in real time; and the paths that were asked for."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), partial(Served, directory=str(page.parent)))
    server.answered, server.answer, server.asked = threading.Event(), None, []
    held = f"""<img src="/probe-hold" alt=""><script type="module">
      const probe = async () => {{ {probe} }};
      const answer = await probe().catch(error => ({{ failed: String(error.stack) }}));
      fetch("/probe-answer", {{ method: "POST", body: JSON.stringify(answer) }});
    </script></body>"""
    copy = page.with_name(f"probed-{page.name}")
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", held), encoding="utf-8")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        done = browse(f"http://127.0.0.1:{server.server_port}/{copy.name}", "--dump-dom")
    finally:
        server.shutdown()
        server.server_close()
        copy.unlink()
    assert "CONSOLE" not in done.stderr, done.stderr
    assert server.answer is not None and "failed" not in server.answer, server.answer or done.stderr
    return server.answer, server.asked
