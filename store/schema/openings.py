"""What people opened of a review before they answered it."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# First openings only; a person has a row for each digest of `reviews.people.person_digests`.
openings = sa.Table(
    "openings",
    metadata,
    sa.Column("review_id", sa.String(32), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("person", sa.String(32), primary_key=True),
    sa.Column("item", sa.String(16), primary_key=True),
    sa.Column("at", Utc, nullable=False),
)
