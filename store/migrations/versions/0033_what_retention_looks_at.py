"""Retention finds notices and deleted files by indexes of what may go, and not among all that is kept."""

import sqlalchemy as sa
from alembic import op

from store.migrations.steps import add_column, create_index, fill

revision = "0033"
down_revision = "0032"

CURRENT = (
    "cause LIKE 'outcome:%' AND NOT until_superseded "
    "AND EXISTS (SELECT 1 FROM reviews WHERE id = cards.review_id AND superseded_by IS NULL)"
)


def upgrade() -> None:
    needed = sa.Column("until_superseded", sa.Boolean, nullable=False, server_default=sa.false())
    add_column("cards", needed)
    fill("cards", "id", set_="until_superseded = TRUE", where=CURRENT)
    passing = "NOT until_superseded" if op.get_bind().dialect.name == "postgresql" else "until_superseded = 0"
    create_index("cards_passing", "cards", ["id"], where=f"cause <> '' AND {passing}")
    create_index("files_deleted", "files", ["file_id"], where="standing = 'deleted'")
