"""Lists of reminders as they are sent: what is still in them, and where they go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.notice import ReminderListNotice
from tests.reviews.notices import RefusingChannel, speak_through
from tests.reviews.reminded import HOUR, LEAD, MONDAY, answer, deliver, remind, remind_of, titles
from tests.reviews.samples import OWNER
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_a_list_leaves_out_what_was_answered_meanwhile(desk: Desk) -> None:
    reviews = remind_of(desk, 3)
    answer(desk, reviews[1])

    [(target, notice)] = deliver(desk)
    assert target == f"@{OWNER}"
    assert titles(notice) == ["0.docx", "2.docx"]


def test_a_list_with_one_review_left_is_a_list_of_one_and_with_none_it_is_not_sent(desk: Desk) -> None:
    first, second, third, fourth = remind_of(desk, 4)
    for review in (first, second, third):
        answer(desk, review)
    [(_, notice)] = deliver(desk)
    assert titles(notice) == ["3.docx"]

    remind(desk, MONDAY + HOUR * 2)
    answer(desk, fourth)
    assert deliver(desk) == []


def test_all_reviews_of_a_list_are_read_at_once(desk: Desk) -> None:
    remind_of(desk, 2)
    few = list_statements(desk.engine, lambda: deliver(desk))
    desk.clock.now = MONDAY
    remind_of(desk, 12)
    many = list_statements(desk.engine, lambda: deliver(desk))

    assert len(many) <= len(few) + 2


def test_who_can_not_be_reached_alone_gets_the_list_beside_a_card(desk: Desk) -> None:
    remind_of(desk, 2)
    speak_through(desk, RefusingChannel(shy=True))

    assert deliver(desk) == []
    desk.clock.advance(seconds=2)
    [(target, notice)] = deliver(desk)
    assert (target, notice.mention, titles(notice)) == ("C1", (OWNER,), ["0.docx", "1.docx"])
    assert notice.thread


def test_lists_of_several_people_who_get_no_direct_message_all_stand_beside_the_same_card(desk: Desk) -> None:
    remind_of(desk, 2, owners=(OWNER, LEAD))
    speak_through(desk, RefusingChannel(shy=True))

    assert deliver(desk) == []
    desk.clock.advance(seconds=2)
    assert [(target, notice.mention) for target, notice in deliver(desk)] == [
        ("C1", (OWNER,)),
        ("C1", (LEAD,)),
    ]


def test_at_most_ten_reviews_are_shown_and_the_others_counted(desk: Desk) -> None:
    remind_of(desk, 14)

    [(_, notice)] = deliver(desk)
    assert isinstance(notice, ReminderListNotice)
    assert (len(notice.reminders), notice.unlisted_count, notice.count) == (10, 4, 14)
