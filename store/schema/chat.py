"""Tables of chat: owed messages, subscriptions, and the rate limits of remote services."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import LONG_AGO, build_partial_index, metadata

# Messages owed or posted to chat: cards, and with a `notice`, the messages beside them. `cause` is empty for
# a card; a notice to subscribers has no review.
cards = sa.Table(
    "cards",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id")),
    sa.Column("notifier", sa.Text, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("wanted", sa.Integer, nullable=False, default=1),
    sa.Column("drawn", sa.Integer, nullable=False, default=0),
    # No longer used; releases before 0.4 read it.
    sa.Column("handed_over", sa.Integer, nullable=False, default=0),
    sa.Column("claimed_by", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("error", sa.Text),
    sa.Column("attempted_at", Utc),
    sa.Column("maybe_posted", sa.Boolean, nullable=False, default=False),
    sa.Column("not_before", Utc),
    sa.Column("due_since", Utc, default=sa.func.current_timestamp()),  # while `drawn` is less than `wanted`
    sa.Column("cause", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("notice", sa.JSON(none_as_null=True)),
    sa.Column("drawn_at", Utc),
    sa.Column("caused_at", Utc),  # when the card's event arrived
    sa.Column("posted_at", Utc),  # when it was first posted
    # An outcome notice, needed until another review supersedes its review.
    sa.Column("until_superseded", sa.Boolean, nullable=False, server_default=sa.false()),
    # Whether no person waits for the due drawing, so that it comes after those that a person waits for.
    sa.Column("may_wait", sa.Boolean, nullable=False, server_default=sa.false()),
    # When a worker looks at it again while a drawing is due, and how many workers died over it.
    sa.Column("due_at", Utc, nullable=False, default=sa.func.current_timestamp(), server_default=LONG_AGO),
    sa.Column("deaths", sa.Integer, nullable=False, server_default="0"),
    # Whether it was given up and not delivered since.
    sa.Column("given_up", sa.Boolean, nullable=False, server_default=sa.false()),
)
build_partial_index(
    "cards_once_a_cause",
    cards.c.review_id,
    cards.c.notifier,
    cards.c.target,
    cards.c.cause,
    unique=True,
    where=cards.c.review_id.is_not(None),
)
build_partial_index(
    "cards_of_no_review_once_a_cause",
    cards.c.notifier,
    cards.c.target,
    cards.c.cause,
    unique=True,
    where=cards.c.review_id.is_(None),
)
_FREE = sa.and_(cards.c.drawn < cards.c.wanted, cards.c.state != "dead", cards.c.claimed_by.is_(None))
build_partial_index(
    "cards_redraws_due",
    cards.c.may_wait,
    cards.c.due_at,
    cards.c.id,
    where=sa.and_(_FREE, cards.c.message_id.is_not(None)),
)
build_partial_index(
    "cards_posts_due", cards.c.due_at, cards.c.id, where=sa.and_(_FREE, cards.c.message_id.is_(None))
)
build_partial_index("cards_undrawn", cards.c.id, where=cards.c.drawn < cards.c.wanted)
sa.Index("cards_by_message", cards.c.target, cards.c.message_id)
build_partial_index("cards_claimed", cards.c.claimed_by, where=cards.c.claimed_by.is_not(None))
build_partial_index("cards_dead", cards.c.id, where=cards.c.state == "dead")
# What retention reads: neither cards, which go with their reviews, nor notices that are still needed.
build_partial_index(
    "cards_passing", cards.c.id, where=sa.and_(cards.c.cause != "", ~cards.c.until_superseded)
)

# When the next call may go to a rate-limited remote service, shared by all workers.
gates = sa.Table(
    "gates",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("next_at", Utc, nullable=False),
    sa.Column("passed_at", Utc, nullable=False),
    sa.Column("closed_until", Utc, nullable=False),
)

# The channels that see changes beneath a folder without a duty to answer.
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("notifier", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("kinds", sa.JSON, nullable=False),
    sa.Column("digest", sa.Boolean, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("made_at", Utc, nullable=False),
)

# The digests of reviews: for each channel or person and time, up to when reviews were in one. `slot` is the
# time of the routing file and its zone; it is empty for what people chose by a command, which is in `times`.
review_digests = sa.Table(
    "review_digests",
    metadata,
    sa.Column("notifier", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("slot", sa.Text, primary_key=True),
    sa.Column("times", sa.Text, nullable=False, server_default=""),
    sa.Column("handled_until", Utc, nullable=False),
    sa.Column("next_at", Utc),  # of what was chosen by a command
    sa.Column("made_by", sa.Text, nullable=False, server_default=""),
)
build_partial_index(
    "review_digests_due", review_digests.c.next_at, where=review_digests.c.next_at.is_not(None)
)

# Lines for a channel's next digest; `since` is when the file first changed after the last one.
digest_lines = sa.Table(
    "digest_lines",
    metadata,
    sa.Column("notifier", sa.Text, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("since", Utc, nullable=False),
)
