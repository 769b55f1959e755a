"""Pending events are found by when they arrived, and those of many of one cause let others go first."""

import sqlalchemy as sa

from store.migrations.steps import add_column, create_index, drop_index

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    add_column("events", sa.Column("of_many", sa.Boolean, nullable=False, server_default=sa.false()))
    create_index("events_waiting", "events", ["received_at"], where="state = 'received'")
    to_hand_over = "state = 'received' AND handed_over < wanted"
    create_index("events_in_turn", "events", ["of_many", "id"], where=to_hand_over)
    drop_index("events_to_hand_over", "events")
