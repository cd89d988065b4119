"""Games with follower types: what they accept, and that three methods find one value."""

import re
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from strategies import bimatrix_games

from solvers.bayesian.check import check_bayesian
from solvers.bayesian.solve import METHODS, harsanyi_expansion, solve_bayesian
from solvers.vertex_enumeration import vertex_enumeration
from stackel.bayesian import BayesianGame
from stackel.certificate import BayesianCertificate
from stackel.errors import InvalidGameError, NoSolutionError, UnknownNameError
from stackel.game import BimatrixGame
from stackel.result import BayesianStackelberg

EXACT_METHODS = [name for name in METHODS if name != "dobss"]


@st.composite
def bayesian_games(
    draw: st.DrawFn, *, max_types: int = 3, max_m: int = 4, max_n: int = 3
) -> BayesianGame:
    """Integer games, half of them with payoffs -1, 0, 1 only; shared and own leader payoffs."""
    rng = Random(draw(st.integers(0, 2**32)))
    count, m, n = (draw(st.integers(1, top)) for top in (max_types, max_m, max_n))
    size = draw(st.sampled_from([1, 1, 9]))

    def matrix() -> list[list[int]]:
        return [[rng.randint(-size, size) for _ in range(n)] for _ in range(m)]

    weights = [rng.randint(0, 4) for _ in range(count)]
    weights[rng.randrange(count)] += 1
    return BayesianGame(
        matrix() if rng.random() < 0.5 else [matrix() for _ in range(count)],
        [matrix() for _ in range(count)],
        [Fraction(w, sum(weights)) for w in weights],
    )


def entries(game: BimatrixGame, player: str) -> list[list[Fraction]]:
    matrix = game.leader_exact if player == "leader" else game.follower_exact
    return [[Fraction(x, matrix.scale) for x in row] for row in matrix.rows]


def with_types(game: BayesianGame, order: list[int], prior: list[Fraction]) -> BayesianGame:
    return BayesianGame(
        [entries(game.types[k], "leader") for k in order],
        [entries(game.types[k], "follower") for k in order],
        prior,
    )


# --- methods


@given(game=bayesian_games(max_types=2, max_m=3))
@settings(max_examples=80)
def test_all_methods_agree_and_their_certificates_hold(game: BayesianGame) -> None:
    answers = {name: solve(game) for name, solve in METHODS.items()}
    values = {name: sse.leader_value for name, sse in answers.items()}
    assert len(set(values.values())) == 1, values
    for name in EXACT_METHODS:
        assert check_bayesian(game, answers[name]) == ()
    assert_honest(answers["dobss"])


def assert_honest(dobss: BayesianStackelberg) -> None:
    """A float bound, close to the exact value and not below it; no certificate is claimed."""
    assert dobss.certificate is None
    assert dobss.upper_bound is not None
    assert 0 <= dobss.upper_bound - float(dobss.leader_value) <= 18 * 1e-6


@pytest.mark.slow
@given(game=bayesian_games(max_types=3))
@settings(max_examples=400)
def test_the_milp_agrees_on_larger_games(game: BayesianGame) -> None:
    dobss = METHODS["dobss"](game)
    assert dobss.leader_value == METHODS["branch-and-bound"](game).leader_value
    assert_honest(dobss)


@pytest.mark.slow
@given(game=bayesian_games(max_types=4, max_m=6, max_n=4))
@settings(max_examples=300)
def test_the_exact_methods_agree_on_larger_games(game: BayesianGame) -> None:
    tree, expansion = (METHODS[name](game) for name in EXACT_METHODS)
    assert tree.leader_value == expansion.leader_value
    assert check_bayesian(game, tree) == ()


@given(game=bimatrix_games(max_side=4))
def test_one_type_is_a_bimatrix_game(game: BimatrixGame) -> None:
    bayesian = BayesianGame(entries(game, "leader"), [entries(game, "follower")], [1])
    expected = vertex_enumeration(game).leader_value
    assert METHODS["branch-and-bound"](bayesian).leader_value == expected


@given(game=bimatrix_games(max_side=3), weight=st.fractions(0, 1))
def test_identical_types_are_one_type(game: BimatrixGame, weight: Fraction) -> None:
    b = entries(game, "follower")
    bayesian = BayesianGame(entries(game, "leader"), [b, b], [weight, 1 - weight])
    expected = vertex_enumeration(game).leader_value
    for name in EXACT_METHODS:
        assert METHODS[name](bayesian).leader_value == expected


@given(game=bayesian_games(max_types=3))
def test_a_certain_type_is_alone(game: BayesianGame) -> None:
    count = len(game.types)
    certain = with_types(game, list(range(count)), [Fraction(int(k == 0)) for k in range(count)])
    expected = vertex_enumeration(game.types[0]).leader_value
    for name in EXACT_METHODS:
        sse = METHODS[name](certain)
        assert sse.leader_value == expected
        assert check_bayesian(certain, sse) == ()  # replies of impossible types are best, too


