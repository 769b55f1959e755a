"""All the use cases around one database, with shorthands for what the tests do over and over."""

from __future__ import annotations

import itertools
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from reviews.absences.authority import Authority
from reviews.absences.declarations import AbsenceDeclarations
from reviews.absences.hand_overs import HandOvers
from reviews.answers.answers import AnswerRequest, Answers
from reviews.answers.openings import Openings
from reviews.answers.reassignment import Reassignment
from reviews.bulk_reviews.separation import FileSeparation
from reviews.campaigns.campaign_cards import CampaignCards
from reviews.campaigns.campaign_work import CampaignWork
from reviews.campaigns.document_listing import DocumentListing
from reviews.campaigns.starting import Campaigns
from reviews.delivery.delivery import ChannelDelivery
from reviews.delivery.pace import Pace
from reviews.delivery.post_once import is_up_to_date
from reviews.identity import Reviewer
from reviews.intake import intake
from reviews.kinds import Decision
from reviews.ladder.reminders import Reminders
from reviews.lists.receipts import ReviewReceipts
from reviews.monitoring.canaries import Canaries
from reviews.people.docspace_accounts import AccountLookup
from reviews.people.identification import Directory, Identification
from reviews.people.sessions import BrowserSessions
from reviews.privacy.channel_visibility import redact_for_reader
from reviews.review_request import ReviewRequest
from runtime.evidence.ledger_key import NO_KEYS
from runtime.evidence.receipt_source import ReceiptSource
from runtime.ledger_verification.ledger_check import check_ledger
from runtime.observe.log_redaction import LogRedaction
from store.ledger_reading import iterate_entries
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.channels import AppendOnlyChannel, PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, Clock, routes
from tests.reviews.small_portal import SmallPortal

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.identity import ProvenPerson
    from reviews.ledger.hash_chain import Verdict
    from reviews.model import ChangeEvent, Post, Review, StoredEvent
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

DANA = Reviewer(name="Dana Ozola", email=OWNER, chat_ids={"slack": "U1"})
JURIS = Reviewer(name="Juris Bite", email="juris@example.com", chat_ids={"slack": "U4"})


def find_campaign_page(campaign_id: str) -> str:
    return f"https://reviews.example.com/campaigns/{campaign_id}"


