"""Bulk reviews: one duty for many files that one cause touched."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

_NOT_APART = sa.text("apart IS NULL")
_APART = sa.text("apart IS NOT NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "bulk_reviews",
        sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), primary_key=True),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("gathering", sa.Boolean, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("kinds", sa.JSON, nullable=False),
        sa.Column("arrived_from", moment, nullable=False),
        sa.Column("arrived_to", moment, nullable=False),
        sa.Column("minute_from", moment, nullable=False),
        sa.Column("minute_count", sa.Integer, nullable=False),
        sa.Column("joined_at", moment, nullable=False),
    )
    gathering = sa.text("gathering")
    op.create_index(
        "one_gathering_bulk_a_cause",
        "bulk_reviews",
        ["route", "cause"],
        unique=True,
        sqlite_where=gathering,
        postgresql_where=gathering,
    )
    op.create_table(
        "review_files",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("version_from", sa.Integer),
        sa.Column("version_to", sa.Integer),
        sa.Column("modified_at", moment),
        sa.Column("contributors", sa.JSON, nullable=False),
        sa.Column("acts", sa.JSON, nullable=False),
        sa.Column("folders", sa.JSON, nullable=False),
        sa.Column("joined_at", moment, nullable=False),
        sa.Column("apart", sa.String(32)),
        sa.Column("content", sa.Boolean, nullable=False),
        sa.Column("saves", sa.Integer),
        sa.Column("title_before", sa.Text),
        sa.Column("path_before", sa.Text),
        sa.Column("moved_to", sa.Text),
        sa.Column("seen_late", sa.Integer),
        sa.Column("happened_at", moment),
    )
    op.create_index("one_file_once_a_bulk", "review_files", ["review_id", "file_id"], unique=True)
    op.create_index("review_files_in_order", "review_files", ["review_id", "position"])
    _index_some("review_files_by_place", ["review_id", "place", "position"], _NOT_APART)
    _index_some("bulks_of_file", ["file_id", "position"], _NOT_APART)
    _index_some("files_taken_apart", ["apart"], _APART)
    op.create_table(
        "review_file_people",
        sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), primary_key=True),
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )


def _index_some(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, "review_files", columns, sqlite_where=where, postgresql_where=where)
