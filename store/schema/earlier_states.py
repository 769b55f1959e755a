"""Earlier states of documents that people answered: their texts, and how they differ from what is reviewed.

Contents are sealed, and there is no foreign key, as in `comparisons`.
"""

from __future__ import annotations

import sqlalchemy as sa

from store.schema.base import metadata

# Of earlier revisions of a review; `state` as in `comparisons`.
answered_texts = sa.Table(
    "answered_texts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("text", sa.LargeBinary, nullable=False),
)
sa.Index("answered_texts_of_revision", answered_texts.c.review_id, answered_texts.c.revision, unique=True)

# A review at a revision, compared with the state `before`, whose hash is `sha256`.
earlier_comparisons = sa.Table(
    "earlier_comparisons",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("summary", sa.JSON, nullable=False),
    sa.Column("parts", sa.LargeBinary, nullable=False, server_default=""),
)
sa.Index(
    "earlier_comparisons_of_review",
    earlier_comparisons.c.review_id,
    earlier_comparisons.c.sha256,
    unique=True,
)
