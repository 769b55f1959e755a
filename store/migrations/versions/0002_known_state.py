"""What is known of files and folders, and what a review covers beyond one save."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "files",
        sa.Column("file_id", sa.Text, primary_key=True),
        sa.Column("parent_id", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        _time("modified_at", nullable=True),
        sa.Column("size", sa.BigInteger),
        sa.Column("locked", sa.Boolean, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("link", sa.Text),
        sa.Column("standing", sa.String(16), nullable=False),
        _time("as_of", nullable=True),
        _time("listed_at", nullable=True),
    )
    op.create_table(
        "folders",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("parent_id", sa.Text, nullable=False, index=True),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("was_in", sa.Text),
        sa.Column("moved_from", sa.Text),
        _time("settled_at", nullable=True),
        _time("known_since"),
        _time("seen_at"),
    )
    op.create_table(
        "baselines",
        sa.Column("folder_id", sa.Text, primary_key=True),
        sa.Column("start", sa.Integer, nullable=False),
        _time("finished_at", nullable=True),
    )
    op.add_column("reviews", sa.Column("saves", sa.Integer, nullable=False, server_default="0"))
    op.add_column("reviews", sa.Column("contents", sa.JSON))
    op.add_column("reviews", sa.Column("superseded_by", sa.String(32)))
    op.create_index("ix_reviews_superseded_by", "reviews", ["superseded_by"])
    op.add_column("cards", _time("due_since", nullable=True))
    op.execute("UPDATE cards SET due_since = CURRENT_TIMESTAMP WHERE drawn < wanted")
    undrawn = sa.text("drawn < wanted")
    op.create_index("cards_undrawn", "cards", ["id"], sqlite_where=undrawn, postgresql_where=undrawn)
