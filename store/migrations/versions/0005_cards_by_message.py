"""Which card a message of a channel is."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_index("cards_by_message", "cards", ["target", "message_id"])
