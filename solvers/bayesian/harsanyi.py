"""Bayesian followers as one follower: the Harsanyi expansion, solved by multiple LPs."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from solvers.multiple_lp import multiple_lp
from solvers.replies import bayesian_equilibrium, drawn_types
from stackel.bayesian import BayesianGame
from stackel.certificate import BayesianCertificate
from stackel.errors import NoSolutionError
from stackel.game import BimatrixGame
from stackel.result import BayesianStackelberg

MAX_PROFILES = 4096
"""Columns that the expansion may have: n^K."""


def harsanyi_expansion(game: BayesianGame) -> BimatrixGame:
    r"""Return the bimatrix game in which one follower chooses a reply for every type in advance.

    Column :math:`J = (j_1, \dots, j_K)`, in lexicographic order, pays the leader
    :math:`\sum_k \pi_k A^k_{i j_k}` and the follower :math:`\sum_k \pi_k B^k_{i j_k}`, exactly. A
    best response J consists of best responses of all types of positive probability.

    Raises
    ------
    NoSolutionError
        When there are more than 4096 profiles.

    Examples
    --------
    >>> game = BayesianGame([[2, 4]], [[[1, 0]], [[0, 1]]], ["1/2", "1/2"])
    >>> expansion = harsanyi_expansion(game)
    >>> expansion.leader_exact.rows, expansion.follower_exact.rows
    (((2, 3, 3, 4),), ((1, 2, 0, 1),))
    """
    labels = game.follower_actions
    count, _, n = game.shape
    expansion = _expand(game.types, game.prior)
    return BimatrixGame(
        *expansion,
        name=f"{game.name or 'unnamed'} (Harsanyi expansion)",
        leader_actions=game.leader_actions,
        follower_actions=labels
        and [", ".join(labels[j] for j in profile) for profile in product(range(n), repeat=count)],
        source=game.source,
    )


def _expand(
    types: Sequence[BimatrixGame], prior: Sequence[Fraction]
) -> tuple[list[list[Fraction]], list[list[Fraction]]]:
    """The payoffs of both players."""
    m, n = types[0].shape
    if n ** len(types) > MAX_PROFILES:
        raise NoSolutionError(
            f"the Harsanyi expansion may have at most {MAX_PROFILES} columns, got {n} actions to "
            f"the power of {len(types)} types; branch-and-bound needs no expansion"
        )
    leader, follower = (
        [
            [
                sum(
                    (w * a[i, j] for a, w, j in zip(matrices, prior, profile, strict=True)),
                    Fraction(0),
                )
                for profile in product(range(n), repeat=len(types))
            ]
            for i in range(m)
        ]
        for matrices in ([t.leader_exact for t in types], [t.follower_exact for t in types])
    )
    return leader, follower


def harsanyi(game: BayesianGame) -> BayesianStackelberg:
    r"""Strong Stackelberg equilibrium by the multiple-LP method on the Harsanyi expansion.

    Parameters
    ----------
    game : BayesianGame
        K types of positive probability with :math:`n^K \le 4096`.

    Returns
    -------
    BayesianStackelberg
        Exact, with its certificate.

    Raises
    ------
    NoSolutionError
        When there are more than 4096 profiles.

    Notes
    -----
    A certificate for column J of the expansion has multipliers :math:`\lambda_{J'}`. As payoffs
    add up over types, :math:`\lambda_{kl} = \pi_k \sum_{J': j'_k = l} \lambda_{J'}` is one
    by types. The cost grows with :math:`n^K`: a check on the other methods.

    References
    ----------
    Harsanyi. Games with incomplete information played by Bayesian players. Management Science
    14 (1967-68). Conitzer and Sandholm. Computing the optimal strategy to commit to. EC 2006.

    Examples
    --------
    >>> game = BayesianGame([[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [1, 0]]], ["3/4", "1/4"])
    >>> harsanyi(game).leader_value
    Fraction(7, 2)
    """
    drawn = drawn_types(game)
    types, prior = [game.types[k] for k in drawn], [game.prior[k] for k in drawn]
    sse = multiple_lp(BimatrixGame(*_expand(types, prior)))
    profiles = list(product(range(game.shape[2]), repeat=len(types)))
    bounds = {}
    if sse.certificate is not None:
        for profile, multipliers in zip(profiles, sse.certificate.value_bounds, strict=True):
            by_type: dict[tuple[int, int], Fraction] = {}
            for column, weight in multipliers.items():
                for k, l in zip(drawn, profiles[column], strict=True):
                    by_type[k, l] = by_type.get((k, l), Fraction(0)) + game.prior[k] * weight
            bounds[profile] = by_type
    return bayesian_equilibrium(
        game,
        tuple(Fraction(x) for x in sse.leader_strategy),
        "harsanyi",
        certificate=BayesianCertificate(order=drawn, bounds=bounds) if bounds else None,
    )
