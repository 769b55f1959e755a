"""Digests of reviews, and an index of the changes that were found late."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import create_index

revision = "0054"
down_revision = "0053"


def upgrade() -> None:
    if "review_digests" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "review_digests",
            sa.Column("notifier", sa.Text, primary_key=True),
            sa.Column("target", sa.Text, primary_key=True),
            sa.Column("slot", sa.Text, primary_key=True),
            sa.Column("times", sa.Text, nullable=False, server_default=""),
            sa.Column("handled_until", sa.DateTime(timezone=True), nullable=False),
            sa.Column("next_at", sa.DateTime(timezone=True)),
            sa.Column("made_by", sa.Text, nullable=False, server_default=""),
        )
    create_index("review_digests_due", "review_digests", ["next_at"], where="next_at IS NOT NULL")
    create_index("reviews_found_late", "reviews", ["changed_at", "route"], where="seen_late IS NOT NULL")
