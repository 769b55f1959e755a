"""What witnesses have cosigned, and who asks them."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.create_table(
        "witness_states",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("refusal", sa.Text),
        sa.Column("failure", sa.Text),
        sa.Column("failing_since", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "witness_round",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("taken_until", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "witnessed_checkpoint",
        sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
