"""Rows of every kind that has a tally, which came, changed their states and went."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from reviews.intake import intake
from reviews.kinds import EventState, ReviewState
from store.schema import events
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, answer, event, review


def lived(engine: sa.Engine) -> None:
    """Let reviews, cards and events come, change their states and go."""
    intake.receive_events(partial(SqlUnitOfWork, engine), [event() for _ in range(5)], now=START)
    with SqlUnitOfWork(engine) as work:
        ids = [stored.id for stored in work.events.list_recent(5)]
        work.events.settle(ids[:2], EventState.DONE, "review r1, revision 1")
        work.events.settle(ids[2:4], EventState.DEAD, "the key was revoked")
        work.events.reopen(ids[2])
        for number, route in enumerate(("compliance", "compliance", "legal")):
            work.reviews.add(review(id=f"r{number}", file_id=f"f{number}", route=route))
            work.cards.owe(f"r{number}", [("slack", "C1"), ("paper", "P")], caused_at=START)
        work.reviews.record_answer("r1", answer(), ReviewState.ACKNOWLEDGED)
        work.cards.claim(1, "job")
        later = START + timedelta(seconds=70)
        work.cards.mark_drawn(1, "job", message_id="1.1", drawing=1, at=later)
        work.cards.claim(2, "job")
        work.cards.mark_failed(2, "job", "the channel is gone", count_attempt=True, dead=True, unknown=False)
        work.commit()
    with engine.begin() as connection:
        connection.execute(sa.delete(events).where(events.c.id == ids[0]))
