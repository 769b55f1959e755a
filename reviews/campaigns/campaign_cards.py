"""The card of a campaign in the channels of its route, which shows how far it has come."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.campaign import CampaignStage, CampaignState, find_stage
from reviews.campaign_notices import (
    MAX_NAMED_PEOPLE,
    CampaignNotice,
    CampaignTotals,
    NamedProgress,
    make_card_cause,
)
from reviews.identity import Reviewer
from reviews.notice import NoticeKind
from reviews.people.answerers import name_people

if TYPE_CHECKING:
    from collections.abc import Callable, Container
    from datetime import datetime

    from reviews.campaign import Campaign, CampaignProgress
    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

RETRY_INTERVAL = timedelta(minutes=5)
"""When to look again if a worker dies while it counts. Answers given meanwhile request an earlier look."""


@dataclass(frozen=True, kw_only=True)
class CampaignCards:
    """Shows campaigns in the channels of their routes: a card, and at the deadline who has documents left.

    Channels that send nothing beside their cards get neither. One that redraws nothing gets the card once,
    and at the end how it ended.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    silent: Container[str] = frozenset()
    """The channels that send nothing beside their cards."""
    get_page_url: Callable[[str], str] = lambda _: ""
    """Returns the page of a campaign by its id; empty in an installation without pages."""

    def show_progress(self, campaign_id: str) -> Campaign | None:
        """Show a campaign as it is now, plan when a worker looks at it next, and return it as it was shown.

        The figures are counted while nothing is locked. One that has ended is looked at again soon, since its
        reviews are still to be closed.
        """
        now = self.clock()
        looked_at = self._begin_look(campaign_id, retry_at=now + RETRY_INTERVAL)
        if looked_at is None:
            return None
        with self.transactions(reading=True) as work:
            progress = work.campaigns.compute_progress(looked_at)
            notice = self._build_notice(work, looked_at, progress, is_late=now >= looked_at.due_at)
        with self.transactions() as work:
            campaign = work.campaigns.get(campaign_id, lock=True)
            if campaign is None or campaign.state is not looked_at.state:
                return None  # it is due again
            self._show(work, campaign, notice)
            if campaign.state is CampaignState.RUNNING and campaign.next_at == looked_at.next_at:
                next_at = campaign.due_at if now < campaign.due_at else None
                work.campaigns.save(replace(campaign, next_at=next_at))
            work.commit()
        return campaign

    def owe_cards(self, work: UnitOfWork, campaign: Campaign) -> None:
        """Owe the card of a campaign that begins, in the transaction that asks its people."""
        progress = work.campaigns.compute_progress(campaign)
        is_late = self.clock() >= campaign.due_at
        self._show(work, campaign, self._build_notice(work, campaign, progress, is_late=is_late))

    def _begin_look(self, campaign_id: str, *, retry_at: datetime) -> Campaign | None:
        """Store when to look again if this process dies, and return the campaign."""
        with self.transactions() as work:
            campaign = work.campaigns.get(campaign_id, lock=True)
            if campaign is None:
                return None
            looked_at = replace(campaign, next_at=retry_at)
            work.campaigns.save(looked_at)
            work.commit()
        return looked_at

    def _show(self, work: UnitOfWork, campaign: Campaign, notice: CampaignNotice) -> None:
        route = self.routes.find_route(campaign.route)
        targets = [each for each in route.notify if each.notifier not in self.silent] if route else []
        for target in targets:
            place = (target.notifier, target.address)
            if not _show_card(work, place, notice):
                continue
            if notice.stage is not CampaignStage.RUNNING:
                _owe(work, place, replace(notice, kind=NoticeKind.CAMPAIGN_RESULT), notice.stage)
            elif notice.is_late:
                overdue = replace(notice, kind=NoticeKind.CAMPAIGN_OVERDUE)
                _owe(work, place, overdue, NoticeKind.CAMPAIGN_OVERDUE)

    def _build_notice(
        self, work: UnitOfWork, campaign: Campaign, progress: CampaignProgress, *, is_late: bool
    ) -> CampaignNotice:
        stage = find_stage(campaign, is_complete=progress.is_complete)
        people_left = progress.people_left
        most_left = people_left[:MAX_NAMED_PEOPLE]
        names = name_people(work, [each.address for each in most_left])
        return CampaignNotice(
            kind=NoticeKind.CAMPAIGN,
            title=campaign.name,
            at=campaign.started_at,
            route=campaign.route,
            campaign_id=campaign.id,
            path=campaign.path,
            private=campaign.private,
            due_at=campaign.due_at,
            started_by=campaign.started_by,
            stage=stage,
            is_late=is_late and stage is CampaignStage.RUNNING,
            problem=campaign.problem,
            progress=CampaignTotals(
                documents=len(progress.documents),
                people=len(progress.people),
                finished=len(progress.people) - len(people_left),
                acknowledged=progress.acknowledged,
                needed=progress.needed,
            ),
            most_left=tuple(
                NamedProgress(
                    person=Reviewer(name=name, email=each.address),
                    acknowledged=each.acknowledged,
                    needed=each.needed,
                )
                for name, each in zip(names, most_left, strict=True)
            ),
            page_url=self.get_page_url(campaign.id),
        )


def _show_card(work: UnitOfWork, place: tuple[str, str], notice: CampaignNotice) -> bool:
    """Have the card show this; `False` if it is new."""
    cause = make_card_cause(notice.campaign_id)
    stored = work.cards.find_notice(place, cause=cause)
    if stored is None:
        work.cards.owe_notice(place, notice, cause=cause)
        return False
    if stored.notice != notice:
        work.cards.redraw_notice(place, notice, cause=cause)
    return True


def _owe(work: UnitOfWork, place: tuple[str, str], notice: CampaignNotice, occasion: str) -> None:
    """Owe a notice beside the card, once for each occasion."""
    work.cards.owe_notice(place, notice, cause=f"{make_card_cause(notice.campaign_id)}:{occasion}")
