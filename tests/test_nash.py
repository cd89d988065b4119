"""All extreme Nash equilibria and maximal subsets, against definitions and independent methods."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import chain, combinations, product
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import KINDS, bimatrix_games

import solvers.nash
from solvers.lemke_howson import lemke_howson
from solvers.lp import Row, maximize
from solvers.nash import nash
from solvers.nash.vertices import vertices
from stackel.errors import InvalidGameError
from stackel.game import BimatrixGame
from stackel.response import column_payoffs, expected_payoffs, row_payoffs
from stackel.result import Nash

F = Fraction
Mix = tuple[Any, ...]
Pair = tuple[Mix, Mix]


def is_equilibrium(game: BimatrixGame, p: Mix, q: Mix) -> bool:
    """The definition, exactly: mixes, and no action earns more than the mix does."""
    leader, follower = expected_payoffs(game, p, q)
    mixes = all(sum(mix) == 1 and min(mix) >= 0 for mix in (p, q))
    best = max(row_payoffs(game.leader_exact, q)), max(column_payoffs(game.follower_exact, p))
    return mixes and best == (leader, follower)


def pairs(found: Nash) -> list[Pair]:
    return [(e.leader_strategy, e.follower_strategy) for e in found.equilibria]


def solve_exactly(rows: list[list[Fraction]]) -> Mix | None:
    """The unique solution of the square system ``[matrix | right-hand side]``, or None."""
    size = len(rows)
    rows = [list(row) for row in rows]
    for c in range(size):
        pivot = next((r for r in range(c, size) if rows[r][c]), None)
        if pivot is None:
            return None
        rows[c], rows[pivot] = rows[pivot], rows[c]
        rows[c] = [x / rows[c][c] for x in rows[c]]
        for r in range(size):
            if r != c and rows[r][c]:
                rows[r] = [x - rows[r][c] * y for x, y in zip(rows[r], rows[c], strict=True)]
    return tuple(row[-1] for row in rows)


def vertices_by_bases(payoffs: Sequence[Sequence[Fraction]]) -> dict[Mix, set[tuple[str, int]]]:
    """Vertices of {(x, v): x a mix, v >= payoffs[k] @ x} from every basis, with what is tight."""
    size = len(payoffs[0])
    unit = [[F(int(i == j)) for j in range(size)] for i in range(size)]
    inequalities = [(("own", i), [*unit[i], F(0)]) for i in range(size)]
    inequalities += [(("other", k), [*(-x for x in row), F(1)]) for k, row in enumerate(payoffs)]
    found: dict[Mix, set[tuple[str, int]]] = {}
    for basis in combinations(inequalities, size):
        sum_is_one = [*[F(1)] * size, F(0), F(1)]
        point = solve_exactly([[*row, F(0)] for _, row in basis] + [sum_is_one])
        if point is None:
            continue
        slacks = {
            label: sum(a * x for a, x in zip(row, point, strict=True))
            for label, row in inequalities
        }
        if min(slacks.values()) >= 0:
            found[point[:-1]] = {label for label, slack in slacks.items() if slack == 0}
    return found


def brute_force(game: BimatrixGame) -> tuple[set[Pair], bool]:
    """All pairs of vertices in which each action is unused or best; is the game nondegenerate?"""
    m, n = game.shape
    a = [[game.leader_exact[i, j] for j in range(n)] for i in range(m)]
    b = [[game.follower_exact[i, j] for i in range(m)] for j in range(n)]
    leader, follower = vertices_by_bases(b), vertices_by_bases(a)
    extreme = {
        (p, q)
        for (p, tight_p), (q, tight_q) in product(leader.items(), follower.items())
        if all(("own", i) in tight_p or ("other", i) in tight_q for i in range(m))
        and all(("own", j) in tight_q or ("other", j) in tight_p for j in range(n))
    }
    simple = all(len(tight) == m for tight in leader.values())
    return extreme, simple and all(len(tight) == n for tight in follower.values())


def nonempty_subsets(items: Iterable[int]) -> Iterable[tuple[int, ...]]:
    items = list(items)
    return chain.from_iterable(combinations(items, size) for size in range(1, len(items) + 1))


def vertex_with_support_and_best_replies(
    payoffs: list[list[Fraction]], support: tuple[int, ...], best: tuple[int, ...], rng: Random
) -> Mix | None:
    """A vertex, by linear programming, of the mixes on ``support`` to which all ``best`` reply."""
    size = len(payoffs[0])
    rows = [
        Row(coefficients=dict.fromkeys(support, 1), sense="==", bound=1),
        *(Row(coefficients={i: 1}, sense="==", bound=0) for i in range(size) if i not in support),
    ]
    leading = payoffs[best[0]]
    for k, row in enumerate(payoffs):
        gains = {i: row[i] - leading[i] for i in support}
        rows.append(Row(coefficients=gains, sense="==" if k in best else "<=", bound=0))
    optimum = maximize([rng.randint(-99, 99) for _ in range(size)], rows)
    return optimum.x if optimum.status == "optimal" else None


SHAPLEY = [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
MATCHING_PENNIES = [[1, -1], [-1, 1]], [[-1, 1], [1, -1]]
BATTLE = [[5, 0], [0, 2]], [[1, 0], [0, 2]]
LONG_PATHS = (  # Savani and von Stengel (2006): 6 x 6, all Lemke-Howson paths are long
    [
        [-180, 72, -333, 297, -153, 270],
        [-30, 17, -33, 42, -3, 20],
        [-81, 36, -126, 126, -36, 90],
        [90, -36, 126, -126, 36, -81],
        [20, -3, 42, -33, 17, -30],
        [270, -153, 297, -333, 72, -180],
    ],
    [
        [72, 36, 17, -3, -36, -153],
        [-180, -81, -30, 20, 90, 270],
        [297, 126, 42, -33, -126, -333],
        [-333, -126, -33, 42, 126, 297],
        [270, 90, 20, -30, -81, -180],
        [-153, -36, -3, 17, 36, 72],
    ],
)
LISTED: dict[
    str, tuple[Any, Any, list[str], list[int]]
] = {  # leader payoffs, follower payoffs, all extreme equilibria in order, their components
    "unique and mixed where a float sign decides": (
        [[-3, -6, 0, 6], [1, -5, -8, 9]],
        [[-5, 9, -6, 7], [-3, -2, 2, -9]],
        ["4/19 15/19 | 0 8/9 1/9 0"],
        [0],
    ),
    "all payoffs equal": (
        [[-6, -6], [-6, -6]],
        [[-6, -6], [-6, -6]],
        ["1 0 | 1 0", "1 0 | 0 1", "0 1 | 1 0", "0 1 | 0 1"],
        [0],
    ),
    "a segment and a point": (
        [[0, 1], [1, 0]],
        [[1, 2], [0, 0]],
        ["1 0 | 0 1", "0 1 | 1 0", "0 1 | 1/2 1/2"],
        [0, 1],
    ),
    "leader indifferent against the reply": (
        [[1, 0], [2, 0]],
        [[2, 2], [0, 1]],
        ["1 0 | 0 1", "0 1 | 0 1"],
        [0],
    ),
    "battle": (*BATTLE, ["1 0 | 1 0", "2/3 1/3 | 2/7 5/7", "0 1 | 0 1"], [0, 1, 2]),
    "matching pennies": (*MATCHING_PENNIES, ["1/2 1/2 | 1/2 1/2"], [0]),
    "Shapley": (*SHAPLEY, ["1/3 1/3 1/3 | 1/3 1/3 1/3"], [0]),
    "von Stengel 2007, example 3.3": (
        [[3, 3], [2, 5], [0, 6]],
        [[3, 2], [2, 6], [3, 1]],
        ["1 0 0 | 1 0", "4/5 1/5 0 | 2/3 1/3", "0 1/3 2/3 | 1/3 2/3"],
        [0, 1, 2],
    ),
    "von Stengel 2007, degenerate example 3.7": (
        [[3, 3], [2, 5], [0, 6]],
        [[3, 3], [2, 6], [3, 1]],
        ["1 0 0 | 1 0", "1 0 0 | 2/3 1/3", "0 1/3 2/3 | 1/3 2/3"],
        [0, 1],
    ),
    "Savani and von Stengel 2006, long paths": (
        *LONG_PATHS,
        ["1/30 1/6 3/10 3/10 1/6 1/30 | 1/6 1/30 3/10 3/10 1/30 1/6"],
        [0],
    ),
    "one by one": ([[3]], [[-2]], ["1 | 1"], [0]),
    "one row": ([[0, 1, 2]], [[5, 1, 5]], ["1 | 1 0 0", "1 | 0 0 1"], [0]),
    "one column": ([[1], [1], [0]], [[0], [1], [2]], ["1 0 0 | 1", "0 1 0 | 1"], [0]),
    "twin rows": (
        [[5, 0], [5, 0], [0, 2]],
        [[1, 0], [1, 0], [0, 2]],
        [
            "1 0 0 | 1 0",
            "2/3 0 1/3 | 2/7 5/7",
            "0 1 0 | 1 0",
            "0 2/3 1/3 | 2/7 5/7",
            "0 0 1 | 0 1",
        ],
        [0, 1, 2],
    ),
    "a tie broken by a hair": (
        [[1, 0], [1, "1/1000000000000"]],
        [[0, 0], [1, "1000000000001/1000000000000"]],
        ["1 0 | 1 0", "0 1 | 0 1"],
        [0, 1],
    ),
}


@pytest.mark.parametrize("name", LISTED)
def test_known_games_have_the_listed_equilibria_and_components(name: str) -> None:
    leader, follower, listed, components = LISTED[name]
    game = BimatrixGame(leader, follower)
    found = nash(game)
    shown = [f"{' '.join(map(str, p))} | {' '.join(map(str, q))}" for p, q in pairs(found)]
    assert shown == listed
    assert sorted({subset.component for subset in found.subsets}) == components
    assert found.complete
    assert all(is_equilibrium(game, p, q) for p, q in pairs(found))


@settings(max_examples=150)
@given(bimatrix_games(max_side=4))
def test_extreme_equilibria_are_those_found_from_every_basis(game: BimatrixGame) -> None:
    found = nash(game)
    extreme, nondegenerate = brute_force(game)
    assert pairs(found) == sorted(extreme, reverse=True)
    if nondegenerate:
        assert len(found.equilibria) % 2 == 1
        assert all(len(s.leader_vertices) == len(s.follower_vertices) == 1 for s in found.subsets)
        assert len({subset.component for subset in found.subsets}) == len(found.equilibria)


@settings(max_examples=25)
@given(bimatrix_games(min_side=4, max_side=5, kinds=("tied", "duplicated", "zero-sum")))
def test_tied_polyhedra_have_no_vertices_but_those_found_from_every_basis(
    game: BimatrixGame,
) -> None:
    m, n = game.shape
    b = [[game.follower_exact[i, j] for i in range(m)] for j in range(n)]
    columns = list(zip(*game.follower_exact.rows, strict=True))
    rays = vertices(columns, range(m), range(m, m + n), most=9999)
    names = [("own", i) for i in range(m)] + [("other", j) for j in range(n)]
    assert len(rays) == len({tuple(ray.point) for ray in rays})
    assert vertices_by_bases(b) == {
        tuple(F(x, sum(ray.point[:-1])) for x in ray.point[:-1]): {
            name for label, name in enumerate(names) if ray.labels >> label & 1
        }
        for ray in rays
    }


@settings(max_examples=100)
@given(bimatrix_games(max_side=3), st.integers(0, 2**32))
def test_every_equilibrium_that_linear_programs_find_by_supports_is_covered(
    game: BimatrixGame, seed: int
) -> None:
    rng = Random(seed)
    m, n = game.shape
    a = [[game.leader_exact[i, j] for j in range(n)] for i in range(m)]
    b = [[game.follower_exact[i, j] for i in range(m)] for j in range(n)]
    found = nash(game)
    products = [(set(s.leader_vertices), set(s.follower_vertices)) for s in found.subsets]
    for rows, columns in product(nonempty_subsets(range(m)), nonempty_subsets(range(n))):
        p = vertex_with_support_and_best_replies(b, rows, columns, rng)
        q = vertex_with_support_and_best_replies(a, columns, rows, rng)
        if p is not None and q is not None:
            assert is_equilibrium(game, p, q)
            assert any(p in xs and q in ys for xs, ys in products)


@settings(max_examples=100)
@given(bimatrix_games(max_side=5), st.integers(0, 2**32))
def test_records_keep_their_promises(game: BimatrixGame, seed: int) -> None:
    found = nash(game)
    listed = pairs(found)
    assert found.complete
    assert listed == sorted(set(listed), reverse=True)
    for equilibrium in found.equilibria:
        p, q = equilibrium.leader_strategy, equilibrium.follower_strategy
        assert is_equilibrium(game, p, q)
        assert (equilibrium.leader_value, equilibrium.follower_value) == expected_payoffs(
            game, p, q
        )
    rng = Random(seed)
    for subset in found.subsets:
        p, q = (
            mixture(vertices, rng)
            for vertices in (subset.leader_vertices, subset.follower_vertices)
        )
        assert is_equilibrium(game, p, q)


def mixture(vertices: Sequence[Mix], rng: Random) -> Mix:
    """A random rational point inside the convex hull."""
    weights = [rng.randint(1, 9) for _ in vertices]
    return tuple(
        sum(w * x for w, x in zip(weights, column, strict=True)) / F(sum(weights))
        for column in zip(*vertices, strict=True)
    )


@settings(max_examples=100)
@given(bimatrix_games(max_side=4, kinds=("tied", "duplicated", "rank one", "zero-sum")))
def test_subsets_are_the_maximal_products_and_components_their_connection(
    game: BimatrixGame,
) -> None:
    found = nash(game)
    listed = set(pairs(found))
    products = [(set(s.leader_vertices), set(s.follower_vertices)) for s in found.subsets]
    covered = set().union(*(product(xs, ys) for xs, ys in products))
    assert covered == listed
    leader, follower = {p for p, _ in listed}, {q for _, q in listed}
    for xs, ys in products:  # nothing can be added to either side
        assert ys == {q for q in follower if all((p, q) in listed for p in xs)}
        assert xs == {p for p in leader if all((p, q) in listed for q in ys)}
    if len(follower) <= 8:
        sides = [
            frozenset(p for p in leader if all((p, q) in listed for q in chosen))
            for size in range(1, len(follower) + 1)
            for chosen in combinations(follower, size)
        ]
        assert {frozenset(xs) for xs, _ in products} == {side for side in sides if side}
        assert len(products) == len({frozenset(xs) for xs, _ in products})
    number = {
        pair: s.component
        for s, xy in zip(found.subsets, products, strict=True)
        for pair in product(*xy)
    }
    for (p, q), (r, t) in combinations(listed, 2):
        if p == r or q == t:
            assert number[p, q] == number[r, t]
    assert component_count(listed) == len(set(number.values()))
    first = list(dict.fromkeys(number[pair] for pair in pairs(found)))
    assert first == list(range(len(first)))


def component_count(listed: set[Pair]) -> int:
    """Components of the graph whose edges are the equilibria, by merging sets."""
    groups: list[set[tuple[str, Mix]]] = []
    for p, q in listed:
        merged = {("leader", p), ("follower", q)}
        for group in [g for g in groups if g & merged]:
            merged |= group
            groups.remove(group)
        groups.append(merged)
    return len(groups)


@settings(max_examples=60)
@given(bimatrix_games(max_side=5), st.integers(0, 2**32))
def test_renaming_actions_renames_the_equilibria(game: BimatrixGame, seed: int) -> None:
    rng = Random(seed)
    m, n = game.shape
    rows, columns = rng.sample(range(m), m), rng.sample(range(n), n)
    renamed = BimatrixGame(
        [[game.leader_exact[i, j] for j in columns] for i in rows],
        [[game.follower_exact[i, j] for j in columns] for i in rows],
    )
    expected = {
        (tuple(p[i] for i in rows), tuple(q[j] for j in columns)) for p, q in pairs(nash(game))
    }
    assert set(pairs(nash(renamed))) == expected
    assert {(q, p) for p, q in pairs(nash(game.transpose()))} == set(pairs(nash(game)))


@settings(max_examples=60)
@given(bimatrix_games(max_side=5), st.integers(0, 2**32))
def test_best_responses_alone_decide(game: BimatrixGame, seed: int) -> None:
    """Positive scales, and bonuses that a player cannot influence, change no equilibrium."""
    rng = Random(seed)
    m, n = game.shape
    scale, other = (F(rng.randint(1, 9), rng.choice([1, 7, 10**9])) for _ in range(2))
    bonus = [rng.randint(-9, 9) for _ in range(max(m, n))]
    changed = BimatrixGame(
        [[scale * game.leader_exact[i, j] + bonus[j] for j in range(n)] for i in range(m)],
        [[other * game.follower_exact[i, j] - bonus[i] for j in range(n)] for i in range(m)],
    )
    assert pairs(nash(changed)) == pairs(nash(game))


@settings(max_examples=40)
@given(bimatrix_games(max_side=6))
def test_each_first_label_leads_to_an_extreme_equilibrium(game: BimatrixGame) -> None:
    listed = set(pairs(nash(game)))
    assert {lemke_howson(game, label=k) for k in range(sum(game.shape))} <= listed


def test_coordination_games_have_an_equilibrium_for_each_set_of_actions() -> None:
    identity = [[int(i == j) for j in range(7)] for i in range(7)]
    found = nash(BimatrixGame(identity, identity))
    assert len(found.equilibria) == len(found.subsets) == 2**7 - 1  # Quint and Shubik (1997)
    assert all(p == q for p, q in pairs(found))


def test_avoidance_games_have_a_subset_for_each_split_of_the_actions() -> None:
    """Paid for choosing differently: p and q are in equilibrium when their supports are apart."""
    avoid = [[int(i != j) for j in range(5)] for i in range(5)]
    found = nash(BimatrixGame(avoid, avoid))
    split = [s for s in found.subsets if len(s.leader_vertices) + len(s.follower_vertices) == 5]
    assert len(split) == 2**5 - 2
    assert len({subset.component for subset in split}) == 1


def test_float_payoffs_are_the_rationals_they_are() -> None:
    """0.1 + 0.2 exceeds 0.3 as floats: the second row is better, by 2**-54, not tied."""
    found = nash(BimatrixGame([[0.3, 0.3], [0.1 + 0.2, 0.3]], [[0, 0], [1, 0]]))
    assert pairs(found) == [((1, 0), (0, 1)), ((0, 1), (1, 0))]


def test_a_wide_game_costs_no_more_than_its_short_side() -> None:
    rng = Random(5)
    leader, follower = ([[rng.randint(-9, 9) for _ in range(80)] for _ in range(3)] for _ in "ab")
    game = BimatrixGame(leader, follower)
    found = nash(game)
    assert found.complete
    assert all(is_equilibrium(game, p, q) for p, q in pairs(found))
    assert {(q, p) for p, q in pairs(nash(game.transpose()))} == set(pairs(found))


def test_an_incomplete_answer_says_so() -> None:
    rng = Random(3)
    leader, follower = ([[rng.randint(-9, 9) for _ in range(30)] for _ in range(30)] for _ in "ab")
    game = BimatrixGame(leader, follower)
    found = nash(game)
    assert (found.complete, found.subsets, len(found.equilibria)) == (False, (), 1)
    equilibrium = found.equilibria[0]
    p, q = equilibrium.leader_strategy, equilibrium.follower_strategy
    assert is_equilibrium(game, p, q)
    assert (equilibrium.leader_value, equilibrium.follower_value) == expected_payoffs(game, p, q)


def test_the_caller_decides_between_all_and_one() -> None:
    battle = BimatrixGame(*BATTLE)
    assert len(nash(battle, complete=True).equilibria) == 3
    one = nash(battle, complete=False)
    assert not one.complete
    assert pairs(one)[0] in pairs(nash(battle))


@pytest.mark.parametrize(
    ("leader", "follower"),
    [
        pytest.param(*LONG_PATHS, id="too many rays"),
        pytest.param([[0] * 8] * 8, [[0] * 8] * 8, id="too many equilibria"),
        pytest.param(
            *[[[int(i != j) for j in range(8)] for i in range(8)]] * 2, id="too many subsets"
        ),
    ],
)
def test_enumeration_gives_up_by_default_but_not_on_demand(
    monkeypatch: pytest.MonkeyPatch, leader: Any, follower: Any
) -> None:
    game = BimatrixGame(leader, follower)
    assert nash(game).complete
    monkeypatch.setattr(solvers.nash, "MAX_NUMBERS", 20 * sum(game.shape))
    given_up = nash(game)
    assert not given_up.complete
    assert is_equilibrium(game, *pairs(given_up)[0])
    assert nash(game, complete=True).complete


def test_batches_of_vertices_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("tied", "generic", "rank one"):
        game = BimatrixGame(*KINDS[kind](Random(2), 6, 6))
        whole = nash(game)
        monkeypatch.setattr(solvers.nash, "BATCH", 7)
        assert pairs(nash(game)) == pairs(whole)
        monkeypatch.undo()


@pytest.mark.parametrize("label", [-1, 4])
def test_a_label_that_is_no_action_is_refused(label: int) -> None:
    with pytest.raises(InvalidGameError, match="0 to 3, got"):
        lemke_howson(BimatrixGame(*BATTLE), label=label)


def test_degenerate_paths_do_not_cycle() -> None:
    rng = Random(7)
    for size in (8, 12):
        game = BimatrixGame(*KINDS["tied"](rng, size, size))
        for label in range(2 * size):
            assert is_equilibrium(game, *lemke_howson(game, label=label))


@pytest.mark.parametrize("kind", ["generic", "tied", "zero-sum", "rank one", "duplicated"])
def test_one_equilibrium_of_a_large_game_is_exact(kind: str) -> None:
    game = BimatrixGame(*KINDS[kind](Random(11), 40, 40))
    assert is_equilibrium(game, *lemke_howson(game))
    assert is_equilibrium(game, *pairs(nash(game))[0])


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["generic", "zero-sum", "floats"])
def test_one_equilibrium_of_a_hundred_by_hundred_game_is_exact(kind: str) -> None:
    game = BimatrixGame(*KINDS[kind](Random(1), 100, 100))
    assert is_equilibrium(game, *lemke_howson(game))
    assert is_equilibrium(game, *pairs(nash(game))[0])


def test_small_games_are_solved_without_numerical_libraries() -> None:
    code = (
        "import sys\n"
        "from solvers.nash import nash\n"
        "from stackel.game import BimatrixGame\n"
        "nash(BimatrixGame([[5, 0], [0, 2]], [[1, 0], [0, 2]]))\n"
        "print(sorted({'numpy', 'scipy', 'flint', 'sympy', 'cvxpy', 'highspy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_larger_games_agree_with_every_basis(kind: str) -> None:
    game = BimatrixGame(*KINDS[kind](Random(4), 5, 6))
    assert set(pairs(nash(game))) == brute_force(game)[0]


# Other systems. What is asserted is a fact about our answer; a system that has mended its own is
# no failure.


@pytest.mark.peer
@settings(max_examples=40)
@given(bimatrix_games(max_side=4))
def test_gambit_in_rationals_lists_the_same_equilibria(game: BimatrixGame) -> None:
    gbt = pytest.importorskip("pygambit")
    m, n = game.shape
    arrays = (
        [
            [gbt.Rational(x.numerator, x.denominator) for x in row]
            for row in ([payoffs[i, j] for j in range(n)] for i in range(m))
        ]
        for payoffs in (game.leader_exact, game.follower_exact)
    )
    theirs = gbt.nash.enummixed_solve(gbt.Game.from_arrays(*arrays), rational=True).equilibria
    assert {gambit_pair(profile) for profile in theirs} == set(pairs(nash(game)))


def gambit_pair(profile: Any) -> Pair:
    leader, follower = (
        tuple(F(int(x.numerator), int(x.denominator)) for _, x in mixed)
        for _, mixed in profile.mixed_strategies()
    )
    return leader, follower


MISSED = {  # a listed equilibrium that a peer's float method has been seen to miss
    "nashpy supports": ("unique and mixed where a float sign decides", 0),
    "nashpy vertices": ("leader indifferent against the reply", 0),
    "quantecon supports": ("a segment and a point", 2),
    "quantecon vertices": ("all payoffs equal", 3),
}


def peer_list(method: str, game: BimatrixGame) -> list[Pair]:
    if method.startswith("nashpy"):
        nashpy = pytest.importorskip("nashpy")
        bimatrix = nashpy.Game(game.leader, game.follower)
        if method == "nashpy supports":
            return list(bimatrix.support_enumeration())
        return list(bimatrix.vertex_enumeration())
    gt = pytest.importorskip("quantecon.game_theory")
    players = gt.Player(game.leader), gt.Player(game.follower.T.copy())
    normal_form = gt.NormalFormGame(players)
    if method == "quantecon supports":
        return list(gt.support_enumeration(normal_form))
    return list(gt.vertex_enumeration(normal_form))


@pytest.mark.peer
@pytest.mark.filterwarnings("ignore")  # they warn that the game may be degenerate
@pytest.mark.parametrize("method", MISSED)
def test_equilibria_that_float_methods_miss_are_listed(method: str) -> None:
    name, index = MISSED[method]
    game = BimatrixGame(*LISTED[name][:2])
    ours = pairs(nash(game))
    p, q = ours[index]
    assert is_equilibrium(game, p, q)
    theirs = peer_list(method, game)
    near = [
        all(abs(float(x) - y) < 1e-6 for x, y in zip((*p, *q), (*r, *t), strict=True))
        for r, t in theirs
    ]
    if any(near):
        pytest.skip(f"this version of {method.split()[0]} finds it")
