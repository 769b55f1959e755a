"""How far the gap sweep has come, and how late what it found was seen."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("baselines", sa.Column("swept_to", sa.DateTime(timezone=True)))
    op.add_column("baselines", sa.Column("tried_at", sa.DateTime(timezone=True)))
    op.add_column("baselines", sa.Column("stopped_by", sa.Text))
    op.add_column("reviews", sa.Column("seen_late", sa.Integer))
    op.create_index("events_of_file", "events", ["file_id", "id"])
