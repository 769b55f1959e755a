"""Each route has names of campaigns of its own: a name that is taken told of one of a private route."""

from store.migrations.steps import create_index, drop_index

revision = "0061"
down_revision = "0060"


def upgrade() -> None:
    create_index(
        "one_campaign_a_route_and_name",
        "campaigns",
        ["name_key", "route"],
        where="ended_at IS NULL",
        unique=True,
    )
    drop_index("one_campaign_a_name", "campaigns")
