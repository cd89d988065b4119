"""Table 3: whether the twelve games are Gerstgrasser and Parkes' twelve."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import permutations

from proofs_checks.checks import Calculation, Check, Enumeration, Witness
from proofs_checks.equivalence import equal_up_to_names, payoffs, ranks, relabellings, scaled
from proofs_checks.fact import Fact, equal, fact
from proofs_checks.registry import claim
from stackel.game import BimatrixGame

HEROES = (
    BimatrixGame([[0, -3], [-2, -1]], [[-3, -1], [0, -2]], name="table3/hero"),
    BimatrixGame([[-3, -1], [0, -2]], [[-3, 0], [-1, -2]], name="source/hero"),
)
"""The same name: what Table 3 prints, and what its source has."""
TWELVE = (
    "prisoners_dilemma", "stag_hunt", "assurance", "coordination", "mixedharmony", "harmony",
    "noconflict", "deadlock", "prisoners_delight", "hero", "battle", "chicken",
)  # fmt: skip
"""The names of Table 3, in its order."""
AGREE = ("prisoners_dilemma", "stag_hunt", "harmony", "chicken")


@cache
def games_of(source: str) -> dict[str, BimatrixGame]:
    """The games of ``table3`` or ``source`` by name."""
    from stackel.catalog import load, names

    found = {}
    for name in names():
        collection, _, key = name.partition("/")
        game = load(name).game if collection == source else None
        if isinstance(game, BimatrixGame):
            found[key] = game
    return found


def _hero_facts(stored: tuple[BimatrixGame, BimatrixGame]) -> Iterator[Fact]:
    for game in stored:
        source = str(game.name).partition("/")[0]
        listed = payoffs(games_of(source)["hero"])
        yield equal(f"{game.name}: the catalogue has the same", payoffs(game), listed)
    printed, original = stored
    yield fact("the printed game is not the source's", payoffs(printed) != payoffs(original))
    count = len(set(relabellings(printed)))
    yield fact(
        f"nor is any of its {count} relabellings (rows, columns, players exchanged)",
        not equal_up_to_names(printed, original),
    )
    yield fact(
        "nor with payoffs rescaled, or only ranked",
        not equal_up_to_names(printed, original, scaled)
        and not equal_up_to_names(printed, original, ranks),
    )
    turned = tuple(zip(*payoffs(original)[0], strict=True))
    yield equal("the source's is symmetric: the follower's payoffs are the leader's, transposed",
                payoffs(original)[1], turned)  # fmt: skip
    symmetric = any(b == tuple(zip(*a, strict=True)) for a, b in relabellings(printed))
    yield fact("no relabelling of the printed game is symmetric", not symmetric)


@claim(
    "table-3",
    source="Section 5, line 126, Appendix B, Table 3, lines 826 to 844; Gerstgrasser and Parkes "
    "2023",
    expected="false",
    paper_proof="none",
    replacement="table-3-agreement",
)
def the_twelve_games_are_the_source_s() -> Iterator[Check]:
    r"""The twelve games of Table 3 are Gerstgrasser and Parkes' twelve.

    For every name in Table 3: the printed game is the source's game of that name, up to exchanging
    rows, columns or players.
    """
    yield Witness(
        stored=HEROES,
        facts=_hero_facts,
        says="hero: no relabelling of the printed game is the source's, not even by rank, and "
        "V is -1 in the one, 0 in the other",
    )


def _agreement_facts() -> Iterator[Fact]:
    printed, source = games_of("table3"), games_of("source")
    same = [name for name in printed if payoffs(printed[name]) == payoffs(source[name])]
    yield equal("equal to their namesakes", same, AGREE)
    for name in printed:
        if name not in AGREE:
            alike = [key for key in source if equal_up_to_names(printed[name], source[key], ranks)]
            yield equal(f"{name}: the source's games that rank the cells alike", alike, ())


@claim(
    "table-3-agreement",
    source="replaces Table 3's attribution; Gerstgrasser and Parkes 2023",
    expected="true",
    paper_proof="none",
)
def four_games_agree() -> Iterator[Check]:
    r"""Four of Table 3's games are the source's; the other eight are none of its twelve.

    Prisoner's dilemma, stag hunt, harmony and chicken are printed as in the source. Each of the
    other eight differs from every game of the source under all exchanges of rows, columns and
    players, also when payoffs are only ranked (so also when they are rescaled).
    """
    yield Calculation(
        method="exhaustive comparison",
        facts=_agreement_facts,
        says="8 relabellings of each printed game were compared with each of the 12",
    )


def _symmetric_games() -> Iterator[BimatrixGame]:
    """All 24 symmetric games with payoffs 0, -1, -2, -3, each once a player."""
    for a, b, c, d in permutations((0, -1, -2, -3)):
        yield BimatrixGame([[a, b], [c, d]], [[a, c], [b, d]])


def _is_of_the_source(game: BimatrixGame) -> bool:
    """Whether exactly one of the source's games is this one up to names."""
    return sum(equal_up_to_names(game, each) for each in games_of("source").values()) == 1


@claim(
    "source-twelve",
    source="Gerstgrasser and Parkes 2023; Rapoport and Guyer 1966",
    expected="true",
    paper_proof="none",
)
def the_source_s_games_are_all_symmetric_ones() -> Iterator[Check]:
    r"""The source's twelve games are the symmetric 2 x 2 games without ties, each once.

    For every symmetric 2 x 2 game in which each player has payoffs 0, -1, -2, -3 once: exactly one
    of the twelve is it, up to exchanging rows, columns or players.
    """
    yield Enumeration(
        family="symmetric games with payoffs 0, -1, -2, -3",
        members=_symmetric_games,
        holds=_is_of_the_source,
    )
