"""Rewriting of reviews of whom a person is erased: their rows, answers, files and index rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.erasure.review_values import find_answer_changes, find_file_changes, find_review_changes
from reviews.kinds import ChangeKind
from store import rows
from store.bulk_files import SqlBulkFileRepository
from store.marks import (
    delete_index_rows,
    list_entry_marks,
    list_file_marks,
    put_index_rows,
    refresh_derived_columns,
)
from store.schema import answers, review_files, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviews.erasure.erased_person import ErasedPerson
    from reviews.erasure.review_values import RevealedEntries
    from reviews.ports.ledger import LedgerEntry


def lock_reviews(connection: sa.Connection, review_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of these reviews, locked until the transaction ends; a removed one has none.

    In one order, so that two that erase at once do not deadlock.
    """
    query = sa.select(reviews).where(reviews.c.id.in_(review_ids)).order_by(reviews.c.seq)
    return [dict(row) for row in connection.execute(query.with_for_update()).mappings()]


def rewrite_review(
    connection: sa.Connection, person: ErasedPerson, row: Mapping[str, Any], entries: RevealedEntries
) -> None:
    """Take the person out of a review wherever its entries no longer name them."""
    changes = find_review_changes(person, row, entries)
    if changes:
        connection.execute(sa.update(reviews).where(reviews.c.seq == row["seq"]).values(changes))
    _rewrite_answers(connection, person, row["id"], entries)
    if row["kind"] == ChangeKind.BULK:
        _rewrite_files(connection, person, row["id"], entries)
    refresh_derived_columns(connection, row["id"])


def _rewrite_answers(
    connection: sa.Connection, person: ErasedPerson, review_id: str, entries: RevealedEntries
) -> None:
    query = sa.select(answers).where(answers.c.review_id == review_id).order_by(answers.c.id)
    stored = [dict(row) for row in connection.execute(query).mappings()]
    for number, changes in find_answer_changes(person, stored, entries).items():
        connection.execute(sa.update(answers).where(answers.c.id == number).values(changes))


def _rewrite_files(
    connection: sa.Connection, person: ErasedPerson, review_id: str, entries: RevealedEntries
) -> None:
    query = sa.select(review_files).where(review_files.c.review_id == review_id)
    stored = connection.execute(query.order_by(review_files.c.position)).mappings().all()
    changes = find_file_changes(person, [dict(row) for row in stored], entries)
    row = connection.execute(sa.select(reviews).where(reviews.c.id == review_id)).mappings().one()
    review = rows.build_review(row, (), ())
    files = SqlBulkFileRepository(connection)
    marks: set[str] = set()
    for each in stored:
        file = rows.build_bulk_file({**each, **changes.get(each["file_id"], {})})
        if each["file_id"] in changes:
            files.update_file(review, file)
        marks |= list_file_marks(file)
    former_marks = _list_marks(entries.before) - _list_marks(entries.after) - marks
    kind = str(ChangeKind.BULK)
    put_index_rows(connection, row["seq"], {(kind, mark) for mark in marks})
    delete_index_rows(connection, row["seq"], {(kind, mark) for mark in former_marks})


def _list_marks(entries: Iterable[LedgerEntry]) -> set[str]:
    """Return the marks of a bulk review's files as they are and as they were earlier."""
    return {mark for entry in entries for mark in list_entry_marks(entry)}
