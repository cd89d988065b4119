"""The counts of every campaign, in benchmarks/results/faults.json."""

import json
import platform
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "benchmarks" / "results" / "faults.json"


def store(campaign: str, counts: dict[str, Any]) -> None:
    """Put the counts of one campaign in the place of its former ones, and print them."""
    script = Path(sys.argv[0]).resolve().relative_to(ROOT)
    found = json.loads(FILE.read_text()) if FILE.exists() else {}
    found[campaign] = {
        "command": " ".join(["python", str(script), *sys.argv[1:]]),
        "date": date.today().isoformat(),
        "python": platform.python_version(),
        "torch": version("torch"),
        **counts,
    }
    FILE.write_text(json.dumps(dict(sorted(found.items())), indent=1) + "\n")
    print(json.dumps({campaign: counts}, indent=1))
