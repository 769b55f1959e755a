"""The condition that no worker is connected to Slack, where its requests come through Socket Mode."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.monitoring.alarms import Condition
from reviews.wording.durations import format_duration
from store.clock import read_database_time
from store.engine import read_only
from store.slack_connections import find_slack_connections

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from runtime.wiring.wiring import Wiring

SILENCE_ALLOWED = timedelta(minutes=5)
"""An outage of Slack's own, or of the way there, is mostly shorter."""


def slack_connection(wiring: Wiring, _now: datetime) -> Iterator[Condition]:
    """Yield a condition if clicks and commands have reached no worker for long."""
    if not wiring.uses_slack_socket:
        return
    with read_only(wiring.engine).connect() as connection:
        connections = find_slack_connections(connection, read_database_time(connection))
    missing_for = connections.missing_for
    if missing_for is not None and missing_for > SILENCE_ALLOWED:
        yield Condition(
            key="slack-connection",
            sentence=f"No worker has been connected to Slack for {format_duration(missing_for)}: "
            f"{connections.reason}. Clicks and commands there fail",
            remedy="docspace-review doctor says what to do; the workers connect again by themselves",
        )
