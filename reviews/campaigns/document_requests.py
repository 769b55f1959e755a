"""Reviews that ask for a document in a campaign: opened, asked for again, and closed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviews.comparisons.requests import request_comparison
from reviews.errors import Conflict
from reviews.kinds import ChangeKind, ReviewState
from reviews.ladder.next_look import find_next_look
from reviews.ledger import campaign_entries, ledger_entries
from reviews.model import Review
from reviews.notice import NoticeKind
from reviews.ports.reminders import QueuedReminder
from reviews.quorum import list_valid_answers
from reviews.routes.route import is_private

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.campaign import Campaign
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route

PERSONAL_PLACES = (("inbox", ""),)
"""Where each review of a campaign has a card: only there, as one card in the channels shows them all."""


@dataclass(frozen=True, kw_only=True)
class CurrentDocument:
    """A document as it is asked for."""

    file_id: str
    title: str
    path: str
    link: str | None
    version: int | None
    modified_at: datetime | None
    folders: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DocumentRequests:
    """Opens, revises and closes the reviews of campaigns, each with its entry in the same transaction."""

    work: UnitOfWork
    route: Route
    new_id: Callable[[], str]
    at: datetime

    def open(
        self,
        campaign: Campaign,
        document: CurrentDocument,
        *,
        events: Sequence[int] = (),
        private: bool = False,
    ) -> Review:
        """Open the review of a document, which asks everyone; raise `Conflict` if one is open.

        It is `private` also where its campaign was started so, or its route is now.
        """
        review = Review(
            id=self.new_id(),
            route=campaign.route,
            state=ReviewState.OPEN,
            revision=1,
            kind=ChangeKind.CAMPAIGN,
            **_list_document_fields(document),
            version_from=None,
            contributors=(),
            owners=campaign.people,
            private=private or campaign.private or self.route.private,
            opened_at=self.at,
            changed_at=self.at,
            due_at=campaign.due_at,
            required=None,
            campaign=campaign.reference,
        )
        review = replace(review, remind_at=find_next_look(review, self.route, self.at))
        self.work.reviews.add(review)
        request_comparison(self.work, review, self.route)
        self.work.ledger.append(ledger_entries.build_opened(review, list(events)))
        self.work.cards.owe(review.id, PERSONAL_PLACES)
        return review

    def open_again(
        self, campaign: Campaign, before: Review, document: CurrentDocument, *, events: Sequence[int]
    ) -> Review:
        """Open a new review of a document, and have it supersede one that is no longer open."""
        review = self.open(campaign, document, events=events, private=before.private)
        if self.work.reviews.supersede(before.id, review.id):
            self.work.ledger.append(ledger_entries.build_superseded(before, review))
            self.work.cards.redraw_later(before.id)
        self.ask(review, review.owners)
        return review

    def revise(self, before: Review, document: CurrentDocument, *, events: Sequence[int]) -> Review:
        """Ask for the new content of a document under an open review; raise `Conflict` if it changed."""
        review = replace(
            before,
            **_list_document_fields(document),
            revision=before.revision + 1,
            changed_at=self.at,
            changes=None,
            private=is_private(before, self.route),
        )
        if not self.work.reviews.revise(review):
            raise Conflict(f"review {review.id} changed meanwhile")
        request_comparison(self.work, review, self.route)
        self.work.ledger.append(ledger_entries.build_revised(review, list(events)))
        self.work.cards.redraw_later(review.id)
        answered = {answer.owner for answer in list_valid_answers(before)}
        self.ask(review, tuple(owner for owner in review.owners if owner in answered))
        return review

    def close(self, review: Review, *, reason: str, with_folder: Mapping[str, Any] | None = None) -> bool:
        """Close an open review, which asks no one any more; `False` if it is not open.

        `with_folder` names the folder with which its document went.
        """
        if not self.work.reviews.close(review.id, at=self.at):
            return False
        entry = campaign_entries.build_closed(review, reason=reason, at=self.at, with_folder=with_folder)
        self.work.ledger.append(entry)
        self.work.cards.redraw_later(review.id)
        return True

    def ask(self, review: Review, people: tuple[str, ...]) -> None:
        """Queue the message that asks people, which is joined with others that they get."""
        if people:
            self.work.queued_reminders.add(
                QueuedReminder(
                    review_id=review.id,
                    kind=NoticeKind.CAMPAIGN_REQUEST,
                    recipients=people,
                    at=self.at,
                    urgent=self.route.urgent,
                )
            )


def _list_document_fields(document: CurrentDocument) -> dict[str, Any]:
    return {
        "file_id": document.file_id,
        "title": document.title,
        "path": document.path,
        "link": document.link,
        "version_to": document.version,
        "modified_at": document.modified_at,
        "folders": document.folders,
    }
