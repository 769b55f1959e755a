"""Ledger entries on a review: one function for each type of entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.kinds import Decision
from reviews.ledger.hash_chain import EntryType
from reviews.wording.statement import find_statement

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.acts import Act
    from reviews.comparison import DocumentState
    from reviews.identity import Identity, Person, Reviewer
    from reviews.kinds import ChangeKind
    from reviews.model import Answer, CarriedAcknowledgement, Review
    from reviews.review_request import ReviewRequest
    from reviews.tree import FolderContents


def build_opened(review: Review, events: list[int]) -> dict[str, Any]:
    return {**_build_covering_entry(EntryType.REVIEW_OPENED, review), "events": events}


def build_revised(
    review: Review, events: list[int], *, unanswered: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the entry of a new revision; `unanswered` describes the one that it replaces."""
    entry = {**_build_covering_entry(EntryType.REVIEW_REVISED, review), "events": events}
    return {**entry, "unanswered": unanswered} if unanswered else entry


def build_superseded(review: Review, newer: Review) -> dict[str, Any]:
    return {**begin_entry(EntryType.REVIEW_SUPERSEDED, review, newer.opened_at), "by": newer.id}


def build_absorbed(review: Review, bulk_review: Review, *, unanswered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entry of a review that became part of a bulk review before it was answered."""
    entry = begin_entry(EntryType.REVIEW_ABSORBED, review, bulk_review.changed_at)
    return {**entry, "by": bulk_review.id, "unanswered": unanswered}


def build_document_gone(
    review: Review,
    *,
    kind: ChangeKind,
    unanswered: Mapping[str, Any] | None,
    at: datetime,
    with_folder: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the entry of an open review whose document went, and which stays open.

    `review` may be a bulk review as seen from one of its files. Without `unanswered` an earlier entry says
    what had no answer. `with_folder` names the folder with which the document went.
    """
    return {
        **begin_entry(EntryType.REVIEW_DOCUMENT_GONE, review, at),
        "revision": review.revision,
        "kind": kind.value,
        "path": review.path,
        **({"unanswered": unanswered} if unanswered else {}),
        **({"with_folder": with_folder} if with_folder else {}),
    }


def build_document_back(
    review: Review, *, kind: ChangeKind, at: datetime, with_folder: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the entry of an open review whose document came back; the route asks for no review of that."""
    return {
        **begin_entry(EntryType.REVIEW_DOCUMENT_BACK, review, at),
        "revision": review.revision,
        "kind": kind.value,
        "path": review.path,
        **({"with_folder": with_folder} if with_folder else {}),
    }


def build_carried(
    review: Review,
    carried: CarriedAcknowledgement,
    *,
    before: DocumentState,
    after: DocumentState,
    reason: str,
) -> dict[str, Any]:
    """Return the entry of a review that no one has to answer: what was acknowledged, and what is there now.

    `reason` says what is the same: `identical` bytes, or all but `emphasis`.
    """
    return {
        **begin_entry(EntryType.REVIEW_CARRIED, review, carried.at),
        "revision": review.revision,
        "version": review.version_to,
        "acknowledged_in": carried.review_id,
        "acknowledged_at": format_moment(carried.acknowledged_at),
        "acknowledged_by": [each.to_stored() for each in carried.people],
        "acknowledged_version": carried.version,
        "from": _describe_state(before),
        "to": _describe_state(after),
        "reason": reason,
    }


def _describe_state(state: DocumentState) -> dict[str, Any]:
    return {
        "version": state.version,
        "updated": format_moment(state.updated),
        "sha256": state.sha256,
        "size": state.size,
    }


def build_answered(review: Review, answer: Answer, *, absent_name: str | None = None) -> dict[str, Any]:
    """Return the entry of an answer: who, what exactly, when, how proven, and the statement agreed to.

    `absent_name` is the name of the person for whom the reviewer stood in, if it is known.
    """
    acknowledged = answer.decision is Decision.ACKNOWLEDGE
    kind = EntryType.REVIEW_ACKNOWLEDGED if acknowledged else EntryType.REVIEW_CHANGES_REQUESTED
    return {
        **begin_entry(kind, review, answer.at),
        "revision": answer.revision,
        "version": answer.version,
        "reviewer": describe_reviewer(answer.reviewer),
        "identity": answer.identity.value,
        "statement": find_statement(review) if acknowledged else None,
        "note": answer.note,
        "late": answer.late,
        "own_change": answer.own_change,
        **({"proof": dict(answer.proof)} if answer.proof else {}),
        **({"owner": answer.owner} if answer.owner else {}),
        **_describe_absent(answer, absent_name),
        **_describe_bytes(answer),
    }


def _describe_absent(answer: Answer, name: str | None) -> dict[str, Any]:
    """Return for whom the reviewer stood in; empty if for no one."""
    if answer.stand_in_for is None:
        return {}
    return {"stand_in_for": {"name": name or answer.stand_in_for, "email": answer.stand_in_for}}


def _describe_bytes(answer: Answer) -> dict[str, Any]:
    """Return which bytes were answered, or why that is not known."""
    members = {"sha256": answer.sha256, "size": answer.size, "not_read": answer.not_read}
    return {name: value for name, value in members.items() if value is not None}


def build_relabelled(review: Review, *, at: datetime) -> dict[str, Any]:
    """Return the entry of an open review whose document has another name or place now."""
    entry = {
        **begin_entry(EntryType.REVIEW_RELABELLED, review, at),
        "path": review.path,
        **_describe_labels_before(review),
    }
    return {**entry, **_describe_address(review)}


def build_relinked(review: Review, *, at: datetime) -> dict[str, Any]:
    """Return the entry of an open review whose document has another address, but the same name and place."""
    return {**begin_entry(EntryType.REVIEW_RELINKED, review, at), **_describe_address(review)}


def build_withdrawn(
    review: Review,
    answer: Answer,
    *,
    identity: Identity,
    proof: Mapping[str, str],
    absent_name: str | None = None,
) -> dict[str, Any]:
    """Return the entry of an answer that its reviewer withdrew; its earlier entry stays.

    `absent_name` is the name of the person for whom the reviewer stood in, if it is known.
    """
    return {
        **begin_entry(EntryType.REVIEW_WITHDRAWN, review, answer.withdrawn_at),
        "decision": answer.decision.value,
        "revision": answer.revision,
        "answered_at": format_moment(answer.at),
        "reviewer": describe_reviewer(answer.reviewer),
        "identity": identity.value,
        **({"proof": dict(proof)} if proof else {}),
        **_describe_absent(answer, absent_name),
    }


def build_reassigned(
    review: Review, *, by: Reviewer, to: Reviewer, review_request: ReviewRequest, at: datetime
) -> dict[str, Any]:
    """Return the entry of a reassigned duty: by whom, to whom, and the owners now."""
    return {
        **begin_entry(EntryType.REVIEW_REASSIGNED, review, at),
        **describe_actor(by, review_request),
        "to": describe_reviewer(to),
        "owners": list(review.owners),
        "reassigned_to": list(review.reassigned_to),
    }


def build_snoozed(
    review: Review, *, by: Reviewer, review_request: ReviewRequest, at: datetime
) -> dict[str, Any]:
    return {
        **begin_entry(EntryType.REVIEW_SNOOZED, review, at),
        **describe_actor(by, review_request),
        "until": format_moment(review.snoozed_until),
    }


def build_removed(review: Review, *, at: datetime) -> dict[str, Any]:
    """Return the entry of a review that was removed with its answers: its earlier entries stay."""
    return {**begin_entry(EntryType.REVIEW_REMOVED, review, at), "answers": len(review.answers)}


def begin_entry(kind: EntryType, review: Review, at: datetime | None) -> dict[str, Any]:
    """Return the members of every entry of a review."""
    return {
        "type": kind.value,
        "at": format_moment(at),
        "review_id": review.id,
        "route": review.route,
        "file_id": review.file_id,
        "title": review.title,
    }


def format_moment(at: datetime | None) -> str | None:
    """Return a time as the ledger writes it: UTC, microseconds, `Z`."""
    return f"{at.isoformat(timespec='microseconds')[:26]}Z" if at else None


def describe_person(person: Person) -> dict[str, str | None]:
    return {"id": person.id, "name": person.name, "email": person.email}


def describe_act(act: Act) -> dict[str, Any]:
    return {"kind": act.kind.value, "people": [describe_person(person) for person in act.people]}


def describe_contents(contents: FolderContents) -> dict[str, Any]:
    return {"count": contents.count, "titles": list(contents.titles)}


def describe_actor(reviewer: Reviewer, review_request: ReviewRequest) -> dict[str, Any]:
    """Return who made a request, how they were identified, and the proof of that."""
    proof = {"proof": dict(review_request.person.proof)} if review_request.person.proof else {}
    return {"by": describe_reviewer(reviewer), "identity": review_request.person.identity.value, **proof}


def describe_reviewer(reviewer: Reviewer) -> dict[str, Any]:
    proven_by = {"proven_by": dict(reviewer.proven_by)} if reviewer.proven_by else {}
    return {**reviewer.to_stored(), **proven_by}


def _describe_labels_before(review: Review) -> dict[str, str | None]:
    """Return the former title and path of the document, and its new place."""
    return {
        "title_before": review.title_before,
        "path_before": review.path_before,
        "moved_to": review.moved_to,
    }


def _describe_address(review: Review) -> dict[str, Any]:
    """Return the card's link, and the folders by which lists find the review."""
    return {"link": review.link, "folders": list(review.folders)}


def _build_covering_entry(kind: EntryType, review: Review) -> dict[str, Any]:
    return {
        "type": kind.value,
        "at": format_moment(review.changed_at),
        "review_id": review.id,
        "route": review.route,
        "kind": review.kind.value,
        "file_id": review.file_id,
        "title": review.title,
        "path": review.path,
        "revision": review.revision,
        "version_from": review.version_from,
        "version_to": review.version_to,
        **_describe_labels_before(review),
        **_describe_address(review),
        "modified_at": format_moment(review.modified_at),
        "content": review.content,
        "contributors": [describe_person(contributor) for contributor in review.contributors],
        "acts": [describe_act(act) for act in review.acts],
        "owners": list(review.owners),
        "due_at": format_moment(review.due_at),
        "saves": review.saves,
        "contents": describe_contents(review.contents) if review.contents else None,
        "required": review.required,
        **({"seen_late": review.seen_late} if review.seen_late is not None else {}),
        **({"happened_at": format_moment(review.happened_at)} if review.happened_at is not None else {}),
        **({"reassigned_to": list(review.reassigned_to)} if review.reassigned_to else {}),
        **({"campaign": {"id": review.campaign.id, "name": review.campaign.name}} if review.campaign else {}),
    }
