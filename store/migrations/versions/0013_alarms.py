"""What operators are told of, and the tests of the whole way."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "alarms",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("since", time, nullable=False),
        sa.Column("seen_at", time, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("flaps", sa.Boolean, nullable=False),
    )
    op.create_table(
        "canaries",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("slot", sa.Text, unique=True),
        sa.Column("sent_at", time, nullable=False),
        sa.Column("trouble", sa.Text),
        sa.Column("received_at", time),
        sa.Column("processed_at", time),
        sa.Column("targets", sa.JSON, nullable=False),
        sa.Column("acknowledged_at", time),
        sa.Column("acknowledged_by", sa.Text, nullable=False),
        sa.Column("back_at", time),
    )
    op.create_index("ix_canaries_sent_at", "canaries", ["sent_at"])
