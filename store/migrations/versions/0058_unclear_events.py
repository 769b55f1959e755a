"""How many events of the calendar of absences are unclear."""

import sqlalchemy as sa

from store.migrations.steps import add_column

revision = "0058"
down_revision = "0057"


def upgrade() -> None:
    add_column("calendar_round", sa.Column("unclear", sa.Integer, nullable=False, server_default="0"))
