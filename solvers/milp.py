"""Strong Stackelberg equilibrium by mixed-integer programming: a check on the multiple LPs."""

from fractions import Fraction

from solvers.bayesian.dobss import search
from solvers.replies import move_inward
from stackel.game import BimatrixGame
from stackel.response import column_payoffs
from stackel.result import StrongStackelberg


def milp(game: BimatrixGame, *, rounds: int = 64) -> StrongStackelberg:
    r"""Strong Stackelberg equilibrium by the DOBSS mixed-integer program.

    Parameters
    ----------
    game : BimatrixGame
        Payoffs of shape (m, n).
    rounds : int, default 64
        How many follower actions are tried at most.

    Returns
    -------
    StrongStackelberg
        ``leader_value`` is exactly what the commitment earns, and ``follower_action`` is exactly a
        best response to it. ``upper_bound`` is the solver's own bound on every commitment, a
        float in the payoffs' units: that nothing better exists rests on it. ``unique`` is None.

    Raises
    ------
    NoSolutionError
        When the MILP solver fails.

    Notes
    -----
    This is :func:`solvers.bayesian.dobss.dobss` with one follower type; see there for the program,
    its constants and how float tolerances are kept from deciding. Slower than the multiple LPs by
    orders of magnitude from about 50 x 50 on.

    References
    ----------
    Paruchuri, Pearce, Marecki, Tambe, Ordonez, Kraus. Playing games for security: an efficient
    exact algorithm for solving Bayesian Stackelberg games. AAMAS 2008.

    Examples
    --------
    >>> sse = milp(BimatrixGame([[2, 4], [1, 3]], [[1, 0], [0, 1]]))
    >>> sse.leader_value, sse.follower_action, round(sse.upper_bound, 6)
    (Fraction(7, 2), 1, 3.5)
    """
    found = search([game], [Fraction(1)], rounds=rounds)
    (reply,) = found.replies
    return StrongStackelberg(
        leader_value=column_payoffs(game.leader_exact, found.strategy)[reply],
        follower_value=column_payoffs(game.follower_exact, found.strategy)[reply],
        leader_strategy=found.strategy,
        follower_action=reply,
        unique=None,
        method="milp",
        upper_bound=found.bound,
        inward=move_inward(game, found.strategy, reply)[0],
    )
