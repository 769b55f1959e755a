"""A life of five files of which many change at once: whatever happens when, each is in exactly one duty."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from reviews.errors import Conflict, Refused
from reviews.kinds import ChangeKind, Decision, ReviewState
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.pack.agreement import assert_pack_agrees
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.flood import duties_of, files_of, list_bulk_reviews, names, receive_events
from tests.reviews.samples import routes
from tests.reviews.unanswered import assert_unanswered_is_recorded
from tests.store.recount import assert_sums_agree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.databases import PostgresDatabases, SqliteDatabases

FILES = names(5)
files = st.sampled_from(FILES)


class FloodMachine(RuleBasedStateMachine):
    """By one portal, one channel and one owner; two files are reviewed one by one, three together."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.engine = engine_on(address)
        self.desk = Desk(self.engine, partial(SqlUnitOfWork, self.engine), routes(bulk=2))
        self.waiting: list[int] = []
        self.touched: set[str] = set()

    @rule(changed=st.sets(files, min_size=1))
    def change(self, changed: set[str]) -> None:
        self.desk.clock.advance(seconds=1)
        for file in changed:
            self.desk.portal.versions[file] += 1
        self.waiting += receive_events(self.desk, sorted(changed), trigger="file.updated")

    @rule(places=st.lists(st.integers(0, 9), min_size=1, max_size=5))
    def handle(self, places: list[int]) -> None:
        for place in places:
            if self.waiting:
                self._handle(self.waiting.pop(place % len(self.waiting)))

    def _handle(self, number: int) -> None:
        self.touched.add(self.desk.event(number).event.file_id)
        for _ in range(5):
            if self.desk.intake.process(number) is None:
                return
        raise AssertionError(f"event {number} does not come to an end")

    @rule(seconds=st.sampled_from([1, 30, 90, 1200]))
    def wait(self, seconds: int) -> None:
        self.desk.clock.advance(seconds=seconds)

    @rule(place=st.integers(0, 4), decision=st.sampled_from(list(Decision)))
    def answer(self, place: int, decision: Decision) -> None:
        for review in self.desk.reviews()[place : place + 1]:
            self.desk.clock.advance(seconds=1)
            note = "no" if decision is Decision.REQUEST_CHANGES else None
            _try(
                partial(
                    self.desk.answers.record_answer,
                    build_answer_request(review, decision=decision, note=note),
                )
            )

    @rule(file=files)
    def review_again(self, file: str) -> None:
        """Answer the open reviews of many files, and then change one of the files."""
        for review in list_bulk_reviews(self.desk):
            self.desk.clock.advance(seconds=1)
            _try(partial(self.desk.answers.record_answer, build_answer_request(review)))
        self.change({file})
        self._handle(self.waiting.pop())

    @rule(place=st.integers(0, 4))
    def withdraw(self, place: int) -> None:
        for review in self.desk.reviews()[place : place + 1]:
            self.desk.clock.advance(seconds=1)
            _try(partial(self.desk.answers.withdraw, make_review_request(review)))

    @rule(file=files)
    def separation(self, file: str) -> None:
        for review in list_bulk_reviews(self.desk):
            _try(partial(self.desk.separation.separate, make_review_request(review), file_id=file))

    @rule()
    def draw(self) -> None:
        self.desk.deliver_all()

    @invariant()
    def each_file_is_in_exactly_one_open_duty_or_an_answered_one(self) -> None:
        for file in self.touched:
            current = [
                review
                for review in self.desk.reviews()
                if review.file_id == file and review.superseded_by is None
            ]
            among = [
                each
                for each in duties_of(self.desk, file)
                if each in {b.id for b in list_bulk_reviews(self.desk)}
            ]
            assert len(current) + len(among) == 1

    @invariant()
    def a_review_of_many_counts_its_files(self) -> None:
        for review in list_bulk_reviews(self.desk):
            inside = [each for each in files_of(self.desk, review) if each.apart is None]
            assert review.bulk is not None
            assert review.bulk.count == len(inside) or review.state is not ReviewState.OPEN
            assert review.bulk.count == sum(number for _, number in review.bulk.kinds)

    @invariant()
    def what_was_replaced_is_a_part_of_many(self) -> None:
        many = {review.id for review in list_bulk_reviews(self.desk)}
        for review in self.desk.reviews():
            assert review.state is not ReviewState.REPLACED or review.superseded_by in many
            assert review.kind is not ChangeKind.BULK or review.superseded_by is None

    @invariant()
    def the_figures_of_each_day_are_those_of_the_reviews(self) -> None:
        assert_sums_agree(self.engine)

    @invariant()
    def each_revision_that_ended_was_answered_or_is_recorded_as_unanswered(self) -> None:
        assert_unanswered_is_recorded(self.desk)

    @invariant()
    def the_record_agrees(self) -> None:
        verdict = self.desk.verdict()
        assert verdict.intact, verdict.findings

    def teardown(self) -> None:
        for number in self.waiting:
            self._handle(number)
        for file in self.touched:
            assert self.desk.latest(file).version_to == self.desk.portal.versions[file]
        assert_pack_agrees(self.engine)
        self.engine.dispose()


def _try(act: Callable[[], object]) -> None:
    try:
        act()
    except (Refused, Conflict):
        return


def run(new: Callable[[], str], *, examples: int, steps: int) -> None:
    limits = settings(
        deadline=None,
        suppress_health_check=list(HealthCheck),
        max_examples=examples,
        stateful_step_count=steps,
    )

    class Machine(FloodMachine):
        def __init__(self) -> None:
            super().__init__(new())

    run_state_machine_as_test(Machine, settings=limits)


def test_a_life_of_floods_on_sqlite(sqlite_databases: SqliteDatabases) -> None:
    run(sqlite_databases.new, examples=6, steps=20)


def test_a_shorter_life_of_floods_on_postgresql(postgres_databases: PostgresDatabases) -> None:
    run(postgres_databases.new, examples=2, steps=15)
