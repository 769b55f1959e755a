"""The row of the round that reads the calendar of absences."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.engine import read_only
from store.round_claims import RoundClaim
from store.schema import calendar_round

if TYPE_CHECKING:
    from datetime import datetime

ROUND = RoundClaim(calendar_round)


@dataclass(frozen=True, kw_only=True)
class CalendarAttempt:
    """When the calendar was last read, with how many unclear events, and since when and why it can't be."""

    read_at: datetime | None = None
    unclear: int = 0
    failure: str | None = None
    failing_since: datetime | None = None


def read_attempt(engine: sa.Engine) -> CalendarAttempt:
    """Return what became of reading the calendar."""
    columns = [calendar_round.c[each.name] for each in fields(CalendarAttempt)]
    with read_only(engine).connect() as connection:
        row = connection.execute(sa.select(*columns)).mappings().first()
    return CalendarAttempt(**row) if row else CalendarAttempt()


def record_success(engine: sa.Engine, at: datetime, *, unclear: int) -> None:
    """Store that the calendar was read, which ends failures. The round has to be claimed."""
    ended = {"read_at": at, "unclear": unclear, "failure": None, "failing_since": None}
    with engine.begin() as connection:
        connection.execute(sa.update(calendar_round).values(ended))


def record_failure(engine: sa.Engine, reason: str, at: datetime) -> None:
    """Store why the calendar could not be read, and since when. The round has to be claimed."""
    column = calendar_round.c.failing_since
    since = sa.func.coalesce(column, sa.literal(at, column.type))
    with engine.begin() as connection:
        connection.execute(sa.update(calendar_round).values(failure=reason, failing_since=since))
