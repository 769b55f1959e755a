"""The rows of a campaign as a spreadsheet: the command and the page write the same.

Column names and values from a list are in English for every reader: programs read it too. Times are UTC.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.text import escape_cell

if TYPE_CHECKING:
    from reviews.campaigns.acknowledgement_rows import AcknowledgementRow

COLUMNS = (
    *("campaign", "document", "folder", "file_id", "version", "person", "name", "acknowledged_at"),
    *("answered_version", "identity", "late", "sha256", "review_id"),
)


def list_cells(row: AcknowledgementRow) -> tuple[str, ...]:
    """Return the cells of a row, which a spreadsheet shows and does not calculate."""
    at = row.acknowledged_at
    cells = (
        *(row.campaign, row.title, row.path, row.file_id, row.version, row.person, row.name),
        at.isoformat(timespec="seconds") if at else None,
        row.answered_version,
        row.identity,
        None if at is None else "yes" if row.late else "no",
        *(row.sha256, row.review_id),
    )
    return tuple(escape_cell("" if cell is None else str(cell)) for cell in cells)
