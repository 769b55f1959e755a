"""Tables of bulk reviews: their files, and counts that are updated while their cause lasts."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import build_partial_index, metadata

# Beside the row of a bulk review: what it gathers, and counts updated as files join and are taken out, so
# that neither a join nor a card reads all files. Files arrived between `arrived_from` and `arrived_to`.
bulk_reviews = sa.Table(
    "bulk_reviews",
    metadata,
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), primary_key=True),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("gathering", sa.Boolean, nullable=False),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("kinds", sa.JSON, nullable=False),
    sa.Column("arrived_from", Utc, nullable=False),
    sa.Column("arrived_to", Utc, nullable=False),
    sa.Column("minute_from", Utc, nullable=False),
    sa.Column("minute_count", sa.Integer, nullable=False),
    sa.Column("joined_at", Utc, nullable=False),
)
# If two workers see the same flood, only one opens the review.
build_partial_index(
    "one_gathering_bulk_a_cause",
    bulk_reviews.c.route,
    bulk_reviews.c.cause,
    unique=True,
    where=bulk_reviews.c.gathering,
)

review_files = sa.Table(
    "review_files",
    metadata,
    sa.Column("position", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("place", sa.Text, nullable=False),  # path and title, cut: the sort key of the first files
    sa.Column("link", sa.Text),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("version_from", sa.Integer),
    sa.Column("version_to", sa.Integer),
    sa.Column("modified_at", Utc),
    sa.Column("contributors", sa.JSON, nullable=False),
    sa.Column("acts", sa.JSON, nullable=False),
    sa.Column("folders", sa.JSON, nullable=False),
    sa.Column("joined_at", Utc, nullable=False),
    sa.Column("apart", sa.String(32)),
    sa.Column("content", sa.Boolean, nullable=False),
    sa.Column("saves", sa.Integer),
    sa.Column("title_before", sa.Text),
    sa.Column("path_before", sa.Text),
    sa.Column("moved_to", sa.Text),
    sa.Column("seen_late", sa.Integer),  # seconds
    sa.Column("happened_at", Utc),
)
sa.Index("one_file_once_a_bulk", review_files.c.review_id, review_files.c.file_id, unique=True)
sa.Index("review_files_in_order", review_files.c.review_id, review_files.c.position)
build_partial_index(
    "review_files_by_place",
    review_files.c.review_id,
    review_files.c.place,
    review_files.c.position,
    where=review_files.c.apart.is_(None),
)
build_partial_index(
    "bulks_of_file", review_files.c.file_id, review_files.c.position, where=review_files.c.apart.is_(None)
)
build_partial_index("files_taken_apart", review_files.c.apart, where=review_files.c.apart.is_not(None))

# Contributors of each file of a bulk review, under each of their keys: `id:`, `at:` an address.
review_file_people = sa.Table(
    "review_file_people",
    metadata,
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), primary_key=True),
    sa.Column("who", sa.Text, primary_key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
