"""The population as a spreadsheet: one row for each review, each cell from what the report says of it.

Times are UTC as in the ledger, what is missing is empty, and several values are separated by `; `.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Protocol

from reviews.ledger.ledger_entries import format_moment
from reviews.pack.figures import compute_duration, is_late
from reviews.quorum import filter_valid
from reviews.text import escape_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from reviews.pack.report import PackedAnswer, PackedReview, RapidRun

_SEPARATOR = "; "


class TextStream(Protocol):
    """What text can be written to."""

    def write(self, text: str, /) -> object: ...


def write_population(
    reviews: Iterable[PackedReview], stream: TextStream, *, runs: Sequence[RapidRun]
) -> None:
    """Write the columns' names and a row for each review as CSV; lines end as those of `ledger export`.

    `runs` are numbered from 1 in their order.
    """
    numbers: dict[str, list[int]] = {}
    for number, run in enumerate(runs, start=1):
        for review_id in run.review_ids:
            numbers.setdefault(review_id, []).append(number)
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_build_row(review, numbers.get(review.id, ())) for review in reviews)


def _build_row(review: PackedReview, runs: Sequence[int]) -> list[str]:
    """Return the cells of a review in the order of `COLUMNS`, safe for spreadsheets."""
    cells = [escape_cell(describe(review).replace("\r\n", "\n")) for describe in _CELLS.values()]
    later = [escape_cell(describe(review)) for describe in _LATER_CELLS.values()]
    return [*cells, _SEPARATOR.join(map(str, runs)), *later]


def _join(describe: Callable[[PackedAnswer], str]) -> Callable[[PackedReview], str]:
    """Return what joins this of each answer that counts."""

    def join(review: PackedReview) -> str:
        return _SEPARATOR.join(map(describe, filter_valid(review.answers, revision=review.revision)))

    return join


def _format_time(at: datetime | None) -> str:
    return format_moment(at) or ""


def _format_number(number: int | None) -> str:
    return "" if number is None else str(number)


def _format_flag(flag: bool) -> str:  # noqa: FBT001 - the value of a cell
    return "yes" if flag else "no"


_CELLS: Mapping[str, Callable[[PackedReview], str]] = {
    "review_id": lambda review: review.id,
    "opened_at": lambda review: _format_time(review.opened_at),
    "kind": lambda review: review.kind,
    "file_id": lambda review: review.file_id,
    "title": lambda review: review.title,
    "path": lambda review: review.path,
    "version": lambda review: _format_number(review.version),
    "revision": lambda review: str(review.revision),
    "owners": lambda review: _SEPARATOR.join(review.owners),
    "required": lambda review: "each owner" if review.required is None else str(review.required),
    "due_at": lambda review: _format_time(review.due_at),
    "state": lambda review: review.state.value,
    "settled_at": lambda review: _format_time(review.settled_at),
    "late": lambda review: _format_flag(is_late(review)),
    "seconds_to_acknowledge": lambda review: _format_number(compute_duration(review)),
    "answered_by": _join(lambda answer: answer.reviewer),
    "answered_by_email": _join(lambda answer: answer.email or ""),
    "answered_at": _join(lambda answer: _format_time(answer.at)),
    "identity": _join(lambda answer: answer.identity),
    "own_change": _join(lambda answer: _format_flag(answer.own_change)),
    "answers": lambda review: str(len(review.answers)),
    "withdrawn_answers": lambda review: str(sum(each.withdrawn_at is not None for each in review.answers)),
    "lapsed_at": lambda review: _format_time(review.lapsed_at),
    "superseded_by": lambda review: review.superseded_by or "",
    "carried": lambda review: _format_flag(review.carried),
    "document_gone": lambda review: _format_flag(review.document_gone),
    "unanswered_revisions": lambda review: str(review.unanswered),
    "given_up": lambda review: str(review.given_up),
    "removed_at": lambda review: _format_time(review.removed_at),
    "entries": lambda review: str(len(review.entries)),
    "first_entry": lambda review: _format_number(min(review.entries, default=None)),
    "last_entry": lambda review: _format_number(max(review.entries, default=None)),
    "files": lambda review: str(review.files),
    "lapsed_step": lambda review: review.lapsed_step,
    "escalations": lambda review: str(review.escalations),
    "follow_ups": lambda review: str(review.follow_ups),
}
_LATER_CELLS: Mapping[str, Callable[[PackedReview], str]] = {
    "answered_for": _join(lambda answer: answer.absent),
    "answered_for_email": _join(lambda answer: answer.absent_email or ""),
}
COLUMNS = (*_CELLS, "rapid_run", *_LATER_CELLS)
"""The names of the columns, which stay as they are: new ones come last."""
