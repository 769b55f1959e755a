"""Ledger entries on the files of a bulk review: one for each that joins, changes or leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger import ledger_entries
from reviews.ledger.hash_chain import EntryType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.bulk import BulkFile
    from reviews.model import Review

AMENDABLE_MEMBERS = ("title", "path", "folders", "content", "contributors", "acts", "required", "seen_late")
"""Members of the whole review that may change when a file joins, changes or leaves."""


def build_joined(review: Review, file: BulkFile, events: list[int], *, before: Review) -> dict[str, Any]:
    """Return the entry of a file that joined a bulk review; `before` is the review before that."""
    return {**_build_covering_entry(EntryType.REVIEW_JOINED, review, file, before=before), "events": events}


def build_revised(
    review: Review, file: BulkFile, events: list[int], *, before: Review, unanswered: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the entry of a file of a bulk review that changed again; `unanswered` describes it before."""
    return {
        **_build_covering_entry(EntryType.REVIEW_FILE_REVISED, review, file, before=before),
        "events": events,
        "unanswered": unanswered,
    }


def build_relabelled(review: Review, file: BulkFile, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a file of a bulk review whose name, place or address changed."""
    return _build_file_entry(EntryType.REVIEW_FILE_RELABELLED, review, file, at)


def build_superseded(review: Review, file: BulkFile, *, newer: Review) -> dict[str, Any]:
    """Return the entry of a file that got a newer review after its bulk review was answered."""
    return {**_begin_entry(EntryType.REVIEW_FILE_SUPERSEDED, review, file, newer.changed_at), "to": newer.id}


def build_taken_out(
    review: Review,
    file: BulkFile,
    *,
    before: Review,
    new_review: Review,
    actor: Mapping[str, Any],
    unanswered: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the entry of a file that a person took out of a bulk review, to review it separately.

    `actor` describes that person, `unanswered` the bulk review's revision before.
    """
    return {
        **_begin_entry(EntryType.REVIEW_TAKEN_OUT, review, file, new_review.opened_at),
        **_describe_amendments(review, before),
        "to": new_review.id,
        **actor,
        "unanswered": unanswered,
    }


def describe_file(file: BulkFile) -> dict[str, Any]:
    """Return a file of a bulk review as the ledger stores it."""
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
        "modified_at": ledger_entries.format_moment(file.modified_at),
        "content": file.content,
        "contributors": [ledger_entries.describe_person(contributor) for contributor in file.contributors],
        "acts": [ledger_entries.describe_act(act) for act in file.acts],
        "saves": file.saves,
        **({"seen_late": file.seen_late} if file.seen_late is not None else {}),
        **(
            {"happened_at": ledger_entries.format_moment(file.happened_at)}
            if file.happened_at is not None
            else {}
        ),
    }


def _build_covering_entry(
    kind: EntryType, review: Review, file: BulkFile, *, before: Review
) -> dict[str, Any]:
    return {
        **_build_file_entry(kind, review, file, review.changed_at),
        **_describe_amendments(review, before),
    }


def _build_file_entry(kind: EntryType, review: Review, file: BulkFile, at: datetime) -> dict[str, Any]:
    return {**_begin_entry(kind, review, file, at), **describe_file(file)}


def _begin_entry(kind: EntryType, review: Review, file: BulkFile, at: datetime) -> dict[str, Any]:
    return {
        "type": kind.value,
        "at": ledger_entries.format_moment(at),
        "review_id": review.id,
        "route": review.route,
        "file_id": file.file_id,
        "title": file.title,
        "path": file.path,
    }


def _describe_amendments(review: Review, before: Review) -> dict[str, Any]:
    """Return the review's new revision, and what else has changed in the review as a whole."""
    old, new = (ledger_entries.build_revised(version, []) for version in (before, review))
    changed = {name: new.get(name) for name in AMENDABLE_MEMBERS if old.get(name) != new.get(name)}
    return {"revision": review.revision, **({"review": changed} if changed else {})}
