"""What the campaign found, in one file."""

from __future__ import annotations

import json
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from campaign import batches
from campaign.calls import LIMIT
from campaign.games import FAMILIES, draw
from campaign.ours import OURS
from campaign.peers import PEERS
from campaign.shard import ASKED, FINE, SYSTEMS, Findings, installed


def summary(total: Findings, *, seed: int) -> dict[str, Any]:
    """Counts by system and family, kinds of faults with their smallest games, and how to repeat."""
    games = sum(total.games.values())
    packages = sorted({peer.package for peer in installed().values()})
    return {
        "command": f"python benchmarks/differential.py --games {games} --seed {seed}",
        "machine": platform.machine(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("python-flint", "highspy", *packages)},
        "games": games,
        "families": list(FAMILIES),
        "shapes": dict(sorted(total.games.items(), key=lambda item: _shape(item[0]))),
        "limit": LIMIT,
        "rows": [_row(system, total) for system in SYSTEMS],
        "kinds": [
            _kind(seed, *key, example, total) for key, example in sorted(total.examples.items())
        ],
    }


def _shape(text: str) -> tuple[int, int]:
    m, n = text.split(" x ")
    return int(m), int(n)


def _row(system: str, total: Findings) -> dict[str, Any]:
    """One system: what it was asked, how long it took, how often it was right."""
    asked, fine = (
        {family: total.counts[system, family, kind] for family in FAMILIES}
        for kind in (ASKED, FINE)
    )
    games = sum(asked.values())
    entry = (OURS | PEERS).get(system)
    return {
        "system": system,
        "ours": system in OURS or system == batches.BATCH,
        "up_to": entry.up_to if entry else f"C(m + n, m) <= {batches.MAX_SYSTEMS}, or m = 2",
        "one_in": entry.one_in if entry else 1,
        "games": games,
        "agree": sum(fine.values()),
        "ms": round(1e3 * total.seconds.get(system, 0.0) / max(1, games), 3),
        "families": {family: [fine[family], asked[family]] for family in FAMILIES if asked[family]},
    }


def _kind(
    seed: int, system: str, kind: str, example: dict[str, Any], total: Findings
) -> dict[str, Any]:
    """One kind of fault of one system, with the smallest game that shows it."""
    drawn = draw(seed, example["index"])
    families = {
        family: count
        for (name, family, what), count in sorted(total.counts.items())
        if (name, what) == (system, kind)
    }
    return {
        "system": system,
        "kind": kind,
        "games": sum(families.values()),
        "families": families,
        "example": {
            "index": drawn.index,
            "family": drawn.family,
            "leader": drawn.leader,
            "follower": drawn.follower,
            "details": example["details"],
        },
    }


def write(found: dict[str, Any], path: Path) -> None:
    """Write the summary, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(found, indent=1) + "\n")
    partial.replace(path)
