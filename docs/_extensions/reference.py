"""The API reference: one page a package, with every public module of it, written before a build.

A new module appears by itself. Names that begin with an underscore are nobody's business.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, get_origin

from sphinx.application import Sphinx

PAGES = {
    "stackel": "Games, results and files",
    "stackel.files": "Reading and writing games",
    "stackel.catalog": "The catalogue",
    "stackel.plots": "Pictures",
    "stackel.report": "Reports of claims",
    "stackel.reproduction": "The paper, reproduced",
    "stackel.explorer": "The explorer",
    "solvers": "Solvers of matrix games",
    "solvers.gridworld": "Solvers of gridworlds",
    "solvers.markov": "Solvers of Markov games",
    "dynamics": "Runs of learners",
    "dynamics.arenas": "Arenas",
    "dynamics.setups": "Setups of arenas",
    "dynamics.envs": "Environments",
    "dynamics.learners": "Learners",
    "proofs_checks": "Claims",
    "proofs_checks.checks": "Checks of claims",
}
"""Package -> title of its page."""
ELSEWHERE = {"stackel.__main__", "stackel.api", "stackel.envs"}
"""Modules that only run, or whose names :doc:`/library` shows where a user imports them."""


def modules(package: str) -> list[str]:
    """The public modules of ``package``, without its subpackages."""
    paths = import_module(package).__path__
    names = [f"{package}.{each.name}" for each in iter_modules(paths) if not each.ispkg]
    return [
        name
        for name in names
        if not name.rpartition(".")[2].startswith("_") and name not in ELSEWHERE
    ]


def write(app: Sphinx) -> None:
    """Write the pages that are new or have changed."""
    folder = Path(app.srcdir) / "reference"
    folder.mkdir(exist_ok=True)
    pages = {package: _page(package, title) for package, title in PAGES.items()}
    pages["index"] = _rst("Reference", "=", ".. toctree::\n   :maxdepth: 1\n\n") + "".join(
        f"   {package}\n" for package in PAGES
    )
    for name, text in pages.items():
        path = folder / f"{name}.rst"
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


def _page(package: str, title: str) -> str:
    parts = [_rst(title, "=", f".. automodule:: {package}\n   :no-members:\n")]
    for name in modules(package):
        directive = f".. automodule:: {name}\n   :ignore-module-all:\n"
        parts.append(_rst(name, "-", directive))
    return "\n".join(parts)


def _rst(title: str, underline: str, body: str) -> str:
    return f"{title}\n{underline * len(title)}\n\n{body}"


def escape_stars(
    app: Sphinx, what: str, name: str, object: Any, options: Any, lines: list[str]
) -> None:
    """Shapes such as ``(*shape, n)`` begin no emphasis."""
    lines[:] = [line.replace("(*", r"(\*") for line in lines]


def no_signature(
    app: Sphinx, what: str, name: str, object: Any, options: Any, *signature: str | None
) -> tuple[None, None] | None:
    """A name for a type, such as ``Cell = tuple[int, int]``, is called by nobody."""
    return (None, None) if get_origin(object) is not None else None


def setup(app: Sphinx) -> dict[str, Any]:
    """Write the pages once the settings are read."""
    app.connect("builder-inited", write)
    app.connect("autodoc-process-docstring", escape_stars)
    app.connect("autodoc-process-signature", no_signature, priority=400)  # before numpydoc's
    return {"parallel_read_safe": True, "parallel_write_safe": True}
