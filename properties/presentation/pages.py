"""The first lines of every page that is read on its own, from a file."""

from __future__ import annotations

from markupsafe import Markup

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
"""Nothing is fetched from anywhere."""


def opening(title: str) -> Markup:
    """The beginning of an HTML document: its head without the style, not yet closed."""
    return Markup(
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">\n'
        '<meta name="color-scheme" content="light dark">\n<title>{}</title>\n<link rel="icon" href="data:,">'
    ).format(title)
