"""The card that a message is, on both databases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reviews.kinds import ChangeKind
from reviews.notice import RevisionNotice
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.desk import Desk
from tests.reviews.samples import START, event

if TYPE_CHECKING:
    import sqlalchemy as sa


def test_a_card_is_found_by_the_place_where_it_stands_and_nothing_else_is(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    review = desk.open(event())
    notice = RevisionNotice(title="x", path="", link=None, at=START, change_kind=ChangeKind.CONTENT)
    with desk.transactions() as work:
        work.cards.owe_notices(review.id, notice, cause="once")
        work.commit()
    desk.deliver_all()
    first, second = desk.latest(review.file_id).cards

    with desk.transactions(reading=True) as work:
        assert work.cards.find_by_message("paper", "C1", str(first.message_id)) == first
        assert work.cards.find_by_message("paper", "C2", str(second.message_id)) == second
        assert work.cards.find_by_message("paper", "C2", str(first.message_id)) is None
        assert work.cards.find_by_message("slack", "C1", str(first.message_id)) is None
        assert work.cards.find_by_message("paper", "C1", "n1") is None  # a notice is no card
