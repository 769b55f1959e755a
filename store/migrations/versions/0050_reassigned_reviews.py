"""An index of the open reviews that were reassigned, whose owners are looked up."""

from store.migrations.steps import create_index

revision = "0050"
down_revision = "0049"


def upgrade() -> None:
    reassigned = "state = 'open' AND handed_over IS NOT NULL"
    create_index("reviews_reassigned", "reviews", ["seq"], where=reassigned)
