"""Campaigns as one person may see them on pages: the list, and how far one campaign is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.campaign import CampaignState
from reviews.campaigns.acknowledgement_rows import list_rows
from reviews.campaigns.campaign_access import CampaignAccess

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviews.campaign import Campaign, CampaignProgress, DocumentProgress
    from reviews.campaigns.acknowledgement_rows import AcknowledgementRow
    from reviews.campaigns.campaign_access import CampaignLine
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_RUNNING = 200
ENDED_PER_PAGE = 20
MAX_SEARCHED = 5_000
"""Ended campaigns that one page looks through for those that a person may see."""
MAX_MATRIX_DOCUMENTS, MAX_MATRIX_PEOPLE = 20, 6
"""The largest campaign of which a table of each document and each person can be read."""
EXPORT_BATCH_SIZE = 25
"""Documents that an export reads at once."""


@dataclass(frozen=True, kw_only=True)
class CampaignList:
    """Those that have not ended, and a page of those that have; `next_id` is where the next page begins."""

    running: tuple[CampaignLine, ...] = ()
    ended: tuple[CampaignLine, ...] = ()
    next_id: str = ""


@dataclass(frozen=True, kw_only=True)
class OwnDocuments:
    """The documents that one person has acknowledged, and has not; the oldest first."""

    waiting: tuple[DocumentProgress, ...]
    acknowledged: tuple[DocumentProgress, ...]


@dataclass(frozen=True, kw_only=True)
class CampaignView:
    """One campaign: `own` for one of its people, `progress` and `matrix` for owners and deputies.

    `names` are those of its people, by casefolded address. `matrix` has the addresses of who has acknowledged
    each document, by the id of its review, where the campaign is small.
    """

    line: CampaignLine
    own: OwnDocuments | None = None
    progress: CampaignProgress | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    matrix: Mapping[str, frozenset[str]] | None = None

    @property
    def campaign(self) -> Campaign:
        return self.line.campaign


@dataclass(frozen=True, kw_only=True)
class CampaignPages:
    """Looks campaigns up. Every method takes the reader under each of their proven addresses."""

    transactions: Transactions
    routes: Routes
    clock: Clock

    def list_campaigns(self, reader: ProvenPerson, *, before_id: str = "") -> CampaignList:
        """Return those that this person may see; with `before_id` only ended ones that began before it."""
        with self.transactions(reading=True) as work:
            access = CampaignAccess.find(work, self.routes, reader)
            before = work.campaigns.get(before_id) if before_id else None
            if before is not None and not access.may_open_page(before):
                before = None
            running = [] if before else work.campaigns.list_not_ended(MAX_RUNNING)
            ended, next_id = _find_ended(work, access, before)
            lines = access.make_lines(work, [*filter(access.may_open_page, running), *ended])
        count = len(lines) - len(ended)
        return CampaignList(running=lines[:count], ended=lines[count:], next_id=next_id)

    def list_running(self, reader: ProvenPerson) -> tuple[CampaignLine, ...]:
        """Return the campaigns that have begun and not ended, as far as this person may see them."""
        with self.transactions(reading=True) as work:
            return list_running(work, self.routes, reader)

    def find(self, campaign_id: str, reader: ProvenPerson) -> CampaignView | None:
        """Return a campaign; `None` if there is none, and for one of other people."""
        with self.transactions(reading=True) as work:
            campaign = work.campaigns.get(campaign_id)
            access = CampaignAccess.find(work, self.routes, reader)
            if campaign is None or not access.may_open_page(campaign):
                return None
            [line] = access.make_lines(work, [campaign])
            progress = work.campaigns.compute_progress(campaign)
            own = _find_own(progress, access.list_entries(campaign))
            if not line.sees_all:
                return CampaignView(line=line, own=own)
            return CampaignView(
                line=line,
                own=own,
                progress=progress,
                names=work.people.find_names(campaign.people),
                matrix=_build_matrix(progress),
            )

    def fetch_reviews(self, documents: Sequence[DocumentProgress]) -> dict[str, Review]:
        """Return the reviews of some documents of a campaign, by their ids."""
        with self.transactions(reading=True) as work:
            return {review.id: review for review in work.reviews.get_many([e.review_id for e in documents])}

    def find_review(self, campaign_id: str, review_id: str, reader: ProvenPerson) -> Review | None:
        """Return a review that a campaign asks this person for; `None` for any other."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            campaign = work.campaigns.get(campaign_id)
            if review is None or campaign is None or review.campaign is None:
                return None
            entries = CampaignAccess.find(work, self.routes, reader).list_entries(campaign)
            return review if entries and review.campaign.id == campaign_id else None

    def iterate_rows(self, campaign: Campaign) -> Iterator[AcknowledgementRow]:
        """Yield who has acknowledged what; each part is read when it is needed."""
        after = ""
        while True:
            with self.transactions(reading=True) as work:
                rows = list(list_rows(work, campaign, after=after, limit=EXPORT_BATCH_SIZE))
            yield from rows
            if not rows:
                return
            after = rows[-1].review_id


def list_running(work: UnitOfWork, routes: Routes, reader: ProvenPerson) -> tuple[CampaignLine, ...]:
    """Return the campaigns that have begun and not ended, as far as a person may see them."""
    access = CampaignAccess.find(work, routes, reader)
    campaigns = filter(access.may_open_page, work.campaigns.list_not_ended(MAX_RUNNING))
    return access.make_lines(work, [each for each in campaigns if each.state is CampaignState.RUNNING])


def _find_ended(
    work: UnitOfWork, access: CampaignAccess, before: Campaign | None
) -> tuple[list[Campaign], str]:
    """Return ended campaigns, the newest first, and the id of the last one if there may be more."""
    ended: list[Campaign] = []
    searched = 0
    while searched < MAX_SEARCHED:
        batch = work.campaigns.list_recent(ENDED_PER_PAGE * 2, before=before)
        for campaign in batch:
            before, searched = campaign, searched + 1
            if campaign.state is CampaignState.ENDED and access.may_open_page(campaign):
                ended.append(campaign)
                if len(ended) > ENDED_PER_PAGE:
                    return ended[:ENDED_PER_PAGE], ended[ENDED_PER_PAGE - 1].id
        if len(batch) < ENDED_PER_PAGE * 2:
            return ended, ""
    # The id of the last one that was looked at may be of a campaign that this person does not see.
    return ended, ended[-1].id if ended else ""


def _find_own(progress: CampaignProgress, entries: Sequence[str]) -> OwnDocuments | None:
    if not entries:
        return None
    own = {entry.casefold() for entry in entries}
    return OwnDocuments(
        waiting=tuple(each for each in progress.documents if not own <= each.count.acknowledged_by),
        acknowledged=tuple(each for each in progress.documents if own <= each.count.acknowledged_by),
    )


def _build_matrix(progress: CampaignProgress) -> dict[str, frozenset[str]] | None:
    documents, people = len(progress.documents), len(progress.people)
    is_small = documents <= MAX_MATRIX_DOCUMENTS and people <= MAX_MATRIX_PEOPLE
    if not is_small or documents < 2 or people < 2:
        return None
    return {each.review_id: each.count.acknowledged_by for each in progress.documents}
