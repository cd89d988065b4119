"""Tables 1 and 3: what the paper prints, what is true, and where the games come from."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from stackel.display import strategy
from stackel.reproduction.exhibit import Exhibit, Table, Workshop

GAMES = (
    "prisoners_dilemma", "stag_hunt", "assurance", "coordination", "mixedharmony", "harmony",
    "noconflict", "deadlock", "prisoners_delight", "hero", "battle", "chicken",
)  # fmt: skip
"""The 12 games of Table 3, in its order."""
PRINTED_SSE = (Fraction(10, 3), Fraction(2, 3))
"""Values at the pair that Table 1 prints as the Stackelberg equilibrium."""


def table_1(workshop: Workshop) -> Exhibit:
    """Battle: the printed equilibria beside all true ones."""
    solution = workshop.library.solve("table1/battle")
    rows: list[tuple[Any, ...]] = [
        ("printed", "Nash equilibrium", "0: 2/3, 1: 1/3", "0: 2/7, 1: 5/7",
         Fraction(10, 7), Fraction(2, 3)),
        ("printed", "Stackelberg equilibrium", "0: 2/3, 1: 1/3", "0: 1", *PRINTED_SSE),
    ]  # fmt: skip
    rows += [
        ("true", "Nash equilibrium", strategy(each.leader_strategy, None),
         strategy(each.follower_strategy, None), each.leader_value, each.follower_value)
        for each in solution.nash.equilibria
    ]  # fmt: skip
    sse = solution.sse
    rows.append(
        ("true", "strong Stackelberg equilibrium", strategy(sse.leader_strategy, None),
         f"{sse.follower_action}: 1", sse.leader_value, sse.follower_value)
    )  # fmt: skip
    return Exhibit(
        id="table-1",
        title="Table 1: the game Battle and its equilibria",
        said="Table 1 prints one mixed Nash equilibrium and the Stackelberg equilibrium "
        "L (2/3, 1/3), F (1, 0); Section 5 takes its values 10/3 and 2/3 as the goal of learning.",
        found=f"The strong Stackelberg equilibrium is pure and pays {sse.leader_value} and "
        f"{sse.follower_value}. The printed pair is where the follower is indifferent: there the "
        f"leader earns 10/3, less than V. Battle has {len(solution.nash.equilibria)} extreme Nash "
        "equilibria, not one.",
        tables=(
            Table(
                name="table-1",
                caption="Equilibria of Battle as printed, and all true ones. Actions count from 0.",
                columns=("", "concept", "leader plays", "follower plays", "leader", "follower"),
                rows=tuple(rows),
            ),
        ),
        claims=("table-1-se", "table-1-nash", "table-1-nash-complete"),
    )


def table_3(workshop: Workshop) -> Exhibit:
    """The 12 games as printed and as in the paper they are attributed to."""
    rows = []
    agree = []
    for name in GAMES:
        printed = workshop.library.solve(f"table3/{name}")
        source = workshop.library.solve(f"source/{name}")
        same = _matrices(printed) == _matrices(source)
        agree += [name] if same else []
        rows.append(
            (name, *map(_flat, _matrices(printed)), *map(_flat, _matrices(source)), same,
             printed.sse.leader_value, source.sse.leader_value,
             printed.no_regret.class_, source.no_regret.class_)
        )  # fmt: skip
    return Exhibit(
        id="table-3",
        title="Table 3: the 12 matrix games",
        said="Table 3 attributes its 12 games to Gerstgrasser and Parkes (2023).",
        found=f"{len(agree)} of the 12 are their games ({', '.join(agree)}); the other "
        f"{len(GAMES) - len(agree)} differ in their payoffs.",
        choices=(
            "The source's games are its ordinal payoffs 1 to 4, minus 4 as in the paper.",
        ),
        tables=(
            Table(
                name="table-3",
                caption="Payoffs row by row; V is the leader's strong Stackelberg value; the class "
                "says whether no-regret play reaches it.",
                columns=(
                    "game", "leader, printed", "follower, printed", "leader, source",
                    "follower, source", "the same", "V printed", "V source", "class printed",
                    "class source",
                ),
                rows=tuple(rows),
            ),
        ),
        claims=("table-3",),
    )  # fmt: skip


def _matrices(solution: Any) -> tuple[Any, Any]:
    game = solution.game
    return tuple(  # type: ignore[return-value]
        tuple(tuple(Fraction(x, each.scale) for x in row) for row in each.rows)
        for each in (game.leader_exact, game.follower_exact)
    )


def _flat(matrix: Any) -> str:
    return "; ".join(" ".join(str(x) for x in row) for row in matrix)
