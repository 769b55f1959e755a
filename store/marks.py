"""Columns derived from a review for lists and figures: its marks, when it was answered.

Each review is marked with everything it may be searched by. A mark and the review's number are one row of an
index, so that a page costs the same among a thousand reviews and among a million.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.kinds import ChangeKind, ReviewState
from reviews.ports.listing import MAX_MARK_LENGTH, MarkKind
from reviews.quorum import find_deciding_answer, list_missing_owners
from reviews.text import clean_text
from store import rows
from store.schema import answers as answers_table
from store.schema import review_index, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.bulk import BulkFile
    from reviews.model import Answer, Review
    from reviews.ports.ledger import LedgerEntry

BATCH_SIZE = 1000
"""Rows that one statement deletes: the files of a bulk review may lie in very many folders."""

# Both run at each step of a review: the queries are built once.
_ROW = sa.select(reviews).where(reviews.c.id == sa.bindparam("review_id"))
_SELECT_ANSWERS = (
    sa.select(answers_table)
    .where(answers_table.c.review_id == sa.bindparam("review_id"))
    .order_by(answers_table.c.id)
)

# A review has a dozen marks: one parameter for all of them costs less than a row each.
_PUT_INDEX_ROWS = {
    dialect: sa.text(
        "INSERT INTO review_index (kind, value, seq) "  # noqa: S608 - the parts are constants
        f"SELECT value->>0, value->>1, :seq FROM {each} WHERE true ON CONFLICT DO NOTHING"
    )
    for dialect, each in {
        "sqlite": "json_each(:pairs)",
        "postgresql": "json_array_elements(CAST(:pairs AS json)) AS each(value)",
    }.items()
}
_UPDATE_DERIVED = sa.update(reviews).where(reviews.c.seq == sa.bindparam("numbered"))


def refresh_derived_columns(connection: sa.Connection, review_id: str) -> None:
    """Update the derived columns after a review was written, in the same transaction: its row is locked.

    The row stores which marks the review has in the index, so that they can be removed again.
    """
    row = connection.execute(_ROW, {"review_id": review_id}).mappings().one()
    refresh_derived_columns_of(connection, row)


def refresh_derived_columns_of(
    connection: sa.Connection, row: sa.RowMapping, *, answers: tuple[Answer, ...] | None = None
) -> None:
    """Do the same for a row that was read after it was written; `answers` are its answers, if known."""
    review = rows.build_review(row, find_answers(connection, row["id"]) if answers is None else answers, ())
    before, values = list_index_pairs(row["marks"]), {**derive_columns(review), **_forget_deputies(review)}
    marks = list_index_pairs(values["marks"])
    if any(row[name] != value for name, value in values.items()):
        connection.execute(_UPDATE_DERIVED, {**values, "numbered": row["seq"]})
    delete_index_rows(connection, row["seq"], before - marks)
    put_index_rows(connection, row["seq"], marks - before)


def find_answers(connection: sa.Connection, review_id: str) -> tuple[Answer, ...]:
    """Return the answers to a review, in the order in which they were given."""
    result = connection.execute(_SELECT_ANSWERS, {"review_id": review_id}).mappings()
    return tuple(map(rows.build_answer, result))


def derive_columns(review: Review) -> dict[str, Any]:
    """Return the columns of a review that are derived from the rest of it."""
    return {"marks": derive_marks(review), **_derive_answer_columns(review)}


def _forget_deputies(review: Review) -> dict[str, Any]:
    """Return the column of a closed review without who stood in for deputies: no entry names those."""
    if review.state is ReviewState.OPEN or not review.stand_ins:
        return {}
    owners = {owner.casefold() for owner in review.owners}
    of_owners = (each for each in review.stand_ins if each.absent.casefold() in owners)
    return {"stand_ins": rows.build_stand_in_values(of_owners)}


def derive_marks(review: Review) -> list[str]:
    """Return the column with the marks of a review, after its kind."""
    return [str(review.kind), *sorted(list_marks(review))]


def list_index_pairs(stored_marks: list[str]) -> set[tuple[str, str]]:
    """Return kind and value of each index row of a review with these marks."""
    kind, *marks = stored_marks or [""]
    return {(kind, mark) for mark in marks}


def list_marks(review: Review) -> frozenset[str]:
    """Return all marks of a review, without its kind, its state and its times.

    A bulk review is indexed by each of its files, which have marks of their own.
    """
    marks = {format_mark(MarkKind.ROUTE, review.route)}
    if review.kind is not ChangeKind.BULK:
        marks |= list_file_marks(review)
    answerers = (answer.reviewer.email for answer in review.answers if answer.withdrawn_at is None)
    marks |= _format_all(MarkKind.ANSWERED_BY, filter(None, answerers))
    if review.state is ReviewState.OPEN and review.campaign is not None:
        # Only those who have not acknowledged are waited for, and no one else can.
        marks |= _format_all(MarkKind.WAITING_OWNER, list_missing_owners(review))
    elif review.state is ReviewState.OPEN:
        marks |= _format_all(MarkKind.WAITING_ROUTE, [review.route])
        stand_ins = (person for each in review.stand_ins for person in each.people)
        marks |= _format_all(MarkKind.WAITING_OWNER, (*review.owners, *stand_ins))
    return frozenset(marks)


def list_file_marks(item: Review | BulkFile) -> frozenset[str]:
    """Return the marks that one file gives its review or bulk review."""
    doers = [person for act in item.acts for person in act.people]
    names = (name for each in (*item.contributors, *doers) for name in (each.email, each.id, each.name))
    return _format_all(MarkKind.FOLDER, item.folders) | _format_all(MarkKind.CONTRIBUTOR, filter(None, names))


def list_entry_marks(entry: LedgerEntry) -> frozenset[str]:
    """Return the marks that a file in a ledger entry gives a bulk review."""
    doers = [person for act in entry.get("acts") or () for person in act["people"]]
    people = [*(entry.get("contributors") or ()), *doers]
    names = (name for each in people for name in (each["email"], each["id"], each["name"]))
    folders = entry.get("folders") or ()
    return _format_all(MarkKind.FOLDER, folders) | _format_all(MarkKind.CONTRIBUTOR, filter(None, names))


@lru_cache(maxsize=2_000)  # people, folders and routes recur; half a megabyte
def format_mark(kind: MarkKind, text: str) -> str:
    """Return a mark as it stands in the index."""
    return f"{kind}:{clean_text(text).casefold()[:MAX_MARK_LENGTH]}"


def _format_all(kind: MarkKind, texts: Iterable[str]) -> frozenset[str]:
    return frozenset(format_mark(kind, text) for text in texts)


def add_file_marks(connection: sa.Connection, review: Review, file: BulkFile) -> None:
    """List a bulk review under one more file; marks that it has already cost nothing."""
    marks = list_file_marks(file) - list_file_marks(review)
    if marks:
        query = sa.select(reviews.c.seq).where(reviews.c.id == review.id)
        seq = connection.execute(query).scalar_one()
        put_index_rows(connection, seq, {(str(review.kind), mark) for mark in marks})


def _derive_answer_columns(review: Review) -> dict[str, Any]:
    last = find_deciding_answer(review)
    if last is None and review.carried is not None:
        return {"answered_at": review.carried.at, "answered_late": False, "took_seconds": None}
    if last is None and review.closed_at is not None:
        return {"answered_at": review.closed_at, "answered_late": False, "took_seconds": None}
    if last is None:
        return {"answered_at": None, "answered_late": None, "took_seconds": None}
    if review.campaign is not None:  # weeks that say nothing about the time that changes wait
        return {"answered_at": last.at, "answered_late": last.late, "took_seconds": None}
    took = max(int((last.at - review.opened_at).total_seconds()), 0)
    return {"answered_at": last.at, "answered_late": last.late, "took_seconds": took}


def delete_index_rows(connection: sa.Connection, seq: int, pairs: set[tuple[str, str]]) -> None:
    """Delete these index rows, kind and value, of the review with this number."""
    for kind in {kind for kind, _ in pairs}:
        values = [mark for each, mark in pairs if each == kind]
        for start in range(0, len(values), BATCH_SIZE):
            condition = review_index.c.value.in_(values[start : start + BATCH_SIZE])
            rows_of = (condition, review_index.c.kind == kind, review_index.c.seq == seq)
            connection.execute(sa.delete(review_index).where(*rows_of))


def put_index_rows(connection: sa.Connection, seq: int, pairs: set[tuple[str, str]]) -> None:
    """Add index rows, kind and value, of the review with this number."""
    if pairs:
        parameters = {"pairs": json.dumps(sorted(pairs)), "seq": seq}
        connection.execute(_PUT_INDEX_ROWS[connection.dialect.name], parameters)
