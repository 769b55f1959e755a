"""Pending events are found by when they arrived: whether many come of one cause is asked at each change."""

from store.migrations.steps import create_index

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    create_index("events_waiting", "events", ["received_at"], where="state = 'received'")
