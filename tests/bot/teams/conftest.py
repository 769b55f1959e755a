"""An installation: a fake Teams, our door on Flask, a real database, and cards that stand in a channel."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from store.unit_of_work import SqlUnitOfWork
from tests.bot.teams.teams_installation import TeamsInstallation
from tests.edge.fake_teams import FakeTeams

if TYPE_CHECKING:
    from collections.abc import Iterator

    import sqlalchemy as sa


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams(hang_seconds=0.5) as fake:
        yield fake


@pytest.fixture
def installation(teams: FakeTeams, engine: sa.Engine) -> TeamsInstallation:
    return TeamsInstallation(teams, engine, partial(SqlUnitOfWork, engine))
