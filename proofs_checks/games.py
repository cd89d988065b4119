"""Two games that many claims are decided by; both are in the catalogue too."""

from __future__ import annotations

from stackel.game import BimatrixGame

BATTLE = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]], name="table1/battle")
"""Table 1: equilibria at (1, 1), at (2, 2) and mixed; the best commitment is row 1."""
COMMITS = BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]], name="conitzer_sandholm_2006")
"""Conitzer and Sandholm 2006: row 1 is dominant and leads to 2, commitment to both is worth 7/2."""
