"""Pages from templates: everything escaped, nothing undefined, formulas typeset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stackel.report.mathematics import typeset


def render(template: Path, **values: Any) -> str:
    """The page that a template makes of ``values`` and of stackel's version."""
    from importlib.metadata import version

    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typeset"] = typeset
    return environment.get_template(template.name).render(version=version("stackel"), **values)
