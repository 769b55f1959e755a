"""Comparisons of documents, and what of them stands on cards."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column

revision = "0038"
down_revision = "0037"

LONG_AGO = "1970-01-01 00:00:00"


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("review_id", sa.String(32), nullable=False, unique=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True)),
        sa.Column("after", sa.JSON(none_as_null=True)),
        sa.Column("summary", sa.JSON(none_as_null=True)),
        sa.Column("parts", sa.LargeBinary, nullable=False, server_default=""),
        sa.Column("text", sa.LargeBinary, nullable=False, server_default=""),
        sa.Column("text_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False, server_default=LONG_AGO),
        sa.Column("claimed_by", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
    )
    for name, columns, condition in (
        ("comparisons_due", ["due_at", "id"], "state = 'waiting' AND claimed_by IS NULL"),
        ("comparisons_claimed", ["claimed_by"], "claimed_by IS NOT NULL"),
        ("comparisons_with_text", ["id"], "text_at IS NOT NULL"),
    ):
        where = sa.text(condition)
        op.create_index(name, "comparisons", columns, sqlite_where=where, postgresql_where=where)
    add_column("reviews", sa.Column("changes", sa.JSON(none_as_null=True)))
