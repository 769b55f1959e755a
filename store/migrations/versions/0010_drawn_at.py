"""When a card was drawn last: until then it showed something else."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("cards", sa.Column("drawn_at", sa.DateTime(timezone=True)))