@given(game=bayesian_games(max_types=3), rng=st.randoms(use_true_random=False))
def test_the_order_of_types_does_not_matter(game: BayesianGame, rng: Random) -> None:
    order = rng.sample(range(len(game.types)), len(game.types))
    shuffled = with_types(game, order, [game.prior[k] for k in order])
    for name in EXACT_METHODS:
        assert METHODS[name](shuffled).leader_value == METHODS[name](game).leader_value


@given(game=bayesian_games(max_types=2))
def test_knowing_the_type_would_not_hurt(game: BayesianGame) -> None:
    """Committing before the type is known earns at most the mean of the single values."""
    mean = sum(
        (
            w * vertex_enumeration(t).leader_value
            for t, w in zip(game.types, game.prior, strict=True)
        ),
        Fraction(0),
    )
    assert METHODS["branch-and-bound"](game).leader_value <= mean


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize(
    ("weight", "value", "p"),
    [("1/4", Fraction(7, 2), 1), ("9/10", Fraction(47, 15), Fraction(1, 3))],
    ids=["for the second type", "for the first type"],
)
def test_types_that_want_opposite_commitments(
    name: str, weight: str, value: Fraction, p: Fraction
) -> None:
    """Row 0 with probability p: a reply right pays 3 + p, left 1 + p.

    Type 0 (probability w) answers right when p <= 1/3, type 1 when p >= 2/3. So the best are
    p = 1/3 with 4/3 + 2w, and p = 1 with 4 - 2w; in between lies less than either.
    """
    types = [[[2, 0], [0, 1]], [[0, 1], [2, 0]]]
    game = BayesianGame([[2, 4], [1, 3]], types, [weight, 1 - Fraction(weight)])
    sse = METHODS[name](game)
    assert (sse.leader_value, sse.leader_strategy[0]) == (value, p)


def test_two_optimal_commitments_far_apart() -> None:
    """The game above at w = 2/3, where both are worth 8/3."""
    types = [[[2, 0], [0, 1]], [[0, 1], [2, 0]]]
    game = BayesianGame([[2, 4], [1, 3]], types, ["2/3", "1/3"])
    for solve in METHODS.values():
        assert solve(game).leader_value == Fraction(8, 3)


# --- the expansion


