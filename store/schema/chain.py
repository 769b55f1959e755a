"""Tables of the ledger and its pinned head."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

ledger = sa.Table(
    "ledger",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("review_id", sa.String(32), nullable=False, index=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("hash", sa.String(64), nullable=False, unique=True),
    sa.Column("entry", sa.Text, nullable=False),
)

# One row: the ledger's head. Its lock puts writers in line; `ledger verify` compares the chain with it.
ledger_head = sa.Table(
    "ledger_head",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)
