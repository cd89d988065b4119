"""Gridworlds and Markov games: solved, and played in environments."""

from __future__ import annotations

import stackel
from stackel.envs import BestResponder, FollowerEnv, LeaderEnv, macro_game, security_game_v0


def gridworld(name: str) -> stackel.GridworldGame:
    """A gridworld of the catalogue."""
    game = stackel.load_game(name)
    if not isinstance(game, stackel.GridworldGame):
        raise TypeError(f"{name} is no gridworld")
    return game


def guard(solution: stackel.GridworldSolution) -> list[str]:
    """Where the defenders stand, and what that is worth by what the attacker sees."""
    sse, pure, nash = solution.sse, solution.pure, solution.nash
    mix = sse.allocation_mix or ()
    lines = [f"{each.defended_targets}: {float(each.probability):.3f}" for each in mix]
    values = (sse.leader_value, pure.strong.leader_value, nash.leader_min, nash.leader_max)
    return [*lines, *(f"{float(each):.3f}" for each in values), str(sse.attacked_target)]


def episode(game: stackel.GridworldGame, solution: stackel.GridworldSolution) -> float:
    """What an exact attacker earns in one episode against the commitment."""
    mix = solution.sse.allocation_mix
    if mix is None:
        raise ValueError("so small a game has a mix that can be written down")
    env = FollowerEnv(game, leader=mix, information="commitment")
    attacker = BestResponder(game, mix)
    env.reset(seed=0)
    earned, over = 0.0, False
    while not over:
        _, reward, over, _, _ = env.step(attacker.act(env.episode))
        earned += float(reward)
    return earned


def placements(game: stackel.GridworldGame) -> float:
    """The most that one placed defender earns against an exact attacker."""
    env = LeaderEnv(game, follower=BestResponder(game))
    best = float("-inf")
    for cell in range(game.rows * game.cols):
        env.reset(seed=0)
        best = max(best, float(env.step(cell)[1]))
    return best


def stages() -> tuple[float, float]:
    """Commitment to histories, and one stage after another."""
    game = stackel.load_game("reward_for_obedience")
    if not isinstance(game, stackel.MarkovGame):
        raise TypeError("reward_for_obedience is a Markov game")
    solution = stackel.solve(game)
    return float(solution.sse.leader_value), float(solution.stage_wise.leader_value)


def main() -> None:
    """Print all of it."""
    game = gridworld("gridworld-small")
    solution = stackel.solve(game)
    print(*guard(solution), sep="\n")
    print(episode(game, solution), placements(game), stages())
    print(stackel.solve(macro_game(game), concept="sse").sse.leader_value)
    players = security_game_v0(game, information="action")
    players.reset(seed=0)
    print(players.agent_selection)


if __name__ == "__main__":
    main()
