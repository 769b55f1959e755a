"""A plan carried out by the product on a database, and compared with the prediction of the model."""

from __future__ import annotations

import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from reviews.absences.stand_in_updates import update_stand_ins
from reviews.answers.answers import AnswerRequest
from reviews.errors import Refused
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision
from reviews.ladder.next_look import find_next_look
from reviews.ledger import ledger_entries
from reviews.ports.absences import Absence, AbsenceSource
from reviews.review_request import ReviewRequest
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.people import make_proven_person
from tests.reviews.samples import review as make_review
from tests.year.actions import OPENING
from tests.year.campaign_life import CampaignLife
from tests.year.deaths import DyingUnitOfWork, KilledError
from tests.year.plan import make_plan
from tests.year.prediction import predict
from tests.year.records import Records
from tests.year.routes_file import read_routes
from tests.year.working_periods import make_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    import sqlalchemy as sa

    from reviews.ports.unit_of_work import Transactions
    from tests.year.absences import ModelAbsence
    from tests.year.actions import Action
    from tests.year.campaigns import Standing
    from tests.year.model import Act, ModelReview
    from tests.year.plan import Plan

CLOCK_DEATHS, CHANGE_DEATHS = 2, 20
"""Of a hundred commits of the clock, before so many its process dies, and after so many; and of changes."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the clock did in a year, and how that differs from what the model says.

    `standings` are how the reviews of campaigns stand at its end, beside the `reviews` of changes.
    """

    reviews: int
    acts: list[Act]
    messages: int
    standings: list[Standing]
    missing: list[object]
    unexpected: list[object]
    deaths: int
    intact: bool


def live_year(engine: sa.Engine, *, seed: int, reviews: int, looks: int) -> Outcome:
    """Live a year by a seed on an empty database, and compare it with the model."""
    plan = make_plan(seed, reviews=reviews, looks=looks)
    desk = Desk(engine, partial(SqlUnitOfWork, engine), read_routes())
    campaigns = CampaignLife(desk=desk, plan=plan)
    chance = random.Random(seed)  # noqa: S311 - nothing secret
    year = Year(desk=desk, plan=plan, campaigns=campaigns, chance=chance)
    year.live()
    records, predicted = Records(desk=desk, names=campaigns.list_names()), predict(plan)
    done = records.list_acts()
    messages = records.list_messages([each.at for each in plan.actions if each.what == "look"])
    standings = records.list_standings()
    differences = [
        compare(predicted.list_acts(), done),
        compare(predicted.list_messages(), messages),
        compare(predicted.standings, standings),
    ]
    return Outcome(
        reviews=len(plan.reviews),
        acts=done,
        messages=len(messages),
        standings=standings,
        missing=[each for missing, _ in differences for each in missing],
        unexpected=[each for _, unexpected in differences for each in unexpected],
        deaths=len(year.deaths),
        intact=desk.verdict().intact,
    )


def compare(predicted: Iterable[Hashable], done: Iterable[Hashable]) -> tuple[list[object], list[object]]:
    """Return what is missing of the prediction, and what was not predicted; each counts as often as it is."""
    expected, counted = Counter(predicted), Counter(done)
    return [*(expected - counted).elements()], [*(counted - expected).elements()]


