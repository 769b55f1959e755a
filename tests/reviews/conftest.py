"""The use cases on a real database, with a small portal and a paper channel at the far sides."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import UnitOfWork
from tests.reviews.desk import Desk

if TYPE_CHECKING:
    import sqlalchemy as sa


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    return Desk(engine, partial(UnitOfWork, engine))
