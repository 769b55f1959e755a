"""Tables behind the ledger's entries that belong to no review, and claims of rounds that write them."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# What DocSpace has shown of the account of each owner and deputy. `lookups` grows with each answer.
owner_states = sa.Table(
    "owner_states",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),  # casefolded
    sa.Column("presence", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(16)),
    sa.Column("seen_at", Utc),
    sa.Column("unconfirmed_reason", sa.String(16)),
    sa.Column("unconfirmed_since", Utc),
    sa.Column("asked_at", Utc, nullable=False, index=True),
    sa.Column("lookups", sa.Integer, nullable=False),
)
sa.Index("owner_states_by_presence", owner_states.c.presence, owner_states.c.address)

# Changes of a flood that ask for no review, until one entry of the ledger names them all.
unrouted_changes = sa.Table(
    "unrouted_changes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("cause", sa.String(64), nullable=False),
    sa.Column("first_event", sa.Integer, nullable=False),
    sa.Column("last_event", sa.Integer, nullable=False),
    sa.Column("members", sa.JSON, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
sa.Index(
    "unrouted_changes_of_cause",
    *(unrouted_changes.c[name] for name in ("route", "kind", "cause", "id", "at")),
)

# Since when a watched folder is not complete; an empty `folder_id` stands for many of the route.
incomplete_periods = sa.Table(
    "incomplete_periods",
    metadata,
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("folder_id", sa.Text, primary_key=True),
    sa.Column("since", Utc, nullable=False),
    sa.Column("is_recorded", sa.Boolean, nullable=False),
)

# Until when a worker makes a round that no other makes at the same time.
round_claims = sa.Table(
    "round_claims",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("taken_until", Utc, nullable=False),
)
