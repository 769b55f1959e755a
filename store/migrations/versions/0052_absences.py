"""Absences, and who stands in for whom on a review."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column, create_index

revision = "0052"
down_revision = "0051"


def upgrade() -> None:
    if "absences" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "absences",
            sa.Column("id", sa.Integer, primary_key=True),
            sa.Column("person", sa.Text, nullable=False),
            sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("stand_in", sa.Text),
            sa.Column("source", sa.String(16), nullable=False),
            sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("key", sa.Text, nullable=False, server_default=""),
            sa.Column("ended_at", sa.DateTime(timezone=True)),
            sa.Column("check_at", sa.DateTime(timezone=True)),
            sa.Column("checked_seq", sa.Integer, nullable=False, server_default="0"),
        )
    create_index("absences_of_person", "absences", ["person", "ends_at"])
    create_index("absences_of_source", "absences", ["source", "ends_at"])
    create_index("absences_to_check", "absences", ["check_at"], where="check_at IS NOT NULL")
    add_column("reviews", sa.Column("stand_ins", sa.JSON, nullable=False, server_default="[]"))
    add_column("answers", sa.Column("stand_in_for", sa.Text))
