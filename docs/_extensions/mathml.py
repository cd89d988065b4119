"""Formulas as MathML, made when the site is built: a reader's browser needs no script, no network.

Warns, and so stops a strict build, when a formula cannot be converted.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

from docutils import nodes
from latex2mathml.converter import convert_to_element
from sphinx.application import Sphinx
from sphinx.util import logging

LOG = logging.getLogger(__name__)
BELOW = {"max", "min", "sup", "inf", "lim"}
"""Operators whose subscript stands below them in a displayed formula."""

KNOWN = {
    r"\\arg(?![a-z])": r"\\operatorname{arg}",
    r"\\[Bb]igl": r"\\left",
    r"\\[Bb]igr": r"\\right",
}
"""Commands that the converter lacks, or takes before some brackets only -> those it has."""


def mathml(latex: str, display: str) -> str:
    """The formula as a ``<math>`` element.

    Raises
    ------
    ValueError
        When it has a command that is not known.
    """
    for command, known in KNOWN.items():
        latex = re.sub(command, known, latex)
    root = convert_to_element(latex, display=display)
    for each in root.iter():
        each.text = unescape(each.text or "")
        first = unescape(each[0].text or "") if len(each) else ""
        if display == "block" and each.tag == "msub" and first.split("\u2006")[0] in BELOW:
            each.tag = "munder"
        if each.tag == "mi" and each.text == ":":
            each.tag = "mo"  # with space on both sides
        if "\\" in each.text:
            raise ValueError(f"{each.text} is not known")
    return ElementTree.tostring(root, encoding="unicode")


def _visit(self: Any, node: nodes.Element, display: str, tag: str) -> None:
    try:
        formula = mathml(node.astext(), display)
    except Exception as error:
        LOG.warning("formula %r: %r", node.astext(), error, location=node)
        raise nodes.SkipNode from error
    self.body.append(f'<{tag} class="math">{formula}</{tag}>')
    raise nodes.SkipNode


def inline(self: Any, node: nodes.math) -> None:
    """A formula within a line."""
    _visit(self, node, "inline", "span")


def block(self: Any, node: nodes.math_block) -> None:
    """A formula on its own."""
    _visit(self, node, "block", "div")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the renderer, which ``html_math_renderer`` chooses."""
    app.add_html_math_renderer("mathml", (inline, None), (block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
