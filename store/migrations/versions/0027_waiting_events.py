"""Pending events are found by when they arrived: whether many come of one cause is asked at each change."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    pending = sa.text("state = 'received'")
    op.create_index(
        "events_waiting", "events", ["received_at"], sqlite_where=pending, postgresql_where=pending
    )
