"""What workers do for campaigns: open their reviews, show their progress, close what is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews import backoff
from reviews.answers.permission import require_known_review
from reviews.campaign import CampaignState
from reviews.campaigns.document_listing import UnusableFolder, require_within_limit
from reviews.campaigns.document_requests import CurrentDocument, DocumentRequests
from reviews.campaigns.starting import end_campaign
from reviews.errors import NotVisible, Permanent, RateLimitReached, RemoteError
from reviews.kinds import ReviewState
from reviews.ledger.campaign_entries import CLOSED_WITH_CAMPAIGN
from reviews.ports.failure_isolation import propagate_failures
from reviews.routes.route import Route
from reviews.tree import FilePresence

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from reviews.campaign import Campaign
    from reviews.campaigns.campaign_cards import CampaignCards
    from reviews.campaigns.document_listing import DocumentList, DocumentListing, ListedDocument
    from reviews.clock import Clock
    from reviews.ports.failure_isolation import FailureIsolation
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes
    from reviews.tree import FileState

MAX_CAMPAIGNS_AT_ONCE = 5
BATCH_SIZE = 50
"""Reviews that one transaction opens or closes: a click waits no longer for it."""
MAX_ATTEMPTS = 20
MAX_RETRY_WAIT = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class CampaignWork:
    """Does what is due for campaigns. Any number of workers may do so at once, and die at any point."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    listing: DocumentListing
    cards: CampaignCards
    new_id: Callable[[], str]
    random: Callable[[], float]

    def process_due(
        self, *, exclude: Collection[str] = (), isolate: FailureIsolation = propagate_failures
    ) -> int:
        """Process campaigns that are due, and return their number; each runs inside `isolate`.

        Those in `exclude` are skipped.
        """
        with self.transactions(reading=True) as work:
            ids = work.campaigns.list_due_ids(self.clock(), MAX_CAMPAIGNS_AT_ONCE, exclude=exclude)
        for campaign_id in ids:
            with isolate(campaign_id):
                self._process(campaign_id)
        return len(ids)

    def _process(self, campaign_id: str) -> None:
        with self.transactions(reading=True) as work:
            campaign = work.campaigns.get(campaign_id)
        if campaign is None:
            return
        if campaign.state is CampaignState.PREPARING:
            self._prepare(campaign)
            return
        shown = self.cards.show_progress(campaign_id)  # before the end changes the figures
        if shown is not None and shown.state is CampaignState.ENDED:
            self._close_reviews(shown)

    def _prepare(self, campaign: Campaign) -> None:
        """List the folder and open the reviews; try again later where DocSpace does not answer."""
        try:
            listed = self.listing.list_documents(campaign.folder_id, campaign.route)
            require_within_limit(listed, people=len(campaign.people))
        except (UnusableFolder, Permanent) as error:
            self._give_up(campaign.id, problem=str(error))
            return
        except NotVisible as error:
            if error.gone:
                self._give_up(campaign.id, problem="the folder does not exist in DocSpace any more")
            else:
                self._put_off(campaign.id, error)
            return
        except RemoteError as error:
            self._put_off(campaign.id, error)
            return
        self.open_reviews(campaign.id, listed)

    def open_reviews(
        self,
        campaign_id: str,
        listed: DocumentList,
        *,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> None:
        """Open a review for each document that has none in the campaign, and ask the people.

        `progress` is called with how many of how many were opened.
        """
        documents = listed.documents
        for start in range(0, len(documents), BATCH_SIZE):
            with self.transactions() as work:
                batch = replace(listed, documents=documents[start : start + BATCH_SIZE])
                if not self._open_batch(work, campaign_id, batch):
                    return
                work.commit()
            progress(min(start + BATCH_SIZE, len(documents)), len(documents))
        with self.transactions() as work:
            self._begin(work, campaign_id)
            work.commit()

    def _open_batch(self, work: UnitOfWork, campaign_id: str, batch: DocumentList) -> bool:
        """Open the reviews of some documents; `False` if the campaign is not prepared any more."""
        campaign = work.campaigns.get(campaign_id, lock=True)
        if campaign is None or campaign.state is not CampaignState.PREPARING:
            return False
        route = self.routes.find_route(campaign.route)
        if route is None:
            return False
        requests = DocumentRequests(work=work, route=route, new_id=self.new_id, at=self.clock())
        opened = work.campaigns.list_file_ids(campaign_id)
        stored = work.files.get_many([each.state.file_id for each in batch.documents])
        for each in batch.documents:
            state = _choose_newer(each.state, stored.get(each.state.file_id), batch)
            if state is not None and state.file_id not in opened:
                requests.open(campaign, _describe_document(state, each))
        return True

    def _begin(self, work: UnitOfWork, campaign_id: str) -> None:
        """Ask the people, once all reviews are open, so that each gets one message."""
        campaign = work.campaigns.get(campaign_id, lock=True)
        route = self.routes.find_route(campaign.route) if campaign else None
        if campaign is None or route is None or campaign.state is not CampaignState.PREPARING:
            return
        now = self.clock()
        reviews = work.campaigns.list_reviews(campaign)
        requests = DocumentRequests(work=work, route=route, new_id=self.new_id, at=now)
        for review in reviews:
            if review.state is ReviewState.OPEN:
                requests.ask(review, review.owners)
        running = replace(
            campaign, state=CampaignState.RUNNING, documents=len(reviews), next_at=now, attempts=0
        )
        work.campaigns.save(running)
        self.cards.owe_cards(work, running)

    def _close_reviews(self, campaign: Campaign) -> None:
        """Close what is open of a campaign that has ended."""
        route = self.routes.find_route(campaign.route) or _build_missing_route(campaign.route)
        with self.transactions(reading=True) as work:
            ids = work.campaigns.list_open_review_ids(campaign.id)
        for start in range(0, len(ids), BATCH_SIZE):
            with self.transactions() as work:
                # Whatever this worker's clock says: what was open at the end counts.
                at = max(self.clock(), campaign.ended_at or campaign.started_at)
                requests = DocumentRequests(work=work, route=route, new_id=self.new_id, at=at)
                for review_id in ids[start : start + BATCH_SIZE]:
                    review = work.reviews.lock(review_id)
                    if review is not None and review.state is ReviewState.OPEN:
                        require_known_review(review)
                        requests.close(review, reason=CLOSED_WITH_CAMPAIGN)
                work.commit()
        with self.transactions() as work:
            ended = work.campaigns.get(campaign.id, lock=True)
            if ended is not None:
                work.campaigns.save(replace(ended, next_at=None))
                work.commit()

    def _put_off(self, campaign_id: str, error: RemoteError) -> None:
        with self.transactions() as work:
            campaign = work.campaigns.get(campaign_id, lock=True)
            if campaign is None or campaign.state is not CampaignState.PREPARING:
                return
            # Our own limit is no failure: nothing was tried.
            attempts = campaign.attempts + (not isinstance(error, RateLimitReached))
            if attempts >= MAX_ATTEMPTS:
                end_campaign(work, campaign, by=None, at=self.clock(), problem=str(error))
            else:
                wait = timedelta(
                    seconds=backoff.compute_wait(
                        attempts, retry_after=getattr(error, "retry_after", None), random=self.random
                    )
                )
                next_at = self.clock() + min(wait, MAX_RETRY_WAIT)
                work.campaigns.save(replace(campaign, attempts=attempts, next_at=next_at))
            work.commit()

    def _give_up(self, campaign_id: str, *, problem: str) -> None:
        with self.transactions() as work:
            campaign = work.campaigns.get(campaign_id, lock=True)
            if campaign is not None and campaign.state is CampaignState.PREPARING:
                end_campaign(work, campaign, by=None, at=self.clock(), problem=problem)
                work.commit()


def _choose_newer(listed: FileState, stored: FileState | None, batch: DocumentList) -> FileState | None:
    """Return the newer of what was listed and what is stored; `None` for a document that went meanwhile.

    One that was moved out is not stored any more, and one that went with its folder keeps its time.
    """
    if stored is None or stored.presence is not FilePresence.PRESENT:
        went_since = stored is not None and stored.as_of is not None and stored.as_of > batch.at
        return None if went_since or listed.file_id in batch.known_ids else listed
    is_newer = (
        stored.modified_at is not None
        and listed.modified_at is not None
        and stored.modified_at > listed.modified_at
    )
    return stored if is_newer else listed


def _describe_document(state: FileState, listed: ListedDocument) -> CurrentDocument:
    return CurrentDocument(
        file_id=state.file_id,
        title=state.title,
        path=listed.place.path,
        link=state.link or listed.state.link,
        version=state.version,
        modified_at=state.modified_at,
        folders=listed.place.folder_ids,
    )


def _build_missing_route(name: str) -> Route:
    return Route(name=name, watch=(), owners=(), notify=())
