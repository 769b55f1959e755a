"""A plan carried out by the product on a database, and compared with the prediction of the model."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.absences.stand_in_updates import update_stand_ins
from reviews.answers.answers import AnswerRequest
from reviews.errors import Refused
from reviews.identity import Person, Reviewer
from reviews.kinds import Decision
from reviews.ladder.next_look import find_next_look
from reviews.ledger import ledger_entries
from reviews.notice import NoticeKind, ReminderListNotice, parse_person_target
from reviews.ports.absences import Absence, AbsenceSource
from reviews.review_request import ReviewRequest
from store import rows
from store.schema import cards
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.people import make_proven_person
from tests.reviews.samples import review as make_review
from tests.year.model import CLOCK_TYPES, Act
from tests.year.plan import make_plan
from tests.year.prediction import predict
from tests.year.routes_file import read_routes
from tests.year.working_periods import count_microseconds, make_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from tests.year.absences import ModelAbsence
    from tests.year.model import ModelReview
    from tests.year.plan import Action, Plan

DEATHS_OF_A_HUNDRED = 2
"""Of a hundred commits of the clock, before so many its process dies, and after so many."""


CLOCK_NOTICES = frozenset(
    {
        NoticeKind.REMINDER,
        NoticeKind.OVERDUE,
        NoticeKind.ESCALATED,
        NoticeKind.FOLLOW_UP,
        NoticeKind.REMINDER_LIST,
        NoticeKind.HANDED_OVER,
        NoticeKind.HANDED_BACK,
    }
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What the clock did in a year, and how that differs from what the model says."""

    opened: int
    acts: list[Act]
    missing: list[object]
    unexpected: list[object]
    deaths: int
    intact: bool


def live_year(engine: sa.Engine, *, seed: int, reviews: int, looks: int) -> Outcome:
    """Live a year by a seed on an empty database, and compare it with the model."""
    plan = make_plan(seed, reviews=reviews, looks=looks)
    desk = Desk(engine, partial(SqlUnitOfWork, engine), read_routes())
    year = Year(desk=desk, plan=plan, chance=random.Random(seed))  # noqa: S311 - nothing secret
    year.live()
    done, predicted = year.list_acts(), predict(plan)
    missing, unexpected = compare(predicted.list_acts(), done)
    missing_messages, unexpected_messages = compare(predicted.list_messages(), year.list_messages())
    return Outcome(
        opened=len(plan.reviews),
        acts=done,
        missing=[*missing, *missing_messages],
        unexpected=[*unexpected, *unexpected_messages],
        deaths=len(year.deaths),
        intact=desk.verdict().intact,
    )


def compare(predicted: Iterable[Hashable], done: Iterable[Hashable]) -> tuple[list[object], list[object]]:
    """Return what is missing of the prediction, and what was not predicted; each counts as often as it is."""
    expected, counted = Counter(predicted), Counter(done)
    return [*(expected - counted).elements()], [*(counted - expected).elements()]


class KilledError(Exception):
    """The process died."""


class DyingUnitOfWork(SqlUnitOfWork):
    """A transaction whose process dies now and then, just before its commit or just after it."""

    def __init__(self, engine: sa.Engine, *, dies: Callable[[], bool], reading: bool = False) -> None:
        super().__init__(engine, reading=reading)
        self._dies = dies

    def commit(self) -> None:
        if self._dies():
            raise KilledError
        super().commit()
        if self._dies():
            raise KilledError


@dataclass(frozen=True, kw_only=True)
class Year:
    """A plan, carried out by the product with these routes."""

    desk: Desk
    plan: Plan
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
            elif action.what == "open":
                self._open(self.plan.reviews[action.review])
            else:
                with suppress(Refused):
                    self._act(action)

    def _look(self) -> None:
        transactions = partial(
            DyingUnitOfWork,
            self.desk.engine,
            dies=lambda: self.chance.randrange(100) < DEATHS_OF_A_HUNDRED,
        )
        hand_overs = replace(self.desk.hand_overs, transactions=transactions)
        reminders = replace(self.desk.reminders, transactions=transactions)
        for _ in range(10_000):
            try:
                if not hand_overs.process_due() and not reminders.process_due_reviews():
                    return
            except KilledError:
                self.deaths.append(1)
        raise AssertionError("the clock finds no end")

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
        who = make_proven_person(
            Reviewer(
                name=action.who, email=action.who, chat_ids={"slack": action.who}, docspace_id=action.who
            )
        )
        request = ReviewRequest(review_id=action.review, person=who)
        if action.what == "withdraw":
            self.desk.answers.withdraw(request)
        elif action.what == "snooze":
            self.desk.hand_over.snooze(request, until=make_moment(action.until))
        else:
            requested = action.what == "request"
            answer = AnswerRequest(
                review_id=action.review,
                person=who,
                revision=1,
                decision=Decision.REQUEST_CHANGES if requested else Decision.ACKNOWLEDGE,
                language=None,
                note="Again, please." if requested else None,
            )
            self.desk.answers.record_answer(answer)

    def list_acts(self) -> list[Act]:
        """Return what the clock did, as the ledger has it."""
        return [
            Act(
                at=_read_moment(entry["at"]),
                review=entry["review_id"],
                what=entry["type"],
                whom=tuple(sorted(entry.get("whom") or entry.get("to") or entry.get("from") or ())),
                step=entry.get("step") or entry.get("owner") or "",
            )
            for entry in self.desk.entries()
            if entry["type"] in CLOCK_TYPES
        ]

    def list_messages(self) -> list[tuple[int, str, tuple[str, ...]]]:
        """Return each message to a person or channel: at which look, to whom, and about which reviews."""
        looks = [each.at for each in self.plan.actions if each.what == "look"]
        query = sa.select(cards).where(cards.c.cause != "").order_by(cards.c.id)
        with self.desk.engine.connect() as connection:
            posts = [rows.build_card(row) for row in connection.execute(query).mappings()]
        messages = []
        for post in posts:
            notice, person = post.notice, parse_person_target(post.target)
            if notice is None or notice.kind not in CLOCK_NOTICES:
                continue
            listed = (
                [line.review_id for line in notice.reminders]
                if isinstance(notice, ReminderListNotice)
                else []
            )
            about = tuple(sorted(listed or [post.review_id or ""]))
            readers = (person,) if person else notice.mention or (f"{post.notifier}:{post.target}",)
            look = looks[bisect_left(looks, count_microseconds(notice.at))]
            messages += [(look, reader, about) for reader in readers]
        return messages


def _read_moment(text: str) -> int:
    return count_microseconds(datetime.fromisoformat(text))
