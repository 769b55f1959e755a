"""Tables of removed events: enough to recognize them, without their content."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# One row for each removed event, by its old number. Both keys are shortened, `meaning` is a fingerprint of
# its content (reviews/ports/past_events.py).
past_events = sa.Table(
    "past_events",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("delivery_key", sa.String(22), nullable=False, unique=True),
    sa.Column("semantic_key", sa.String(22), nullable=False, unique=True),
    sa.Column("meaning", sa.String(32), nullable=False),
    sa.Column("in_trash", sa.Boolean, nullable=False),
    sa.Column("early", sa.Boolean, nullable=False),  # received before it happened
    sa.Column("occurred_at", Utc),
)

# One row for each file or folder of removed events: the time of the newest event that caused a comparison
# with the stored state, and the number of the newest that opened or revised a review.
past_files = sa.Table(
    "past_files",
    metadata,
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("compared_to", Utc),
    sa.Column("reviewed_by", sa.Integer),
)
