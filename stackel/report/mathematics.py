"""Statements typeset for a page: formulas between dollar signs become MathML."""

from __future__ import annotations

import re
from functools import cache

from markupsafe import Markup, escape

from proofs_checks.mathematics import FORMULA

UNKNOWN = re.compile(r"\\(arg)\b")
"""Names of functions that the converter does not know."""


def typeset(text: str) -> Markup:
    r"""``text`` as HTML: escaped, with its formulas as MathML and its paragraphs marked.

    >>> str(typeset(r"a < b for $x^2$"))[:40]
    'a &lt; b for <math xmlns="http://www.w3.'
    """
    paragraphs = [_paragraph(part) for part in text.split("\n\n")]
    return Markup("</p><p>").join(paragraphs)


def _paragraph(text: str) -> Markup:
    pieces = FORMULA.split(text)  # plain text and formulas in turn
    return Markup("").join(
        _formula(piece) if number % 2 else escape(piece) for number, piece in enumerate(pieces)
    )


@cache
def _formula(latex: str) -> Markup:
    from latex2mathml.converter import convert

    return Markup(convert(UNKNOWN.sub(r"\\operatorname{\1}", latex)))
