"""The checker's verdict on a certificate, from a process of its own, before anybody is handed the file."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

SECONDS = 300.0
"""The checker's time limit for a maker's own certificate; the complete list of six rows can take minutes."""

ASK = """
import json, sys
from marginproof.theory.checker.command import judge_file
print(json.dumps(judge_file(sys.argv[1], float(sys.argv[2]))))
"""


def judge(text: str, seconds: float = SECONDS) -> tuple[str, str]:
    """("VALID", a sentence), ("INVALID", reason) or ("UNSUPPORTED", reason) of a certificate's text."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "certificate.json"
        path.write_text(text, encoding="ascii")
        command = [sys.executable, "-I", "-c", ASK, str(path), str(seconds)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode != 0:
        return "UNSUPPORTED", (run.stderr.strip().splitlines() or ["the checker gave no answer"])[-1]
    word, says, sentence = json.loads(run.stdout)
    return word, sentence or says
