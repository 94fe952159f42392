"""The checker as one file: ``python -m marginproof.theory.checker.bundle checker.pyz``, then ``python -I -S checker.pyz CERT…``.

The archive holds the sources of this package and nothing else; the same sources give the same bytes.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

NAME = "marginproof_checker"
START = f"import sys\nfrom {NAME}.command import main\nsys.exit(main())\n"


def bundle(target: Path) -> Path:
    """Write the archive; its path."""
    target.parent.mkdir(parents=True, exist_ok=True)
    entries = {"__main__.py": START.encode()}
    for source in sorted(Path(__file__).parent.glob("*.py")):
        entries[f"{NAME}/{source.name}"] = source.read_bytes()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return target


if __name__ == "__main__":
    print(bundle(Path(sys.argv[1] if len(sys.argv) > 1 else "checker.pyz")))
