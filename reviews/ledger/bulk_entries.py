"""What the ledger says of the files of a bulk review: one entry for each that joins, changes or leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import EntryType

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.bulk import BulkFile
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.wish import Wish

AMENDED = ("title", "path", "folders", "content", "contributors", "acts", "required", "seen_late")
"""What a file that joins, changes or leaves may change of the review as a whole."""


def joined(review: Review, file: BulkFile, events: list[int], *, before: Review) -> dict[str, Any]:
    """Return the entry of a file that joined a bulk review, which was `before`."""
    return {**_covering(EntryType.REVIEW_JOINED, review, file, before=before), "events": events}


def revised(review: Review, file: BulkFile, events: list[int], *, before: Review) -> dict[str, Any]:
    """Return the entry of a file of a bulk review that changed again."""
    return {**_covering(EntryType.REVIEW_FILE_REVISED, review, file, before=before), "events": events}


def relabelled(review: Review, file: BulkFile, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a file of a bulk review that has another name, place or address now."""
    return _file(EntryType.REVIEW_FILE_RELABELLED, review, file, at)


def superseded(review: Review, file: BulkFile, *, by: Review) -> dict[str, Any]:
    """Return the entry of a file that got a newer review after its bulk review was answered."""
    return {**_about(EntryType.REVIEW_FILE_SUPERSEDED, review, file, by.changed_at), "to": by.id}


def taken_out(
    review: Review, file: BulkFile, *, before: Review, to: Review, by: Reviewer, wish: Wish
) -> dict[str, Any]:
    """Return the entry of a file that somebody took out of a bulk review, to review it apart."""
    return {
        **_about(EntryType.REVIEW_TAKEN_OUT, review, file, to.opened_at),
        **_amended(review, before),
        "to": to.id,
        "by": ledger_entries.reviewer(by),
        "identity": wish.identity.value,
        **({"proof": dict(wish.proof)} if wish.proof else {}),
    }


def describe_file(file: BulkFile) -> dict[str, Any]:
    """Return a file of a bulk review as the record has it."""
    return {
        "kind": file.kind.value,
        "file_id": file.file_id,
        "title": file.title,
        "path": file.path,
        "link": file.link,
        "folders": list(file.folders),
        "version_from": file.version_from,
        "version_to": file.version_to,
        "title_before": file.title_before,
        "path_before": file.path_before,
        "moved_to": file.moved_to,
        "modified_at": ledger_entries.moment(file.modified_at),
        "content": file.content,
        "contributors": [ledger_entries.person(who) for who in file.contributors],
        "acts": [ledger_entries.act(each) for each in file.acts],
        "saves": file.saves,
        **({"seen_late": file.seen_late} if file.seen_late is not None else {}),
        **({"happened_at": ledger_entries.moment(file.happened_at)} if file.happened_at is not None else {}),
    }


def _covering(kind: EntryType, review: Review, file: BulkFile, *, before: Review) -> dict[str, Any]:
    return {**_file(kind, review, file, review.changed_at), **_amended(review, before)}


def _file(kind: EntryType, review: Review, file: BulkFile, at: datetime) -> dict[str, Any]:
    return {**_about(kind, review, file, at), **describe_file(file)}


def _about(kind: EntryType, review: Review, file: BulkFile, at: datetime) -> dict[str, Any]:
    return {
        "type": kind.value,
        "at": ledger_entries.moment(at),
        "review_id": review.id,
        "route": review.route,
        "file_id": file.file_id,
        "title": file.title,
        "path": file.path,
    }


def _amended(review: Review, before: Review) -> dict[str, Any]:
    """Return the revision that a review is at since then, and what else of the whole is another now."""
    was, now = (ledger_entries.revised(each, []) for each in (before, review))
    changed = {name: now.get(name) for name in AMENDED if was.get(name) != now.get(name)}
    return {"revision": review.revision, **({"review": changed} if changed else {})}
