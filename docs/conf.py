"""The documentation site: ``python -m sphinx -W docs build/docs``. It needs no network to read."""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "stackel"
author = "The stackel developers"
release = version = installed("stackel")
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "numpydoc", "mathml", "reference"]
exclude_patterns = ["_*"]
suppress_warnings = [
    "ref.footnote",  # sources that a docstring lists without a number in its text
    "ref.python",  # a word in the type of a parameter that is also a method somewhere
    "misc.highlighting_failure",  # Gambit's format has no colours
]
myst_enable_extensions = ["dollarmath", "colon_fence"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {"members": True}
python_use_unqualified_type_names = True
numpydoc_show_class_members = False

html_theme = "furo"
html_title = "stackel"
html_static_path = ["_static"]
html_css_files = ["stackel.css"]
html_math_renderer = "mathml"
html_show_sourcelink = False
html_copy_source = False
html_show_copyright = False


def without_blank_end(app, document) -> None:
    """Doctests end with an empty line, which is not shown."""
    from docutils import nodes

    for block in document.findall(nodes.literal_block):
        block[:] = [nodes.Text(block.astext().rstrip())]


def setup(app) -> None:
    """Connect what is above."""
    app.connect("doctree-read", without_blank_end)
