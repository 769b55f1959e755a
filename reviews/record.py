"""What the ledger says of a review: one function for each type of entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.ledger import EntryType
from reviews.model import STATEMENT, Answer, Decision, Person, Review, Reviewer

if TYPE_CHECKING:
    from datetime import datetime


def opened(review: Review, events: list[int]) -> dict[str, Any]:
    return {**_covered(EntryType.REVIEW_OPENED, review), "events": events}


def revised(review: Review, events: list[int]) -> dict[str, Any]:
    return {**_covered(EntryType.REVIEW_REVISED, review), "events": events}


def answered(review: Review, answer: Answer) -> dict[str, Any]:
    """Return the entry of an answer: who, what exactly, when, how proven, and the sentence agreed to."""
    acknowledged = answer.decision is Decision.ACKNOWLEDGE
    return {
        "type": (EntryType.REVIEW_ACKNOWLEDGED if acknowledged else EntryType.REVIEW_CHANGES_REQUESTED).value,
        "at": moment(answer.at),
        "review_id": review.id,
        "route": review.route,
        "file_id": review.file_id,
        "title": review.title,
        "revision": answer.revision,
        "version": answer.version,
        "reviewer": reviewer(answer.reviewer),
        "identity": answer.identity.value,
        "statement": STATEMENT if acknowledged else None,
        "note": answer.note,
        "late": answer.late,
        "own_change": answer.own_change,
    }


def moment(at: datetime | None) -> str | None:
    """Return a time as the record writes it: UTC, microseconds, `Z`."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if at else None


def person(who: Person) -> dict[str, str | None]:
    return {"id": who.id, "name": who.name, "email": who.email}


def reviewer(who: Reviewer) -> dict[str, str | None]:
    return {
        "name": who.name,
        "email": who.email,
        "docspace_id": who.docspace_id,
        "slack_user": who.slack_user,
        "teams_user": who.teams_user,
    }


def _covered(kind: EntryType, review: Review) -> dict[str, Any]:
    return {
        "type": kind.value,
        "at": moment(review.changed_at),
        "review_id": review.id,
        "route": review.route,
        "kind": review.kind.value,
        "file_id": review.file_id,
        "title": review.title,
        "path": review.path,
        "revision": review.revision,
        "version_from": review.version_from,
        "version_to": review.version_to,
        "contributors": [person(who) for who in review.contributors],
        "owners": list(review.owners),
        "due_at": moment(review.due_at),
    }