@dataclass(frozen=True, kw_only=True)
class Year:
    """A plan, carried out by the product with these routes."""

    desk: Desk
    plan: Plan
    campaigns: CampaignLife
    chance: random.Random
    deaths: list[int] = field(default_factory=list)

    def live(self) -> None:
        """Do everything in the plan; the clock's process dies now and then, and is started again."""
        for action in self.plan.actions:
            self.desk.clock.now = make_moment(action.at)
            if action.what == "look":
                self._look()
            elif action.what == "away":
                self._declare(self.plan.absences[action.who])
            elif action.what == "back":
                self._return(self.plan.absences[action.who])
            elif action.what == "begin":
                self.campaigns.begin(self.plan.campaigns[action.who])
            elif action.what == "open":
                self._open(self.plan.reviews[action.review])
            elif action.what in OPENING:
                self._change(action)
            else:
                with suppress(Refused):
                    self._act(action)

    def _look(self) -> None:
        transactions = self._make_transactions(CLOCK_DEATHS)
        rounds: list[Callable[[], int]] = [
            replace(self.desk.hand_overs, transactions=transactions).process_due,
            replace(self.desk.reminders, transactions=transactions).process_due_reviews,
        ]
        if self.campaigns.dies_while_opening():
            self.deaths.append(1)
        else:
            rounds.insert(0, self.campaigns.build_work(transactions).process_due)
        self._repeat(lambda: any(process() for process in rounds))

    def _change(self, action: Action) -> None:
        """Let a document of a campaign change, and the intake handle that."""
        event_id = self.campaigns.change_document(action)
        writer = self.desk.intake.change_writer
        writer = replace(writer, transactions=self._make_transactions(CHANGE_DEATHS))
        intake = replace(self.desk.intake, change_writer=writer)
        self._repeat(lambda: intake.process(event_id) is not None)
        self.campaigns.change_ids[action.review] = self.desk.latest(action.document).id

    def _make_transactions(self, deaths: int) -> Transactions:
        return partial(DyingUnitOfWork, self.desk.engine, dies=lambda: self.chance.randrange(100) < deaths)

    def _repeat(self, process: Callable[[], bool]) -> None:
        """Repeat something until there is nothing to do; where its process dies, it is started again."""
        for _ in range(10_000):
            try:
                if not process():
                    return
            except KilledError:
                self.deaths.append(1)
        raise AssertionError("the work finds no end")

    def _open(self, planned: ModelReview) -> None:
        route, now = self.desk.routes.find_route(planned.route.name), self.desk.clock.now
        assert route is not None
        assert route.working_hours is not None
        opened = make_review(
            id=planned.name,
            route=route.name,
            file_id=planned.name,
            owners=route.owners,
            contributors=tuple(Person(id=each, name=each, email=each) for each in planned.authors),
            opened_at=now,
            changed_at=now,
            due_at=route.working_hours.add_working_time(now, route.due) if route.due else None,
            required=None if planned.all_owners else 1,
        )
        opened = replace(opened, remind_at=find_next_look(opened, route, now))
        with self.desk.transactions() as work:
            work.reviews.add(opened)
            work.ledger.append(ledger_entries.build_opened(opened, []))
            work.cards.owe(opened.id, [(target.notifier, target.address) for target in route.notify])
            update_stand_ins(work, opened, self.desk.routes, at=now)
            work.commit()

    def _declare(self, planned: ModelAbsence) -> None:
        absence = Absence(
            person=planned.person,
            starts_at=make_moment(planned.begins),
            ends_at=make_moment(planned.ends),
            stand_in=planned.stand_in or None,
            source=AbsenceSource.CALENDAR,
            made_at=self.desk.clock.now,
            key=planned.name,
            check_at=max(self.desk.clock.now, make_moment(planned.begins)),
        )
        with self.desk.transactions() as work:
            work.absences.add(absence)
            work.commit()

    def _return(self, planned: ModelAbsence) -> None:
        """Let someone come back early, or not go away at all."""
        now = self.desk.clock.now
        with self.desk.transactions() as work:
            stored = work.absences.list_of_people([planned.person], not_ended_by=now)
            [absence] = [each for each in stored if each.key == planned.name]
            work.absences.update(replace(absence, ended_at=now, check_at=now))
            work.commit()

    def _act(self, action: Action) -> None:
        review_id = self.campaigns.find_id(action.review)
        who = make_proven_person(
            Reviewer(
                name=action.who, email=action.who, chat_ids={"slack": action.who}, docspace_id=action.who
            )
        )
        request = ReviewRequest(review_id=review_id, person=who)
        if action.what == "withdraw":
            self.desk.answers.withdraw(request)
        elif action.what == "snooze":
            self.desk.hand_over.snooze(request, until=make_moment(action.until))
        else:
            requested = action.what == "request"
            answer = AnswerRequest(
                review_id=review_id,
                person=who,
                revision=self.campaigns.find_revision(review_id) - (action.what == "outdated"),
                decision=Decision.REQUEST_CHANGES if requested else Decision.ACKNOWLEDGE,
                language=None,
                note="Again, please." if requested else None,
            )
            self.desk.answers.record_answer(answer)
