"""What a listing shows and no event explains yet."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"


def upgrade() -> None:
    if "unexplained_differences" not in sa.inspect(op.get_bind()).get_table_names():
        op.create_table(
            "unexplained_differences",
            sa.Column("folder_id", sa.Text, primary_key=True),
            sa.Column("subject", sa.Text, primary_key=True),
            sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        )
