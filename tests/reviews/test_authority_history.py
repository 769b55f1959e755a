"""Random histories of routes, absences, acts and time: whom the product lets act is whom the model lets."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.routes.route import Routes, SegregationOfDuties
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.absences import change, hand_over, leave
from tests.reviews.authority_model import AuthorityModel, Away, RouteNow
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import event, route

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from reviews.ports.absences import Absence
    from tests.databases import SqliteDatabases

PEOPLE = tuple(f"{letter}@example.com" for letter in "abcdef")
people = st.sampled_from(PEOPLE)
route_states = st.builds(
    RouteNow,
    owners=st.lists(st.sampled_from(PEOPLE[:3]), min_size=1, max_size=2, unique=True).map(tuple),
    deputies=st.lists(st.sampled_from(PEOPLE[1:5]), max_size=2, unique=True).map(tuple),
    private=st.booleans(),
    gone=st.integers(0, 5).map(lambda number: number == 0),
)
steps = st.one_of(
    st.tuples(st.just("follow"), route_states),
    st.tuples(st.just("leave"), people, st.none() | people, st.integers(1, 40)),
    st.tuples(st.just("leave"), people, st.none() | people, st.integers(1, 40)),
    st.tuples(st.just("come_back"), people),
    st.tuples(st.just("pass_time"), st.integers(1, 60)),
    st.tuples(st.just("go_through")),
    st.tuples(st.just("reassign"), people, people),
    st.tuples(st.just("answer"), people),
)


class History:
    """One review at a desk, and the model of it: each step is done to both."""

    def __init__(self, address: str, first: RouteNow, *, each: bool) -> None:
        engine = create_engine(address)
        self.desk = Desk(engine, partial(SqlUnitOfWork, engine))
        self.each = each
        first = replace(first, gone=False)
        self.model = AuthorityModel(
            route=first, each=each, parts=list(first.owners), was_private=first.private
        )
        self.stored: dict[int, Absence] = {}
        self.follow(first)
        self.review = self.desk.open(event())

    def follow(self, now: RouteNow) -> None:
        self.model.route = now
        self.desk.follow(
            Routes(
                [
                    route(
                        name="renamed" if now.gone else "compliance",
                        owners=now.owners,
                        deputies=now.deputies,
                        private=now.private,
                        required=None if self.each else 1,
                        segregation_of_duties=SegregationOfDuties.OFF,
                    )
                ]
            )
        )

    def leave(self, who: str, stand_in: str | None, hours: int) -> None:
        now = self.desk.clock()
        if stand_in == who or self.model.find_absence(who, now):
            return
        end = now + timedelta(hours=hours)
        number = len(self.stored)
        self.stored[number] = leave(self.desk, who, stand_in, ends_at=end)
        self.model.absences.append(Away(person=who, start=now, end=end, stand_in=stand_in, number=number))

    def come_back(self, who: str) -> None:
        now = self.desk.clock()
        absence = self.model.find_absence(who, now)
        if absence is not None:
            change(self.desk, self.stored[absence.number], ended_at=now)
            self.model.end_absence(who, now)

    def pass_time(self, hours: int) -> None:
        self.desk.clock.advance(hours=hours)

    def go_through(self) -> None:
        hand_over(self.desk)
        self.desk.look()

    def reassign(self, by: str, to: str) -> None:
        request = make_review_request(self.review, Reviewer(name=by, email=by))
        if not self.is_taken(
            lambda: self.desk.hand_over.reassign(
                request, new_owner=make_proven_person(Reviewer(name=to, email=to))
            )
        ):
            return
        owners = list(self.latest.owners)
        assert to in owners
        self.model.heirs = {each for each in (*self.model.heirs, to) if each in owners}
        self.model.parts = owners

    def answer(self, who: str) -> None:
        request = build_answer_request(self.review, reviewer=Reviewer(name=who, email=who))
        if self.is_taken(lambda: self.desk.answers.record_answer(request)):
            recorded = self.latest.answers[-1]
            self.model.answers.append((who, recorded.owner, recorded.stand_in_for is not None))
            self.model.over = not self.each or not self.model.missing

    @property
    def latest(self) -> Review:
        return self.desk.latest(self.review.file_id)

    @staticmethod
    def is_taken(act: Callable[[], object]) -> bool:
        try:
            act()
        except Refused:
            return False
        return True

    def judge(self) -> None:
        """Compare whom the product lets answer, reassign and see with whom the model lets."""
        now, review = self.desk.clock(), self.latest
        for who in PEOPLE:
            reviewer = Reviewer(name=who, email=who)
            request = make_review_request(review, reviewer)
            answer = build_answer_request(review, reviewer=reviewer)
            person = make_proven_person(reviewer)
            of_product = (
                self.is_taken(partial(self.desk.answers.check, answer)),
                self.is_taken(partial(self.desk.hand_over.check, request)),
                not self.desk.redact(review, person).redacted,
            )
            of_model = (
                self.model.may_answer(who, now),
                self.model.may_reassign(who, now),
                self.model.may_see(who, now),
            )
            assert of_product == of_model, (who, of_product, of_model)


def judge_histories(new: Callable[[], str], *, examples: int, length: int) -> None:
    """Have so many histories judged; by hand, more and longer ones than in the suite."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        first=route_states, each=st.booleans(), done=st.lists(steps, min_size=length // 2, max_size=length)
    )
    def judge(first: RouteNow, each: bool, done: list[tuple[object, ...]]) -> None:  # noqa: FBT001
        history = History(new(), first, each=each)
        for name, *values in done:
            getattr(history, str(name))(*values)
            history.judge()
        assert history.desk.verdict().intact
        history.desk.engine.dispose()

    judge()


def test_whom_the_product_lets_act_is_whom_the_model_lets(sqlite_databases: SqliteDatabases) -> None:
    judge_histories(sqlite_databases.new, examples=12, length=16)
