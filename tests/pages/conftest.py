"""The acknowledge page on Flask, with a review that waits."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import UnitOfWork
from tests.pages.visitor import Visitor
from tests.reviews.desk import Desk

if TYPE_CHECKING:
    import sqlalchemy as sa

    from tests.databases import SqliteDatabases


@pytest.fixture
def database_url(sqlite_databases: SqliteDatabases) -> str:
    """Return a SQLite file: what differs between the databases is tested where the product meets them."""
    return sqlite_databases.new()


@pytest.fixture
def visitor(engine: sa.Engine) -> Visitor:
    return Visitor(Desk(engine, partial(UnitOfWork, engine)))
