"""Pending events are found by when they arrived, and those of many of one cause let others go first."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    op.add_column("events", sa.Column("of_many", sa.Boolean, nullable=False, server_default=sa.false()))
    _index_some("events_waiting", ["received_at"], "state = 'received'")
    _index_some("events_in_turn", ["of_many", "id"], "state = 'received' AND handed_over < wanted")
    op.drop_index("events_to_hand_over", "events")


def _index_some(name: str, columns: list[str], where: str) -> None:
    some = sa.text(where)
    op.create_index(name, "events", columns, sqlite_where=some, postgresql_where=some)
