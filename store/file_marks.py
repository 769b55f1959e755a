"""Which rows of the index a bulk review has for the sake of its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.ports.listing import marks_of_entry, marks_of_file
from store.bulk_files import BulkFiles
from store.chain import walk_entries_of

if TYPE_CHECKING:
    import sqlalchemy as sa

READ_AT_ONCE = 500


def find_file_marks(connection: sa.Connection, review_id: str) -> set[str]:
    """Return by which marks a bulk review is found for its files as they are, and as they once were.

    The row of the review does not have them, so that a file can join without reading all others. A file that
    changed while the review was open leaves its earlier marks: the record says which.
    """
    marks: set[str] = set()
    files = BulkFiles(connection)
    after = 0
    while page := files.of(review_id, after=after, limit=READ_AT_ONCE):
        marks.update(*map(marks_of_file, page))
        after = page[-1].position
    for entry in walk_entries_of(connection, review_id):
        marks |= marks_of_entry(entry)
    return marks
