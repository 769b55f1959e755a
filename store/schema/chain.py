"""Tables of the ledger, its pinned head, its tree and the checkpoints of that."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# `review_id` is empty in the row of an entry that belongs to no review.
ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("review_id", sa.String(32), nullable=False, index=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("entry", sa.Text, nullable=False),
    sa.Column("mac", sa.LargeBinary),  # NULL in an entry that was written without the ledger's key
)

# One row: the ledger's head. Its lock puts writers in line; `ledger verify` compares the chain with it.
ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

# The hashes of the ledger's tree: in each row at most 256 of one level, one after the other. The last row of
# a level grows; the others never change.
ledger_tiles = sa.Table(
    "ledger_tiles",
    metadata,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("hashes", sa.LargeBinary, nullable=False),
)

# One row: the last checkpoint. Its number puts those who make checkpoints in line. `note` is a signed note,
# or without a key the text alone.
last_checkpoint = sa.Table(
    "last_checkpoint",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

# The last checkpoint of each day, in UTC.
daily_checkpoints = sa.Table(
    "daily_checkpoints",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

# The keys that have signed checkpoints, as others need them to verify those, and the entry before each.
ledger_verifier_keys = sa.Table(
    "ledger_verifier_keys",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("since", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", Utc, nullable=False),
    sa.Column("mac", sa.LargeBinary),  # by the present key of the ledger
)

# At most one row: why no checkpoint covers the entries from `entry` on, as a process has seen it last.
checkpoint_fault = sa.Table(
    "checkpoint_fault",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.Integer, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)

# Names and addresses in the entry `seq`: by the JSON pointer of their place, the salt and the value, as JSON.
# A row is there for each entry that commits to any; what is erased is taken out of it.
ledger_people = sa.Table(
    "ledger_people",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("disclosures", sa.Text, nullable=False),
)
