"""The leader's side of a gridworld security game, for Gymnasium."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TypeAlias

from dynamics.envs.commitment import ROUNDING, Committed
from dynamics.envs.episode import action_counts
from dynamics.envs.observation import Information, Observation, Sight
from dynamics.envs.opponent import Policy
from dynamics.envs.side_env import SideEnv, next_legal
from dynamics.walks import FollowerPolicy, Walk
from stackel.errors import InvalidGameError, brief
from stackel.game import Number
from stackel.gridworld import GridworldGame, require_gridworld
from stackel.matrix import parse_number

Follower: TypeAlias = int | Mapping[int, Number | str] | FollowerPolicy | Policy


class LeaderEnv(SideEnv):
    """The defender places its k defenders, one a step; then a given follower plays to the end.

    Actions are the cells, row by row. The reward is 0 until all defenders are placed, then the
    leader's payoff of the episode that the follower plays.

    Parameters
    ----------
    game : GridworldGame
        With at least one defender.
    follower : outcome, mix of outcomes, FollowerPolicy or policy
        A target to walk to (-1 for no attack); probabilities of these; a
        :class:`~dynamics.envs.BestResponder`, :class:`~dynamics.envs.Walk` or
        :class:`~dynamics.envs.Route`; or a callable ``(observation, mask, rng) -> action``.
    information : {"action", "commitment", "none"}
        What a callable follower sees of the leader.
    commitment : optional
        What it is shown for ``"commitment"``.
    render_mode : {"ansi", None}

    Raises
    ------
    InvalidGameError
        When an argument breaks its rule.

    Notes
    -----
    An action that is not legal is read as the next legal one, cyclically; see
    :class:`~dynamics.envs.FollowerEnv`.

    Examples
    --------
    >>> from dynamics.envs import BestResponder
    >>> from stackel.catalog import load
    >>> game = load("gridworld-small").game
    >>> env = LeaderEnv(game, follower=BestResponder(game))
    >>> observation, info = env.reset(seed=0)
    >>> observation, reward, terminated, truncated, info = env.step(7)  # defend cell (1, 3)
    >>> reward, info["ending"], info["target"]
    (-6.0, 'success', 1)
    """

    def __init__(
        self,
        game: GridworldGame,
        follower: Follower,
        *,
        information: Information = "action",
        commitment: Committed | None = None,
        render_mode: str | None = None,
    ) -> None:
        require_gridworld(game, "an environment")
        if game.defenders == 0:
            raise InvalidGameError("a leader needs at least one defender to place, got 0")
        super().__init__(
            game, Sight(game, information, commitment), action_counts(game)[0], render_mode
        )
        self.follower = _read_follower(game, follower)

    def _begin(self) -> None:
        """The follower waits."""

    def _reply(self) -> None:
        """Once all defenders are placed, the follower draws what it does and does it."""
        if self.episode.turn == "leader":
            return
        player = self.follower
        if isinstance(player, Mapping):
            walks = list(player)
            chances = [float(p) for p in player.values()]
            player = walks[self.np_random.choice(len(walks), p=chances)]
        while self.episode.turn == "follower":
            if isinstance(player, FollowerPolicy):
                self.episode.act(player.act(self.episode))
            else:
                mask = self.episode.mask()
                action = player(self.sight.follower(self.episode), mask, self.np_random)
                self.episode.act(next_legal(mask, int(action)))

    def _observe(self) -> Observation:
        return self.sight.leader(self.episode)

    def _reward(self) -> float:
        return float(self.episode.payoffs[0])


def _read_follower(
    game: GridworldGame, follower: Follower
) -> FollowerPolicy | Policy | Mapping[FollowerPolicy, Fraction]:
    """Walks in the place of outcomes; the rest as it is."""
    if isinstance(follower, int):
        return Walk(game, follower)
    if not isinstance(follower, Mapping):
        if not isinstance(follower, FollowerPolicy) and not callable(follower):
            raise InvalidGameError(
                "a follower must be an outcome, a mix of outcomes or a policy, "
                f"got {brief(follower)}"
            )
        return follower
    mix = {j: Fraction(parse_number(p, "a probability")) for j, p in follower.items()}
    total = sum(mix.values(), Fraction(0))
    if any(p < 0 for p in mix.values()) or abs(total - 1) > ROUNDING:
        raise InvalidGameError(
            f"the probabilities of a mix must be at least 0 with sum 1, got sum {total!s:.40}"
        )
    return {Walk(game, j): p / total for j, p in mix.items()}
