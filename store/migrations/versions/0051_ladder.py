"""The steps of a ladder that were taken, messages due by them, and indexes of next looks and of lapses."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column, create_index, drop_index, fill

revision = "0051"
down_revision = "0050"


def upgrade() -> None:
    if "queued_reminders" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "queued_reminders",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("review_id", sa.String(32), nullable=False),
            sa.Column("kind", sa.String(16), nullable=False),
            sa.Column("recipients", sa.JSON, nullable=False),
            sa.Column("notifier", sa.Text),
            sa.Column("target", sa.Text),
            sa.Column("urgent", sa.Boolean, nullable=False),
            sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        )
    for name in ("steps_taken", "follow_ups"):
        add_column("reviews", sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    add_column("reviews", sa.Column("last_step", sa.JSON))
    # An answered review kept the time of its next reminder until now.
    fill("reviews", "seq", set_="remind_at = NULL", where="remind_at IS NOT NULL AND state <> 'open'")
    create_index("reviews_next_look", "reviews", ["remind_at"], where="remind_at IS NOT NULL")
    drop_index("reviews_to_remind", "reviews")
    lapsed = "state = 'open' AND lapsed_at IS NOT NULL"
    columns = ["lapsed_at", "due_at", "seq", "kind", "route"]
    create_index("reviews_lapsed", "reviews", columns, where=lapsed)
