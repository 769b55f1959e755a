"""The two ways to run the product; what starts here ends here, also when a test fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.databases import PostgresDatabases


@dataclass(frozen=True)
class SetUp:
    """Where the product keeps its data, and whether web and worker are processes of their own."""

    database_url: str
    split: bool


@pytest.fixture(params=["sqlite, serve", "postgresql, web and worker"])
def set_up(request: pytest.FixtureRequest, tmp_path: Path) -> SetUp:
    if request.param.startswith("sqlite"):
        return SetUp(sqlite_in(tmp_path), split=False)
    databases: PostgresDatabases = request.getfixturevalue("postgres_databases")
    return SetUp(databases.new(), split=True)


def sqlite_in(folder: Path) -> str:
    """Return the address of a database that does not exist yet."""
    return f"sqlite:///{folder / 'docspace-review.db'}"
