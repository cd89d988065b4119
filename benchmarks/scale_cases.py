"""What the scale study measures: a case is a kind of work and the size that grows.

``make(size)`` draws the problem, which is not timed, and returns the work, which is. Games are
seeded by the case and the size alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Literal, TypeAlias

import games
import markov
import numpy as np

import stackel
from stackel.gridworld import generate

Work: TypeAlias = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Case:
    """One curve of the study."""

    id: str
    group: str
    """The table that it stands in."""
    title: str
    grows: str
    """What is doubled, or increased."""
    make: Callable[[int], Work]
    start: int
    law: Literal["power", "exponential", "none"] = "power"
    """Whether time is fitted as a power of the size, which is then doubled, or as exponential."""
    step: int = 1
    """Increase of the size where it is not doubled."""
    most: int | None = None
    """The last size, where a rule of the problem or memory ends the curve."""

    def sizes(self) -> Iterator[int]:
        """From small to large."""
        size = self.start
        while self.most is None or size <= self.most:
            yield size
            size = 2 * size if self.law == "power" else size + self.step


def matrix(kind: str, shape: Callable[[int], tuple[int, int]], **asked: Any) -> Any:
    """Solve one random game of a kind."""

    def make(size: int) -> Work:
        a, b = games.game(kind, *shape(size), 0)
        return lambda: stackel.solve(a, b, **asked)

    return make


def square(size: int) -> tuple[int, int]:
    """As many follower actions as leader actions."""
    return size, size


def nash(complete: bool) -> Callable[[int], Work]:
    """All extreme equilibria, or one."""
    from solvers.nash import nash as solve

    def make(size: int) -> Work:
        a, b = games.game("integers", size, size, 0)
        return lambda: solve(stackel.BimatrixGame(a, b), complete=complete)

    return make


def types(method: str) -> Callable[[int], Work]:
    """Follower types with 8 x 4 integer payoffs and equal chances."""

    def make(size: int) -> Work:
        rng = np.random.default_rng([0, size])
        leader = rng.integers(-9, 10, (8, 4)).tolist()
        follower = rng.integers(-9, 10, (size, 8, 4)).tolist()
        prior = [Fraction(1, size)] * size
        return lambda: stackel.solve(stackel.BayesianGame(leader, follower, prior), method=method)

    return make


def batch(m: int, n: int) -> Callable[[int], Work]:
    """Many games of one shape at once."""

    def make(size: int) -> Work:
        a, b = np.random.default_rng(size).integers(-9, 10, (2, size, m, n)).astype(float)
        return lambda: stackel.solve_batch(a, b)

    return make


def grid(concept: str | None = None, **fixed: Any) -> Callable[..., Work]:
    """Solve one generated gridworld; fields that are callables take the size."""

    def make(size: int) -> Work:
        fields = {name: value(size) if callable(value) else value for name, value in fixed.items()}
        game = generate(rng=np.random.default_rng([1, size]), **fields)
        # drawn anew for each solve, as the game keeps what it has worked out
        return lambda: stackel.solve(generate_again(game), concept=concept)

    return make


def generate_again(game: stackel.GridworldGame) -> stackel.GridworldGame:
    """The same game without anything worked out."""
    from dataclasses import replace

    return replace(game)


def stages(concept: str, *, method: str | None = None, **fixed: Any) -> Callable[[int], Work]:
    """Solve one random Markov game; fields that are callables take the size."""

    def make(size: int) -> Work:
        fields = {name: value(size) if callable(value) else value for name, value in fixed.items()}
        game = markov.random_game(
            Random(size), fields.pop("states"), fields.pop("m"), fields.pop("n"),
            certain=False, **fields,
        )  # fmt: skip
        return lambda: stackel.solve(game, concept=concept, method=method)

    return make


def learners(preset: str, **fixed: Any) -> Callable[[int], Work]:
    """Train one pair; fields that are callables take the size. Compiled and imported before."""

    def make(size: int) -> Work:
        fields = {name: value(size) if callable(value) else value for name, value in fixed.items()}
        actions = fields.pop("actions", 2)
        a, b = games.game("integers", actions, actions, 0)
        game = stackel.BimatrixGame(a, b)
        stackel.train(game, preset=preset, iterations=2, seed=0, logged=1)
        return lambda: stackel.train(game, preset=preset, seed=0, logged=100, **fields)

    return make


def claims(size: int) -> Work:
    """Decide every claim, with the first or the second budget."""
    budget = ("quick", "default")[size - 1]
    return lambda: stackel.verify(budget=budget, processes=1)


def own(size: int) -> int:
    """The size itself."""
    return size


WIND = Fraction(1, 10)
RHO = "covariant -0.9"
SSE, WEAK, EQUILIBRIA, CONSTANT, SMALL, GRID, WINDY, PATH, STAGES, LEARNING, CLAIMS = (
    "Strong Stackelberg equilibria", "Weak and pure commitment", "Equilibria without commitment",
    "Constant-sum games", "Follower types and batches", "Gridworlds", "Gridworlds with wind",
    "Interception on the way", "Markov games", "Learners", "Claims",
)  # fmt: skip
side: dict[str, Any] = {"rows": own, "cols": own}
ten: dict[str, Any] = {"rows": 10, "cols": 10}
middle: dict[str, Any] = {"interception": "path", "general_sum": False}
chain: dict[str, Any] = {"m": 2, "n": 2}

CASES = tuple(
    Case(id=id, group=group, title=title, grows=grows, make=make, start=start, **more)
    for id, group, title, grows, make, start, more in (
        ("sse-uniform", SSE, "uniform, exact", "m = n",
         matrix("uniform", square, concept="sse"), 20, {}),
        ("sse-covariant", SSE, "covariance -0.9, exact", "m = n",
         matrix(RHO, square, concept="sse"), 20, {}),
        ("sse-security", SSE, "security, exact", "m = n",
         matrix("security", square, concept="sse"), 20, {}),
        ("sse-covariant-float", SSE, "covariance -0.9, float", "m = n",
         matrix(RHO, square, concept="sse", certify="float"), 20, {}),
        ("sse-uniform-float", SSE, "uniform, float", "m = n",
         matrix("uniform", square, concept="sse", certify="float"), 20, {"most": 5120}),
        ("sse-wide", SSE, "covariance -0.9, m = 20, exact", "n",
         matrix(RHO, lambda n: (20, n), concept="sse"), 100, {"most": 819_200}),
        ("sse-tall", SSE, "covariance -0.9, n = 20, exact", "m",
         matrix(RHO, lambda m: (m, 20), concept="sse"), 100, {"most": 819_200}),
        ("wse", WEAK, "weak, uniform", "m = n", matrix("uniform", square, concept="wse"), 5, {}),
        ("wse-covariant", WEAK, "weak, covariance -0.9", "m = n",
         matrix(RHO, square, concept="wse"), 5, {}),
        ("pure", WEAK, "pure, uniform", "m = n",
         matrix("uniform", square, concept="pure"), 80, {"most": 5120}),
        ("nash-all", EQUILIBRIA, "all extreme Nash, integers", "m = n",
         nash(True), 4, {"law": "exponential", "step": 2}),
        ("nash-one", EQUILIBRIA, "one Nash, integers", "m = n", nash(False), 8, {}),
        ("ce", EQUILIBRIA, "CE, integers", "m = n",
         matrix("integers", square, concept="ce"), 5, {}),
        ("cce", EQUILIBRIA, "CCE, integers", "m = n",
         matrix("integers", square, concept="cce"), 5, {}),
        ("no-regret", EQUILIBRIA, "no-regret class and band, integers", "m = n",
         matrix("integers", square, concept="no_regret"), 5, {}),
        ("minimax-exact", CONSTANT, "uniform, exact", "m = n",
         matrix("zero-sum", square, concept="zero_sum"), 20, {}),
        ("minimax-float", CONSTANT, "uniform, float", "m = n",
         matrix("zero-sum", square, concept="zero_sum", certify="float"), 20, {}),
        ("types", SMALL, "types of 8 x 4, branch and bound", "types",
         types("branch-and-bound"), 2, {"law": "exponential", "step": 2}),
        ("types-dobss", SMALL, "types of 8 x 4, DOBSS", "types",
         types("dobss"), 2, {"law": "exponential", "step": 2}),
        ("batch-2", SMALL, "batch of 2 x 2", "games", batch(2, 2), 2**16, {"most": 2**23}),
        ("batch-4", SMALL, "batch of 4 x 4", "games", batch(4, 4), 2**12, {"most": 2**18}),
        ("grid-side", GRID, "5 targets, 2 defenders", "rows = cols",
         grid(**side), 16, {"most": 1024}),
        ("grid-targets", GRID, "100 x 100, 50 defenders", "targets",
         grid(rows=100, cols=100, targets=own, defenders=50), 64, {"most": 8192}),
        ("grid-defenders", GRID, "100 x 100, 1000 targets", "defenders",
         grid(rows=100, cols=100, targets=1000, defenders=own), 4, {"most": 512}),
        ("grid-horizon", GRID, "100 x 100, 1000 targets, 50 defenders", "horizon",
         grid(rows=100, cols=100, targets=1000, defenders=50, horizon=own), 16, {"most": 1024}),
        ("wind-horizon", WINDY, "10 x 10, zero-sum", "horizon",
         grid(**ten, wind=WIND, general_sum=False, horizon=own), 10, {}),
        ("wind-side", WINDY, "zero-sum, horizon twice the side", "rows = cols",
         grid(**side, wind=WIND, general_sum=False, horizon=lambda s: 2 * s), 5, {}),
        ("wind-general", WINDY, "general-sum, 3 targets, horizon twice the side", "rows = cols",
         grid(**side, wind=WIND, targets=3, horizon=lambda s: 2 * s),
         3, {"law": "exponential", "most": 9}),
        ("wind-declared", WINDY, "general-sum, declared target", "rows = cols",
         grid(**side, wind=WIND, attack_rule="declared", horizon=lambda s: 2 * s), 5, {}),
        ("path-side", PATH, "zero-sum, 2 defenders, from the middle", "rows = cols",
         grid(**side, **middle, start=lambda s: (s // 2, s // 2)),
         4, {"law": "exponential", "step": 2}),
        ("path-defenders", PATH, "zero-sum, 10 x 10, from the middle", "defenders",
         grid(**ten, **middle, start=(5, 5), defenders=own), 1, {"law": "exponential"}),
        ("markov-value", STAGES, "zero-sum value, 3 x 3, discount 9/10", "states",
         stages("zero_sum", states=own, m=3, n=3, opposed=True, discount="9/10"), 4, {}),
        ("markov-finite", STAGES, "zero-sum value, 4 states of 3 x 3", "horizon",
         stages("zero_sum", states=4, m=3, n=3, opposed=True, horizon=own), 2, {}),
        ("markov-stage-states", STAGES, "stage-wise, 3 x 3, horizon 4", "states",
         stages("stage_wise", states=own, m=3, n=3, horizon=4), 4, {}),
        ("markov-stage-horizon", STAGES, "stage-wise, 4 states of 3 x 3", "horizon",
         stages("stage_wise", states=4, m=3, n=3, horizon=own), 2, {}),
        ("markov-history", STAGES, "history-dependent, normal form, one state of 2 x 2", "horizon",
         stages("sse", states=1, **chain, method="normal-form", horizon=own),
         1, {"law": "exponential", "most": 4}),
        ("markov-sequence", STAGES, "history-dependent, sequence form, one state of 2 x 2",
         "horizon", stages("sse", states=1, **chain, method="sequence-form", horizon=own),
         1, {"law": "exponential", "most": 4}),
        ("hedge-runs", LEARNING, "Hedge and Hedge, 2 x 2, 1000 iterations", "runs",
         learners("hedge-hedge", iterations=1000, seeds=own), 16, {"most": 2**16}),
        ("hedge-iterations", LEARNING, "Hedge and Hedge, 2 x 2, 16 runs", "iterations",
         learners("hedge-hedge", iterations=own, seeds=16), 1000, {}),
        ("hedge-actions", LEARNING, "Hedge and Hedge, 16 runs, 1000 iterations", "m = n",
         learners("hedge-hedge", iterations=1000, seeds=16, actions=own), 2, {"most": 64}),
        ("ald-runs", LEARNING, "PPO and Hedge, 2 x 2, 100 iterations", "runs",
         learners("ald", iterations=100, seeds=own), 16, {}),
        ("ald-iterations", LEARNING, "PPO and Hedge, 2 x 2, 16 runs", "iterations",
         learners("ald", iterations=own, seeds=16), 100, {}),
        ("ald-actions", LEARNING, "PPO and Hedge, 16 runs, 100 iterations", "m = n",
         learners("ald", iterations=100, seeds=16, actions=own), 2, {"most": 32}),
        ("ald-workers", LEARNING, "PPO and Hedge, 2 x 2, 480 runs, 100 iterations", "processes",
         learners("ald", iterations=100, seeds=480, processes=own), 1, {"law": "none", "most": 2}),
        ("hedge-workers", LEARNING, "Hedge and Hedge, 2 x 2, 4096 runs, 4000 iterations",
         "processes", learners("hedge-hedge", iterations=4000, seeds=4096, processes=own),
         1, {"law": "none", "most": 2}),
        ("claims", CLAIMS, "all, one process", "budget (1: quick, 2: default)",
         claims, 1, {"law": "none", "most": 2}),
    )
)  # fmt: skip
BY_ID = {case.id: case for case in CASES}
