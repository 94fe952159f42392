"""Sphinx settings: Furo, MyST Markdown, reference pages written from the code."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent)]

import hypothesis  # noqa: E402, F401 - first: it loads our strategies through its entry point

import marginproof  # noqa: E402

project = "marginproof"
author = "the marginproof contributors"
copyright = author
release = version = marginproof.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.viewcode",
    "class_entries",
    "constants",
    "docstrings",
    "explorer",
    "formulas",
    "gallery",
    "homes",
    "mathml",
    "navigation",
    "notebooks",
    "outside",
    "phone_images",
    "reference_pages",
    "signatures",
]
exclude_patterns = ["_ext", "examples", "**/README.md"]
default_role = None
suppress_warnings = ["ref.python"]  # a short name in two modules; the full name is on the page

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 4
myst_links_external_new_tab = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
add_module_names = False
toc_object_entries = False

html_theme = "furo"
html_title = "marginproof"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["quiet.css"]
html_copy_source = False
html_show_sphinx = False
pygments_style = "default"
