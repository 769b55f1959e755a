"""The tables. Times are UTC; lists and objects that are never searched are JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData()


class Utc(TypeDecorator[datetime]):
    """An aware time in UTC, also on SQLite, which keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        found: datetime | None = value
        return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


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
    sa.Column("wanted", sa.Integer, nullable=False, server_default="1"),
    sa.Column("handed_over", sa.Integer, nullable=False, server_default="0"),
)
sa.Index(
    "events_pending",
    events.c.file_id,
    events.c.id,
    sqlite_where=events.c.state == "received",
    postgresql_where=events.c.state == "received",
)
sa.Index(
    "events_to_hand_over",
    events.c.id,
    sqlite_where=sa.and_(events.c.state == "received", events.c.handed_over < events.c.wanted),
    postgresql_where=sa.and_(events.c.state == "received", events.c.handed_over < events.c.wanted),
)

sa.Index(
    "events_dead",
    events.c.id,
    sqlite_where=events.c.state == "dead",
    postgresql_where=events.c.state == "dead",
)

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("link", sa.Text),
    sa.Column("version_from", sa.Integer),
    sa.Column("version_to", sa.Integer),
    sa.Column("modified_at", Utc),
    sa.Column("contributors", sa.JSON, nullable=False),
    sa.Column("owners", sa.JSON, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("due_at", Utc),
)
sa.Index("reviews_of_file", reviews.c.file_id, reviews.c.seq)
sa.Index("reviews_by_state", reviews.c.state, reviews.c.seq)
sa.Index("reviews_by_route", reviews.c.route, reviews.c.seq)
# Two workers that handle the same file can't both open a review of it.
sa.Index(
    "one_open_review_a_file",
    reviews.c.route,
    reviews.c.file_id,
    unique=True,
    sqlite_where=reviews.c.state == "open",
    postgresql_where=reviews.c.state == "open",
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False, unique=True),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("reviewer", sa.JSON, nullable=False),
    sa.Column("identity", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("at", Utc, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("own_change", sa.Boolean, nullable=False),
)

cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False),
    sa.Column("notifier", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("wanted", sa.Integer, nullable=False, default=1),
    sa.Column("drawn", sa.Integer, nullable=False, default=0),
    sa.Column("handed_over", sa.Integer, nullable=False, default=0),
    sa.Column("claimed_by", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("error", sa.Text),
    sa.Column("attempted_at", Utc),
    sa.Column("maybe_posted", sa.Boolean, nullable=False, default=False),
    sa.Column("not_before", Utc),
    sa.UniqueConstraint("review_id", "notifier", "target"),
)
sa.Index(
    "cards_to_hand_over",
    cards.c.id,
    sqlite_where=cards.c.handed_over < cards.c.wanted,
    postgresql_where=cards.c.handed_over < cards.c.wanted,
)

sa.Index(
    "cards_dead",
    cards.c.id,
    sqlite_where=cards.c.state == "dead",
    postgresql_where=cards.c.state == "dead",
)

# When the next call may go to a far side that limits how often it is called, agreed among all workers.
gates = sa.Table(
    "gates",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_at", Utc, nullable=False),
    sa.Column("passed_at", Utc, nullable=False),
    sa.Column("closed_until", Utc, nullable=False),
)

# The workers that live, and when each was last heard of.
workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, index=True),  # in lower case: addresses are compared without regard to it
    sa.Column("seen_at", Utc, nullable=False),
)

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("review_id", sa.String(32), nullable=False, index=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("entry", sa.Text, nullable=False),
)

# One row: the chain's end. Its lock puts writers in line; `ledger verify` holds the chain against it.
ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
