"""Tables of the witnesses that cosign the ledger's checkpoints."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import metadata

# What each witness, by its verifier key, has cosigned last: the size and the note with its cosignature, 0 and
# empty before the first. `refusal` is why it refuses, until it cosigns again; `failure` why it gave no answer
# that counts, since `failing_since`.
witness_states = sa.Table(
    "witness_states",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Utc),
    sa.Column("asked_at", Utc, nullable=False),
    sa.Column("refusal", sa.Text),
    sa.Column("failure", sa.Text),
    sa.Column("failing_since", Utc),
)

# One row: until when one of the workers asks the witnesses.
witness_round = sa.Table(
    "witness_round",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("taken_until", Utc, nullable=False),
)

# At most one row: the last checkpoint with a quorum of cosignatures.
witnessed_checkpoint = sa.Table(
    "witnessed_checkpoint",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("at", Utc, nullable=False),
)