@given(game=bayesian_games(max_types=2, max_m=3))
@settings(max_examples=40)
def test_the_expansion_pays_expected_payoffs(game: BayesianGame) -> None:
    expansion = harsanyi_expansion(game)
    count, m, n = game.shape
    assert expansion.shape == (m, n**count)
    for column in range(n**count):
        profile = [column // n ** (count - 1 - k) % n for k in range(count)]
        for i in range(m):
            for player in ("leader_exact", "follower_exact"):
                expected = sum(
                    w * getattr(t, player)[i, j]
                    for t, w, j in zip(game.types, game.prior, profile, strict=True)
                )
                assert getattr(expansion, player)[i, column] == expected


def test_the_expansion_names_its_columns() -> None:
    game = BayesianGame([[1, 2]], [[[0, 0]], [[0, 0]]], [1, 0], follower_actions=["left", "right"])
    labels = ("left, left", "left, right", "right, left", "right, right")
    assert harsanyi_expansion(game).follower_actions == labels


def test_a_large_expansion_is_refused() -> None:
    game = BayesianGame([[0] * 2], [[[0] * 2]] * 13, [1] + [0] * 12)
    with pytest.raises(NoSolutionError, match="2 actions to the power of 13 types"):
        harsanyi_expansion(game)
    assert METHODS["harsanyi"](game).leader_value == 0  # impossible types are not expanded


# --- certificates

GAME = BayesianGame([[2, 4], [1, 3]], [[[2, 0], [0, 1]], [[0, 1], [2, 0]]], ["2/3", "1/3"])


def shifted(sse: BayesianStackelberg) -> dict[str, BayesianStackelberg]:
    """Wrong neighbours of a right answer: every field off by a little."""
    p, tiny = sse.leader_strategy, Fraction(1, 10**9)
    assert sse.certificate is not None
    order, bounds = sse.certificate.order, sse.certificate.bounds
    wrong = {
        "value": replace(sse, leader_value=sse.leader_value + tiny),
        "bound": replace(sse, upper_bound=sse.leader_value + tiny),
        "float bound": replace(sse, upper_bound=float(sse.leader_value)),
        "no distribution": replace(sse, leader_strategy=(p[0] + tiny, p[1])),
        "floats": replace(sse, leader_strategy=(float(p[0]), float(p[1]))),
        "another commitment": replace(sse, leader_strategy=(Fraction(1, 2), Fraction(1, 2))),
        "follower value": replace(
            sse, follower_values=(sse.follower_values[0] + tiny, sse.follower_values[1])
        ),
        "too few replies": replace(sse, follower_actions=sse.follower_actions[:1]),
        "no such reply": replace(sse, follower_actions=(-1, sse.follower_actions[1])),
        "no certificate": replace(sse, certificate=None),
        "types left out": replace(
            sse, certificate=BayesianCertificate(order=order[:1], bounds=bounds)
        ),
        "a type twice": replace(
            sse, certificate=BayesianCertificate(order=(*order, order[0]), bounds=bounds)
        ),
        "types exchanged": replace(
            sse, certificate=BayesianCertificate(order=order[::-1], bounds=bounds)
        ),
        "empty certificate": replace(sse, certificate=BayesianCertificate(order=order, bounds={})),
    }
    for k, j in enumerate(sse.follower_actions):
        replies = list(sse.follower_actions)
        replies[k] = 1 - j
        wrong[f"reply of type {k}"] = replace(sse, follower_actions=tuple(replies))
    for replies_held, multipliers in bounds.items():
        fewer = {r: x for r, x in bounds.items() if r != replies_held}
        wrong[f"without {replies_held}"] = replace(
            sse, certificate=BayesianCertificate(order=order, bounds=fewer)
        )
        for key, x in multipliers.items():
            for label, changed in [("less", x / 2), ("negative", -x)]:
                spoilt = {**bounds, replies_held: {**multipliers, key: changed}}
                wrong[f"{label} of {key} at {replies_held}"] = replace(
                    sse, certificate=BayesianCertificate(order=order, bounds=spoilt)
                )
    return wrong


@pytest.mark.parametrize("name", EXACT_METHODS)
def test_wrong_answers_are_refused(name: str) -> None:
    sse = METHODS[name](GAME)
    assert check_bayesian(GAME, sse) == ()
    wrong = shifted(sse)
    assert len(wrong) > 12
    refused = {label for label, answer in wrong.items() if check_bayesian(GAME, answer)}
    # halving a multiplier of a bound with room to spare leaves a valid proof
    believed = {label for label in wrong if label not in refused}
    assert all(label.startswith("less") for label in believed), believed


def test_a_worse_commitment_is_refused() -> None:
    """Feasible and truthfully valued, but not optimal: only the certificate can tell."""
    sse = METHODS["branch-and-bound"](GAME)
    pure = replace(
        sse,
        leader_strategy=(Fraction(0), Fraction(1)),
        leader_value=Fraction(2, 3) * 3 + Fraction(1, 3) * 1,
        upper_bound=Fraction(7, 3),
        follower_actions=(1, 0),
        follower_values=(Fraction(1), Fraction(2)),
    )
    assert all("above the value" in reason for reason in check_bayesian(GAME, pure))
    assert check_bayesian(GAME, pure)


def test_a_reply_that_is_not_best_is_refused_however_consistent_the_rest() -> None:
    """At row 0 type 0 answers left; claiming right would pay the leader 4, above any true value."""
    sse = METHODS["branch-and-bound"](GAME)
    claimed = replace(
        sse,
        leader_strategy=(Fraction(1), Fraction(0)),
        leader_value=Fraction(4),
        upper_bound=Fraction(4),
        follower_actions=(1, 1),
        follower_values=(Fraction(0), Fraction(1)),
    )
    assert check_bayesian(GAME, claimed) == ("type 0: reply 1 is not a best response",)


# --- the whole solution


def test_the_solution_is_exact_and_certified_unless_it_rests_on_floats() -> None:
    solution = solve_bayesian(GAME)
    assert solution.exact
    record = solution.to_dict()
    assert record["game"] == {"name": None, "kind": "bayesian", "shape": [2, 2, 2], "source": None}
    assert record["concepts"]["sse"]["leader_value"] == "8/3"
    assert record["concepts"]["sse"]["certified"] is True
    assert "certificate" not in record["concepts"]["sse"]
    by_float = solve_bayesian(GAME, method="dobss")
    assert not by_float.exact
    assert by_float.concepts["sse"].leader_value == Fraction(8, 3)


def test_the_table_names_types_and_their_replies() -> None:
    types = [[[2, 0], [0, 1]], [[0, 1], [2, 0]]]
    game = BayesianGame(
        [[2, 4], [1, 3]],
        types,
        ["1/4", "3/4"],
        follower_actions=["left", "right"],
        type_names=["bold", "shy"],
    )
    console = Console(width=100, file=StringIO())
    console.print(solve_bayesian(game))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert re.search(r"sse +7/2 \(3.5\) +\(0: 1\); certified", text), text
    assert re.search(r"bold +2 +probability 1/4: reply left", text), text
    assert re.search(r"shy +1 +probability 3/4: reply right", text), text
    console.print(solve_bayesian(game, method="dobss"))
    assert "optimal by a float bound" in console.file.getvalue()  # type: ignore[attr-defined]


def test_unknown_methods_and_concepts() -> None:
    with pytest.raises(UnknownNameError, match="dobss"):
        solve_bayesian(GAME, method="dobs")
    with pytest.raises(NoSolutionError, match="'sse' alone, got 'nash'"):
        solve_bayesian(GAME, concepts=["sse", "nash"])


# --- input


def test_leader_payoffs_may_be_shared_or_own() -> None:
    follower = [[[1, 0]], [[0, 1]]]
    shared = BayesianGame([[1, 2]], follower, [0.5, 0.5])
    own = BayesianGame([[[1, 2]], [[1, 2]]], np.array(follower), np.array([0.5, 0.5]))
    assert shared.shape == own.shape == (2, 1, 2)
    assert all(t.leader_exact.rows == ((1, 2),) for t in (*shared.types, *own.types))


def test_a_decimal_prior_is_normalised_exactly() -> None:
    game = BayesianGame([[1]], [[[1]]] * 3, [0.1, 0.2, 0.7])
    assert sum(game.prior) == 1
    assert float(game.prior[0]) == pytest.approx(0.1, abs=1e-15)


ONE = [[1]]


@pytest.mark.parametrize(
    ("leader", "follower", "prior", "message"),
    [
        (ONE, [ONE, ONE], [-0.5, 1.5], r"prior \[0\]: probabilities must be at least 0, got -0.5"),
        (ONE, [ONE, ONE], [0.5, 0.4], "prior must sum to 1, got 0.9"),
        (ONE, [ONE, ONE], ["1/3", "1/3"], "prior must sum to 1, got 2/3"),
        (ONE, [ONE, ONE], ["1/3", "0.6666666666666666"], "prior must sum to 1"),
        (ONE, [ONE, ONE], [0, 0], "prior must sum to 1, got 0"),
        (ONE, [ONE, ONE], [1], r"prior must have one entry a type \(2\), got 1"),
        (ONE, [ONE], [float("nan")], r"prior \[0\]: probabilities must be finite, got nan"),
        (ONE, [ONE], ["x"], r"prior \[0\]: probabilities must be numbers"),
        (ONE, [ONE], [True], r"prior \[0\]: probabilities must be real numbers"),
        (ONE, [ONE], [ONE], r"prior \[0\]: probabilities must be real numbers"),
        (ONE, [ONE], "1", "prior must be a list of probabilities"),
        (ONE, [ONE], 1, "prior must be a list of probabilities"),
        (ONE, [], [], "one matrix a type"),
        (ONE, ONE, [1], "one matrix a type"),
        (ONE, np.ones((2, 2)), [1], "one matrix a type"),
        (ONE, {"a": 1}, [1], "one matrix a type"),
        ([ONE], [ONE, ONE], [1, 0], "one matrix a type, got 1 and 2"),
        (5, [ONE], [1], "type 0: leader payoffs must be rows of numbers"),
        (ONE, [ONE, [[1, 2]]], [1, 0], r"type 1: .* got \(1, 1\) and \(1, 2\)"),
        ([ONE, [[1, 2]]], [ONE, [[1, 2]]], [1, 0], r"type 1: every type must have shape \(1, 1\)"),
        (ONE, [[[float("inf")]]], [1], "type 0: follower payoff .* finite, got inf"),
    ],
    ids=[
        "negative prior", "floats off one", "rationals off one", "decimals off one", "zero prior",
        "short prior", "nan", "text", "bool", "nested prior", "string prior", "number prior",
        "no types", "matrix in place of types", "array in place of types", "mapping",
        "leader types missing", "scalar leader", "shapes differ", "types differ", "infinite payoff",
    ],
)  # fmt: skip
def test_bad_input_is_named_in_one_line(
    leader: Any, follower: Any, prior: Any, message: str
) -> None:
    with pytest.raises(InvalidGameError, match=message) as caught:
        BayesianGame(leader, follower, prior)
    assert "\n" not in str(caught.value)


def test_type_names() -> None:
    game = BayesianGame(ONE, [ONE, ONE], [0, 1], name="robbers", type_names=["bold", "shy"])
    assert [t.name for t in game.types] == ["robbers, bold", "robbers, shy"]
    with pytest.raises(InvalidGameError, match="type_names must have 2 labels, got 1"):
        BayesianGame(ONE, [ONE, ONE], [0, 1], type_names=["bold"])
