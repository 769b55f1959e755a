"""Whether a worker's connection to Slack is open, and why not."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0056"
down_revision = "0055"


def upgrade() -> None:
    add_column("workers", sa.Column("slack_open_at", sa.DateTime(timezone=True)))
    add_column("workers", sa.Column("slack_reason", sa.Text))
