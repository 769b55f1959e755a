"""Table of counters that are updated as things happen, so that no query of figures counts all rows."""

from __future__ import annotations

import sqlalchemy as sa

from store.schema.base import metadata

# Each row is an addition: a figure is the sum of all rows of its subject, label and state. Triggers add them
# for the states of events, cards and reviews. A measured duration adds its `seconds`, with the upper bound of
# its bucket as the state. So no transaction waits for another to count; housekeeping sums up the rows
# (store/tallies.py).
tallies = sa.Table(
    "tallies",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("subject", sa.String(32), nullable=False),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("count", sa.BigInteger, nullable=False),
    sa.Column("seconds", sa.Float, nullable=False, server_default="0"),
)
