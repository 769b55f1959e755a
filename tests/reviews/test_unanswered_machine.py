"""One document whose revisions follow each other, while cards are posted, fail, and some people answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from reviews.errors import OutcomeUnknown, Permanent, Refused
from reviews.identity import Reviewer
from reviews.kinds import Decision
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.pack.agreement import assert_pack_agrees
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.samples import DEPUTY, OWNER, routes
from tests.reviews.unanswered import DEPARTURES, assert_unanswered_is_recorded, depart, save

if TYPE_CHECKING:
    from tests.databases import SqliteDatabases

FILE = "3358285"
REVIEWERS = st.sampled_from([Reviewer(name=each, email=each) for each in (OWNER, DEPUTY)])


class Revisions(RuleBasedStateMachine):
    """By one portal, two places in a channel and two people, both of whom have to acknowledge."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.engine = engine_on(address)
        self.desk = Desk(self.engine, partial(SqlUnitOfWork, self.engine), routes(required=2))

    @initialize()
    def begin(self) -> None:
        save(self.desk)

    @rule()
    def save(self) -> None:
        save(self.desk)

    @rule(trigger=st.sampled_from(sorted(DEPARTURES)))
    def depart(self, trigger: str) -> None:
        depart(self.desk, trigger)

    @rule()
    def draw(self) -> None:
        self.desk.deliver_all()

    @rule(
        place=st.sampled_from([0, 1]),
        trouble=st.sampled_from([None, OutcomeUnknown("no answer"), Permanent("archived")]),
    )
    def draw_one(self, place: int, trouble: Exception | None) -> None:
        self.desk.paper.trouble = [trouble] if trouble else []
        deliver_card(self.desk.delivery, self.desk.latest(FILE).cards[place].id)
        self.desk.paper.trouble = []

    @rule()
    def replay(self) -> None:
        with self.desk.transactions() as work:
            work.cards.reopen(None)
            work.commit()

    @rule(
        reviewer=REVIEWERS, decision=st.sampled_from([Decision.ACKNOWLEDGE] * 3 + [Decision.REQUEST_CHANGES])
    )
    def answer(self, reviewer: Reviewer, decision: Decision) -> None:
        note = "no" if decision is Decision.REQUEST_CHANGES else None
        request = build_answer_request(
            self.desk.latest(FILE), reviewer=reviewer, decision=decision, note=note
        )
        self.desk.clock.advance(seconds=1)
        try:
            self.desk.answers.record_answer(request)
        except Refused:
            return

    @rule(reviewer=REVIEWERS)
    def withdraw(self, reviewer: Reviewer) -> None:
        self.desk.clock.advance(seconds=1)
        try:
            self.desk.answers.withdraw(make_review_request(self.desk.latest(FILE), reviewer))
        except Refused:
            return

    @invariant()
    def each_revision_that_ended_was_answered_or_is_recorded_as_unanswered(self) -> None:
        assert_unanswered_is_recorded(self.desk)

    @invariant()
    def what_was_given_up_is_recorded_and_recovered_at_most_once(self) -> None:
        states: dict[tuple[str, str, str], bool] = {}
        for entry in self.desk.entries():
            if entry["type"].startswith("delivery:"):
                is_lost = entry["type"] == "delivery:given_up"
                place = (entry["review_id"], entry["target"], entry["what"])
                assert is_lost or states.get(place)
                states[place] = is_lost
        cards = [card for review in self.desk.reviews() for card in review.cards]
        lost = {(card.review_id, card.target, "card") for card in cards if card.given_up}
        assert lost == {place for place, is_lost in states.items() if is_lost and place[2] == "card"}

    def teardown(self) -> None:
        verdict = self.desk.verdict()
        assert verdict.intact, verdict.findings
        assert_pack_agrees(self.engine)
        self.engine.dispose()


def test_revisions_that_follow_each_other(sqlite_databases: SqliteDatabases) -> None:
    class Machine(Revisions):
        def __init__(self) -> None:
            super().__init__(sqlite_databases.new())

    limits = settings(
        deadline=None,
        suppress_health_check=list(HealthCheck),
        max_examples=15,
        stateful_step_count=20,
    )
    run_state_machine_as_test(Machine, settings=limits)
