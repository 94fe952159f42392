"""Where ``x-phone.png`` stands beside ``x.png`` a phone is shown it instead: the same drawing, narrow, with readable text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform


class PhoneImages(SphinxTransform):
    """A second image beside each that has one; the style sheet shows one of the two."""

    default_priority = 300

    def apply(self, **_: Any) -> None:
        """Before Sphinx collects a page's images."""
        folder = Path(self.env.doc2path(self.env.docname)).parent
        for image in list(self.document.findall(nodes.image)):
            small = Path(image["uri"]).with_name(f"{Path(image['uri']).stem}-phone.png")
            if not (folder / small).is_file():
                continue
            other = image.deepcopy()
            other["uri"] = small.as_posix()
            other["classes"].append("for-phone")
            image["classes"].append("for-desk")
            image.parent.insert(image.parent.index(image) + 1, other)


def setup(app: Any) -> dict[str, bool]:
    """Run on every page."""
    app.add_transform(PhoneImages)
    return {"parallel_read_safe": True}
