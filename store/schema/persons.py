"""Tables of people, their accounts and groups, and how they prove who they are."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import build_partial_index, metadata

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, index=True),  # in lower case: addresses are compared without regard to it
    sa.Column("seen_at", Utc, nullable=False),
)

# The DocSpace account of an address, by its last answer; without `account`, none that we may see.
docspace_accounts = sa.Table(
    "docspace_accounts",
    metadata,
    sa.Column("address", sa.Text, primary_key=True),  # casefolded
    sa.Column("account", sa.Text),
    sa.Column("asked_at", Utc, nullable=False, index=True),
)

# Chat accounts that were looked up; `address`, casefolded, is the one for which the chat named it.
accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("chat", sa.String(16), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("address", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("standing", sa.String(16), nullable=False),
    sa.Column("locale", sa.Text, nullable=False, server_default=""),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)
sa.Index("accounts_at", accounts.c.chat, accounts.c.address)

# The user groups of a chat that act as owners, and their members.
groups = sa.Table(
    "groups",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),  # casefolded
    sa.Column("members", sa.JSON, nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)

# What a remote service sent about a place that can't be written to without it: by channel and address.
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("notifier", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
)

# Keys that must not act twice: of a remote service's messages, and the names of requests.
idempotency_keys = sa.Table(
    "told",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("at", Utc, nullable=False, index=True),
    sa.Column("refused", sa.Boolean, nullable=False, server_default=sa.false()),
)

# Codes that were mailed to prove an address; only a digest of each is stored.
codes = sa.Table(
    "codes",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("browser", sa.String(32), nullable=False, index=True),
    sa.Column("email", sa.Text, nullable=False, index=True),  # empty if the code went to no one
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("sent_at", Utc, nullable=False, index=True),
    sa.Column("good_until", Utc, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("used", sa.Boolean, nullable=False, server_default=sa.false()),
)

# How often something was done since a moment: requesting codes, trying them. The key is a hash.
quotas = sa.Table(
    "quotas",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("began_at", Utc, nullable=False, index=True),
    sa.Column("used", sa.Integer, nullable=False),
)

# One-time links by which a person proven by a chat signs in on the pages.
sign_in_links = sa.Table(
    "sign_in_links",
    metadata,
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("person", sa.JSON, nullable=False),
    sa.Column("made_at", Utc, nullable=False, index=True),
    sa.Column("good_until", Utc, nullable=False),
    sa.Column("used", sa.Boolean, nullable=False, server_default=sa.false()),
)

# Sessions of browsers that have not ended; the key is a digest from which no cookie can be made.
sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("begun_at", Utc, nullable=False, index=True),
)

# Who is away until when, and who answers meanwhile.
absences = sa.Table(
    "absences",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("person", sa.Text, nullable=False),  # an address, casefolded
    sa.Column("starts_at", Utc, nullable=False),
    sa.Column("ends_at", Utc, nullable=False),
    sa.Column("stand_in", sa.Text),  # NULL: the deputies of each route
    sa.Column("source", sa.String(16), nullable=False),
    sa.Column("made_at", Utc, nullable=False),
    sa.Column("key", sa.Text, nullable=False, server_default=""),
    sa.Column("ended_at", Utc),  # when the person came back early
    sa.Column("check_at", Utc),
    sa.Column("checked_seq", sa.Integer, nullable=False, server_default="0"),
)
sa.Index("absences_of_person", absences.c.person, absences.c.ends_at)
sa.Index("absences_of_source", absences.c.source, absences.c.ends_at)
build_partial_index("absences_to_check", absences.c.check_at, where=absences.c.check_at.is_not(None))

# One row: until when one of the workers reads the calendar, when it was read last, and why it can't be, since
# `failing_since`.
calendar_round = sa.Table(
    "calendar_round",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("taken_until", Utc, nullable=False),
    sa.Column("read_at", Utc),
    sa.Column("failure", sa.Text),
    sa.Column("failing_since", Utc),
    sa.Column("unclear", sa.Integer, nullable=False, server_default="0"),
)
