"""Kinds of evidence: proofs, stored witnesses, searches, simulations, citations."""

from proofs_checks.checks.base import Check
from proofs_checks.checks.citation import Citation
from proofs_checks.checks.exact import Calculation, Enumeration
from proofs_checks.checks.search import Neighbour, Search
from proofs_checks.checks.simulation import Simulation
from proofs_checks.checks.smt import Problem, Smt
from proofs_checks.checks.symbolic import Identity
from proofs_checks.checks.witness import Witness

__all__ = [
    "Calculation",
    "Check",
    "Citation",
    "Enumeration",
    "Identity",
    "Neighbour",
    "Problem",
    "Search",
    "Simulation",
    "Smt",
    "Witness",
]
