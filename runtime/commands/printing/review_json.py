"""Events, reviews and cards in the JSON that the commands print."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from reviews.kinds import ReviewState
from reviews.ledger.ledger_entries import (
    describe_act,
    describe_contents,
    describe_person,
    describe_reviewer,
    format_moment,
)
from reviews.quorum import count_required_answers, list_missing_owners
from reviews.text import clean_text
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.bulk import BulkFile, BulkSummary
    from reviews.model import (
        Answer,
        CarriedAcknowledgement,
        LastReassignment,
        LastStep,
        Post,
        Review,
        StandIn,
        StoredEvent,
    )


def build_event_json(stored_event: StoredEvent) -> dict[str, Any]:
    return {
        "id": stored_event.id,
        "webhook_id": stored_event.event.webhook_id,
        "event_id": stored_event.event.event_id,
        "trigger": stored_event.event.trigger,
        "file_id": stored_event.event.file_id,
        "received_at": format_moment(stored_event.received_at),
        "state": stored_event.state,
        "reason": stored_event.reason,
        "attempts": stored_event.attempts,
        "found_in": stored_event.event.found_in,
    }


def build_review_json(review: Review, files: Sequence[BulkFile] = ()) -> dict[str, Any]:
    """Return a review as the commands print it; a bulk review with these of its files."""
    return {
        "id": review.id,
        "route": review.route,
        "state": review.state,
        "revision": review.revision,
        "kind": review.kind,
        "campaign": asdict(review.campaign) if review.campaign else None,
        "closed_at": format_moment(review.closed_at),
        "file_id": review.file_id,
        "title": review.title,
        "path": review.path,
        "link": review.link,
        "version_from": review.version_from,
        "version_to": review.version_to,
        "title_before": review.title_before,
        "path_before": review.path_before,
        "moved_to": review.moved_to,
        "content": review.content,
        "sha256": review.changes.sha256 if review.changes else None,
        "size": review.changes.size if review.changes else None,
        "not_read": review.changes.not_read if review.changes else None,
        "contributors": [describe_person(person) for person in review.contributors],
        "acts": [describe_act(each) for each in review.acts],
        "owners": list(review.owners),
        "needed": count_required_answers(review),
        "missing": list(list_missing_owners(review)) if review.state is ReviewState.OPEN else [],
        "snoozed_until": format_moment(review.snoozed_until),
        "snoozed_by": clean_text(review.snoozed_by.name) if review.snoozed_by else None,
        "handed_over": build_reassignment_json(review.last_reassignment)
        if review.last_reassignment
        else None,
        "lapsed_at": format_moment(review.lapsed_at),
        "last_step": build_step_json(review.last_step) if review.last_step else None,
        "follow_ups": review.follow_ups,
        "stand_ins": [build_stand_in_json(each) for each in review.stand_ins],
        "opened_at": format_moment(review.opened_at),
        "changed_at": format_moment(review.changed_at),
        "due_at": format_moment(review.due_at),
        "saves": review.saves,
        "contents": describe_contents(review.contents) if review.contents else None,
        **(build_bulk_json(review.bulk, files) if review.bulk else {}),
        "seen_late": review.seen_late,
        "happened_at": format_moment(review.happened_at),
        "superseded_by": review.superseded_by,
        "carried": build_carried_json(review.carried) if review.carried else None,
        "answers": [build_answer_json(answer) for answer in review.answers],
        "cards": [build_card_json(card) for card in review.cards],
    }


def build_step_json(step: LastStep) -> dict[str, Any]:
    """Return the last step of the ladder; `step` says when it comes, as the routing file does."""
    return {
        "action": step.action,
        "at": format_moment(step.at),
        "step": step.after or None,
        "whom": list(step.whom),
    }


def build_stand_in_json(stand_in: StandIn) -> dict[str, Any]:
    """Return who answers for an owner or deputy who is away; an answer's `stand_in_for` is their address."""
    return {
        "absent": stand_in.absent,
        "people": list(stand_in.people),
        "until": format_moment(stand_in.until),
    }


def build_bulk_json(bulk: BulkSummary, files: Sequence[BulkFile]) -> dict[str, Any]:
    """Return how many files a bulk review has, and some of them; `apart` is the review of one taken out."""
    return {
        "files_count": bulk.count,
        "kinds": {str(kind): count for kind, count in bulk.kinds},
        "files": [
            {
                "file_id": file.file_id,
                "title": file.title,
                "path": file.path,
                "kind": file.kind,
                "version_from": file.version_from,
                "version_to": file.version_to,
                "apart": file.apart,
            }
            for file in files
        ],
    }


def build_reassignment_json(reassignment: LastReassignment) -> dict[str, Any]:
    names = {"by": clean_text(reassignment.by.name), "to": clean_text(reassignment.to.name)}
    return {**names, "at": format_moment(reassignment.at)}


def build_carried_json(carried: CarriedAcknowledgement) -> dict[str, Any]:
    times = {"acknowledged_at": carried.acknowledged_at, "at": carried.at}
    return {
        "review_id": carried.review_id,
        "version": carried.version,
        "names": [clean_text(each.name) for each in carried.people],
        **{name: format_moment(at) for name, at in times.items()},
    }


def build_answer_json(answer: Answer) -> dict[str, Any]:
    return {
        **asdict(answer),
        "reviewer": describe_reviewer(answer.reviewer),
        "at": format_moment(answer.at),
        "withdrawn_at": format_moment(answer.withdrawn_at),
    }


def build_card_json(post: Post) -> dict[str, Any]:
    names = {"requested_drawing": "wanted", "finished_drawing": "drawn"}
    return {
        **{names.get(name, name): value for name, value in asdict(post).items()},
        "attempted_at": format_moment(post.attempted_at),
        "not_before": format_moment(post.not_before),
        "drawn_at": format_moment(post.drawn_at),
        "due_since": format_moment(post.due_since),
        "posted_at": format_moment(post.posted_at),
        "notice": describe_notice(post.notice) if post.notice else None,
    }
