"""Links from a page to files outside ``docs``: on the site they are shown as text, in the repository they are links."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(((?:\.\./)+[^)#\s]+)[^)]*\)")


def setup(app: Any) -> dict[str, bool]:
    """Rewrite every page as it is read."""

    def read(app: Any, name: str, source: list[str]) -> None:
        here = (Path(app.srcdir) / name).parent

        def inside(match: re.Match[str]) -> str:
            target = (here / match[2]).resolve()
            return match[0] if target.is_relative_to(app.srcdir) else match[1]

        source[0] = LINK.sub(inside, source[0])

    app.connect("source-read", read)
    return {"parallel_read_safe": True}
