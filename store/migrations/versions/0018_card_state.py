"""Who put a review's reminders off last, and who handed it over to whom: its card says so."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.add_column("reviews", sa.Column("snoozed_by", sa.Text, nullable=False, server_default=""))
    op.add_column("reviews", sa.Column("handed_over", sa.JSON))
