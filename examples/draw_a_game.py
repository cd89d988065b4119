"""Draw a game to a file: payoffs, concepts, and what each commitment earns."""

import sys
from pathlib import Path

import stackel

target = Path(sys.argv[1] if len(sys.argv) > 1 else "battle.png")
stackel.plot(stackel.solve("battle"), target)
print(f"{target.name}: {target.stat().st_size // 1024} kB")
