"""Tables of alarms for operators, and of canaries, the tests of the whole path."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# The conditions that hold; a flapping one is reported (`told`) only after it has held for a while.
alarms = sa.Table(
    "alarms",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("sentence", sa.Text, nullable=False),
    sa.Column("since", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("told", sa.Boolean, nullable=False),
    sa.Column("flaps", sa.Boolean, nullable=False),
)

# One test each, of one route or of all (`route` is empty); `slot` is the time for which it was due.
canaries = sa.Table(
    "canaries",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("slot", sa.Text, unique=True),
    sa.Column("sent_at", Utc, nullable=False, index=True),
    sa.Column("trouble", sa.Text),
    sa.Column("received_at", Utc),
    sa.Column("processed_at", Utc),
    sa.Column("targets", sa.JSON, nullable=False),
    sa.Column("acknowledged_at", Utc),
    sa.Column("acknowledged_by", sa.Text, nullable=False),
    sa.Column("back_at", Utc),
)
