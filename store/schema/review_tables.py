"""Tables of the reviews, their index and their answers."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import build_partial_index, metadata

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(32), nullable=False, unique=True),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("file_id", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("link", sa.Text),
    sa.Column("version_from", sa.Integer),
    sa.Column("version_to", sa.Integer),
    sa.Column("modified_at", Utc),
    sa.Column("contributors", sa.JSON, nullable=False),
    sa.Column("owners", sa.JSON, nullable=False),
    sa.Column("opened_at", Utc, nullable=False),
    sa.Column("changed_at", Utc, nullable=False),
    sa.Column("due_at", Utc),
    sa.Column("saves", sa.Integer, nullable=False, server_default="0"),
    sa.Column("contents", sa.JSON(none_as_null=True)),
    sa.Column("superseded_by", sa.String(32)),
    sa.Column("required", sa.Integer, server_default="1"),  # NULL: each of the owners
    sa.Column("snoozed_until", Utc),
    sa.Column("remind_at", Utc),
    sa.Column("reminders", sa.Integer, nullable=False, server_default="0"),
    sa.Column("steps_taken", sa.Integer, nullable=False, server_default="0"),
    sa.Column("last_step", sa.JSON(none_as_null=True)),
    sa.Column("follow_ups", sa.Integer, nullable=False, server_default="0"),
    sa.Column("stand_ins", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("lapsed_at", Utc),
    sa.Column("folders", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("seen_late", sa.Integer),  # seconds
    sa.Column("happened_at", Utc),
    # No longer used; releases before 0.4 read it.
    sa.Column("snoozed_by", sa.Text, nullable=False, server_default=""),
    sa.Column("snoozer", sa.JSON(none_as_null=True)),  # who last snoozed its reminders
    sa.Column("handed_over", sa.JSON(none_as_null=True)),  # by and to, people; at
    sa.Column("reassigned_to", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("private", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("saves_known", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("content", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("acts", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("title_before", sa.Text),
    sa.Column("path_before", sa.Text),
    sa.Column("moved_to", sa.Text),
    sa.Column("changes", sa.JSON(none_as_null=True)),  # summary of the comparison; NULL until there is one
    sa.Column("carried", sa.JSON(none_as_null=True)),  # the acknowledgement that still counts
    sa.Column("campaign", sa.String(32), nullable=False, server_default=""),  # empty: a change opened it
    sa.Column("campaign_name", sa.Text, nullable=False, server_default=""),
    sa.Column("closed_at", Utc),  # no longer asked for by its campaign
    # These columns are only for lists and figures, and are derived from the rest (store/marks.py).
    sa.Column("marks", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("answered_at", Utc),
    sa.Column("answered_late", sa.Boolean),
    sa.Column("took_seconds", sa.Integer),
)
build_partial_index("reviews_next_look", reviews.c.remind_at, where=reviews.c.remind_at.is_not(None))
sa.Index("reviews_of_file", reviews.c.file_id, reviews.c.seq)
sa.Index("reviews_by_state", reviews.c.state, reviews.c.seq)
sa.Index("reviews_by_route", reviews.c.route, reviews.c.seq)
sa.Index("reviews_by_kind", reviews.c.kind, reviews.c.seq)
sa.Index("reviews_opened", reviews.c.opened_at, reviews.c.route, reviews.c.seq)
sa.Index(
    "reviews_answered",
    reviews.c.answered_at,
    reviews.c.route,
    reviews.c.state,
    reviews.c.took_seconds,
    reviews.c.answered_late,
)
build_partial_index(
    "reviews_found_late", reviews.c.changed_at, reviews.c.route, where=reviews.c.seen_late.is_not(None)
)
# Without reviews that have no successor: if there were only such, SQLite would not use the index.
build_partial_index("reviews_superseded", reviews.c.superseded_by, where=reviews.c.superseded_by.is_not(None))
build_partial_index(
    "reviews_overdue", reviews.c.due_at, reviews.c.seq, reviews.c.kind, where=reviews.c.state == "open"
)
_LAPSED = sa.and_(reviews.c.state == "open", reviews.c.lapsed_at.is_not(None))
build_partial_index(
    "reviews_lapsed",
    reviews.c.lapsed_at,  # first: on it SQLite has a condition
    reviews.c.due_at,
    reviews.c.seq,
    reviews.c.kind,
    reviews.c.route,
    where=_LAPSED,
)
_REASSIGNED = sa.and_(reviews.c.state == "open", reviews.c.handed_over.is_not(None))
build_partial_index("reviews_reassigned", reviews.c.seq, where=_REASSIGNED)
build_partial_index("reviews_waiting", reviews.c.route, reviews.c.due_at, where=reviews.c.state == "open")
# Two workers that handle the same file can't both open a review of it. A campaign has one beside it.
build_partial_index(
    "one_open_review_a_file_and_campaign",
    reviews.c.route,
    reviews.c.file_id,
    reviews.c.campaign,
    unique=True,
    where=reviews.c.state == "open",
)
build_partial_index(
    "reviews_of_campaign",
    reviews.c.campaign,
    reviews.c.state,
    reviews.c.seq,
    where=reviews.c.campaign != sa.literal_column("''"),
)

# The search index of reviews: each mark of a review, with its kind and its number.
review_index = sa.Table(
    "review_index",
    metadata,
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), sa.ForeignKey("reviews.id"), nullable=False, index=True),
    sa.Column("decision", sa.String(20), nullable=False),
    sa.Column("reviewer", sa.JSON, nullable=False),
    sa.Column("identity", sa.String(16), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("at", Utc, nullable=False),
    sa.Column("note", sa.Text),
    sa.Column("late", sa.Boolean, nullable=False),
    sa.Column("own_change", sa.Boolean, nullable=False),
    sa.Column("proof", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("owner", sa.Text),
    sa.Column("stand_in_for", sa.Text),
    sa.Column("withdrawn_at", Utc),
    # The document's bytes at that revision, or why they are not known.
    sa.Column("sha256", sa.String(64)),
    sa.Column("size", sa.BigInteger),
    sa.Column("not_read", sa.String(32)),
)

# Reviews about which people are to be asked, until a moment later all reminders for one person or place are
# put into one message.
queued_reminders = sa.Table(
    "queued_reminders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("review_id", sa.String(32), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("recipients", sa.JSON, nullable=False),
    sa.Column("notifier", sa.Text),  # NULL: beside the cards of the review
    sa.Column("target", sa.Text),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
