"""The index of deadlines knows the kind of a review, by which its marks are looked up."""

from store.migrations.steps import create_index, drop_index

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    create_index("reviews_overdue", "reviews", ["due_at", "seq", "kind"], where="state = 'open'")
    drop_index("reviews_due", "reviews")
