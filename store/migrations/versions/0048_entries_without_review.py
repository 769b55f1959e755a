"""What entries of the ledger without a review follow from, and claims of the rounds that write them."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "owner_states",
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("presence", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("seen_at", moment),
        sa.Column("unconfirmed_reason", sa.String(16)),
        sa.Column("unconfirmed_since", moment),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("lookups", sa.Integer, nullable=False),
    )
    op.create_index("ix_owner_states_asked_at", "owner_states", ["asked_at"])
    op.create_index("owner_states_by_presence", "owner_states", ["presence", "address"])
    op.create_table(
        "unrouted_changes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("cause", sa.String(64), nullable=False),
        sa.Column("first_event", sa.Integer, nullable=False),
        sa.Column("last_event", sa.Integer, nullable=False),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("at", moment, nullable=False),
    )
    op.create_index("unrouted_changes_of_cause", "unrouted_changes", ["route", "kind", "cause", "id", "at"])
    op.create_table(
        "incomplete_periods",
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("folder_id", sa.Text, primary_key=True),
        sa.Column("since", moment, nullable=False),
        sa.Column("is_recorded", sa.Boolean, nullable=False),
    )
    op.create_table(
        "round_claims",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("taken_until", moment, nullable=False),
    )
