"""Earlier states that people answered, for a comparison of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.create_table(
        "answered_texts",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.JSON, nullable=False),
        sa.Column("text", sa.LargeBinary, nullable=False),
    )
    op.create_index("answered_texts_of_revision", "answered_texts", ["review_id", "revision"], unique=True)
    op.create_table(
        "earlier_comparisons",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("review_id", sa.String(32), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("before", sa.JSON, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
        sa.Column("parts", sa.LargeBinary, nullable=False, server_default=""),
    )
    op.create_index(
        "earlier_comparisons_of_review", "earlier_comparisons", ["review_id", "sha256"], unique=True
    )
