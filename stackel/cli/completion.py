"""What the shell offers when a name is half typed: games, concepts, claims, exhibits.

``stackel --install-completion`` sets it up for bash, zsh, fish and PowerShell.
"""

from __future__ import annotations


def games(incomplete: str) -> list[str]:
    """Names of the catalogue, with their source and without.

    >>> games("batt"), games("table3/h")
    (['battle', 'battle_of_the_sexes'], ['table3/harmony', 'table3/hero'])
    """
    from stackel import catalog

    known = catalog.names()
    bare = {name.partition("/")[2] for name in known}
    return [name for name in (*sorted(bare), *known) if name.startswith(incomplete)]


def concepts(incomplete: str) -> list[str]:
    """Names of solution concepts.

    >>> concepts("n")
    ['nash', 'no_regret']
    """
    from solvers.concepts import CONCEPTS

    return [name for name in CONCEPTS if name.startswith(incomplete)]


def claims(incomplete: str) -> list[str]:
    """Claims of the paper.

    >>> claims("thm-1")
    ['thm-1-observed', 'thm-1', 'thm-10']
    """
    from proofs_checks import registry

    return [name for name in registry.claims() if name.startswith(incomplete)]


def exhibits(incomplete: str) -> list[str]:
    """Tables and figures that are run again.

    >>> exhibits("tab")
    ['table-1', 'table-3']
    """
    from stackel.reproduction import NAMES

    return [name for name in (*NAMES, "all") if name.startswith(incomplete)]
