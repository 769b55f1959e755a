"""What is due is handed over once, and what broke off is taken up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from reviews.kinds import CardState, EventState
from store import handover
from store.handover import DueEvent, DueWork, FreeSlots
from store.schema import cards, events
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, event, review
from tests.store.plans import explain_plan
from tests.store.received import receive_event

TEN = FreeSlots(redraws=10, posts=10, events=10)


def test_what_is_due_is_handed_over_once_for_every_drawing(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        number = receive_event(work)
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1")])
        work.commit()
    [(card, drawing)] = handover.find_due(engine, TEN).posts
    assert handover.find_due(engine, TEN).events == [DueEvent(id=number, run=1, has_earlier_job=False)]

    marked = [
        handover.mark_events_handed_over(engine, [(number, 1)]),
        handover.mark_cards_handed_over(engine, [(card, drawing)]),
        handover.mark_cards_handed_over(engine, [(card, drawing)]),
        handover.mark_cards_handed_over(engine, []),
    ]

    assert marked == [1, 1, 0, 0]
    assert handover.find_due(engine, TEN) == DueWork(redraws=[], posts=[], events=[])
    with SqlUnitOfWork(engine) as work:
        work.cards.redraw("rev-1")
        work.commit()
    assert handover.find_due(engine, TEN).posts == [(card, 2)]


def test_one_job_a_file_does_the_work_of_all_its_pending_events(engine: sa.Engine) -> None:
    def due() -> list[tuple[int, bool]]:
        return [(each.id, each.has_earlier_job) for each in handover.find_due(engine, TEN).events]

    with SqlUnitOfWork(engine) as work:
        first, second, other = (receive_event(work, file_id=file) for file in ("7", "7", "8"))
        work.commit()
    assert due() == [(first, False), (second, True), (other, False)]
    handover.mark_events_handed_over(engine, [(first, 1), (second, 1), (other, 1)])

    with SqlUnitOfWork(engine) as work:
        third = receive_event(work, file_id="7")
        work.commit()
    assert due() == [(third, True)]
    with SqlUnitOfWork(engine) as work:
        work.events.settle([first, second], EventState.DONE, None)
        work.commit()
    assert due() == [(third, False)]


def test_a_new_event_does_not_wait_behind_one_that_waits_to_try_again(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        first = receive_event(work, file_id="7")
        work.commit()
    handover.mark_events_handed_over(engine, [(first, 1)])
    with SqlUnitOfWork(engine) as work:
        work.events.count_failure(first, "down")
        second, third = (receive_event(work, file_id="7") for _ in range(2))
        work.commit()

    due = handover.find_due(engine, TEN).events

    assert [(each.id, each.has_earlier_job) for each in due] == [(second, False), (third, True)]


def test_a_run_that_broke_off_is_repeated_for_whatever_is_pending_of_the_file(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        first, second = (receive_event(work, file_id="7") for _ in range(2))
        work.events.settle([first], EventState.DONE, None)
        work.commit()
    handover.mark_events_handed_over(engine, [(second, 1)])

    assert handover.request_event_rerun(engine, first)

    assert [(each.id, each.run) for each in handover.find_due(engine, TEN).events] == [(second, 2)]
    assert not handover.request_event_rerun(engine, 999)


def test_a_card_whose_drawing_broke_off_can_be_claimed_by_the_next_drawing(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1"), ("paper", "C2")])
        second, first = work.cards.list_recent(2)
        assert work.cards.claim(first.id, "worker:card-1-1")
        assert work.cards.claim(second.id, "other:card-2-1")
        work.commit()

    assert handover.request_card_redraw(engine, first.id, 1, job="worker:card-1-1")
    assert handover.request_card_redraw(engine, second.id, 1, job="worker:card-2-1")

    assert handover.find_due(engine, TEN).posts == [(first.id, 2), (second.id, 2)]
    with SqlUnitOfWork(engine) as work:
        assert work.cards.claim(first.id, "worker:card-1-2")
        assert not work.cards.claim(second.id, "worker:card-2-2")


def test_a_card_that_stands_is_handed_over_apart_from_first_posts_the_first_asked_for_first(
    engine: sa.Engine,
) -> None:
    stand(engine, 3)
    ask_for_redraw(engine, 3, minutes=1)
    ask_for_redraw(engine, 1, minutes=2)
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review(id="new", file_id="new"))
        work.cards.owe("new", [("paper", "C1")])
        work.commit()

    due = handover.find_due(engine, TEN)
    some = handover.find_due(engine, FreeSlots(redraws=1, posts=0, events=0))

    assert (sorted(due.redraws), due.posts) == ([(1, 2), (3, 2)], [(4, 1)])
    assert (some.redraws, some.posts) == ([(3, 2)], [])


def test_only_as_many_events_are_taken_as_there_is_room_for_and_those_that_need_none(
    engine: sa.Engine,
) -> None:
    with SqlUnitOfWork(engine) as work:
        ids = [receive_event(work, file_id=file) for file in ("7", "7", "8", "8", "9")]
        work.commit()

    def taken(room: int) -> list[int]:
        return [
            each.id for each in handover.find_due(engine, FreeSlots(redraws=0, posts=0, events=room)).events
        ]

    assert [taken(0), taken(1), taken(2), taken(9)] == [[], ids[:2], ids[:4], ids]


def test_what_is_due_is_found_by_index_also_in_a_flood(engine: sa.Engine) -> None:
    stand(engine, 500)
    with SqlUnitOfWork(engine) as work:
        work.events.add([(event(file_id=str(number)), None) for number in range(2000)], at=START)
        work.events.settle(range(1, 1501), EventState.DONE, None)
        for number in range(500):
            work.reviews.add(review(id=f"new-{number}", file_id=f"new-{number}"))
            work.cards.owe(f"new-{number}", [("paper", "C1")])
        work.commit()
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    handover.find_due(engine, TEN)

    [plan] = [explain_plan(engine, *each) for each in list(asked) if each[0].startswith("SELECT")]
    for index in ("cards_to_redraw_in_turn", "cards_to_post", "events_in_turn"):
        assert index in plan


def stand(engine: sa.Engine, count: int) -> None:
    """Have so many cards stand in a channel, as they are drawn."""
    with SqlUnitOfWork(engine) as work:
        for number in range(1, count + 1):
            work.reviews.add(review(id=f"rev-{number}", file_id=str(number)))
            work.cards.owe(f"rev-{number}", [("paper", "C1")])
        work.commit()
    with engine.begin() as connection:
        drawn = {"message_id": "m", "drawn": 1, "handed_over": 1, "state": CardState.POSTED}
        connection.execute(sa.update(cards).values(drawn))


def ask_for_redraw(engine: sa.Engine, card: int, *, minutes: int) -> None:
    with engine.begin() as connection:
        asked = {"wanted": 2, "due_since": START + timedelta(minutes=minutes)}
        connection.execute(sa.update(cards).where(cards.c.id == card).values(asked))


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_someone_writes_to_is_handed_over_later_and_not_waited_for(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        held_event, event_ = (receive_event(work, file_id=file) for file in ("7", "8"))
        work.reviews.add(review())
        work.cards.owe("rev-1", [("slack", "C2"), ("slack", "C1")])
        held_card, card = sorted(each.id for each in work.cards.list_recent(2))
        work.commit()

    def hand_over() -> tuple[int, int, list[int], list[int]]:
        marked_cards = handover.mark_cards_handed_over(engine, [(held_card, 1), (card, 1)])
        marked_events = handover.mark_events_handed_over(engine, [(held_event, 1), (event_, 1)])
        left = handover.find_due(engine, TEN)
        return (
            marked_cards,
            marked_events,
            [card for card, _ in left.posts],
            [each.id for each in left.events],
        )

    with engine.begin() as other:
        other.execute(sa.update(cards).where(cards.c.id == held_card).values(may_wait=False))
        other.execute(sa.update(events).where(events.c.id == held_event).values(reason="busy"))
        beside = hand_over()

    assert beside == (1, 1, [held_card], [held_event])
    assert hand_over() == (1, 1, [], [])
