"""What follows from a review and is kept beside it for lists and figures: its marks, when it was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.ports.listing import marks_of, marks_of_file
from reviews.quorum import deciding
from store import rows
from store.engine import insert_into
from store.schema import answers, review_index, reviews

if TYPE_CHECKING:
    from reviews.bulk import BulkFile
    from reviews.model import Review

AT_ONCE = 1000
"""Rows that one statement deletes: the files of a bulk review may lie in very many folders."""

# At each step of a review both are asked for: the queries are built once.
_ROW = sa.select(reviews).where(reviews.c.id == sa.bindparam("review_id"))
_GIVEN = sa.select(answers).where(answers.c.review_id == sa.bindparam("review_id")).order_by(answers.c.id)

_FOLLOWS = sa.update(reviews).where(reviews.c.seq == sa.bindparam("numbered"))


def refresh(connection: sa.Connection, review_id: str) -> None:
    """Bring it up to date after a review was written, in the same transaction: the review's row is locked.

    Which marks a review has in the index stands in its row, so that they can be taken out again.
    """
    of_review = {"review_id": review_id}
    row = connection.execute(_ROW, of_review).mappings().one()
    found = tuple(rows.answer(each) for each in connection.execute(_GIVEN, of_review).mappings())
    review = rows.review(row, found, ())
    kept, values = pairs_of(row["marks"]), follow_from(review)
    marks = pairs_of(values["marks"])
    if any(row[name] != value for name, value in values.items()):
        connection.execute(_FOLLOWS, {**values, "numbered": row["seq"]})
    take_out(connection, row["seq"], kept - marks)
    _put_in(connection, row["seq"], marks - kept)


def follow_from(review: Review) -> dict[str, Any]:
    """Return the columns of a review that follow from the rest of it."""
    return {"marks": [str(review.kind), *sorted(marks_of(review))], **_answered(review)}


def pairs_of(kept: list[str]) -> set[tuple[str, str]]:
    """Return kind and value of each row that the index has for a review with these marks."""
    kind, *marks = kept or [""]
    return {(kind, mark) for mark in marks}


def put_in_file(connection: sa.Connection, review: Review, file: BulkFile) -> None:
    """Have a bulk review found by one more file; what it is found by already costs nothing."""
    marks = marks_of_file(file) - marks_of_file(review)
    if marks:
        query = sa.select(reviews.c.seq).where(reviews.c.id == review.id)
        seq = connection.execute(query).scalar_one()
        _put_in(connection, seq, {(str(review.kind), mark) for mark in marks})


def _answered(review: Review) -> dict[str, Any]:
    last = deciding(review)
    if last is None:
        return {"answered_at": None, "answered_late": None, "took_seconds": None}
    took = max(int((last.at - review.opened_at).total_seconds()), 0)
    return {"answered_at": last.at, "answered_late": last.late, "took_seconds": took}


def take_out(connection: sa.Connection, seq: int, pairs: set[tuple[str, str]]) -> None:
    """Delete these rows of the index, kind and value, of the review with this number."""
    for kind in {kind for kind, _ in pairs}:
        values = [mark for each, mark in pairs if each == kind]
        for start in range(0, len(values), AT_ONCE):
            among = review_index.c.value.in_(values[start : start + AT_ONCE])
            rows_of = (among, review_index.c.kind == kind, review_index.c.seq == seq)
            connection.execute(sa.delete(review_index).where(*rows_of))


def _put_in(connection: sa.Connection, seq: int, pairs: set[tuple[str, str]]) -> None:
    if pairs:
        new = [{"value": mark, "kind": kind, "seq": seq} for kind, mark in sorted(pairs)]
        insert = insert_into(connection, review_index).on_conflict_do_nothing()
        connection.execute(insert, new)
