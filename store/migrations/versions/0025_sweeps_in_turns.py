"""Who sweeps a watched folder, when it is due, and what the last sweep saw of its log and its listing.

`baselines` has a row for each watched folder, and the receiver does not write it: its indexes are made at
once.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

_WATCHED = {"sqlite": "watched = 1", "postgresql": "watched"}


def upgrade() -> None:
    op.add_column("baselines", sa.Column("watched", sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("due_at", "leased_until", "listed_at", "log_row_at"):
        op.add_column("baselines", sa.Column(name, sa.DateTime(timezone=True)))
    for name in ("leased_by", "log_row"):
        op.add_column("baselines", sa.Column(name, sa.Text))
    op.add_column("baselines", sa.Column("glance", sa.Text, nullable=False, server_default=""))
    _index("due", "due_at")
    _index("tried", "tried_at")
    _index("swept", "swept_to")
    _index("stopped", "folder_id", " AND stopped_by IS NOT NULL")
    _index("unfinished", "folder_id", " AND finished_at IS NULL")
    leased = sa.text("leased_until IS NOT NULL")
    op.create_index(
        "baselines_leased", "baselines", ["leased_until"], sqlite_where=leased, postgresql_where=leased
    )


def _index(name: str, column: str, more: str = "") -> None:
    where = {dialect: sa.text(f"{watched}{more}") for dialect, watched in _WATCHED.items()}
    op.create_index(
        f"baselines_{name}",
        "baselines",
        [column],
        sqlite_where=where["sqlite"],
        postgresql_where=where["postgresql"],
    )
