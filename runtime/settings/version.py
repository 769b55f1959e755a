"""The version of the product."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path


@cache
def read_version() -> str:
    """Return the version in the checkout's `pyproject.toml`."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
