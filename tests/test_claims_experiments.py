"""The checkers behind the claims about Theorem 9, the tables, the figures and the baselines."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proofs_checks.budget import Budget
from proofs_checks.checks import Calculation, Simulation
from proofs_checks.claims.appendix_a10 import dominated_mass, rank
from proofs_checks.claims.baselines import LAWS
from proofs_checks.claims.figure_1 import WEIGHTS
from proofs_checks.claims.indifference import shared_ties
from proofs_checks.claims.replacements.cyclic import indifference_point
from proofs_checks.claims.replacements.payoff_band import payoff_band
from proofs_checks.claims.section_5_games import grid_value
from proofs_checks.claims.table_3 import games_of
from proofs_checks.definitions import averages, regrets, two_row_value
from proofs_checks.equivalence import (
    equal_up_to_names,
    is_constant_sum,
    is_strictly_competitive,
    payoffs,
    ranks,
    relabellings,
    scaled,
)
from proofs_checks.fact import equal
from proofs_checks.games import BATTLE, COMMITS
from proofs_checks.registry import Claim, claim, claims
from proofs_checks.strategies import bimatrix_games, plays, small_games
from proofs_checks.verify import decide_claim
from solvers.no_regret import no_regret
from stackel.catalog import load
from stackel.game import BimatrixGame
from stackel.response import column_payoffs

QUICK = Budget.named("quick", seed=3)


@given(bimatrix_games(min_side=2, max_side=3))
def test_the_band_of_the_leader_s_payoffs_is_the_leader_s_band(game: BimatrixGame) -> None:
    known = no_regret(game, sse_value=Fraction(0))
    assert payoff_band(game, payoffs(game)[0]) == (known.lo, known.hi, known.k_lo, known.k_hi)


@given(bimatrix_games(min_side=2, max_side=3), st.fractions(-3, 3, max_denominator=4))
def test_a_band_moves_with_a_constant(game: BimatrixGame, constant: Fraction) -> None:
    goal = payoffs(game)[1]
    lo, hi, k_lo, k_hi = payoff_band(game, goal)
    moved = payoff_band(game, [[x + constant for x in row] for row in goal])
    assert moved == (lo + constant, hi + constant, k_lo, k_hi)


@given(plays(2, 2, rounds=12))
def test_battle_s_regret_follows_from_its_payoffs(play: list[tuple[int, int]]) -> None:
    leader, follower = averages(BATTLE, play)
    row, column, *rest = WEIGHTS
    a, b = BATTLE.leader_exact, BATTLE.follower_exact
    gain_row = sum((a[0, j] - a[i, j] for i, j in play), start=Fraction(0)) / len(play)
    gain_column = sum((b[i, 0] - b[i, j] for i, j in play), start=Fraction(0)) / len(play)
    bound = rest[0] * leader + rest[1] * follower + rest[2]
    assert row * gain_row + column * gain_column == bound
    assert max(regrets(BATTLE, play)) >= bound


@given(small_games(), st.randoms(use_true_random=False))
def test_a_relabelled_game_is_the_same_game(game: BimatrixGame, rng: object) -> None:
    leader, follower = rng.choice(sorted(relabellings(game)))  # type: ignore[attr-defined]
    other = BimatrixGame(leader, follower)
    assert equal_up_to_names(game, other)
    assert equal_up_to_names(other, game, ranks)
    assert equal_up_to_names(game, other, scaled)


@given(small_games(rows=(2, 2), columns=(2, 2)), st.integers(1, 5), st.integers(-4, 4))
def test_rescaling_changes_numbers_only(game: BimatrixGame, unit: int, zero: int) -> None:
    leader, follower = payoffs(game)
    other = BimatrixGame([[unit * x + zero for x in row] for row in leader], follower)
    assert equal_up_to_names(game, other, scaled)
    assert equal_up_to_names(game, other, ranks)
    flipped = BimatrixGame([[-x for x in row] for row in leader], follower)
    if not is_constant_sum((leader, leader)):
        assert scaled(payoffs(flipped)[0]) != scaled(leader)


def test_ranks_tell_more_games_apart_than_there_are_names() -> None:
    """Of 576 games without ties, 78 are different up to names (Rapoport and Guyer 1966)."""
    orders = [((a, b), (c, d)) for a, b, c, d in permutations(range(4))]
    games = [BimatrixGame(leader, follower) for leader in orders for follower in orders]
    assert len({min(relabellings(game)) for game in games}) == 78


@given(small_games(rows=(2, 2), columns=(2, 2), zero_sum=True), st.integers(1, 4))
def test_zero_sum_games_are_competitive_and_share_ties(game: BimatrixGame, unit: int) -> None:
    assert is_strictly_competitive(game)
    leader, follower = payoffs(game)
    assert is_constant_sum((leader, follower))
    larger = BimatrixGame([[unit * x for x in row] for row in leader], follower)
    assert is_strictly_competitive(larger)
    assert all(shared_ties(larger))


@given(small_games(rows=(2, 2), columns=(2, 2)), st.integers(1, 30))
def test_a_grid_errs_by_the_range_over_its_steps(game: BimatrixGame, steps: int) -> None:
    flat = [x for row in payoffs(game)[0] for x in row]
    short = two_row_value(game) - grid_value(game, steps)
    unique = all(row[0] != row[1] for row in payoffs(game)[1])
    assert short >= 0
    if unique:
        assert short <= (max(flat) - min(flat)) / steps


def test_the_catalogue_s_games_are_the_stored_ones() -> None:
    assert payoffs(BATTLE) == payoffs(load("table1/battle").game)  # type: ignore[arg-type]
    stored = load("literature/conitzer_sandholm_2006").game
    assert payoffs(COMMITS) == payoffs(stored)  # type: ignore[arg-type]
    assert len(games_of("table3")) == len(games_of("source")) == 12


def test_the_indifference_point_makes_columns_equal() -> None:
    game = BimatrixGame([[1, 0], [0, 1]], [[0, 3], [2, 1]])
    left, right = column_payoffs(game.follower_exact, indifference_point(game))
    assert left == right


def test_rank() -> None:
    matrices = ([[1, 2], [2, 4]], [[1, 2], [3, 4]], [[0, 0], [0, 1]], [[0, 0], [0, 0]])
    assert [rank(payoffs(BimatrixGame(x, x))[0]) for x in matrices] == [1, 2, 1, 0]


def test_the_mass_on_a_dominated_action_keeps_to_its_bound() -> None:
    assert float(dominated_mass(1)) == 0.5
    for rounds in (10, 1000):
        assert float(dominated_mass(rounds)) <= (0.5 + 20 * 0.6931472) / rounds


def needy(module: str) -> Claim:
    """A claim with a proof, and a simulation that would fail and needs ``module``."""

    def body() -> list[Calculation | Simulation]:
        """Short.

        The whole statement.
        """
        return [
            Calculation(method="", facts=lambda: [equal("1", 1, 1)], says=""),
            Simulation(facts=lambda _: [equal("1", 1, 2)], says="", needs=module),
        ]

    made: Claim = claim("needy", source="here", expected="true", paper_proof="none")(body).claim  # type: ignore[attr-defined]
    return made


def test_a_check_without_its_extra_is_left_out_and_named() -> None:
    decided = decide_claim(needy("no_such_module"), QUICK)
    assert (decided.verdict, decided.missing) == ("true", ("no_such_module",))
    assert decided.to_dict()["missing"] == ["no_such_module"]
    assert decide_claim(needy("fractions"), QUICK).verdict == "undecided"


def test_ppo_does_not_see_the_size_of_an_iteration_s_payoffs() -> None:
    """The two games of ppo-no-regret leave the same policies, column by column.

    The norm of both networks' gradients together is not held: the value's would leak into it.
    """
    torch = pytest.importorskip("torch")
    from dynamics.learners.ppo import PPO
    from dynamics.learners.rollout import Rollout
    from dynamics.stream import Stream

    learner = PPO(features=torch.ones(1, 1), actions=2, max_norm=1e9)
    policies = []
    for law in LAWS:
        state = learner.init(Stream.of_seeds([5]), dtype=torch.float64)
        action = (torch.arange(256) % 3 == 0).long().reshape(1, 256, 1)
        for column in (0, 0, 1):
            paid = torch.tensor(law[column], dtype=torch.float64)[action]
            rollout = Rollout(
                observation=torch.zeros_like(action), action=action, reward=paid, ended=None
            )
            state = learner.update(state, rollout, shuffle=Stream.of_seeds([6]))
        policies.append(learner.strategy(state))
    assert torch.allclose(policies[0], policies[1], atol=1e-6)
    assert not torch.allclose(policies[0], torch.full_like(policies[0], 0.5), atol=1e-3)


SIMULATED = [
    id for id, each in claims().items() if any(check.needs == "torch" for check in each.checks)
]


@pytest.mark.slow
@pytest.mark.parametrize("id", SIMULATED)
def test_simulations_agree_with_the_proofs(id: str) -> None:
    pytest.importorskip("torch")
    decided = decide_claim(claims()[id], Budget.named("default", seed=5))
    assert decided.agrees
    assert any(found.kind == "simulation" for found in decided.evidence)
