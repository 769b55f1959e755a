"""Several answers to a review, answers taken back, and what is told beside a card."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_CARDS = ("review_id", "notifier", "target")


def upgrade() -> None:
    op.add_column("reviews", sa.Column("required", sa.Integer, server_default="1"))
    op.add_column("reviews", sa.Column("snoozed_until", sa.DateTime(timezone=True)))
    _answers()
    _cards()
    op.create_table(
        "groups",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("members", sa.JSON, nullable=False),
        sa.Column("said", sa.JSON, nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )


def _answers() -> None:
    """One answer a review was a constraint without a name, which SQLite drops with the table alone."""
    naming = {"uq": "%(table_name)s_%(column_0_name)s_key"}
    with op.batch_alter_table("answers", naming_convention=naming) as batch:
        batch.drop_constraint("answers_review_id_key", type_="unique")
        batch.add_column(sa.Column("owner", sa.Text))
        batch.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
    op.create_index("ix_answers_review_id", "answers", ["review_id"])


def _cards() -> None:
    naming = {"uq": "%(table_name)s_%(column_0_N_name)s_key"}
    with op.batch_alter_table("cards", naming_convention=naming) as batch:
        batch.drop_constraint("cards_review_id_notifier_target_key", type_="unique")
        batch.alter_column("review_id", existing_type=sa.String(32), nullable=True)
        batch.add_column(sa.Column("cause", sa.Text, nullable=False, server_default=""))
        batch.add_column(sa.Column("notice", sa.JSON))
    of_review = sa.text("review_id IS NOT NULL")
    of_none = sa.text("review_id IS NULL")
    for name, columns, where in (
        ("cards_once_a_cause", [*_CARDS, "cause"], of_review),
        ("cards_of_no_review_once_a_cause", [*_CARDS[1:], "cause"], of_none),
    ):
        op.create_index(name, "cards", columns, unique=True, sqlite_where=where, postgresql_where=where)
