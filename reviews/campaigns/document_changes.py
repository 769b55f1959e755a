"""What the changes of documents do to the campaigns that ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.permission import require_known_review
from reviews.campaigns.document_requests import CurrentDocument, DocumentRequests
from reviews.kinds import ReviewState
from reviews.ledger.unanswered_revisions import DEPARTURE_KINDS, RETURN_KINDS
from reviews.tree import FOLDER_ID_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.changes.change import Change
    from reviews.clock import Clock
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork


@dataclass(frozen=True, kw_only=True)
class CampaignDocuments:
    """Keeps the reviews of campaigns true: asked for again, or closed, in the transaction of the change.

    A transaction locks reviews first, and then their campaign.
    """

    clock: Clock
    new_id: Callable[[], str]

    def apply(self, work: UnitOfWork, change: Change) -> None:
        """Do what a change of a document, or of a folder above documents, means for campaigns."""
        kind, route = change.judgement.kind, change.route
        if not (change.judgement.has_content or kind in DEPARTURE_KINDS | RETURN_KINDS):
            return
        at = self.clock()
        requests = DocumentRequests(work=work, route=route, new_id=self.new_id, at=at)
        if change.subject.startswith(FOLDER_ID_PREFIX):
            _apply_to_documents_beneath(requests, change)
            return
        for review_id in work.campaigns.list_review_ids_of_file(change.subject, route=route.name):
            if kind in DEPARTURE_KINDS:
                _close(requests, review_id, reason=kind.value)
            else:
                document = CurrentDocument(
                    file_id=change.subject,
                    title=change.title,
                    path=change.path,
                    link=change.link,
                    version=change.version,
                    modified_at=change.modified_at,
                    folders=change.folders,
                )
                _ask_again(requests, review_id, change, document)


def _apply_to_documents_beneath(requests: DocumentRequests, change: Change) -> None:
    """Close the reviews of documents that went with their folder, or ask again for those that came back."""
    folder_id, route = change.subject.removeprefix(FOLDER_ID_PREFIX), change.route.name
    campaigns = requests.work.campaigns
    if change.judgement.kind in DEPARTURE_KINDS:
        for review_id in campaigns.list_open_reviews_beneath(folder_id, route=route):
            _close(requests, review_id, reason=change.judgement.kind.value)
    elif change.judgement.kind in RETURN_KINDS:
        for review_id in campaigns.list_closed_reviews_beneath(folder_id, route=route):
            _ask_again(requests, review_id, change, None)


def _close(requests: DocumentRequests, review_id: str, *, reason: str) -> None:
    review = _lock(requests.work, review_id)
    if review is not None and review.state is ReviewState.OPEN and requests.close(review, reason=reason):
        _look_again(requests, review)


def _ask_again(
    requests: DocumentRequests, review_id: str, change: Change, document: CurrentDocument | None
) -> None:
    """Ask for the present content of a document, unless it is what the review asks for already.

    Without a `document` it is as it was when it went.
    """
    review = _lock(requests.work, review_id)
    if review is None or review.campaign is None or review.superseded_by is not None:
        return
    document = document or CurrentDocument(
        file_id=review.file_id,
        title=review.title,
        path=review.path,
        link=review.link,
        version=review.version_to,
        modified_at=review.modified_at,
        folders=review.folders,
    )
    is_same = (review.version_to, review.modified_at) == (document.version, document.modified_at)
    if review.state is ReviewState.OPEN:
        if not is_same and change.judgement.has_content:
            requests.revise(review, document, events=change.events)
            _look_again(requests, review)
        return
    was_closed = review.state is ReviewState.CLOSED
    if not was_closed and (is_same or not change.judgement.has_content):
        return
    campaign = requests.work.campaigns.get(review.campaign.id, lock=True)
    if campaign is not None and campaign.accepts_content(requests.at):
        requests.open_again(campaign, review, document, events=change.events)
        _look_again(requests, review)


def _lock(work: UnitOfWork, review_id: str) -> Review | None:
    review = work.reviews.lock(review_id)
    if review is not None:
        require_known_review(review)
    return review


def _look_again(requests: DocumentRequests, review: Review) -> None:
    if review.campaign is not None:
        requests.work.campaigns.request_look(review.campaign.id, at=requests.at)
