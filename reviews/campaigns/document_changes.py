"""What the changes of documents do to the campaigns that ask for them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.answers.permission import require_known_review
from reviews.campaign import has_ended
from reviews.campaigns.document_requests import CurrentDocument, DocumentRequests
from reviews.kinds import ReviewState
from reviews.ledger.hash_chain import EntryType
from reviews.ledger.unanswered_revisions import DEPARTURE_KINDS, RETURN_KINDS
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.campaign import Campaign
    from reviews.changes.change import Change
    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.tree import FileState

MAX_ENTRIES_READ = 10
"""The newest entries of a review among which its end is; a closed one gets hardly any more."""


@dataclass(frozen=True, kw_only=True)
class CampaignDocuments:
    """Keeps the reviews of campaigns true: asked for again, or closed, in the transaction of the change.

    A transaction locks all reviews first, and then campaigns, in the order of their ids. Those that are being
    prepared are held before, which no one waits for who has locked a review.
    """

    clock: Clock
    new_id: Callable[[], str]

    def apply(self, work: UnitOfWork, change: Change) -> None:
        """Do what a change of a document, or of a folder above documents, means for campaigns.

        The caller locks no review afterwards.
        """
        kind, route = change.judgement.kind, change.route
        if not (change.judgement.has_content or kind in DEPARTURE_KINDS | RETURN_KINDS):
            return
        requests = DocumentRequests(work=work, route=route, new_id=self.new_id, at=self.clock())
        # Who opens the reviews of a campaign either sees this change, or its reviews are seen here.
        work.campaigns.hold_preparing(route.name)
        locked = [_lock(work, review_id) for review_id in _list_review_ids(work, change)]
        reviews_by_campaign: defaultdict[str, list[Review]] = defaultdict(list)
        for review in filter(None, locked):
            if review.campaign is not None and review.superseded_by is None:
                reviews_by_campaign[review.campaign.id].append(review)
        for campaign_id, reviews in sorted(reviews_by_campaign.items()):
            campaign = work.campaigns.hold(campaign_id)
            if campaign is None or has_ended(campaign):  # its reviews stay as they were at its end
                continue
            changed = [_update_review(requests, campaign, review, change) for review in reviews]
            if any(changed):
                work.campaigns.request_look(campaign_id, at=requests.at)


def _list_review_ids(work: UnitOfWork, change: Change) -> list[str]:
    """Return the reviews of campaigns that a change concerns, in the order in which they are locked."""
    route = change.route.name
    if not _is_of_folder(change):
        return work.campaigns.list_review_ids_of_file(change.subject, route=route)
    folder_id = change.subject.removeprefix(FOLDER_ID_PREFIX)
    if change.judgement.kind in DEPARTURE_KINDS:
        return work.campaigns.list_open_reviews_beneath(folder_id, route=route)
    if change.judgement.kind in RETURN_KINDS:
        closed_ids = work.campaigns.list_closed_reviews(route=route)
        return [review_id for review_id in closed_ids if _went_with_folder(work, review_id, change)]
    return []


def _went_with_folder(work: UnitOfWork, review_id: str, change: Change) -> bool:
    """Return whether a document went with its folder, and so comes back with it; others do not."""
    entries = reversed(work.ledger.list_last_entries(review_id, MAX_ENTRIES_READ))
    closed = next((each for each in entries if each.get("type") == EntryType.REVIEW_CLOSED), None)
    with_folder = closed.get("with_folder") if closed is not None else None
    return isinstance(with_folder, dict) and bool(with_folder.get("file_id") == change.subject)


def _update_review(requests: DocumentRequests, campaign: Campaign, review: Review, change: Change) -> bool:
    """Close a review whose document went, else ask for the document; return whether anything changed."""
    if change.judgement.kind in DEPARTURE_KINDS:
        with_folder = {"file_id": change.subject} if _is_of_folder(change) else None
        return requests.close(review, reason=change.judgement.kind.value, with_folder=with_folder)
    return _ask_again(requests, campaign, review, change)


def _ask_again(requests: DocumentRequests, campaign: Campaign, review: Review, change: Change) -> bool:
    """Ask for the present content of a document, unless it is what the review asks for already."""
    document = _find_document(requests.work, review, change)
    is_same = (review.version_to, review.modified_at) == (document.version, document.modified_at)
    if review.state is ReviewState.OPEN:
        if is_same or not change.judgement.has_content:
            return False
        requests.revise(review, document, events=change.events)
        return True
    was_closed = review.state is ReviewState.CLOSED
    is_new = was_closed or (change.judgement.has_content and not is_same)
    if not is_new or requests.at > campaign.due_at:
        return False
    requests.open_again(campaign, review, document, events=change.events)
    return True


def _find_document(work: UnitOfWork, review: Review, change: Change) -> CurrentDocument:
    """Return a document as it is after a change, or, if it came back with its folder, as it is stored."""
    if not _is_of_folder(change):
        return _describe_document(review.file_id, change, version=change.version)
    document = _describe_document(review.file_id, review, version=review.version_to)
    state = work.files.get(review.file_id)
    if state is None or not _is_newer(state, review):
        return document
    return replace(
        document,
        title=state.title,
        link=state.link or review.link,
        version=state.version,
        modified_at=state.modified_at,
    )


def _is_newer(state: FileState, review: Review) -> bool:
    if state.modified_at is None or review.modified_at is None:
        return False
    return state.modified_at > review.modified_at


def _describe_document(file_id: str, source: Review | Change, *, version: int | None) -> CurrentDocument:
    return CurrentDocument(
        file_id=file_id,
        title=source.title,
        path=source.path,
        link=source.link,
        version=version,
        modified_at=source.modified_at,
        folders=source.folders,
    )


def _is_of_folder(change: Change) -> bool:
    return change.subject.startswith(FOLDER_ID_PREFIX)


def _lock(work: UnitOfWork, review_id: str) -> Review | None:
    review = work.reviews.lock(review_id)
    if review is not None:
        require_known_review(review)
    return review
