"""What stays of events whose rows were removed, so that they are still recognized."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    op.create_table(
        "past_events",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("delivery_key", sa.String(22), nullable=False, unique=True),
        sa.Column("semantic_key", sa.String(22), nullable=False, unique=True),
        sa.Column("meaning", sa.String(32), nullable=False),
        sa.Column("in_trash", sa.Boolean, nullable=False),
        sa.Column("early", sa.Boolean, nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "past_files",
        sa.Column("file_id", sa.Text, primary_key=True),
        sa.Column("compared_to", sa.DateTime(timezone=True)),
        sa.Column("reviewed_by", sa.Integer),
    )
