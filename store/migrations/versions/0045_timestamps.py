"""Timestamps on checkpoints, and who asks for them."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"


def upgrade() -> None:
    op.create_table(
        "timestamps",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("response", sa.LargeBinary, nullable=False),
        sa.Column("time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "timestamp_round",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("failure", sa.Text),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
    )
