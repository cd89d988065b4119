"""Run the registry: every claim's checks, claims side by side in processes of their own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from multiprocessing import active_children, get_context
from time import perf_counter

from dynamics.crew.worker import follow_parent
from proofs_checks.budget import Budget
from proofs_checks.checks import Check
from proofs_checks.evidence import Evidence
from proofs_checks.registry import Claim, claims, select
from proofs_checks.report import Decided, Report
from stackel.errors import InvalidGameError, StackelError, brief

LARGEST_SEED = 2**62
"""Seeds are less, as those of runs."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Each process computes with one thread: the claims are the parallelism."""


def verify(
    ids: Iterable[str] | None = None,
    *,
    budget: str = "default",
    seed: int,
    processes: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Report:
    """Return the verdicts on the claims ``ids``, or on all.

    Parameters
    ----------
    ids : iterable of str, optional
        Claims, such as ``["thm-1", "r1-cce"]``.
    budget : {"quick", "default", "thorough"}
        How hard searches look and how long simulations run.
    seed : int
        Where searches and simulations start: the same seed finds the same.
    processes : int, optional
        Processes to use, by default one a core; 1 runs everything here.
    progress : callable, optional
        Called with the share of the claims that is decided, 0 to 1.

    Raises
    ------
    UnknownNameError
        For a claim or budget that does not exist.
    ClaimError
        When the registry breaks one of its rules.
    """
    if isinstance(seed, bool) or not isinstance(seed, int):
        raise InvalidGameError(f"a seed is an integer, got {brief(seed)}")
    if abs(seed) >= LARGEST_SEED:
        raise InvalidGameError(f"a seed is less than {LARGEST_SEED} in size, got {brief(seed)}")
    chosen = select(ids)
    spent = Budget.named(budget, seed=seed)
    count = min(len(chosen), processes or os.cpu_count() or 1)
    start = perf_counter()
    found: dict[str, Decided] = {}
    runs = _here(chosen, spent) if count <= 1 else _side_by_side(chosen, spent, count)
    try:
        for done in runs:
            found[done.id] = done
            if progress is not None:
                progress(len(found) / len(chosen))
    except KeyboardInterrupt:
        if not found:
            raise
    except BrokenProcessPool:
        if not found:
            raise StackelError(
                "a process that decided claims was killed, perhaps for want of memory"
            ) from None
    return Report(
        decided=tuple(found[each.id] for each in chosen if each.id in found),
        budget=budget,
        seed=seed,
        seconds=perf_counter() - start,
        missing=tuple(each.id for each in chosen if each.id not in found),
    )


def decide_claim(claim: Claim, budget: Budget) -> Decided:
    """Run the checks of one claim that the budget allows."""
    start = perf_counter()
    own = replace(budget, claim=claim.id)
    allowed = [check for check in claim.checks if budget.allows(check.least)]
    evidence = tuple(_run(check, own) for check in allowed if not check.missing)
    return Decided.of(
        claim,
        evidence,
        skipped=len(claim.checks) - len(allowed),
        missing=tuple(sorted({check.missing for check in allowed if check.missing})),
        seconds=perf_counter() - start,
    )


def _run(check: Check, budget: Budget) -> Evidence:
    """The finding of one check; a check that breaks has shown nothing."""
    start = perf_counter()
    try:
        found = check.run(budget)
    except Exception as error:  # a broken solver must fail its claim, not the registry
        found = check.found("broken", None, f"the check broke: {type(error).__name__}: {error}")
    return replace(found, seconds=perf_counter() - start)


def _here(chosen: list[Claim], budget: Budget) -> Iterable[Decided]:
    for claim in chosen:
        yield decide_claim(claim, budget)


def _side_by_side(chosen: list[Claim], budget: Budget, count: int) -> Iterable[Decided]:
    """Claims as they are decided. Processes are spawned: they share no state with this one."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    others = set(active_children())
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=follow_parent)
    try:
        waiting = [pool.submit(_by_id, each.id, budget) for each in chosen]
        for future in as_completed(waiting):
            yield future.result()
    except BaseException:  # Ctrl-C: a proof may think for a minute yet
        for process in set(active_children()) - others:
            process.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _by_id(id: str, budget: Budget) -> Decided:
    return decide_claim(claims()[id], budget)
