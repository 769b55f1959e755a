"""What reviews are listed by: the marks of each in an index, where it is, and when it was answered."""

import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

AT_ONCE = 1000
LONGEST_MARK = 200
DEEPEST = 100  # folders within each other


def upgrade() -> None:
    for column in (
        sa.Column("folders", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("marks", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("answered_late", sa.Boolean),
        sa.Column("took_seconds", sa.Integer),
    ):
        op.add_column("reviews", column)
    op.create_table(
        "review_index",
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("kind", sa.String(16), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    _fill(op.get_bind())
    op.create_index("reviews_by_kind", "reviews", ["kind", "seq"])
    op.create_index("reviews_opened", "reviews", ["opened_at", "route", "seq"])
    answered = ["answered_at", "route", "state", "took_seconds", "answered_late"]
    op.create_index("reviews_answered", "reviews", answered)
    for name, columns in (("reviews_due", ["due_at", "seq"]), ("reviews_waiting", ["route", "due_at"])):
        waiting = sa.text("state = 'open'")
        op.create_index(name, "reviews", columns, sqlite_where=waiting, postgresql_where=waiting)


def _fill(connection: sa.Connection) -> None:
    """Mark the reviews that there are. Of their folders only what is known of them today can be told."""
    found_in = connection.execute(sa.text("SELECT id, parent_id FROM folders"))
    parents = {row.id: row.parent_id for row in found_in}
    for rows in _parts(connection):
        changes, marks = [], []
        for row in rows:
            change, found = _marked(row, parents)
            changes.append(change)
            marks += [{"value": mark, "kind": row["kind"], "seq": row["seq"]} for mark in found]
        connection.execute(_CHANGE, changes)
        if marks:
            connection.execute(_MARK, marks)


_TIME = sa.DateTime(timezone=True)
_ROWS = sa.text(
    "SELECT reviews.seq, reviews.kind, reviews.route, reviews.state, reviews.file_id, reviews.contributors, "
    "reviews.owners, reviews.opened_at, answers.at, answers.late, answers.reviewer, files.parent_id "
    "FROM reviews LEFT JOIN answers ON answers.id = "
    "(SELECT max(id) FROM answers AS given WHERE given.review_id = reviews.id) "
    "LEFT JOIN files ON files.file_id = reviews.file_id "
    "WHERE reviews.seq > :seq ORDER BY reviews.seq LIMIT :most"
).columns(contributors=sa.JSON, owners=sa.JSON, reviewer=sa.JSON, opened_at=_TIME, at=_TIME, late=sa.Boolean)
_CHANGE = sa.text(
    "UPDATE reviews SET folders = :folders, marks = :marks, answered_at = :at, answered_late = :late, "
    "took_seconds = :took WHERE seq = :number"
).bindparams(
    sa.bindparam("folders", type_=sa.JSON), sa.bindparam("marks", type_=sa.JSON),
    sa.bindparam("at", type_=_TIME), sa.bindparam("late", type_=sa.Boolean),
)  # fmt: skip
_MARK = sa.text("INSERT INTO review_index (value, kind, seq) VALUES (:value, :kind, :seq)")


def _parts(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    seq = 0
    while rows := connection.execute(_ROWS, {"seq": seq, "most": AT_ONCE}).mappings().all():
        yield [dict(row) for row in rows]
        seq = rows[-1]["seq"]


def _marked(row: dict[str, Any], parents: dict[str, str]) -> tuple[dict[str, Any], list[str]]:
    folders = _folders(row, parents)
    people = [who[name] for who in row["contributors"] for name in ("email", "id", "name") if who.get(name)]
    told = (
        [("folder", each) for each in folders] + [("route", row["route"])] + [("by", each) for each in people]
    )
    answered = row["at"] if row["state"] != "open" else None
    if row["state"] == "open":
        told += [("waiting", row["route"]), *(("owner", each) for each in row["owners"])]
    elif row["reviewer"] and row["reviewer"].get("email"):
        told.append(("answered", row["reviewer"]["email"]))
    marks = sorted({f"{name}:{_plain(text).casefold()[:LONGEST_MARK]}" for name, text in told})
    took = max(int((answered - row["opened_at"]).total_seconds()), 0) if answered else None
    change = {
        "number": row["seq"],
        "folders": folders,
        "marks": [row["kind"], *marks],
        "at": answered,
        "late": row["late"] if answered else None,
        "took": took,
    }
    return change, marks


def _folders(row: dict[str, Any], parents: dict[str, str]) -> list[str]:
    """Return the folders that a review's file or folder is in today, from the top down."""
    is_folder = row["file_id"].startswith("folder:")
    each = row["file_id"].removeprefix("folder:") if is_folder else row["parent_id"]
    found: list[str] = []
    while each and each not in found and len(found) < DEEPEST:
        found.insert(0, each)
        each = parents.get(each, "")
    return found


def _plain(text: str) -> str:
    """Return text as it was marked when this was written: one line without controls and directions."""
    kept = (" " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char for char in text)
    hidden = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x61C, 0x200E, 0x200F}
    return " ".join("".join(char for char in kept if ord(char) not in hidden).split())
