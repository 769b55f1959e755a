"""How many statements and transactions one event takes, from its row to the opened review."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from reviews.identity import Person
from reviews.intake import intake
from reviews.kinds import EventState
from store import due_work
from store.due_work import DueKind
from tests.reviews.costs import Cost, counted
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import BOB, ELSEWHERE, OWNER, event, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reviews.desk import Desk

FILE = "3358285"


@pytest.fixture
def prepared(desk: Desk) -> Desk:
    """A desk that knows the folder, the people and a file; its events come later."""
    desk.portal.people["o1"] = Person(id="o1", name="Dana Ozola", email=OWNER)
    desk.portal.people["b0"] = BOB
    desk.open(event(file_id="another", actor=BOB))
    desk.store_file(FILE)
    desk.clock.advance(minutes=2)
    return desk


def save(desk: Desk, file_id: str = FILE, **more: Any) -> int:
    """Let Bob save a file a while later; return the number of the event."""
    desk.clock.advance(seconds=20)
    desk.portal.versions[file_id] += 1
    desk.portal.wrote(file_id, BOB, desk.clock())
    at = desk.clock().replace(microsecond=0)
    return desk.receive(event(file_id=file_id, actor=BOB, occurred_at=at, modified_at=at, **more))


def save_again(desk: Desk) -> int:
    assert desk.intake.process(save(desk)) is None
    return save(desk)


def lock(desk: Desk) -> int:
    desk.portal.locked.add(FILE)
    return desk.receive(event(actor=BOB, occurred_at=desk.clock().replace(microsecond=0)))


def make_file(desk: Desk) -> int:
    return save(desk, "new", trigger="file.created")


def save_among_many(desk: Desk) -> int:
    """Let Bob save a file while many of an unwatched folder are pending."""
    others = [event(file_id=f"other {number}", parent_id=ELSEWHERE) for number in range(30)]
    number = save(desk)
    desk.intake.files.places.find(ELSEWHERE, attempts=0)
    intake.receive_events(desk.transactions, others, now=desk.clock())
    return number


def save_elsewhere(desk: Desk) -> int:
    desk.intake.files.places.find(ELSEWHERE, attempts=0)
    return save(desk, "elsewhere", parent_id=ELSEWHERE)


CASES: dict[str, tuple[Callable[[Desk], int], EventState, Cost]] = {
    "a save that opens a review": (save, EventState.DONE, Cost(statements=22, transactions=3)),
    "a save that revises a review": (save_again, EventState.DONE, Cost(statements=23, transactions=3)),
    "a new file": (make_file, EventState.DONE, Cost(statements=24, transactions=3)),
    "a save while many are pending": (
        *(save_among_many, EventState.DONE),
        Cost(statements=27, transactions=3),
    ),
    "a save in a folder that is not watched": (
        *(save_elsewhere, EventState.IGNORED),
        Cost(statements=5, transactions=3),
    ),
    "a lock, which is ignored": (lock, EventState.IGNORED, Cost(statements=9, transactions=4)),
}


@pytest.mark.parametrize("case", CASES)
def test_an_event_takes_few_statements_and_transactions(prepared: Desk, case: str) -> None:
    """One transaction reads, one writes, and one looks for what has arrived meanwhile."""
    prepare, state, most = CASES[case]
    number = prepare(prepared)

    with counted(prepared.engine) as cost:
        assert prepared.intake.process(number) is None

    assert prepared.event(number).state is state
    assert cost.statements <= most.statements
    assert cost.transactions <= most.transactions


def test_an_event_that_waits_for_others_is_only_read(prepared: Desk) -> None:
    prepared.follow(routes(quiet_period=timedelta(seconds=5)))
    number = save(prepared)

    with counted(prepared.engine) as cost:
        assert prepared.intake.process(number) == 5.0

    assert cost == Cost(statements=2, transactions=1)


def test_an_event_until_its_card_is_posted_takes_few_statements_and_transactions(prepared: Desk) -> None:
    """A transaction takes the event, one reads, one writes, one looks for what has arrived meanwhile.

    Then one takes the card, one claims its turn, and one stores the outcome.
    """
    desk, late = prepared, datetime(9000, 1, 1, microsecond=1, tzinfo=UTC)
    desk.paper.post_interval = timedelta(seconds=1)
    desk.deliver_all()
    desk.clock.advance(seconds=9)
    number = save(desk)

    with counted(desk.engine) as cost:
        [taken] = due_work.take_events(desk.engine, DueKind.EVENTS, owner="w:1", now=late, most=1)
        assert taken.id == number
        assert desk.intake.process(taken.id) is None
        [card] = due_work.take_cards(desk.engine, DueKind.POSTS, owner="w:2", now=late, most=1)
        place = (card.notifier, card.target)
        assert desk.delivery.deliver(card.id, "w:2", place=place, redraw=False) is None

    assert desk.paper.posts[-1][0] == card.target
    assert (cost.statements <= 34, cost.transactions) == (True, 7), cost


def test_an_answer_takes_few_statements_and_one_transaction(prepared: Desk) -> None:
    desk = prepared
    assert desk.intake.process(save(desk)) is None
    desk.deliver_all()
    with desk.transactions() as work:
        work.docspace_accounts.remember({OWNER: "o1"}, at=desk.clock())
        work.commit()
    request = build_answer_request(desk.latest(FILE), request_name="slack:1")

    with counted(desk.engine) as cost:
        desk.answers.record_answer(request)

    assert cost == Cost(statements=21, transactions=1)
