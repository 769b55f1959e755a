"""When the clock looks at an open review next, and what it has told."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("reviews", sa.Column("remind_at", sa.DateTime(timezone=True)))
    op.add_column("reviews", sa.Column("reminders", sa.Integer, nullable=False, server_default="0"))
    op.add_column("reviews", sa.Column("lapsed_at", sa.DateTime(timezone=True)))
    reminded = sa.text("state = 'open' AND remind_at IS NOT NULL")
    op.create_index(
        "reviews_to_remind", "reviews", ["remind_at"], sqlite_where=reminded, postgresql_where=reminded
    )
    # What is open already is told of when its deadline passes; what is long overdue, nobody is flooded with.
    op.execute("UPDATE reviews SET remind_at = due_at WHERE state = 'open' AND due_at > CURRENT_TIMESTAMP")
