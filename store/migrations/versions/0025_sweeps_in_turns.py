"""Who sweeps a watched folder, when it is due, and what the last sweep saw of its log and its listing."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column, create_index

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    add_column("baselines", sa.Column("watched", sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("due_at", "leased_until", "listed_at", "log_row_at"):
        add_column("baselines", sa.Column(name, sa.DateTime(timezone=True)))
    for name in ("leased_by", "log_row"):
        add_column("baselines", sa.Column(name, sa.Text))
    add_column("baselines", sa.Column("glance", sa.Text, nullable=False, server_default=""))
    _index("due", "due_at")
    _index("tried", "tried_at")
    _index("swept", "swept_to")
    _index("stopped", "folder_id", " AND stopped_by IS NOT NULL")
    _index("unfinished", "folder_id", " AND finished_at IS NULL")
    create_index("baselines_leased", "baselines", ["leased_until"], where="leased_until IS NOT NULL")


def _index(name: str, column: str, more: str = "") -> None:
    watched = "watched" if op.get_bind().dialect.name == "postgresql" else "watched = 1"
    create_index(f"baselines_{name}", "baselines", [column], where=f"{watched}{more}")
