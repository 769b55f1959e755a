"""Tables of the portal's tree, as last seen."""

from __future__ import annotations

import sqlalchemy as sa

from store.clock import Utc
from store.schema.base import build_partial_index, metadata

# The last stored state of each file under a watched folder.
files = sa.Table(
    "files",
    metadata,
    sa.Column("file_id", sa.Text, primary_key=True),
    sa.Column("parent_id", sa.Text, nullable=False, index=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("modified_at", Utc),
    sa.Column("size", sa.BigInteger),
    sa.Column("locked", sa.Boolean, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("link", sa.Text),
    sa.Column("standing", sa.String(16), nullable=False),
    sa.Column("as_of", Utc),
    sa.Column("listed_at", Utc),
)
sa.Index("files_by_title", files.c.title)
build_partial_index("files_deleted", files.c.file_id, where=files.c.standing == "deleted")

# The folders above them. `was_in` is the parent of a folder before it was seen elsewhere, until the move is
# processed; then that parent is `moved_from`, and `settled_at` the time of the folder's newest event.
# `seen_at` is when DocSpace was queried, `known_since` when it was first. `gone` is the kind of change by
# which the folder itself left, until it comes back. `listed_to` is how many of its files are stored, until
# all of them are: 0 for a folder first seen because of an event.
folders = sa.Table(
    "folders",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("parent_id", sa.Text, nullable=False, index=True),  # empty at the top
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("was_in", sa.Text),
    sa.Column("moved_from", sa.Text),
    sa.Column("settled_at", Utc),
    sa.Column("known_since", Utc, nullable=False),
    sa.Column("seen_at", Utc, nullable=False),
    sa.Column("gone", sa.String(16)),
    sa.Column("listed_to", sa.Integer),
)
build_partial_index("folders_moved", folders.c.was_in, where=folders.c.was_in.is_not(None))
sa.Index("folders_by_title", sa.func.lower(folders.c.title))
build_partial_index("folders_unlisted", folders.c.id, where=folders.c.listed_to.is_not(None))


# The progress of sweeps for each watched folder: the first one, and the gap sweeps, which have reported
# everything up to `swept_to`. `stopped_by` says in words why the last try failed. `due_at` is when the next
# one is due, `leased_by` who sweeps now, until `leased_until` by the database's clock. `listed_at` is when
# the whole listing was last compared; `log_row` and `log_row_at` are the newest row of the folder's log,
# `glance` a digest of the first page of a listing. The row without an id is for the portal's log of
# deliveries.
baselines = sa.Table(
    "baselines",
    metadata,
    sa.Column("folder_id", sa.Text, primary_key=True),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("finished_at", Utc),
    sa.Column("swept_to", Utc),
    sa.Column("tried_at", Utc),
    sa.Column("stopped_by", sa.Text),
    sa.Column("watched", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("due_at", Utc),
    sa.Column("leased_by", sa.Text),
    sa.Column("leased_until", Utc),
    sa.Column("listed_at", Utc),
    sa.Column("log_row", sa.Text),
    sa.Column("log_row_at", Utc),
    sa.Column("glance", sa.Text, nullable=False, server_default=""),
)
build_partial_index("baselines_due", baselines.c.due_at, where=baselines.c.watched)
build_partial_index("baselines_tried", baselines.c.tried_at, where=baselines.c.watched)
build_partial_index("baselines_swept", baselines.c.swept_to, where=baselines.c.watched)
build_partial_index(
    "baselines_stopped",
    baselines.c.folder_id,
    where=sa.and_(baselines.c.watched, baselines.c.stopped_by.is_not(None)),
)
build_partial_index(
    "baselines_unfinished",
    baselines.c.folder_id,
    where=sa.and_(baselines.c.watched, baselines.c.finished_at.is_(None)),
)
build_partial_index("baselines_leased", baselines.c.leased_until, where=baselines.c.leased_until.is_not(None))

# What a sweep saw in a listing, and no event explains: a file, a folder, or with an empty `subject` a number
# of files. Until a later sweep finds it explained, the watermark of the watched folder stays.
unexplained_differences = sa.Table(
    "unexplained_differences",
    metadata,
    sa.Column("folder_id", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("since", Utc, nullable=False),
)
