"""Cards that are overdue or fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.schema import cards
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import review

if TYPE_CHECKING:
    from datetime import timedelta


def owe_a_card(engine: sa.Engine, *, due_for: timedelta) -> None:
    with SqlUnitOfWork(engine) as work:
        work.reviews.add(review())
        work.cards.owe("rev-1", [("slack", "C1")])
        work.commit()
    be_due(engine, due_for)


def be_due(engine: sa.Engine, due_for: timedelta) -> None:
    """Let all cards be due for so much longer."""
    with engine.begin() as connection:
        since = connection.execute(sa.select(cards.c.due_since)).scalar_one()
        connection.execute(sa.update(cards).values(due_since=since - due_for))


def fail_cards(engine: sa.Engine, target: tuple[str, str], *, dead: int = 0, retrying: int = 0) -> None:
    """Let so many cards of a target fail, each of a review of its own."""
    for number in range(dead + retrying):
        review_id = f"{target[1]}-{number}"
        with SqlUnitOfWork(engine) as work:
            work.reviews.add(review(id=review_id, file_id=review_id))
            work.cards.owe(review_id, [target])
            [card, *_] = work.cards.list_recent(1)
            work.cards.claim(card.id, "job")
            is_dead = number < dead
            reason = f"refused, as {number} said"
            work.cards.mark_failed(card.id, "job", reason, count_attempt=True, dead=is_dead, unknown=False)
            work.commit()
