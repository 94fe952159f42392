"""Draw the gallery's studies again: ``python docs/images/draw_studies.py [NAME …]``; a study takes up to some minutes."""

import json
import sys
from pathlib import Path

from marginproof.properties.plots.style import look, rendered
from marginproof.properties.studies import STUDIES, run_study

DESK, PHONE = 8.0, 3.6
"""Inches of the drawings; a phone is shown its own (docs/_ext/phone_images.py), and the page is about eight inches of text wide."""
FOLDER = Path(__file__).with_name("studies")


def main(names: list[str]) -> None:
    """One picture a study, its last, for a desk and for a phone, and ``studies.json`` with what was found."""
    path = FOLDER / "studies.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    for name in names or STUDIES:
        with look("screen", DESK):
            found = run_study(name)
        stem, figure = list(found.figures.items())[-1]
        (FOLDER / f"{name}.png").write_bytes(rendered(figure, ".png"))
        with look("paper", PHONE):
            small = run_study(name).figures[stem]
            (FOLDER / f"{name}-phone.png").write_bytes(rendered(small, ".png"))
        kept[name] = {"question": found.question, "finding": found.finding, "figure": stem}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
