"""Comparisons of documents: what changed since a review before, one for each review."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import LONG_AGO, build_partial_index, metadata

# `before` and `after` name the exact content: `version`, `updated`, `sha256`, `size`. Parts, text and
# snippets are sealed with a key that is derived from SECRET_KEY. There is no foreign key: an earlier release
# removes reviews, and does not know this table.
comparisons = sa.Table(
    "comparisons",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), nullable=False, unique=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
    sa.Column("summary", sa.JSON(none_as_null=True)),
    sa.Column("parts", sa.LargeBinary, nullable=False, server_default=""),
    sa.Column("text", sa.LargeBinary, nullable=False, server_default=""),
    sa.Column("snippets", sa.LargeBinary, nullable=False, server_default=""),
    sa.Column("text_at", Utc),  # since when text or parts are stored; NULL without either
    # When a worker looks at it again, who has it now, and how many workers died over it.
    sa.Column("due_at", Utc, nullable=False, server_default=LONG_AGO),
    sa.Column("claimed_by", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
)
_IS_WAITING = comparisons.c.state == "waiting"
build_partial_index(
    "comparisons_due",
    comparisons.c.due_at,
    comparisons.c.id,
    where=sa.and_(_IS_WAITING, comparisons.c.claimed_by.is_(None)),
)
build_partial_index(
    "comparisons_claimed", comparisons.c.claimed_by, where=comparisons.c.claimed_by.is_not(None)
)
build_partial_index("comparisons_with_text", comparisons.c.id, where=comparisons.c.text_at.is_not(None))
