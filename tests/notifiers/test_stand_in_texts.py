"""What stand-ins read: for whom they are asked, and until when."""

from __future__ import annotations

from typing import Any

import pytest

from notifiers.shared.card_text import write_date
from notifiers.shared.notice_text import describe_deadline
from notifiers.shared.reminder_text import list_reminder_lines
from reviews.notice import NoticeKind, ReminderListNotice
from reviews.wording.notice_sentences import describe_notice
from tests.reviews.samples import OWNER, START, notice, reminder_line

AWAY: dict[str, Any] = {"stand_in_for": "Dana Ozola\nJuris Bite", "stand_in_until": START}
UNTIL = write_date(START)


def reminder_list(*lines: Any) -> ReminderListNotice:
    built = notice(NoticeKind.REMINDER_LIST, reminders=lines, mention=(OWNER,))
    assert isinstance(built, ReminderListNotice)
    return built


@pytest.mark.parametrize(
    ("kind", "more", "text"),
    [
        (
            NoticeKind.HANDED_OVER,
            AWAY,
            "You stand in for Dana Ozola and Juris Bite: P.docx is waiting for your review.",
        ),
        (NoticeKind.HANDED_BACK, {}, "The review of P.docx is yours again."),
        (
            NoticeKind.REMINDER,
            AWAY,
            "P.docx is still waiting for your review. A stand-in is asked for Dana Ozola and Juris Bite.",
        ),
        (NoticeKind.REMINDER, {}, "P.docx is still waiting for your review."),
    ],
)
def test_a_message_says_for_whom_the_reader_is_asked(
    kind: NoticeKind, more: dict[str, Any], text: str
) -> None:
    built = notice(kind, title="P.docx", due_at=None, mention=(OWNER,), **more)

    assert describe_notice(built) == text
    assert describe_deadline(built, write_date) == (f"Stand-in until {UNTIL}" if more else "")


def test_both_times_stand_beside_a_message_with_a_deadline() -> None:
    built = notice(NoticeKind.HANDED_OVER, due_at=START, at=START, **AWAY)

    assert describe_deadline(built, write_date) == f"Due {UNTIL} · Stand-in until {UNTIL}"


def test_a_list_of_what_is_handed_over_says_so_at_its_head_and_in_each_line() -> None:
    lines = [reminder_line(number, NoticeKind.HANDED_OVER, due_at=None, **AWAY) for number in (1, 2)]
    built = reminder_list(*lines)

    assert (
        describe_notice(built) == "You stand in for Dana Ozola and Juris Bite: 2 reviews are waiting for you."
    )
    texts = [line for line in list_reminder_lines(built) if line.startswith("•")]
    assert all(f"Stand-in until {UNTIL}" in text for text in texts)
    assert all(text.endswith("in place of Dana Ozola and Juris Bite") for text in texts)
    assert len(texts) == 2


def test_a_mixed_list_says_in_each_line_what_is_new() -> None:
    built = reminder_list(
        reminder_line(1, NoticeKind.HANDED_BACK, due_at=None),
        reminder_line(2, NoticeKind.HANDED_OVER, due_at=None, **AWAY),
    )

    assert describe_notice(built) == "2 reviews are waiting for you."
    first, second = (line for line in list_reminder_lines(built) if line.startswith("•"))
    assert first.endswith("yours again")
    assert second.endswith("in place of Dana Ozola and Juris Bite")
