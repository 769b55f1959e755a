"""The campaigns of a year, carried out by the product, and the documents that change in the portal."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.campaigns.starting import CampaignDraft
from reviews.identity import Person
from reviews.intake.intake import receive_events
from store.schema import reviews
from tests.reviews.samples import ELSEWHERE
from tests.reviews.samples import event as make_event
from tests.year.deaths import DyingUnitOfWork, KilledError
from tests.year.working_periods import make_moment

if TYPE_CHECKING:
    from reviews.campaigns.campaign_work import CampaignWork
    from reviews.ports.unit_of_work import Transactions
    from tests.reviews.desk import Desk
    from tests.year.actions import Action
    from tests.year.campaigns import ModelCampaign
    from tests.year.plan import Plan

QUIET = timedelta(minutes=1)
"""Longer than a route waits for further changes."""
TRIGGERS = {
    "create": "file.created",
    "change": "file.updated",
    "rename": "file.updated",
    "delete": "file.trashed",
    "move": "file.moved",
    "restore": "file.restored",
}


@dataclass(frozen=True, kw_only=True)
class CampaignLife:
    """The campaigns of a plan, and their documents, each in the folder that its route watches."""

    desk: Desk
    plan: Plan
    campaign_ids: dict[str, str] = field(default_factory=dict)
    change_ids: dict[str, str] = field(default_factory=dict)
    """The ids of reviews of changes, by the names of the plan."""
    deaths: list[int] = field(default_factory=list)
    """What the worker has before it that opens the reviews of a campaign; see `ModelCampaign`."""

    def begin(self, campaign: ModelCampaign) -> None:
        """Put the documents of a campaign into its folder, and start it."""
        for document in campaign.documents:
            self.desk.portal.parents[document] = campaign.route.name
            self.desk.portal.titles[document] = f"{document}.docx"
            self.desk.store_file(document)
        draft = CampaignDraft(
            name=campaign.name,
            place=self.desk.portal.get_place(campaign.route.name),
            people=campaign.people,
            due_on=make_moment(campaign.deadline).date(),
        )
        self.campaign_ids[campaign.name] = self.desk.campaigns.start(draft, by=None).id
        self.deaths[:] = campaign.deaths

    def dies_while_opening(self) -> bool:
        """Let the worker die at the next point in the plan, if there is one: it is back at the next look."""
        if not self.deaths:
            return False
        calls, last = count(1), self.deaths.pop(0)
        transactions = partial(DyingUnitOfWork, self.desk.engine, dies=lambda: next(calls) == last)
        with suppress(KilledError):
            self.build_work(transactions).process_due()
            raise AssertionError("the worker lives")
        return True

    def build_work(self, transactions: Transactions) -> CampaignWork:
        work = self.desk.campaign_work
        return replace(work, transactions=transactions, cards=replace(work.cards, transactions=transactions))

    def change_document(self, action: Action) -> int:
        """Let a document change, receive the event, and return its number."""
        portal, now = self.desk.portal, make_moment(action.at)
        folder = self.plan.reviews[action.review].route.name
        writer = Person(id=action.who, name=action.who, email=action.who)
        portal.people[writer.id] = writer
        if action.what == "change":
            portal.versions[action.document] += 1
        elif action.what == "create":
            portal.titles[action.document] = f"{action.document}.docx"
        elif action.what == "rename":
            portal.titles[action.document] = f"{action.document} renamed.docx"
        event = make_event(
            trigger=TRIGGERS[action.what],
            file_id=action.document,
            parent_id=ELSEWHERE if action.what == "move" else folder,
            title=portal.titles[action.document],
            actor=replace(writer, name=""),
            occurred_at=now - QUIET,
            modified_at=now - QUIET,
        )
        portal.happen(event)
        receive_events(self.desk.transactions, [event], now=now - QUIET)
        return self.desk.newest_event().id

    def find_id(self, name: str) -> str:
        """Return the id of a review; of a name without a number that of the newest review of a document."""
        if name in self.change_ids:
            return self.change_ids[name]
        if "/" not in name:
            return name
        campaign, document, *number = name.split("/")
        ids = dict(enumerate(self._list_ids(campaign, document), start=1))
        return ids.get(int(number[0]) if number else len(ids), "")

    def find_revision(self, review_id: str) -> int:
        """Return what people see, who look at a review now."""
        with self.desk.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
        return review.revision if review else 1

    def list_names(self) -> dict[str, str]:
        """Return the names of reviews by their ids."""
        names = {each: name for name, each in self.change_ids.items()}
        for campaign in self.plan.campaigns.values():
            for document in campaign.documents:
                for number, each in enumerate(self._list_ids(campaign.name, document), start=1):
                    names[each] = f"{campaign.name}/{document}/{number}"
        return names

    def _list_ids(self, campaign: str, document: str) -> list[str]:
        query = sa.select(reviews.c.id).where(
            reviews.c.file_id == document, reviews.c.campaign == self.campaign_ids[campaign]
        )
        with self.desk.engine.connect() as connection:
            return list(connection.execute(query.order_by(reviews.c.seq)).scalars())
