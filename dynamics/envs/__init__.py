"""Gridworld security games as environments for learning agents (extra ``envs``).

One game, three views: :func:`security_game_v0` is the two-player game for PettingZoo,
:class:`LeaderEnv` and :class:`FollowerEnv` are one side of it for Gymnasium, against a given
opponent, and :class:`MacroBandit` is the matrix game behind it, as episodes of one step.
"""

from importlib.util import find_spec

from stackel.errors import MissingExtraError

for _module in ("gymnasium", "pettingzoo"):
    if find_spec(_module) is None:
        raise MissingExtraError("environments", "envs", _module)

from dynamics.envs.bandit import MacroBandit  # noqa: E402
from dynamics.envs.commitment import Commitment  # noqa: E402
from dynamics.envs.follower_env import FollowerEnv  # noqa: E402
from dynamics.envs.leader_env import LeaderEnv  # noqa: E402
from dynamics.envs.opponent import BestResponder  # noqa: E402
from dynamics.envs.security_game import SecurityGame, security_game_v0  # noqa: E402
from dynamics.macro_game import macro_game  # noqa: E402
from dynamics.walks import Macro, Route, Walk  # noqa: E402

__all__ = [
    "BestResponder",
    "Commitment",
    "FollowerEnv",
    "LeaderEnv",
    "Macro",
    "MacroBandit",
    "Route",
    "SecurityGame",
    "Walk",
    "macro_game",
    "security_game_v0",
]
