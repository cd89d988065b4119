"""The strategies of ``stackel verify``: what a test and a claim are tried on is the same."""

from proofs_checks.strategies import KINDS, bimatrix_games

__all__ = ["KINDS", "bimatrix_games"]
