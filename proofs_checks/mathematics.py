r"""Mathematics in statements: light LaTeX between dollar signs, as Markdown pages show it.

Statements are plain words with formulas such as ``$\max_p \min_q p^T A q$``. Markdown renders them
as they are, a terminal shows :func:`plain`, and pages typeset them from the LaTeX.
"""

from __future__ import annotations

import re
from functools import cache

FORMULA = re.compile(r"\$([^$]+)\$")
SPACED = re.compile(r"(\\[A-Za-z]+)\s+(?!\{)")
"""A command and the space behind it, which LaTeX would swallow."""


def plain(text: str) -> str:
    r"""``text`` with its formulas as a terminal can show them.

    >>> plain(r"For every $\epsilon > 0$: $V \ge \frac{1}{2}$.")
    'For every ϵ > 0: V ≥ 1/2.'
    """
    return FORMULA.sub(lambda found: _plain_formula(found[1]), text)


@cache
def _plain_formula(latex: str) -> str:
    from pylatexenc.latex2text import LatexNodes2Text

    spaced = SPACED.sub(r"\1{} ", latex)
    converted: str = LatexNodes2Text(math_mode="text", keep_comments=False).latex_to_text(spaced)
    return " ".join(converted.split())
