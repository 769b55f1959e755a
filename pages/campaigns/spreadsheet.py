"""The rows of a campaign as a spreadsheet, generated while it is sent."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pages.history.spreadsheet import BYTE_ORDER_MARK, CHUNK_BYTES
from reviews.campaigns.acknowledgement_csv import COLUMNS, list_cells

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviews.campaigns.acknowledgement_rows import AcknowledgementRow


def write_spreadsheet(rows: Iterable[AcknowledgementRow]) -> Iterator[bytes]:
    """Yield the file in parts."""
    text = io.StringIO()
    writer = csv.writer(text)
    text.write(BYTE_ORDER_MARK)
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(list_cells(row))
        if text.tell() >= CHUNK_BYTES:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()
