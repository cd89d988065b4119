"""Matrix games and games with types: every kind of input, and what the answers hold."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

import stackel


def value(solution: stackel.Solution) -> Fraction:
    """The leader's exact value."""
    found = solution.sse.leader_value
    if not isinstance(found, Fraction):
        raise TypeError(f"an exact value is a Fraction, got {found!r}")
    return found


def inputs(folder: Path) -> list[Fraction]:
    """One game given as lists, strings, arrays, an object, a file and a name."""
    A, B = [[2, 4], [1, 3]], [[1, 0], [0, 1]]
    game = stackel.BimatrixGame(A, B, name="mine", leader_actions=("top", "bottom"))
    files = [folder / f"mine{suffix}" for suffix in (".json", ".nfg", ".npz")]
    for file in files:
        stackel.save_game(game, file)
    solved = [
        stackel.solve(A, B),
        stackel.solve([["2", "8/2"], ["1", "3"]], B),
        stackel.solve(np.array(A), np.array(B, dtype=float), concept="sse"),
        stackel.solve(game, concept=["sse", "pure"], method="milp"),
        *(stackel.solve(file) for file in files),
        stackel.solve(stackel.load_game(str(files[0]))),
    ]
    return [value(each) for each in solved]


def strategies(solution: stackel.Solution) -> list[float]:
    """The first leader probability of every concept that has one."""
    nash = solution.nash.equilibria[0]
    inward = solution.sse.inward
    mixes = [
        solution.sse.leader_strategy,
        solution.wse.leader_strategy,
        nash.leader_strategy,
        solution.maximin.leader_strategy,
        solution.maximin.follower_punishment,
    ]
    if inward is not None:
        mixes.append(inward.leader_strategy)
    return [float(mix[0]) for mix in mixes]


def ranges(solution: stackel.Solution) -> dict[str, float]:
    """What correlated play and learners can earn."""
    band = solution.no_regret
    return {
        "ce": float(solution.ce.leader_max - solution.ce.leader_min),
        "cce": float(solution.cce.follower_max - solution.cce.follower_min),
        "band": float(band.hi + band.k_hi - band.lo + band.k_lo),
        "pure": float(solution.pure.strong.leader_value - solution.pure.weak.leader_value),
    }


def bayesian() -> tuple[int, ...]:
    """The reply of each type."""
    game = stackel.BayesianGame(
        [[2, 4], [1, 3]], [[[1, 0], [0, 1]], [[0, 1], [3, 0]]], ["1/2", "1/2"]
    )
    sse = stackel.solve(game).sse
    if not sse.certified:
        raise ValueError(sse.method)
    return sse.follower_actions


def batch() -> float:
    """The mean value of many games."""
    A, B = np.random.default_rng(0).integers(-3, 4, (2, 50, 2, 3)).astype(float)
    found: stackel.BatchSolution = stackel.solve_batch(A, B)
    return float(found.leader_value.mean())


def refusals() -> list[str]:
    """What is said about input that breaks a rule."""
    said: list[str] = []
    try:
        stackel.solve("battel")
    except stackel.UnknownNameError as error:
        said.append(str(error))
    try:
        stackel.solve([[1, 2], [3]], [[1, 2], [3, 4]])
    except stackel.InvalidGameError as error:
        said.append(str(error))
    try:
        _ = stackel.solve("battle", concept="sse").nash
    except stackel.NotComputedError as error:
        said.append(str(error))
    return said


def main() -> None:
    """Print all of it."""
    with TemporaryDirectory() as folder:
        values = inputs(Path(folder))
    if set(values) != {Fraction(7, 2)}:
        raise ValueError(f"one game has one value, got {values}")
    battle = stackel.solve("battle", progress=lambda share: None)
    claims = [claim.agrees for claim in battle.claims]
    print(len(stackel.names()), sum(claims), strategies(battle), ranges(battle))
    print(bayesian(), batch(), *refusals(), sep="\n")
    print(battle.to_dict()["format"], battle.exact, dict(battle.omitted))


if __name__ == "__main__":
    main()
