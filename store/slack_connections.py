"""The connections of workers to Slack, as their heartbeats report them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.schema import workers
from store.workers import SILENCE_TIMEOUT

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class SlackConnections:
    """The connections of live workers to Slack (Socket Mode), by their last heartbeats.

    `reason` is why one of them has none; empty if it has, or if no worker connects to Slack. `missing_for` is
    how long none has been open, `None` if one is or if no worker is there to open one.
    """

    count: int
    reason: str
    missing_for: timedelta | None


def find_slack_connections(connection: sa.Connection, at: datetime) -> SlackConnections:
    """Return the state of the connections to Slack; `at` is the time by the database's clock."""
    columns = (workers.c.seen_at, workers.c.started_at, workers.c.slack_open_at, workers.c.slack_reason)
    rows = connection.execute(sa.select(*columns)).all()
    living = [row for row in rows if at - row.seen_at <= SILENCE_TIMEOUT and row.slack_reason is not None]
    closed = [row for row in living if row.slack_reason]
    count = len(living) - len(closed)
    since = max((row.slack_open_at for row in rows if row.slack_open_at), default=None)
    if since is None:
        since = min((row.started_at for row in living), default=None)
    return SlackConnections(
        count=count,
        reason=closed[0].slack_reason if closed else "",
        missing_for=None if count or not living or since is None else at - since,
    )