class Desk:
    """The product's use cases on one database, with channels that record and a clock that tests set."""

    def __init__(self, engine: sa.Engine, transactions: Transactions, rules: Routes | None = None) -> None:
        self.engine = engine
        self.transactions = transactions
        self.clock = Clock()
        self.portal = SmallPortal()
        self.ledger_keys = NO_KEYS
        self.paper: AppendOnlyChannel = PaperChannel()
        self.calls: list[str] = []
        self._ids = itertools.count(1)
        self.sessions = BrowserSessions(transactions=transactions, clock=self.clock)
        self.follow(rules or routes())

    def follow(self, rules: Routes) -> None:
        """Go by these routes from now on."""
        self.routes = rules
        self.intake = intake.build_intake(
            self.transactions,
            self.portal,
            rules,
            canaries=Canaries(transactions=self.transactions, routes=rules, clock=self.clock),
            clock=self.clock,
            new_id=lambda: f"rev-{next(self._ids)}",
            random=lambda: 0.0,
        )
        # The small portal is never looked at.
        without = replace(self.intake.pre_baseline_lookup, max_wait=timedelta())
        self.intake = replace(self.intake, pre_baseline_lookup=without)
        self.accounts = AccountLookup(
            transactions=self.transactions, clock=self.clock, find_account=self.portal.find_account
        )
        directory = Directory(transactions=self.transactions, clock=self.clock, people=rules.people)
        self.identification = Identification(directory=directory)
        self.answers = Answers(
            transactions=self.transactions,
            routes=rules,
            clock=self.clock,
            accounts=self.accounts,
            wake=lambda: self.calls.append("answered"),
            direct_message_channels=frozenset({"paper"}),
        )
        self.openings = Openings(transactions=self.transactions, routes=rules, clock=self.clock)
        self.reminders = Reminders(
            transactions=self.transactions,
            routes=rules,
            clock=self.clock,
            direct_message_channels=frozenset({"paper"}),
        )
        self.hand_overs = HandOvers(transactions=self.transactions, routes=rules, clock=self.clock)
        self.hand_over = Reassignment(
            transactions=self.transactions, routes=rules, clock=self.clock, accounts=self.accounts
        )
        self.absences = AbsenceDeclarations(
            transactions=self.transactions,
            routes=rules,
            clock=self.clock,
            accounts=self.accounts,
        )
        self.campaigns = Campaigns(
            transactions=self.transactions,
            routes=rules,
            clock=self.clock,
            new_id=lambda: f"cam-{next(self._ids)}",
        )
        self.campaign_work = CampaignWork(
            transactions=self.transactions,
            routes=rules,
            clock=self.clock,
            listing=DocumentListing(
                transactions=self.transactions, portal=self.portal, routes=rules, clock=self.clock
            ),
            cards=CampaignCards(
                transactions=self.transactions,
                routes=rules,
                clock=self.clock,
                get_page_url=find_campaign_page,
            ),
            new_id=lambda: f"rev-{next(self._ids)}",
            random=lambda: 0.0,
        )
        self.separation = FileSeparation(
            transactions=self.transactions,
            routes=rules,
            clock=self.clock,
            new_id=lambda: f"rev-{next(self._ids)}",
        )
        self.delivery = ChannelDelivery(
            clock=self.clock,
            transactions=self.transactions,
            notifiers={"paper": self.paper},
            random=lambda: 0.0,
            routes=rules,
            redact_text=LogRedaction(people=True).redact_text,
            get_campaign_url=find_campaign_page,
            pace=Pace(
                monotonic=self.clock.seconds, sleep=lambda seconds: self.clock.advance(seconds=seconds)
            ),
        )

    @property
    def receipts(self) -> ReviewReceipts:
        """Receipts of reviews, by the keys that the desk has when one is asked for."""
        source = ReceiptSource(self.engine, lambda: self.ledger_keys)
        return ReviewReceipts(
            transactions=self.transactions,
            routes=self.routes,
            clock=self.clock,
            prepare=source.prepare_receipt,
        )

    def find_authority(self, work: UnitOfWork, review: Review, rules: Routes | None = None) -> Authority:
        return Authority(work=work, review=review, routes=rules or self.routes, at=self.clock())

    def redact(self, review: Review, reader: ProvenPerson) -> Review:
        """Return the review as this person may see it now."""
        with self.transactions(reading=True) as work:
            return redact_for_reader(self.find_authority(work, review), reader)

    def moved_to(self, engine: sa.Engine) -> Desk:
        """Return this desk with its portal as it is now, at a copy of its database."""
        moved = Desk(engine, partial(SqlUnitOfWork, engine))
        moved.clock.now = self.clock.now
        moved.portal = deepcopy(self.portal)
        moved._ids = itertools.count(next(self._ids))
        moved.follow(self.routes)
        return moved

    def write_on_sheets(self) -> None:
        """Have a channel that can redraw nothing in the place of the paper."""
        self.paper = AppendOnlyChannel()
        self.delivery = replace(self.delivery, notifiers={"paper": self.paper})

    def receive(self, event: ChangeEvent) -> int:
        """Let something happen, receive the event and return its number."""
        self.portal.happen(event)
        intake.receive_events(self.transactions, [event], now=self.clock())
        return self.newest_event().id

    def store_file(self, file_id: str) -> None:
        """Let a file be known as it is in the portal now."""
        state = self.portal.get_file(file_id)
        assert state is not None
        with self.transactions() as work:
            work.files.put(replace(state, as_of=self.clock()))
            work.commit()

    def open(self, event: ChangeEvent) -> Review:
        """Receive and process an event that leads to a review; return it as it is now."""
        assert self.intake.process(self.receive(event)) is None
        return self.latest(event.file_id)

    def latest(self, file_id: str) -> Review:
        with self.transactions(reading=True) as work:
            review = work.reviews.find_latest(file_id)
        assert review is not None
        return review

    def reviews(self) -> list[Review]:
        with self.transactions(reading=True) as work:
            return work.reviews.list_recent(100)

    def events(self) -> list[StoredEvent]:
        """All events, the newest first."""
        with self.transactions(reading=True) as work:
            return work.events.list_recent(100)

    def newest_event(self) -> StoredEvent:
        with self.transactions(reading=True) as work:
            (newest,) = work.events.list_recent(1)
        return newest

    def event(self, event_id: int) -> StoredEvent:
        with self.transactions(reading=True) as work:
            stored = work.events.get(event_id)
        assert stored is not None
        return stored

    def entries(self) -> list[dict[str, Any]]:
        return [dict(entry) for entry in iterate_entries(self.engine)]

    def verdict(self) -> Verdict:
        """Check the whole ledger against its pinned end, and the reviews against the ledger."""
        return check_ledger(self.engine)

    def notices(self) -> list[Post]:
        """All notices that are owed or told, in order."""
        with self.transactions(reading=True) as work:
            return [post for post in reversed(work.cards.list_recent(1000)) if post.notice is not None]

    def look(self) -> None:
        """Let the clock look until nothing is due, and its messages are written."""
        for _ in range(1000):
            if not self.reminders.process_due_reviews():
                return
        raise AssertionError("the clock finds no end")

    def deliver_all(self, job: str = "job") -> None:
        """Deliver what there is to deliver: what stands as it should is not due."""
        with self.transactions(reading=True) as work:
            owed = [card for card in work.cards.list_recent(1000) if not is_up_to_date(card)]
        for card in reversed(owed):
            while (wait := deliver_card(self.delivery, card.id, job)) and card.attempts == 0:
                self.clock.advance(seconds=wait)


def build_answer_request(review: Review, **more: Any) -> AnswerRequest:
    """Return the owner's answer to this review at its present revision, or what `more` says instead."""
    values: dict[str, Any] = {
        "review_id": review.id,
        "revision": review.revision,
        "decision": Decision.ACKNOWLEDGE,
        "language": None,
    }
    return AnswerRequest(**{**values, **_with_person(more)})


def make_review_request(review: Review, who: Reviewer = DANA, **more: Any) -> ReviewRequest:
    """Return the owner's request to do something to this review, or what `who` and `more` say instead."""
    return ReviewRequest(**{"review_id": review.id, **_with_person({"reviewer": who, **more})})


def _with_person(members: dict[str, Any]) -> dict[str, Any]:
    """Put the person together whom the members of a request describe."""
    rest = dict(members)
    who, others = rest.pop("reviewer", DANA), rest.pop("other_addresses", ())
    about = {name: rest.pop(name) for name in ("identity", "proof", "standing") if name in rest}
    return {"person": make_proven_person(who, *others, **about), **rest}


def hand_over(desk: Desk) -> Reassignment:
    """Return the use case as the desk has it, which tells the desk of each change."""
    return Reassignment(
        transactions=desk.transactions,
        routes=desk.routes,
        clock=desk.clock,
        accounts=desk.accounts,
        wake=lambda: desk.calls.append("changed"),
    )
