"""Comparisons while something else happens: a revision, a click, another worker, a death."""

from __future__ import annotations

from typing import TYPE_CHECKING

from store.claims import release_claims
from tests.reviews.comparing_desk import FIRST, SECOND
from tests.reviews.deliveries import deliver_card

if TYPE_CHECKING:
    from tests.reviews.comparing_desk import ComparingDesk


def count_due_cards(desk: ComparingDesk) -> int:
    with desk.desk.transactions(reading=True) as work:
        return sum(card.requested_drawing > card.finished_drawing for card in work.cards.list_recent(1000))


def test_the_result_for_a_revision_before_is_dropped(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.do_meanwhile(lambda: comparing_desk.save(review, SECOND))

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) is None
    assert comparing_desk.compare_due() == [None]
    comparison = comparing_desk.comparison(review)
    assert comparison is not None
    assert comparison.revision == 2
    assert comparing_desk.get_texts(review)[0] == ("", "The fee is EUR 250.")


def test_a_click_during_the_comparison_changes_nothing_about_it(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload(FIRST)
    comparing_desk.do_meanwhile(lambda: comparing_desk.acknowledge(review))

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("compared", None)
    assert len(comparing_desk.review(review).answers) == 1


def test_what_a_dead_worker_had_is_taken_again(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    [number] = comparing_desk.take()
    assert comparing_desk.take() == []

    release_claims(comparing_desk.desk.engine, {"w:1"}, died=True)

    assert comparing_desk.take() == [number]
    comparing_desk.compare(number)
    assert comparing_desk.get_outcome(review) == ("compared", None)


def test_of_two_workers_one_stores_its_result(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    [number] = comparing_desk.take()
    comparing_desk.do_meanwhile(lambda: comparing_desk.comparing.process(number))

    comparing_desk.compare(number)

    assert comparing_desk.get_outcome(review) == ("compared", None)
    assert len(comparing_desk.reports) == 1


def test_the_card_is_drawn_anew_once_for_a_comparison(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.desk.deliver_all()
    assert count_due_cards(comparing_desk) == 0
    [number] = comparing_desk.take()

    comparing_desk.compare(number)
    comparing_desk.compare(number)

    with comparing_desk.desk.transactions(reading=True) as work:
        due = [
            card for card in work.cards.list_recent(1000) if card.requested_drawing > card.finished_drawing
        ]
    assert [(card.review_id, card.requested_drawing - card.finished_drawing) for card in due] == [
        (review.id, 1)
    ] * len(due)
    assert due
    for card in due:
        deliver_card(comparing_desk.desk.delivery, card.id, "job")
    assert count_due_cards(comparing_desk) == 0
