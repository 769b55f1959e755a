"""What is due is taken by one worker, in its order, and is due again when it was put off or released."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from reviews.kinds import CardState, EventState
from store import due_work
from store.claims import list_owners, release_claims, release_claims_of_worker
from store.due_work import DueKind
from store.schema import cards, events
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, event, review
from tests.store.plans import explain_plan
from tests.store.received import receive_event

TEN = 10
MINUTE = timedelta(minutes=1)
AT_THE_END = datetime(9000, 1, 1, microsecond=1, tzinfo=UTC)
"""When all is due."""
OWNER, OTHER = "worker:1", "other:1"


def first_due(engine: sa.Engine) -> dict[DueKind, datetime]:
    return due_work.find_first_due(engine, now=AT_THE_END)


def take_events(
    engine: sa.Engine, *, at: datetime = START, most: int = TEN, kind: DueKind = DueKind.EVENTS
) -> list[int]:
    return [each.id for each in due_work.take_events(engine, kind, owner=OWNER, now=at, most=most)]


def take_cards(
    engine: sa.Engine, kind: DueKind, *, at: datetime = START, most: int = TEN, owner: str = OWNER
) -> list[int]:
    return [each.id for each in due_work.take_cards(engine, kind, owner=owner, now=at, most=most)]


def receive(engine: sa.Engine, *file_ids: str) -> list[int]:
    with SqlUnitOfWork(engine) as work:
        ids = [receive_event(work, file_id=file_id) for file_id in file_ids]
        work.commit()
    return ids


def owe(engine: sa.Engine, count: int = 1, *, posted: bool = False, at: datetime = START) -> list[int]:
    """Owe a card of so many reviews, due from then on; `posted` ones stand and are due for a redraw."""
    with SqlUnitOfWork(engine) as work:
        before = len(work.reviews.list_recent(1000))
        for number in range(before + 1, before + count + 1):
            work.reviews.add(review(id=f"rev-{number}", file_id=str(number)))
            work.cards.owe(f"rev-{number}", [("paper", "C1")])
        work.commit()
        ids = sorted(card.id for card in work.cards.list_recent(count))
    values: dict[str, object] = {"due_at": at}
    if posted:
        values |= {"message_id": "m", "drawn": 1, "wanted": 2, "state": CardState.POSTED}
    with engine.begin() as connection:
        connection.execute(sa.update(cards).where(cards.c.id.in_(ids)).values(values))
    return ids


def settle(engine: sa.Engine, *ids: int) -> None:
    with SqlUnitOfWork(engine) as work:
        work.events.settle(ids, EventState.DONE, None)
        work.commit()


def put_off_event(engine: sa.Engine, event_id: int, until: datetime, *, owner: str = OWNER) -> None:
    with SqlUnitOfWork(engine) as work:
        work.events.put_off(event_id, owner, until=until)
        work.commit()


def put_off_card(
    engine: sa.Engine, card_id: int, until: datetime, *, drawing: int, owner: str = OWNER
) -> None:
    with SqlUnitOfWork(engine) as work:
        work.cards.put_off(card_id, owner, drawing=drawing, until=until)
        work.commit()


def test_what_is_due_is_taken_once(engine: sa.Engine) -> None:
    [event_id], [card] = receive(engine, "7"), owe(engine)

    assert first_due(engine) == {DueKind.EVENTS: START, DueKind.POSTS: START}
    assert [take_events(engine), take_cards(engine, DueKind.POSTS)] == [[event_id], [card]]
    assert [take_events(engine), take_cards(engine, DueKind.POSTS)] == [[], []]
    assert first_due(engine) == {}
    assert list_owners(engine) == {OWNER}


def test_a_new_event_is_due_when_it_was_received_and_none_is_taken_before(engine: sa.Engine) -> None:
    [number] = receive(engine, "7")
    [card] = owe(engine)

    before = START - timedelta(microseconds=1)
    assert [take_events(engine, at=before), take_cards(engine, DueKind.POSTS, at=before)] == [[], []]
    assert [take_events(engine), take_cards(engine, DueKind.POSTS)] == [[number], [card]]


def test_what_was_put_off_is_due_again_then_for_whom_it_was_free_in_between(engine: sa.Engine) -> None:
    [number], [card] = receive(engine, "7"), owe(engine)
    take_events(engine)
    take_cards(engine, DueKind.POSTS)

    put_off_event(engine, number, START + MINUTE, owner=OTHER)
    put_off_card(engine, card, START + MINUTE, drawing=1, owner=OTHER)
    assert first_due(engine) == {}
    put_off_event(engine, number, START + MINUTE)
    put_off_card(engine, card, START + MINUTE, drawing=1)

    assert first_due(engine) == {
        DueKind.EVENTS: START + MINUTE,
        DueKind.POSTS: START + MINUTE,
    }
    assert [take_events(engine), take_cards(engine, DueKind.POSTS)] == [[], []]
    later = START + MINUTE
    assert [take_events(engine, at=later), take_cards(engine, DueKind.POSTS, at=later)] == [[number], [card]]


def test_a_redraw_that_was_requested_while_a_card_was_drawn_does_not_wait_for_the_next_attempt(
    engine: sa.Engine,
) -> None:
    [card] = owe(engine, posted=True)
    take_cards(engine, DueKind.REDRAWS)
    with SqlUnitOfWork(engine) as work:
        work.cards.redraw("rev-1")
        work.commit()

    put_off_card(engine, card, START + timedelta(days=365 * 20), drawing=2)

    [due] = first_due(engine).values()
    assert take_cards(engine, DueKind.REDRAWS, at=due) == [card]


def test_one_job_a_file_does_the_work_of_all_its_pending_events(engine: sa.Engine) -> None:
    first, _second, other = receive(engine, "7", "7", "8")

    assert take_events(engine) == [first, other]
    [_third] = receive(engine, "7")
    assert take_events(engine) == []
    put_off_event(engine, first, START + MINUTE)

    assert take_events(engine) == [], "the quiet period of the first is that of all"
    assert take_events(engine, at=START + MINUTE) == [first]


def test_events_that_another_ones_job_handles_are_passed_over_for_a_while_and_not_forgotten(
    engine: sa.Engine,
) -> None:
    first, second, other = receive(engine, "7", "7", "8")
    take_events(engine)
    put_off_event(engine, first, START + 60 * MINUTE)
    put_off_event(engine, other, START + 60 * MINUTE)

    assert due_work.pass_over_followers(engine, DueKind.EVENTS, now=START) == 1
    again = START + timedelta(seconds=due_work.FOLLOWER_SECONDS)
    assert first_due(engine) == {DueKind.EVENTS: again}
    assert due_work.pass_over_followers(engine, DueKind.EVENTS, now=START) == 0

    settle(engine, first)
    assert take_events(engine, at=again) == [second]


def test_a_new_event_does_not_wait_behind_one_that_waits_to_try_again(engine: sa.Engine) -> None:
    [first] = receive(engine, "7")
    take_events(engine)
    with SqlUnitOfWork(engine) as work:
        work.events.count_failure(first, "down")
        work.commit()
    put_off_event(engine, first, START + MINUTE)
    second, _third = receive(engine, "7", "7")

    assert take_events(engine) == [second]
    assert take_events(engine, at=START + MINUTE) == [], "the job of the second handles the first too"


def test_of_two_events_of_a_file_that_are_due_again_one_is_taken(engine: sa.Engine) -> None:
    ids = receive(engine, "7", "7")
    with SqlUnitOfWork(engine) as work:
        for number in ids:
            work.events.count_failure(number, "down")
        work.commit()

    assert take_events(engine) == ids[:1]


def test_events_of_a_flood_are_a_kind_of_their_own(engine: sa.Engine) -> None:
    many, single = receive(engine, "7", "8")
    with SqlUnitOfWork(engine) as work:
        work.events.lower_priority(["7"])
        work.commit()

    assert first_due(engine) == {DueKind.EVENTS: START, DueKind.FLOODS: START}
    assert take_events(engine) == [single]
    assert take_events(engine, kind=DueKind.FLOODS) == [many]


def test_an_event_that_is_settled_is_free_and_a_dead_one_that_is_replayed_is_due(engine: sa.Engine) -> None:
    [number] = receive(engine, "7")
    take_events(engine)
    with SqlUnitOfWork(engine) as work:
        work.events.settle([number], EventState.DEAD, "no")
        work.commit()
    assert (list_owners(engine), first_due(engine)) == (set(), {})

    with SqlUnitOfWork(engine) as work:
        assert work.events.reopen(number)
        work.commit()

    [due] = first_due(engine).values()
    assert take_events(engine, at=due) == [number]


def test_a_rerun_makes_whatever_is_pending_of_the_file_due(engine: sa.Engine) -> None:
    first, second = receive(engine, "7", "7")
    settle(engine, first)
    take_events(engine)
    put_off_event(engine, second, START + MINUTE)

    assert due_work.request_event_rerun(engine, first, now=START)

    assert take_events(engine) == [second]
    assert not due_work.request_event_rerun(engine, 999, now=START)


def test_a_card_that_stands_is_taken_apart_from_first_posts_the_first_asked_for_first(
    engine: sa.Engine,
) -> None:
    [late] = owe(engine, posted=True, at=START + 2 * MINUTE)
    [early] = owe(engine, posted=True, at=START + MINUTE)
    [new] = owe(engine)
    hour = START + 60 * MINUTE

    assert take_cards(engine, DueKind.REDRAWS, at=hour, most=1) == [early]
    assert take_cards(engine, DueKind.REDRAWS, at=hour) == [late]
    assert take_cards(engine, DueKind.POSTS, at=hour) == [new]


def test_cards_that_a_person_waits_for_are_taken_first(engine: sa.Engine) -> None:
    may_wait, awaited = owe(engine, 2, posted=True)
    with engine.begin() as connection:
        connection.execute(sa.update(cards).where(cards.c.id == may_wait).values(may_wait=True))
        connection.execute(sa.update(cards).where(cards.c.id == awaited).values(due_at=START + MINUTE))

    assert first_due(engine) == {DueKind.REDRAWS: START}
    assert take_cards(engine, DueKind.REDRAWS, at=START + MINUTE, most=1) == [awaited]


def test_a_dead_card_is_not_due(engine: sa.Engine) -> None:
    [card] = owe(engine)
    with engine.begin() as connection:
        connection.execute(sa.update(cards).values(state=CardState.DEAD))

    assert first_due(engine) == {}
    with SqlUnitOfWork(engine) as work:
        assert work.cards.reopen(card)
        work.commit()
    [due] = first_due(engine).values()
    assert take_cards(engine, DueKind.POSTS, at=due) == [card]


def deaths(engine: sa.Engine) -> list[int]:
    with engine.connect() as connection:
        return [connection.execute(sa.select(table.c.deaths)).scalar_one() for table in (events, cards)]


def test_what_a_dead_worker_had_is_due_as_before_and_its_death_is_counted(engine: sa.Engine) -> None:
    [number], [card] = receive(engine, "7"), owe(engine)
    for count in (1, 2):
        take_events(engine, at=AT_THE_END)
        take_cards(engine, DueKind.POSTS, at=AT_THE_END)
        assert release_claims_of_worker(engine, "worker", died=True) == 2
        assert deaths(engine) == [count, count]

    [event_again] = due_work.take_events(engine, DueKind.EVENTS, owner=OWNER, now=AT_THE_END, most=TEN)
    [card_again] = due_work.take_cards(engine, DueKind.POSTS, owner=OWNER, now=AT_THE_END, most=TEN)
    assert [(event_again.id, event_again.deaths), (card_again.id, card_again.deaths)] == [
        (number, 2),
        (card, 2),
    ]
    put_off_event(engine, number, START)
    put_off_card(engine, card, START, drawing=1)
    assert deaths(engine) == [2, 2], "a card is put off to its turn before it is sent"
    with SqlUnitOfWork(engine) as work:
        work.events.count_failure(number, "down")
        work.cards.claim(card, OWNER)
        work.cards.mark_failed(card, OWNER, "down", count_attempt=True, dead=False, unknown=False)
        work.commit()
    assert deaths(engine) == [0, 0], "the worker has survived the attempt"


def test_work_over_which_workers_died_twice_is_due_at_different_times(engine: sa.Engine) -> None:
    """One of it is the cause. It is soon taken without the others."""
    receive(engine, *map(str, range(30)))
    for died in (False, True, True):
        before = datetime.now(UTC)
        assert len(take_events(engine, at=AT_THE_END, most=30)) == 30
        release_claims_of_worker(engine, "worker", died=died)

    with engine.connect() as connection:
        times = connection.execute(sa.select(events.c.due_at)).scalars().all()
    assert len(set(times)) > 10
    assert all(before - MINUTE < at < datetime.now(UTC) + MINUTE for at in times)


def test_an_event_that_arrives_while_its_file_is_handled_waits_as_long_as_the_job_says(
    engine: sa.Engine,
) -> None:
    [first] = receive(engine, "7")
    take_events(engine)
    [second] = receive(engine, "7")
    assert due_work.pass_over_followers(engine, DueKind.EVENTS, now=START) == 1
    settle(engine, first)

    put_off_event(engine, first, START + timedelta(seconds=5))

    assert first_due(engine) == {DueKind.EVENTS: START + timedelta(seconds=5)}
    assert take_events(engine, at=START + timedelta(seconds=5)) == [second]


def test_what_a_clock_that_was_ahead_has_put_off_is_due_now(engine: sa.Engine) -> None:
    day, hours = START + timedelta(days=1), timedelta(hours=2)
    receive(engine, "7", "8")
    owe(engine, 2, at=day)
    with engine.begin() as connection:
        connection.execute(sa.update(events).where(events.c.file_id == "7").values(due_at=day))

    assert due_work.correct_due_times(engine, now=START, beyond=hours) == 3
    assert due_work.correct_due_times(engine, now=START, beyond=hours) == 0
    assert first_due(engine) == {DueKind.EVENTS: START, DueKind.POSTS: START}


def test_what_others_have_is_not_released_and_a_worker_that_stopped_counts_no_death(
    engine: sa.Engine,
) -> None:
    first, second = owe(engine, 2)
    take_cards(engine, DueKind.POSTS, most=1, owner="a_b:7")
    take_cards(engine, DueKind.POSTS, most=1, owner="axb:8")

    assert release_claims_of_worker(engine, "a_b", died=False) == 1

    assert list_owners(engine) == {"axb:8"}
    assert take_cards(engine, DueKind.POSTS) == [first]
    assert release_claims(engine, {"axb:8", OWNER}, died=False) == 2
    assert take_cards(engine, DueKind.POSTS) == [first, second]


def test_what_is_due_is_found_and_taken_by_index_also_in_a_flood(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.events.add([(event(file_id=str(number)), None) for number in range(2000)], at=START)
        work.events.settle(range(1, 1501), EventState.DONE, None)
        work.commit()
    owe(engine, 400, posted=True)
    owe(engine, 400)
    with engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    asked: list[tuple[str, Any]] = []

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    first_due(engine)
    take_events(engine)
    take_cards(engine, DueKind.REDRAWS)
    take_cards(engine, DueKind.POSTS)

    plans = [explain_plan(engine, *each) for each in list(asked) if not each[0].startswith("BEGIN")]
    indexes = ("events_due", "cards_redraws_due", "cards_posts_due")
    assert [index in plans[0] for index in indexes] == [True, True, True]
    assert [index in plan for index, plan in zip(indexes, plans[1:], strict=True)] == [True, True, True]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_what_someone_writes_to_is_taken_later_and_not_waited_for(engine: sa.Engine) -> None:
    held_event, event_id = receive(engine, "7", "8")
    held_card, card = owe(engine, 2)

    with engine.begin() as other:
        other.execute(sa.update(cards).where(cards.c.id == held_card).values(may_wait=False))
        other.execute(sa.update(events).where(events.c.id == held_event).values(reason="busy"))
        beside = take_events(engine), take_cards(engine, DueKind.POSTS)

    assert beside == ([event_id], [card])
    assert (take_events(engine), take_cards(engine, DueKind.POSTS)) == ([held_event], [held_card])
