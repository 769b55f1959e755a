"""Who reads the calendar of absences, and why it could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    if "calendar_round" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "calendar_round",
            sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("taken_until", sa.DateTime(timezone=True), nullable=False),
            sa.Column("read_at", sa.DateTime(timezone=True)),
            sa.Column("failure", sa.Text),
            sa.Column("failing_since", sa.DateTime(timezone=True)),
        )
