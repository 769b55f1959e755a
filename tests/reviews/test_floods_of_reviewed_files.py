"""Floods over documents that were reviewed before: what was asked of one, and the cards of their reviews."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import draw_card
from reviews.kinds import CardState, Decision
from store import due_work
from store.due_work import DueKind
from store.schema import cards
from tests.databases import ON_SQLITE
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.samples import event, routes
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from reviews.cards.card import Card
    from reviews.model import Review
    from tests.reviews.desk import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.follow(routes(bulk=3))
    return desk


def review_before(desk: Desk, file: str, *, asked: str = "") -> Review:
    """Have a document reviewed; `asked` is the note with which changes are requested."""
    review = desk.open(event(file_id=file, trigger="file.created"))
    decision = Decision.REQUEST_CHANGES if asked else Decision.ACKNOWLEDGE
    desk.answers.record_answer(build_answer_request(review, decision=decision, note=asked))
    desk.deliver_all()
    change_once_more(desk, file)
    return review


def change_once_more(desk: Desk, *files: str) -> None:
    for file in files:
        desk.portal.versions[file] = desk.portal.versions.get(file, 1) + 1
    desk.clock.advance(hours=1)


def current(desk: Desk, review_id: str) -> Review:
    with desk.transactions(reading=True) as work:
        review = work.reviews.get(review_id)
    assert review is not None
    return review


def card_now(desk: Desk, review_id: str) -> Card:
    review = current(desk, review_id)
    with desk.transactions(reading=True) as work:
        context = find_context(work, review, desk.routes.find_route(review.route), now=desk.clock())
    return draw_card(review, context)


def asked_on(card: Card) -> str | None:
    """Return the note of the request that a card shows."""
    return card.earlier_request.note if card.earlier_request else None


@ON_SQLITE
def test_the_card_of_many_says_nothing_that_was_asked_of_one(desk: Desk) -> None:
    review_before(desk, "f000", asked="Mend the total on page 3")

    many = flood(desk, 6, trigger="file.updated")

    assert asked_on(card_now(desk, many.id)) is None


def test_a_file_that_is_taken_out_shows_what_was_asked_of_it(desk: Desk) -> None:
    review_before(desk, "f000", asked="Mend the total on page 3")
    review_before(desk, "f001", asked="Name the new director")
    many = flood(desk, 6, trigger="file.updated")

    apart = desk.separation.separate(make_review_request(current(desk, many.id)), file_id="f001")

    assert asked_on(card_now(desk, apart.id)) == "Name the new director"
    fresh = desk.separation.separate(make_review_request(current(desk, many.id)), file_id="f004")
    assert asked_on(card_now(desk, fresh.id)) is None


def test_the_next_card_of_a_file_shows_what_was_asked_of_many(desk: Desk) -> None:
    many = flood(desk, 6, trigger="file.updated")
    asked = build_answer_request(
        current(desk, many.id), decision=Decision.REQUEST_CHANGES, note="Use the new letterhead"
    )
    desk.answers.record_answer(asked)
    change_once_more(desk, "f002")

    after = desk.open(event(file_id="f002"))

    assert asked_on(card_now(desk, after.id)) == "Use the new letterhead"


def test_a_card_that_someone_answered_is_redrawn_before_those_of_the_files_of_a_flood(desk: Desk) -> None:
    before = [review_before(desk, file) for file in names(4)]
    answered = desk.open(event(file_id="elsewhere"))
    desk.deliver_all()
    desk.clock.advance(hours=1)
    many = flood(desk, 6, trigger="file.updated")
    desk.deliver_all()
    stand(desk)
    with desk.transactions() as work:
        for review in before:
            work.cards.redraw_later(review.id)
        work.cards.redraw_predecessors(many.id)
        work.commit()
    desk.clock.advance(seconds=5)

    desk.answers.record_answer(build_answer_request(answered))

    [taken] = due_work.take_cards(
        desk.engine, DueKind.REDRAWS, owner="worker:1", now=datetime.now(UTC), most=1
    )
    assert taken.id in [each.id for each in current(desk, answered.id).cards]


def stand(desk: Desk) -> None:
    """Have all cards stand in their channels as they are wanted."""
    with desk.engine.begin() as connection:
        drawn = {"state": CardState.POSTED, "drawn": cards.c.wanted}
        connection.execute(sa.update(cards).values(drawn))


@ON_SQLITE
def test_a_card_of_many_asks_as_much_however_many_were_reviewed_before(desk: Desk) -> None:
    asked = []
    for count in (1, 12):
        files = [f"{count}-{number}" for number in range(15)]
        for file in files[:count]:
            review_before(desk, file)
        handle(desk, receive_events(desk, files, trigger="file.updated"))
        review = current(desk, max(list_bulk_reviews(desk), key=lambda each: each.opened_at).id)
        card = next(card for card in review.cards if card.message_id is None)

        def deliver(number: int = card.id) -> None:
            while wait := deliver_card(desk.delivery, number, "job"):
                desk.clock.advance(seconds=wait)

        asked.append(len(list_statements(desk.engine, deliver)))
        desk.deliver_all()
        desk.clock.advance(days=1)

    assert asked[0] == asked[1]
