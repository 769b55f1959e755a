"""The campaigns as a spreadsheet: one row for each acknowledgement, and for each that is missing.

Times are UTC as in the ledger, and what is missing is empty.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from reviews.ledger.ledger_entries import format_moment
from reviews.text import escape_cell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from reviews.pack.campaign_report import (
        AskedVersion,
        PackedAcknowledgement,
        PackedCampaign,
        PackedRequest,
    )
    from reviews.pack.spreadsheet import TextStream

    Row = Mapping[str, str | int | None]

COLUMNS = (
    "campaign_id", "campaign", "folder_id", "due_at", "review_id", "file_id", "title", "path",
    "person", "state", "name", "acknowledged_at", "version", "sha256", "size", "late", "identity",
    "withdrawn_at", "entry", "asked_at", "closed_at", "closed_reason",
)  # fmt: skip
"""The names of the columns, which stay as they are: new ones come last."""
ACKNOWLEDGED, REPLACED, WITHDRAWN, MISSING, CLOSED = (
    *("acknowledged", "replaced", "withdrawn"),
    *("missing", "closed"),
)
"""States: an acknowledgement counts, newer content came later, or it was withdrawn; one is missing, or it
was no longer asked for before it came.
"""


def write_campaigns(campaigns: Iterable[PackedCampaign], stream: TextStream) -> None:
    """Write the columns' names and the rows as CSV; lines end as those of `ledger export`."""
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    for campaign in campaigns:
        for request in campaign.requests:
            for row in _list_rows(campaign, request):
                writer.writerow([_format_cell(row.get(name)) for name in COLUMNS])


def _list_rows(campaign: PackedCampaign, request: PackedRequest) -> Iterator[Row]:
    """Yield each acknowledgement of a document in its order, and then who is missing."""
    basic = {
        "campaign_id": campaign.id,
        "campaign": campaign.name,
        "folder_id": campaign.folder_id,
        "due_at": format_moment(campaign.due_at),
        "review_id": request.review_id,
        "file_id": request.file_id,
        "title": request.title,
        "path": request.path,
        "closed_at": format_moment(request.closed_at),
        "closed_reason": request.closed_reason,
    }
    asked_by_revision = {each.revision: each for each in request.versions}
    for each in request.acknowledgements:
        asked = asked_by_revision.get(each.revision)
        yield {**basic, **_describe_acknowledgement(request, each, asked)}
    if request.superseded_at is not None:
        return
    last = request.last_version
    for person in request.count_at(_find_end(request)).missing:
        yield {
            **basic,
            "person": person,
            "state": CLOSED if request.closed_at is not None else MISSING,
            "version": last.version,
            "asked_at": format_moment(last.at),
        }


def _describe_acknowledgement(
    request: PackedRequest, each: PackedAcknowledgement, asked: AskedVersion | None
) -> Row:
    is_replaced = request.superseded_at is not None or each.revision != request.last_version.revision
    return {
        "person": each.owner,
        "state": WITHDRAWN if each.withdrawn_at else REPLACED if is_replaced else ACKNOWLEDGED,
        "name": each.reviewer,
        "acknowledged_at": format_moment(each.at),
        "version": each.version,
        "sha256": each.sha256,
        "size": each.size,
        "late": "yes" if each.late else "no",
        "identity": each.identity,
        "withdrawn_at": format_moment(each.withdrawn_at),
        "entry": each.entry,
        "asked_at": format_moment(asked.at) if asked else None,
    }


def _find_end(request: PackedRequest) -> datetime:
    """Return the time of the last thing that happened to a request: who was missing then is missing."""
    times = [request.last_version.at, *(each.at for each in request.acknowledgements)]
    times += [each.withdrawn_at for each in request.acknowledgements if each.withdrawn_at is not None]
    return max(times)


def _format_cell(value: str | int | None) -> str:
    """Return a cell that a spreadsheet shows and does not calculate."""
    return escape_cell("" if value is None else str(value))
