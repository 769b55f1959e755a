"""The effect of a change: a new review, a new revision of the open one, or nothing."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reviews.absences.stand_in_updates import update_stand_ins
from reviews.acts import REMOVAL_KINDS, list_doers, merge_acts, merge_people
from reviews.answers.permission import require_known_review
from reviews.bulk_reviews.file_views import make_bulk_file
from reviews.bulk_reviews.gathering import BulkReviews
from reviews.bulk_reviews.joining import Joining
from reviews.campaigns.document_changes import CampaignDocuments
from reviews.cards.docspace_comment import COMMENT_CHANNEL, MAX_COMMENT_WRITES
from reviews.changes.change import Change, Flood
from reviews.changes.classification import combine_kinds
from reviews.changes.event_timing import WEBHOOK_TIMING
from reviews.comparisons.requests import request_comparison
from reviews.errors import Conflict
from reviews.identity import Reviewer
from reviews.intake.changes_without_duty import list_label_fields, record_without_duty
from reviews.intake.folder_departures import record_documents_in_folder
from reviews.kinds import ChangeKind, ReviewState
from reviews.ladder.next_look import find_next_look
from reviews.ledger import bulk_entries, ledger_entries
from reviews.ledger.unanswered_revisions import DEPARTURE_KINDS, describe_unanswered
from reviews.model import Review
from reviews.notice import RevisionNotice
from reviews.notice_facts import get_review_facts
from reviews.routes.route import Routes, is_private

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from reviews.changes.event_timing import EventTiming
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import UnitOfWork


_ID_LETTERS = string.ascii_letters + string.digits
_ID_LENGTH = 12


def generate_review_id() -> str:
    """Return an opaque id, from which nothing about other reviews can be guessed.

    It has letters and digits only: the command line would read one that begins with a hyphen as an option.
    """
    return "".join(secrets.choice(_ID_LETTERS) for _each in range(_ID_LENGTH))


@dataclass(frozen=True, kw_only=True)
class ChangeOutcome:
    """The outcome of a change, for readers of the list of events."""

    reviewed: bool
    reason: str
    flood: Flood | None = None
    """The flood that the change is part of."""
    unrouted: bool = False
    """Whether the ledger has to say that it was left without a review."""


@dataclass(frozen=True, kw_only=True)
class ReviewOpening:
    """Opens, revises and supersedes reviews, each with its ledger entry in the same transaction."""

    clock: Clock
    new_id: Callable[[], str]
    routes: Routes = field(default_factory=lambda: Routes([]))
    timing: EventTiming = WEBHOOK_TIMING

    @property
    def joining(self) -> Joining:
        return Joining(clock=self.clock, new_id=self.new_id, routes=self.routes)

    @property
    def campaign_documents(self) -> CampaignDocuments:
        return CampaignDocuments(clock=self.clock, new_id=self.new_id)

    @property
    def bulk_reviews(self) -> BulkReviews:
        return BulkReviews(joining=self.joining, routes=self.routes, timing=self.timing)

    def process_change(self, work: UnitOfWork, change: Change) -> ChangeOutcome:
        """Do what the route requires; raise `Conflict` if another worker was faster.

        Raise `WrittenByNewer` if this release must not continue the previous review.
        """
        before = work.reviews.find_latest_on_route(change.subject, change.route.name, lock=True)
        if before is not None:
            require_known_review(before)
        record_documents_in_folder(work, change, at=self.clock())
        outcome = self._write_change(work, before, change)
        # Last, since it locks campaigns: who answers locks a review first, and then its campaign.
        self.campaign_documents.apply(work, change)
        return outcome

    def _write_change(self, work: UnitOfWork, before: Review | None, change: Change) -> ChangeOutcome:
        if before is not None and change.judgement.comment_lost and _has_comment(before, change):
            work.cards.redraw_in_channel(before.id, COMMENT_CHANNEL, max_requests=MAX_COMMENT_WRITES)
        if not change.asks_for_review:
            is_recorded = record_without_duty(work, before, change, joining=self.joining)
            reason = f"{change.kind}: {change.judgement.reason}; opens no review on route {change.route.name}"
            unrouted = change.is_unrouted and not is_recorded
            return ChangeOutcome(reviewed=False, reason=reason, unrouted=unrouted)
        if before is not None and before.state is ReviewState.OPEN:
            review = self._revise(work, before, change)
            flood = self.bulk_reviews.find_flood(work, review, change) if before.is_file_view else None
        else:
            review = self._open(work, before, change)
            flood = Flood(review=review) if review.kind is ChangeKind.BULK else None
        reason = f"review {review.id}, revision {review.revision}"
        return ChangeOutcome(reviewed=True, reason=reason, flood=flood)

    def _revise(self, work: UnitOfWork, before: Review, change: Change) -> Review:
        review = replace(
            before,
            revision=before.revision + 1,
            kind=combine_kinds(before.kind, change.kind),
            link=change.link,
            version_to=change.version or before.version_to,
            modified_at=change.modified_at,
            changed_at=self.clock(),
            contents=change.contents or before.contents,
            folders=change.folders or before.folders,
            seen_late=_count_seconds(change.seen_late),
            happened_at=change.happened_at,
            changes=None,
            private=is_private(before, change.route),
            **_list_coverage_fields(before, change),
        )
        if before.is_file_view:
            file = make_bulk_file(review, joined_at=review.changed_at)
            return self.joining.revise_file(
                work, before, change.route, file, events=change.events, cause=_find_cause(change)
            )
        if not work.reviews.revise(review):
            raise Conflict(f"review {review.id} changed meanwhile")
        request_comparison(work, review, change.route)
        unanswered = describe_unanswered(work, before, cause=_find_cause(change).value, at=review.changed_at)
        work.ledger.append(ledger_entries.build_revised(review, change.events, unanswered=unanswered))
        review = update_stand_ins(work, review, self.routes, at=review.changed_at)
        work.cards.redraw_later(review.id)
        work.cards.owe_notices(
            review.id, _build_revision_notice(review, change), cause=f"revised:{review.revision}"
        )
        return review

    def _open(self, work: UnitOfWork, before: Review | None, change: Change) -> Review:
        now, route = self.clock(), change.route
        refused_review = before if before and before.state is ReviewState.CHANGES_REQUESTED else None
        review = Review(
            id=self.new_id(),
            route=route.name,
            state=ReviewState.OPEN,
            revision=1,
            kind=change.kind,
            file_id=change.subject,
            link=change.link,
            version_from=_find_reviewed_version(before) or change.version_before,
            version_to=change.version,
            modified_at=change.modified_at,
            owners=route.owners,
            private=route.private,
            opened_at=now,
            changed_at=now,
            due_at=route.working_hours.add_working_time(now, route.due)
            if route.due and route.working_hours
            else None,
            contents=change.contents,
            folders=change.folders,
            seen_late=_count_seconds(change.seen_late),
            happened_at=change.happened_at,
            **_list_coverage_fields(refused_review, change),
        )
        bulk_review = self.bulk_reviews.add_change(work, change, review)
        if bulk_review is None:
            review = replace(review, remind_at=find_next_look(review, route, now))
            work.reviews.add(review)
            request_comparison(work, review, route)
            work.ledger.append(ledger_entries.build_opened(review, change.events))
            review = update_stand_ins(work, review, self.routes, at=now)
            targets = [(target.notifier, target.address) for target in route.notify]
            work.cards.owe(review.id, targets, caused_at=change.arrived_at)
        if before is not None:
            _supersede(work, before, newer=bulk_review or review)
        return bulk_review or review


def _find_cause(change: Change) -> ChangeKind:
    """Return the kind of change that ends a revision: that the document went, whatever the route reviews."""
    return change.judgement.kind if change.judgement.kind in DEPARTURE_KINDS else change.kind


def _supersede(work: UnitOfWork, before: Review, *, newer: Review) -> None:
    """Let a review replace an answered one, or the part of an answered one about this file."""
    if before.is_file_view:
        file = work.bulk_files.get(before.id, before.file_id)
        if file is not None and work.bulk_files.mark_taken_apart(
            before.id, file.file_id, own_review_id=newer.id
        ):
            work.ledger.append(bulk_entries.build_superseded(before, file, newer=newer))
    elif work.reviews.supersede(before.id, newer.id):
        work.ledger.append(ledger_entries.build_superseded(before, newer))
        work.cards.redraw_later(before.id)


def _has_comment(review: Review, change: Change) -> bool:
    """Return whether an answer has left a comment in the file; one to many files leaves none."""
    acknowledged = review.state is ReviewState.ACKNOWLEDGED and not review.is_file_view
    return acknowledged and review.version_to == change.version


def _build_revision_notice(review: Review, change: Change) -> RevisionNotice:
    """Return the notice of a newer revision for the thread: redrawing the card notifies no one."""
    return RevisionNotice(
        **get_review_facts(review),
        at=review.changed_at,
        who=tuple(map(Reviewer.from_docspace, change.doers)),
        change_kind=change.kind,
        broadcast=change.route.broadcasts,
    )


def _find_reviewed_version(before: Review | None) -> int | None:
    """Return the version that was acknowledged last: what was sent back is still to be reviewed."""
    if before is None:
        return None
    return before.version_from if before.state is ReviewState.CHANGES_REQUESTED else before.version_to


def _count_seconds(duration: timedelta | None) -> int | None:
    return max(int(duration.total_seconds()), 0) if duration is not None else None


def _list_coverage_fields(before: Review | None, change: Change) -> dict[str, Any]:
    """Return the facts of all that a review covers: the unreviewed part of an earlier one, and this change.

    If both have content, or neither has, the contributors of both count. A person who only renamed or moved a
    document whose content changed is no contributor. A person who removed it is one, as the removal is what
    is to be answered (segregation of duties).
    """
    content = change.judgement.has_content or (before is not None and before.content)
    earlier = before.contributors if before and before.content == content else ()
    added = change.contributors if change.judgement.has_content == content else ()
    removers = list_doers(change.kind, change.acts, ()) if change.kind in REMOVAL_KINDS else ()
    contributors = merge_people((*earlier, *added, *removers))
    save_counts = [change.saves, before.saves if before else 0]
    return {
        **list_label_fields(before, change),
        "content": content,
        "contributors": contributors,
        "acts": merge_acts((*(before.acts if before else ()), *change.acts)),
        "saves": None if None in save_counts else sum(each or 0 for each in save_counts),
        "required": change.route.count_required(contributors),
    }
