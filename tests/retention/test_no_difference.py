"""Whatever happens and whenever retention runs: what people and DocSpace notice of it is nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import hypothesis.strategies as st
from hypothesis import given, settings

from reviews.errors import Conflict, Refused
from reviews.intake import intake
from reviews.kinds import Decision, SweepSource
from store.unit_of_work import SqlUnitOfWork
from tests.databases import engine_on
from tests.retention.removing import remove_all
from tests.reviews.desk import Desk, build_answer_request, make_review_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import ChangeEvent, Review
    from tests.databases import SqliteDatabases

FILES = st.sampled_from(["f1", "f2"])
DECISIONS = st.sampled_from(list(Decision))


@dataclass
class Twins:
    """Two installations to which the same happens; only the second one removes what is over."""

    desks: tuple[Desk, Desk]
    arrived: list[ChangeEvent] = field(default_factory=list)

    def both(self, do: Callable[[Desk], object]) -> None:
        keeping, removing = (_outcome(desk, do) for desk in self.desks)
        assert keeping == removing

    def change(self, file_id: str, *, listed: bool) -> None:
        more = {"found_in": SweepSource.LISTING, "trigger": "file.listed"} if listed else {}
        at = self.desks[0].clock()
        self.arrived.append(event(file_id=file_id, occurred_at=at, modified_at=at, **more))
        for desk in self.desks:
            desk.portal.versions[file_id] += 1
        self.both(lambda desk: _receive(desk, self.arrived[-1]))

    def repeat(self, number: int, *, title: str | None) -> None:
        """Have an event come again, as it was or with another title."""
        if self.arrived:
            again = self.arrived[number % len(self.arrived)]
            again = again if title is None else replace(again, title=title)
            self.both(lambda desk: _receive(desk, again))

    def answer(self, file_id: str, decision: Decision, back: int) -> None:
        def take(desk: Desk) -> object:
            review = desk.latest(file_id)
            seen = max(review.revision - back, 1)
            note = "so" if decision is Decision.REQUEST_CHANGES else None
            return desk.answers.record_answer(
                build_answer_request(review, revision=seen, decision=decision, note=note)
            ).state

        self.both(take)

    def withdraw(self, file_id: str) -> None:
        self.both(lambda desk: desk.answers.withdraw(make_review_request(desk.latest(file_id))).state)

    def pass_time(self, days: int) -> None:
        for desk in self.desks:
            desk.clock.advance(days=days, seconds=70)
        self.both(Desk.deliver_all)

    def remove(self) -> None:
        remove_all(self.desks[1])


def _receive(desk: Desk, arrived: ChangeEvent) -> object:
    new = intake.receive_events(desk.transactions, [arrived], now=desk.clock())
    desk.clock.advance(seconds=70)  # a listing waits for its delivery
    return new, [desk.intake.process(stored.id) for stored in desk.events()[:1]]


def _reviews(desk: Desk) -> list[Review]:
    """Return the reviews without what the clock of the database wrote."""
    return [
        replace(review, cards=tuple(replace(card, due_since=None) for card in review.cards))
        for review in desk.reviews()
    ]


def _outcome(desk: Desk, do: Callable[[Desk], object]) -> object:
    try:
        return do(desk)
    except (Refused, Conflict, AssertionError) as error:
        return type(error), str(getattr(error, "sentence", ""))


def _entries(desk: Desk) -> list[dict[str, Any]]:
    """Return all entries without their hashes, which depend on the salts of the commitments."""
    return [{**entry, "hash": "", "prev_hash": ""} for entry in desk.entries()]


STEPS = st.one_of(
    st.builds(lambda file_id, listed: ("change", (file_id,), {"listed": listed}), FILES, st.booleans()),
    st.builds(
        lambda number, title: ("repeat", (number,), {"title": title}),
        st.integers(0, 20),
        st.sampled_from([None, None, "Else.docx"]),
    ),
    st.builds(lambda *arguments: ("answer", arguments, {}), FILES, DECISIONS, st.integers(0, 1)),
    st.builds(lambda file_id: ("withdraw", (file_id,), {}), FILES),
    st.builds(lambda days: ("pass_time", (days,), {}), st.sampled_from([0, 45, 91])),
    st.just(("remove", (), {})),
)


@settings(max_examples=10)
@given(steps=st.lists(STEPS, min_size=5, max_size=20))
def test_with_and_without_retention_the_same_comes_of_everything(
    sqlite_databases: SqliteDatabases, steps: list[tuple[str, tuple[object, ...], dict[str, object]]]
) -> None:
    engines = [engine_on(sqlite_databases.new()) for _ in range(2)]
    one, other = (Desk(engine, partial(SqlUnitOfWork, engine)) for engine in engines)
    twins = Twins((one, other))
    for name, arguments, more in steps:
        getattr(twins, name)(*arguments, **more)
    twins.pass_time(91)
    twins.remove()

    assert _reviews(one) == _reviews(other)
    assert _entries(one) == _entries(other)
    assert other.verdict().problem is None
    for number in range(len(twins.arrived)):
        twins.repeat(number, title=None)
    for engine in engines:
        engine.dispose()
