"""How people are proven to be who they are, and the places that a far side told of."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _time(name: str, *, index: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, index=index)


def upgrade() -> None:
    op.add_column("answers", sa.Column("proof", sa.JSON, nullable=False, server_default="{}"))
    op.create_table(
        "conversations",
        sa.Column("notifier", sa.Text, primary_key=True),
        sa.Column("address", sa.Text, primary_key=True),
        sa.Column("said", sa.JSON, nullable=False),
        _time("seen_at"),
    )
    op.create_table("told", sa.Column("key", sa.Text, primary_key=True), _time("at", index=True))
    op.create_table(
        "codes",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("browser", sa.String(32), nullable=False, index=True),
        sa.Column("email", sa.Text, nullable=False, index=True),
        sa.Column("digest", sa.Text, nullable=False),
        _time("sent_at", index=True),
        _time("good_until"),
        sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("used", sa.Boolean, nullable=False, server_default=sa.false()),
    )
