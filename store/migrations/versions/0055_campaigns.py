"""Campaigns, and the reviews that they ask for beside those of changes."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column, create_index, drop_index

revision = "0055"
down_revision = "0054"


def upgrade() -> None:
    if "campaigns" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "campaigns",
            sa.Column("id", sa.String(32), primary_key=True),
            sa.Column("name", sa.Text, nullable=False),
            sa.Column("name_key", sa.Text, nullable=False),
            sa.Column("route", sa.Text, nullable=False),
            sa.Column("folder_id", sa.Text, nullable=False),
            sa.Column("path", sa.Text, nullable=False),
            sa.Column("people", sa.JSON, nullable=False),
            sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("started_by", sa.Text, nullable=False),
            sa.Column("state", sa.String(16), nullable=False),
            sa.Column("ended_at", sa.DateTime(timezone=True)),
            sa.Column("problem", sa.Text, nullable=False, server_default=""),
            sa.Column("documents", sa.Integer, nullable=False, server_default="0"),
            sa.Column("next_at", sa.DateTime(timezone=True)),
            sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        )
    create_index("one_campaign_a_name", "campaigns", ["name_key"], where="ended_at IS NULL", unique=True)
    create_index("campaigns_by_name", "campaigns", ["name_key", "started_at"])
    create_index("campaigns_by_route", "campaigns", ["route", "started_at"])
    create_index("campaigns_started", "campaigns", ["started_at"])
    create_index("campaigns_due", "campaigns", ["next_at"], where="next_at IS NOT NULL")
    create_index("campaigns_not_ended", "campaigns", ["ended_at", "route"], where="ended_at IS NULL")
    add_column("reviews", sa.Column("campaign", sa.String(32), nullable=False, server_default=""))
    add_column("reviews", sa.Column("campaign_name", sa.Text, nullable=False, server_default=""))
    add_column("reviews", sa.Column("closed_at", sa.DateTime(timezone=True)))
    create_index("reviews_of_campaign", "reviews", ["campaign", "state", "seq"], where="campaign <> ''")
    create_index(
        "one_open_review_a_file_and_campaign",
        "reviews",
        ["route", "file_id", "campaign"],
        where="state = 'open'",
        unique=True,
    )
    drop_index("one_open_review_a_file", "reviews")
