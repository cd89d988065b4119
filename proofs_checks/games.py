"""Games that more than one claim is decided by."""

from __future__ import annotations

from stackel.game import BimatrixGame

BATTLE = BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]], name="table1/battle")
"""Table 1: equilibria at (1, 1), at (2, 2) and mixed; the best commitment is row 1."""
COMMITS = BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]], name="conitzer_sandholm_2006")
"""Conitzer and Sandholm 2006: row 1 is dominant and leads to 2, commitment to both is worth 7/2."""
HERO = BimatrixGame([[0, -3], [-2, -1]], [[-3, -1], [0, -2]], name="table3/hero")
"""As Table 3 prints it: worth -2 when the action is seen, -3/2 when nothing is, V = -1."""
LAZY = BimatrixGame([[0, 0], [0, 1]], [[0, 1], [1, 0]])
"""All play without regret pays the leader 0, and V = 1/2, with a unique equilibrium."""
ABOVE = BimatrixGame([[-1, 1, -1], [0, 0, 0]], [[1, 0, 0], [0, -1, 1]])
"""Some play without regret pays the leader 1/2, and V = 0, with a unique equilibrium."""
EXPLOITABLE = BimatrixGame([[0, -2, -2], [0, -2, 2]], [["1/10", -1, 0], [-1, 1, 0]])
"""Deng, Schneider and Sivan (2019): V = 0, coarse equilibria pay the leader up to 22/21."""
COORDINATION = BimatrixGame([[1, 0], [0, 1]], [[1, 0], [0, 1]])
"""A = B = I: both want to match."""
INDIFFERENT = BimatrixGame([[1, 0], [0, 1]], [[0, 0], [0, 0]])
"""A = I, B = 0: every reply is best."""
SHAPLEY = BimatrixGame([[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]])
"""L. S. Shapley (1964): fictitious play cycles for ever around the only equilibrium."""
