"""An empty virtual environment with the wheel in it, and everything that must be true there."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from distributions import ROOT, checked, run

CONSTRAINTS = ROOT / "constraints.txt"
CLIENT = ROOT / "tests" / "client"
HEAVY = (
    "numpy", "scipy", "highspy", "cvxpy", "sympy", "flint", "z3", "hypothesis", "matplotlib",
    "xarray", "torch", "numba", "gymnasium", "pettingzoo", "distributed", "bokeh", "tensorboard",
)  # fmt: skip
"""What ``import stackel`` leaves alone."""
TRAIN = ("train", "hero", "--preset", "hedge-hedge", "--iterations", "20", "--processes", "1")


@dataclass(frozen=True, kw_only=True)
class Part:
    """An optional part: what it needs, and a command that uses it."""

    extra: str
    """What installs all that it needs."""
    command: tuple[str, ...]


PARTS = {
    "train": Part(extra="dynamics", command=(*TRAIN, "--out", "run.nc")),
    "envs": Part(extra="envs", command=("-c", "import stackel.envs")),
    "cluster": Part(extra="cluster", command=(*TRAIN, "--cluster", "local:1")),
    "tensorboard": Part(extra="tensorboard", command=(*TRAIN, "--tensorboard", "events")),
    "explore": Part(extra="explore", command=("explore", "--no-browser", "--port", "0")),
}


def last_line(text: str) -> str:
    """What an error says in the end."""
    return (text.strip().splitlines() or [""])[-1]


class Environment:
    """An empty virtual environment with the wheel in it."""

    def __init__(self, folder: Path, python: str) -> None:
        self.home = folder
        checked(python, "-m", "venv", folder / "venv")
        self.python = folder / "venv" / "bin" / "python"

    def pip(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run pip with the known-good versions."""
        return run(self.python, "-m", "pip", *words, cwd=self.home)

    def install(self, *what: str) -> str:
        """Install, without compiling what may never be imported; the last line of a failure."""
        constraint = () if "--no-deps" in what else ("-c", str(CONSTRAINTS))
        done = self.pip("install", "--quiet", "--no-compile", *constraint, *what)
        return last_line(done.stderr) if done.returncode else ""

    def resolve(self, what: str) -> list[str] | str:
        """The distributions that pip would install, as ``name==version``, or why it cannot."""
        report = self.home / "report.json"
        done = self.pip(
            "install", "--quiet", "--dry-run", "--report", str(report),
            "-c", str(CONSTRAINTS), what,
        )  # fmt: skip
        if done.returncode:
            return last_line(done.stderr)
        found = [entry["metadata"] for entry in json.loads(report.read_text())["install"]]
        return [f"{each['name']}=={each['version']}" for each in found]

    def stackel(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the installed command; with ``-c``, Python."""
        if words[0] == "-c":
            return run(self.python, *words, cwd=self.home)
        return run(self.python.parent / "stackel", *words, cwd=self.home)

    def faults(self, version: str, parts: Sequence[str], *, torch: bool) -> Iterator[str]:
        """Everything that is not as it should be where ``parts`` are installed."""
        if torch and (broken := self.pip("check")).returncode:
            yield f"pip check: {broken.stdout.strip()}"
        yield from self._core(version)
        for name in ("bash", "zsh", "fish"):
            script = run("env", f"_STACKEL_COMPLETE=source_{name}", self.python.parent / "stackel")
            if "_STACKEL_COMPLETE=complete_" not in script.stdout:
                yield f"no completion for {name}"
        for name, part in PARTS.items():
            if name in parts:
                fault = self._served() if name == "explore" else self._used(part)
            else:
                fault = self._refused(part, {part.extra} if torch else {part.extra, "dynamics"})
            if fault:
                yield f"{name}: {fault}"
        if set(parts) == set(PARTS):
            yield from self._typed()

    def _typed(self) -> Iterator[str]:
        """What strict checkers say of a client's program, and how complete the types are."""
        settings = CLIENT / "pyproject.toml"
        mypy = ("mypy", "--python-executable", self.python, "--config-file", settings, CLIENT)
        pyright = ("basedpyright", "--pythonpath", self.python, "--project", CLIENT)
        for words in (mypy, pyright):
            said = run(sys.executable, "-m", *words, cwd=self.home)
            if said.returncode:
                yield f"{words[0]}: {last_line(said.stdout + said.stderr)}"
        path = f"PATH={self.python.parent}:{os.environ['PATH']}"
        complete = ("basedpyright", "--verifytypes", "stackel", "--ignoreexternal")
        said = run("env", path, sys.executable, "-m", *complete, cwd=self.home)
        score = re.search(r"completeness score: (\S+)%", said.stdout)
        if score is None or score[1] != "100":
            yield f"{score[1] if score else 'no'} % of the public types are known"

    def _core(self, version: str) -> Iterator[str]:
        shown = f"stackel {version}\n"
        if self.stackel("--version").stdout != shown:
            yield f"stackel --version is not {version}"
        if run(self.python, "-m", "stackel", "--version", cwd=self.home).stdout != shown:
            yield f"python -m stackel --version is not {version}"
        solved = self.stackel("solve", "battle", "--json")
        if solved.returncode or json.loads(solved.stdout)["concepts"]["sse"]["leader_value"] != "5":
            yield f"stackel solve battle: {solved.stderr.strip() or solved.stdout[:100]}"
        program = f"import sys, stackel; print(*[m for m in {HEAVY} if m in sys.modules])"
        imported = self.stackel("-c", program)
        if imported.returncode or imported.stdout.strip():
            yield f"import stackel: {(imported.stdout + imported.stderr).strip()}"
        words = ("_STACKEL_COMPLETE=complete_bash", "COMP_WORDS=stackel solve batt", "COMP_CWORD=2")
        completed = run("env", *words, self.python.parent / "stackel")
        if completed.stdout.split() != ["battle", "battle_of_the_sexes"]:
            yield f"'stackel solve batt' is completed to {completed.stdout.split()}"

    def _used(self, part: Part) -> str:
        done = self.stackel(*part.command)
        return (last_line(done.stderr) or f"exit {done.returncode}") if done.returncode else ""

    def _refused(self, part: Part, extras: set[str]) -> str:
        """One line that names the extra, and exit code 2; as a library, the exception says so."""
        done = self.stackel(*part.command)
        lines = done.stderr.strip().splitlines()
        library = part.command[0] == "-c"
        if done.returncode != (1 if library else 2) or (len(lines) != 1 and not library):
            return f"missing, and met with exit {done.returncode}: {last_line(done.stderr)}"
        named = re.search(r"pip install 'stackel\[(\w+)\]'$", lines[-1])
        if named is None or named[1] not in extras:
            return f"missing, and the line does not name its extra: {lines[-1]}"
        return ""

    def _served(self) -> str:
        """Serve the page, fetch it, stop as Ctrl-C does."""
        command = [str(self.python.parent / "stackel"), *PARTS["explore"].command]
        server = subprocess.Popen(
            command, cwd=self.home, stdout=subprocess.PIPE, text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
        try:
            assert server.stdout is not None
            address = server.stdout.readline().split()
            if not address:
                return "no address was printed"
            page = urlopen(address[0], timeout=60).read()
            server.send_signal(signal.SIGINT)
            code = server.wait(timeout=60)
        finally:
            server.kill()
        if b"bokeh" not in page.lower():
            return "the page is not one of Bokeh's"
        return "" if code in (0, 130) else f"exit {code} after Ctrl-C"
