"""Runs of learners, claims of a paper, and the files that both are written to."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import stackel


def reached(run: stackel.Run) -> list[str]:
    """How often each combination ended near V, and whether every average obeyed its band."""
    return [
        f"{each.game} {each.algorithm} {each.settings}: {each.average:.3f}, "
        f"near V {each.reached}, class {each.class_}"
        for each in run.outcomes
    ]


def trained(folder: Path) -> stackel.Run:
    """A sweep that is written, stopped by nothing, and read again."""
    shares: list[float] = []
    run = stackel.train(
        ["battle", "hero"],
        preset="hedge-hedge",
        iterations=200,
        seeds=2,
        seed=0,
        out=folder / "run.nc",
        follower=["hedge-anytime", "regret-matching"],
        progress=lambda standing: shares.append(standing.share),
    )
    again = stackel.load_run(folder / "run.nc")
    if again.seeds != run.seeds:
        raise ValueError(f"the seeds are recorded, got {again.seeds}")
    stackel.plot(run, folder / "run.png")
    return again


def decided(report: stackel.Report) -> list[str]:
    """Each claim with its verdict and how strong its evidence is."""
    return [f"{each.id}: {each.verdict} by {each.kind}, {each.short}" for each in report.decided]


def main() -> None:
    """Print all of it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        run = trained(folder)
        report = stackel.verify(["table-1-se", "thm-1"], budget="quick", seed=0, processes=1)
        stackel.save_report(report, folder / "report.html")
        page = stackel.reproduce(
            "table-1", out=folder / "again", seeds=1, iterations=20, quick=True
        )
        sizes = [path.stat().st_size for path in (page, folder / "run.png")]
    print(*reached(run), sep="\n")
    print(float(run.data["leader_average"].mean()), run.plan["iterations"], min(sizes) > 1000)
    print(*decided(report), report["thm-1"].replacement, report.agrees, sep="\n")
    try:
        stackel.load_run("missing.nc")
    except stackel.CheckpointError as error:
        print(error)
    try:
        stackel.train("battle", iterations=0)
    except stackel.StackelError as error:
        print(error)


if __name__ == "__main__":
    main()
