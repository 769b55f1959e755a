"""Tables of the timestamps on the ledger's checkpoints, by an RFC 3161 authority."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# The checkpoint that was timestamped on each day, in UTC: its note, the whole answer of the authority in DER,
# the time that it states, and when it came by our clock.
timestamps = sa.Table(
    "timestamps",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("response", sa.LargeBinary, nullable=False),
    sa.Column("time", Utc, nullable=False),
    sa.Column("at", Utc, nullable=False),
)

# One row: until when one of the workers asks the authority, when it was asked last, and why it gave no answer
# that counts, since `failing_since`.
timestamp_round = sa.Table(
    "timestamp_round",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("taken_until", Utc, nullable=False),
    sa.Column("asked_at", Utc),
    sa.Column("failure", sa.Text),
    sa.Column("failing_since", Utc),
)
