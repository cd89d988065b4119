"""The shards that are finished, one JSON line each, so that a stop loses no more than one."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from campaign.shard import Findings


class Journal:
    """A file whose first line is the plan, each further line one finished shard."""

    def __init__(self, path: Path, plan: Mapping[str, Any], *, resume: bool) -> None:
        self.path = path
        self.finished: dict[int, Findings] = {}
        """Shard -> what was found."""
        if path.exists() and not resume:
            raise SystemExit(f"{path} exists: go on with --resume, or name another --state")
        if path.exists():
            self._read(plan)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._append(dict(plan))

    def _read(self, plan: Mapping[str, Any]) -> None:
        whole, torn = [], False
        for line in self.path.read_text().splitlines(keepends=True):
            torn = not line.endswith("\n")
            if not torn:
                whole.append(json.loads(line))
        if not whole or whole[0] != dict(plan):
            raise SystemExit(f"{self.path} is of another plan: {whole[:1]}, not {dict(plan)}")
        for entry in whole[1:]:
            self.finished[entry["shard"]] = Findings.from_dict(entry)
        if torn:  # written when the machine went down: drop it, and play that shard again
            text = "".join(json.dumps(entry) + "\n" for entry in whole)
            partial = self.path.with_suffix(".partial")
            partial.write_text(text)
            partial.replace(self.path)

    def add(self, shard: int, findings: Findings) -> None:
        """Write down a finished shard; it is on the disk when this returns."""
        self._append({"shard": shard, **findings.to_dict()})
        self.finished[shard] = findings

    def _append(self, entry: dict[str, Any]) -> None:
        with self.path.open("a") as file:
            file.write(json.dumps(entry) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def total(self) -> Findings:
        """Everything found so far."""
        total = Findings()
        for shard in sorted(self.finished):
            total.add(self.finished[shard])
        return total
