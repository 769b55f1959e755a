"""Checks of a bulk review's files against the entries by which they joined, changed and left."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from reviews.ledger.bulk_entries import describe_file
from reviews.ledger.findings import show_id
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.member_comparison import EntryValue, build_finding, find_differences

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviews.bulk import BulkFile
    from reviews.ledger.findings import LedgerFinding
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry

_DESCRIBING_TYPES = frozenset(
    {EntryType.REVIEW_JOINED, EntryType.REVIEW_FILE_REVISED, EntryType.REVIEW_FILE_RELABELLED}
)
_SEPARATING_TYPES = frozenset({EntryType.REVIEW_TAKEN_OUT, EntryType.REVIEW_FILE_SUPERSEDED})
_OPTIONAL_MEMBERS = ("seen_late", "happened_at")
"""Members that an entry omits when empty."""


def compare_files(
    review: Review, files: Sequence[BulkFile], entries: Sequence[LedgerEntry]
) -> Iterator[LedgerFinding]:
    """Yield the differences between a bulk review's files in the database and in the ledger."""
    if (
        review.bulk is None
        and not files
        and not any(entry.get("type") in _DESCRIBING_TYPES for entry in entries)
    ):
        return
    ledger_files = _combine_entries(entries)
    name = show_id(review.id)
    database_files = {file.file_id: file for file in files}
    for file_id in ledger_files.keys() - database_files.keys():
        message = f"review {name} does not hold the file {show_id(file_id)}, which its entries say joined it"
        yield build_finding(review.id, message)
    for file_id in database_files.keys() - ledger_files.keys():
        yield build_finding(review.id, f"no entry says that the file {show_id(file_id)} joined review {name}")
    for file_id in sorted(ledger_files.keys() & database_files.keys(), key=str):
        yield from _compare_file(review, ledger_files[file_id], database_files[file_id])
    yield from _compare_counts(review, files)


def combine_file_values(entries: Sequence[LedgerEntry]) -> dict[str, dict[str, Any]]:
    """Return the values of each file that the entries of a bulk review lead to, by the file's id."""
    combined = _combine_entries(entries)
    return {
        file_id: {name: each.value for name, each in members.items()} for file_id, members in combined.items()
    }


def _combine_entries(entries: Sequence[LedgerEntry]) -> dict[str, dict[str, EntryValue]]:
    """Return the entries' values for each file: the last description, and the review that it left for."""
    files: dict[str, dict[str, EntryValue]] = {}
    for entry in entries:
        kind, seq = entry.get("type"), entry["seq"]
        if kind in _DESCRIBING_TYPES:
            own_review = files.get(entry["file_id"], {}).get("apart", EntryValue(None))
            members = dict.fromkeys(_OPTIONAL_MEMBERS, EntryValue(None, seq))
            members |= {name: EntryValue(value, seq) for name, value in entry.items()}
            files[entry["file_id"]] = {**members, "apart": own_review}
        elif kind in _SEPARATING_TYPES and entry["file_id"] in files:
            files[entry["file_id"]]["apart"] = EntryValue(entry.get("to"), seq)
    return files


def _compare_file(
    review: Review, entry_values: Mapping[str, EntryValue], file: BulkFile
) -> Iterator[LedgerFinding]:
    database_values: dict[str, Any] = {
        **dict.fromkeys(_OPTIONAL_MEMBERS),
        **describe_file(file),
        "apart": file.apart,
    }
    for member, value in database_values.items():
        name = f"file {show_id(file.file_id)}: {member}"
        yield from find_differences(review.id, name, entry_values.get(member, EntryValue()), value)


def _compare_counts(review: Review, files: Sequence[BulkFile]) -> Iterator[LedgerFinding]:
    """Check the counts stored with a review against its files.

    Files that got a review of their own after the answer still count as part of the answered review.
    """
    if review.bulk is None:
        return
    current_counts = Counter(str(file.kind) for file in files if file.apart is None)
    all_counts = Counter(str(file.kind) for file in files)
    stored = {str(kind): number for kind, number in review.bulk.kinds}
    if sum(stored.values()) != review.bulk.count or not current_counts <= Counter(stored) <= all_counts:
        message = (
            f"review {show_id(review.id)} counts {review.bulk.count} files, "
            f"and has {sum(current_counts.values())} "
            f"of {len(files)} that joined it"
        )
        yield build_finding(review.id, message)
