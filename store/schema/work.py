"""Tables of events, and of the workers that process them."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import LONG_AGO, build_partial_index, metadata

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("delivery_key", sa.String(64), nullable=False, unique=True),
    sa.Column("semantic_key", sa.String(64), nullable=False, unique=True),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("said", sa.JSON, nullable=False),  # the rest of the change event: written and read as a whole
    sa.Column("received_at", Utc, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    # No longer used; releases before 0.4 read them.
    sa.Column("wanted", sa.Integer, nullable=False, server_default="1"),
    sa.Column("handed_over", sa.Integer, nullable=False, server_default="0"),
    # Whether it waits among many of one cause: those let others go first.
    sa.Column("of_many", sa.Boolean, nullable=False, server_default=sa.false()),
    # When a worker looks at it again, who has it now, and how many workers died over it.
    sa.Column("due_at", Utc, nullable=False, server_default=LONG_AGO),
    sa.Column("claimed_by", sa.Text),
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
)
build_partial_index("events_pending", events.c.file_id, events.c.id, where=events.c.state == "received")
build_partial_index(
    "events_due",
    events.c.of_many,
    events.c.due_at,
    events.c.id,
    where=sa.and_(events.c.state == "received", events.c.claimed_by.is_(None)),
)
build_partial_index("events_claimed", events.c.claimed_by, where=events.c.claimed_by.is_not(None))
build_partial_index("events_waiting", events.c.received_at, where=events.c.state == "received")

sa.Index("events_of_file", events.c.file_id, events.c.id)
# Events that limit up to when a folder is complete, by when they happened. `HAPPENED` is NULL if DocSpace
# gave no time; then the first arrival counts. Texts in UTC and in one form compare as times do.
HAPPENED = sa.literal_column("said ->> 'occurred_at'", sa.Text)
UNSETTLED = sa.text("state IN ('received', 'dead')")
build_partial_index(
    "events_unsettled",
    sa.text("(said ->> 'occurred_at')"),
    events.c.received_at,
    where=UNSETTLED,
)
build_partial_index("events_dead", events.c.id, where=events.c.state == "dead")

# The live workers, with their last heartbeat and their overdue rounds. `pid` is valid on `host`.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("overdue", sa.JSON, nullable=False, server_default="[]"),
    # With Slack's Socket Mode: when a heartbeat last found the worker's connection open, and why it is not.
    sa.Column("slack_open_at", Utc),
    sa.Column("slack_reason", sa.Text),
)

# The state of our webhook on the portal: one row. `taken_at` is when a worker last claimed the check.
webhook_state = sa.Table(
    "webhook_state",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("last_success", Utc),
    sa.Column("checked_at", Utc),
    sa.Column("healed_at", Utc),
    sa.Column("taken_at", Utc, nullable=False),
)
