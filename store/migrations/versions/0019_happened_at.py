"""When a change that the gap sweep found happened in DocSpace."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.add_column("reviews", sa.Column("happened_at", sa.DateTime(timezone=True)))
