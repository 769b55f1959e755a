"""Tables of what is counted as things happen, so that no query of figures counts all rows."""

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

# The figures of a route by days and by weeks (store/sums.py). Triggers on `reviews` add an increment when a
# review is opened and when it is closed, and take it back when an answer is withdrawn; housekeeping adds the
# increments to the sums. So no transaction waits for another to count. A removed review stays counted.
route_increments = sa.Table(
    "route_increments",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("day", sa.Date, nullable=False),  # in UTC
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("figure", sa.String(20), nullable=False),  # "opened", or the state of a closed review
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("took_seconds", sa.Integer),
    sa.Column("count", sa.BigInteger, nullable=False),
    # Without it PostgreSQL would read all pages of rows that are summed up and not vacuumed yet.
    sa.Index("route_increments_by_day", "day"),
)
route_sums = sa.Table(
    "route_sums",
    metadata,
    sa.Column("span", sa.String(4), primary_key=True),  # "day" or "week"
    sa.Column("begin", sa.Date, primary_key=True),  # in UTC; a week begins on Monday
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("opened", sa.BigInteger, nullable=False),
    sa.Column("acknowledged", sa.BigInteger, nullable=False),
    sa.Column("changes_requested", sa.BigInteger, nullable=False),
    sa.Column("closed_otherwise", sa.BigInteger, nullable=False),
    sa.Column("late", sa.BigInteger, nullable=False),
    sa.Column("times", sa.JSON, nullable=False),  # acknowledgements by seconds until then, rounded
)
