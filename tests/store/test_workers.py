"""The roll of living workers."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

import sqlalchemy as sa

from store.engine import now
from store.schema import workers
from store.unit_of_work import UnitOfWork
from store.workers import Roll
from tests.reviews.samples import START, review

NEVER_A_PROCESS = 2**22 + 1


def enlist(roll: Roll, *, host: str, pid: int) -> str:
    name = f"{host}-{pid}"
    with roll.engine.begin() as connection:
        row = {
            "id": name,
            "host": host,
            "pid": pid,
            "started_at": now(connection),
            "seen_at": now(connection),
        }
        connection.execute(sa.insert(workers).values(row))
    return name


def be_silent(roll: Roll, *, seconds: float) -> None:
    """Let everybody be heard of so much longer ago."""
    with roll.engine.begin() as connection:
        for name, seen_at in connection.execute(sa.select(workers.c.id, workers.c.seen_at)).all():
            earlier = seen_at - timedelta(seconds=seconds)
            connection.execute(sa.update(workers).where(workers.c.id == name).values(seen_at=earlier))


def test_two_workers_of_one_process_are_never_taken_for_one(engine: sa.Engine) -> None:
    roll = Roll(engine)

    assert roll.enlist() != roll.enlist()


def test_somebody_elsewhere_is_dead_after_a_long_silence_only(engine: sa.Engine) -> None:
    roll = Roll(engine)
    name = enlist(roll, host="another", pid=1)

    be_silent(roll, seconds=15)
    assert roll.dead() == []
    assert roll.living() == 1
    assert roll.beat(name)
    be_silent(roll, seconds=21)
    assert roll.dead() == [name]
    assert roll.living() == 0


def test_a_process_that_is_gone_from_here_is_dead_after_a_short_silence(engine: sa.Engine) -> None:
    roll = Roll(engine)
    gone = enlist(roll, host=socket.gethostname(), pid=NEVER_A_PROCESS)
    enlist(roll, host=socket.gethostname(), pid=os.getppid())

    assert roll.dead() == []
    be_silent(roll, seconds=6)
    assert roll.dead() == [gone]


def test_whoever_retires_is_taken_over_at_once(engine: sa.Engine) -> None:
    roll = Roll(engine)
    name = roll.enlist()

    roll.retire(name)

    assert roll.dead() == [name]


def test_whoever_was_struck_off_learns_it_with_the_next_beat(engine: sa.Engine) -> None:
    roll = Roll(engine)
    name = roll.enlist()

    roll.strike(name)

    assert not roll.beat(name)
    roll.enlist_again(name)
    assert roll.beat(name)


def test_the_cards_of_the_dead_are_free_and_those_of_the_living_are_not(engine: sa.Engine) -> None:
    roll = Roll(engine)
    with UnitOfWork(engine) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1"), ("paper", "C2")])
        first, second = (card.id for card in reversed(work.cards.recent(2)))
        assert work.cards.claim(first, "a_b:card")
        assert work.cards.claim(second, "axb:card")
        work.commit()

    roll.free("a_b")

    with UnitOfWork(engine) as work:
        assert work.cards.claim(first, "other:card")
        assert not work.cards.claim(second, "other:card")


def test_what_a_believed_dead_owner_says_of_its_card_is_not_written(engine: sa.Engine) -> None:
    with UnitOfWork(engine) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("paper", "C1")])
        [card] = work.cards.recent(1)
        assert work.cards.claim(card.id, "new:card")

        assert not work.cards.drawn(card.id, "old:card", message_id="m1", drawing=1, at=START)
        assert not work.cards.attempted(card.id, "old:card", at=START, maybe_posted=False)
        assert not work.cards.found(card.id, "old:card", message_id="m1")
        lost = work.cards.failed(card.id, "old:card", "down", counted=True, dead=False, unknown=False)
        assert lost is None
        assert work.cards.get(card.id) == card
