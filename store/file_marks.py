"""Index rows that a bulk review has because of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.bulk_files import SqlBulkFileRepository
from store.chain import walk_entries_of
from store.marks import list_entry_marks, list_file_marks

if TYPE_CHECKING:
    import sqlalchemy as sa

PAGE_SIZE = 500


def find_file_marks(connection: sa.Connection, review_id: str) -> set[str]:
    """Return the marks by which a bulk review is listed for its files, as they are and as they were.

    The row of the review does not have them, so that a file can join without reading all others. A file that
    changed while the review was open leaves its earlier marks: the ledger has them.
    """
    marks: set[str] = set()
    files = SqlBulkFileRepository(connection)
    after = 0
    while page := files.list_files(review_id, after=after, limit=PAGE_SIZE):
        marks.update(*map(list_file_marks, page))
        after = page[-1].position
    for entry in walk_entries_of(connection, review_id):
        marks |= list_entry_marks(entry)
    return marks
