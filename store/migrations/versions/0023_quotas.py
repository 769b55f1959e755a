"""How often something was done of late, so that nobody does it too often."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False, index=True),
        sa.Column("used", sa.Integer, nullable=False),
    )
