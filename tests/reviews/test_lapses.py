"""Each open review whose deadline passes has its entry, whatever kind of review it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from reviews.cards.card_drawing import draw_card
from reviews.cards.card_state import describe_answer, list_state_lines
from reviews.kinds import ReviewState
from reviews.language import format_date
from reviews.ledger.history import describe_entry
from reviews.ledger.ledger_entries import format_moment
from reviews.routes.route import Routes
from reviews.routes.working_time import WorkingHours
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood
from tests.reviews.samples import event, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.model import Review
    from tests.reviews.desk import Desk

    Change = Callable[[Desk, Review], object]

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
DUE = timedelta(minutes=30)


def open_one(desk: Desk, **more: Any) -> Review:
    desk.follow(routes(due=DUE, working_hours=HOURS, **more))
    return desk.open(event())


def list_lapses(desk: Desk) -> list[dict[str, Any]]:
    return [entry for entry in desk.entries() if entry["type"] == "review:lapsed"]


def look(desk: Desk, **later: float) -> list[dict[str, Any]]:
    """Let so much time pass and the clock look; return the entries of deadlines that passed."""
    desk.clock.advance(**later)
    while desk.reminders.process_due_reviews():
        pass
    return list_lapses(desk)


def follow_no_route(desk: Desk, _review: Review) -> None:
    desk.follow(Routes([]))


def answer_and_withdraw(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))
    desk.clock.advance(hours=1)
    desk.answers.withdraw(make_review_request(review))


def save_again(desk: Desk, review: Review) -> None:
    desk.portal.versions[review.file_id] += 1
    desk.open(event())


@ON_SQLITE
@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("change", [lambda *_: None, follow_no_route, answer_and_withdraw, save_again])
def test_a_review_lapses_whatever_happened_before(desk: Desk, change: Change, *, private: bool) -> None:
    review = open_one(desk, private=private)
    change(desk, review)

    [entry] = look(desk, hours=1)
    assert (entry["review_id"], entry["due_at"]) == (review.id, format_moment(review.due_at))
    assert desk.verdict().intact


@ON_SQLITE
def test_a_bulk_review_lapses_and_so_does_a_file_that_was_taken_out(desk: Desk) -> None:
    desk.follow(routes(due=DUE, working_hours=HOURS, bulk=3))
    many = flood(desk, 5)
    apart = desk.separation.separate(make_review_request(many), file_id="f001")

    lapses = look(desk, hours=1)
    assert {entry["review_id"] for entry in lapses} >= {many.id, apart.id}
    assert look(desk, hours=1) == lapses


@ON_SQLITE
def test_a_snoozed_review_lapses_when_the_snooze_ends(desk: Desk) -> None:
    review = open_one(desk)
    desk.hand_over.snooze(make_review_request(review), until=desk.clock() + timedelta(hours=2))

    assert look(desk, hours=1) == []
    [entry] = look(desk, hours=1)
    assert (entry["at"], entry["due_at"]) == (format_moment(desk.clock()), format_moment(review.due_at))


@ON_SQLITE
def test_a_snoozed_review_that_is_revised_after_its_deadline_says_that_it_had_passed(desk: Desk) -> None:
    review = open_one(desk)
    desk.hand_over.snooze(make_review_request(review), until=desk.clock() + timedelta(hours=2))
    desk.clock.advance(hours=1)
    save_again(desk, review)

    assert desk.entries()[-1]["unanswered"]["overdue"] is True


@ON_SQLITE
def test_a_review_that_lapsed_is_answered_late(desk: Desk) -> None:
    review = open_one(desk)
    look(desk, hours=1)
    [before] = desk.reviews()
    assert draw_card(before).lapsed_at == before.lapsed_at == desk.clock()

    desk.clock.advance(days=3)
    desk.answers.record_answer(build_answer_request(review))

    [after] = desk.reviews()
    assert (after.state, after.answers[0].late) == (ReviewState.ACKNOWLEDGED, True)
    assert (desk.entries()[-1]["type"], desk.entries()[-1]["late"]) == ("review:acknowledged", True)
    assert "The answer was late." in describe_entry(desk.entries()[-1]).sentence
    card = draw_card(after)
    assert list_state_lines(card, render_time=format_date) == []
    assert "The answer was late." in describe_answer(card)
    assert desk.verdict().intact


@ON_SQLITE
def test_without_a_deadline_nothing_lapses(desk: Desk) -> None:
    desk.follow(routes(due=None, working_hours=HOURS))
    desk.open(event())

    assert look(desk, days=400) == []
