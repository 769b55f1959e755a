"""Links by which somebody whom a chat has proven signs in on the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("reviewer", sa.JSON, nullable=False),
        sa.Column("other_addresses", sa.JSON, nullable=False),
        sa.Column("identity", sa.String(16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_sign_in_links_made_at", "sign_in_links", ["made_at"])
