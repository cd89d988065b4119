"""The peers on one game: how each is asked, and which verdict its answer is given to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from campaign import verdicts
from campaign.ours import Known
from campaign.verdicts import Profile
from stackel.game import BimatrixGame
from stackel.response import row_payoffs


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A method of a peer."""

    package: str
    solve: Callable[[BimatrixGame], Any]
    faults: Callable[[Known, Any], Iterator[str]]
    """``kind: details`` of every fault of an answer."""
    up_to: int = 144
    """Entries m n: to where it takes about 0.1 s a game."""
    one_in: int = 1
    """Of how many games it is asked one."""
    constant_sum: bool = False
    """Whether it is for constant-sum games alone."""
    needs: str = "multiple-lp"
    """Our answer that it is held against."""


def _open_spiel(game: BimatrixGame) -> tuple[Sequence[float], float]:
    import pyspiel
    from open_spiel.python.algorithms import stackelberg_lp

    matrix_game = pyspiel.create_matrix_game(game.leader.tolist(), game.follower.tolist())
    answer = stackelberg_lp.solve_stackelberg(matrix_game)
    return answer[0], float(answer[2])


def _gambit(method: str, **options: Any) -> Callable[[BimatrixGame], list[Profile]]:
    def solve(game: BimatrixGame) -> list[Profile]:
        import pygambit as gbt

        m, n = game.shape
        if options["rational"]:
            a, b = (
                np.array([[x[i, j] for j in range(n)] for i in range(m)], dtype=object)
                for x in (game.leader_exact, game.follower_exact)
            )
        else:
            a, b = game.leader, game.follower
        found = getattr(gbt.nash, method)(gbt.Game.from_arrays(a, b), **options).equilibria
        return [_gambit_pair(profile, exact=options["rational"]) for profile in found]

    return solve


def _gambit_pair(profile: Any, *, exact: bool) -> Profile:
    """The two mixes of a profile."""
    leader, follower = (
        tuple(Fraction(int(x.numerator), int(x.denominator)) if exact else float(x) for _, x in mix)
        for _, mix in profile.mixed_strategies()
    )
    return leader, follower


def _nashpy(method: str, **options: Any) -> Callable[[BimatrixGame], list[Profile]]:
    def solve(game: BimatrixGame) -> list[Profile]:
        import nashpy

        answer = getattr(nashpy.Game(game.leader, game.follower), method)(**options)
        return [answer] if isinstance(answer, tuple) else list(answer)

    return solve


def _quantecon(method: str) -> Callable[[BimatrixGame], list[Profile]]:
    def solve(game: BimatrixGame) -> list[Profile]:
        import quantecon.game_theory as gt

        players = gt.Player(game.leader.copy()), gt.Player(game.follower.T.copy())
        answer = getattr(gt, method)(gt.NormalFormGame(players))
        return [answer] if isinstance(answer, tuple) else list(answer)

    return solve


def _quantecon_pure(game: BimatrixGame) -> list[tuple[int, int]]:
    import quantecon.game_theory as gt

    players = gt.Player(game.leader.copy()), gt.Player(game.follower.T.copy())
    return [(int(i), int(j)) for i, j in gt.pure_nash_brute(gt.NormalFormGame(players))]


def _quantecon_minmax(game: BimatrixGame) -> float:
    from quantecon.optimize.minmax import minmax

    return float(minmax(game.leader.copy())[0])


def _nashpy_minimax(game: BimatrixGame) -> float:
    import nashpy

    p, q = nashpy.Game(game.leader).linear_program()
    return float(np.asarray(p) @ game.leader @ np.asarray(q))


def _gambit_lp(game: BimatrixGame) -> Fraction:
    (profile,) = _gambit("lp_solve", rational=True)(game)
    return Fraction(
        sum(
            x * y
            for x, y in zip(profile[0], row_payoffs(game.leader_exact, profile[1]), strict=True)
        )
    )


PEERS: dict[str, Peer] = {
    "OpenSpiel stackelberg_lp": Peer(
        package="open_spiel", solve=_open_spiel, faults=verdicts.strong, up_to=100, one_in=40
    ),
    "pygambit enummixed, rational": Peer(
        package="pygambit",
        solve=_gambit("enummixed_solve", rational=True),
        faults=verdicts.rational,
        up_to=30,
        one_in=12,
        needs="nash",
    ),
    "pygambit enummixed, float": Peer(
        package="pygambit",
        solve=_gambit("enummixed_solve", rational=False),
        faults=verdicts.every,
        up_to=64,
        one_in=6,
        needs="nash",
    ),
    "pygambit lcp, rational": Peer(
        package="pygambit",
        solve=_gambit("lcp_solve", rational=True, stop_after=1),
        faults=verdicts.one,
        one_in=3,
    ),
    "pygambit lcp, float": Peer(
        package="pygambit",
        solve=_gambit("lcp_solve", rational=False, stop_after=1),
        faults=verdicts.one,
        one_in=3,
    ),
    "pygambit lp, rational": Peer(
        package="pygambit", solve=_gambit_lp, faults=verdicts.value, constant_sum=True
    ),
    "nashpy supports": Peer(
        package="nashpy",
        solve=_nashpy("support_enumeration"),
        faults=verdicts.every,
        up_to=25,
        one_in=20,
        needs="nash",
    ),
    "nashpy vertices": Peer(
        package="nashpy",
        solve=_nashpy("vertex_enumeration"),
        faults=verdicts.every,
        up_to=30,
        one_in=20,
        needs="nash",
    ),
    "nashpy Lemke-Howson": Peer(
        package="nashpy",
        solve=_nashpy("lemke_howson", initial_dropped_label=0),
        faults=verdicts.one,
        one_in=60,
    ),
    "nashpy minimax": Peer(
        package="nashpy", solve=_nashpy_minimax, faults=verdicts.value, constant_sum=True
    ),
    "quantecon supports": Peer(
        package="quantecon",
        solve=_quantecon("support_enumeration"),
        faults=verdicts.every,
        up_to=64,
        one_in=4,
        needs="nash",
    ),
    "quantecon vertices": Peer(
        package="quantecon",
        solve=_quantecon("vertex_enumeration"),
        faults=verdicts.every,
        up_to=64,
        one_in=3,
        needs="nash",
    ),
    "quantecon Lemke-Howson": Peer(
        package="quantecon", solve=_quantecon("lemke_howson"), faults=verdicts.one
    ),
    "quantecon pure": Peer(package="quantecon", solve=_quantecon_pure, faults=verdicts.pure),
    "quantecon minmax": Peer(
        package="quantecon", solve=_quantecon_minmax, faults=verdicts.value, constant_sum=True
    ),
}
"""System -> peer."""
