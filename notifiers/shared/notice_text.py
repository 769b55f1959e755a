"""What is told beside a card, as lines of text: the same words in every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared import change_text
from reviews.language import _
from reviews.notice import NoticeKind
from reviews.wording.labels import note_lines_of
from reviews.wording.notice_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.notice import Notice


def told(notice: Notice) -> list[str]:
    """Return the sentence with its note, or the changes, each of one line, hostile until escaped."""
    if notice.kind in change_text.ABOUT_CHANGES:
        return change_text.lines(notice)
    return [sentence(notice), *note_lines_of(notice.note)]


def answer_words(notice: Notice) -> str:
    """Return what the way to an answer is called."""
    return _("Acknowledge test") if notice.canary else _("Acknowledge review")


def answers_words(notice: Notice) -> str:
    """Return the same for a way to either of the answers."""
    return _("Acknowledge test") if notice.canary else _("Acknowledge review or request changes")


def deadline(notice: Notice, when: Callable[[datetime], str]) -> str:
    """Return when the review is or was due, in our own words but for the date, which `when` writes."""
    if notice.until is None:
        return ""
    words = {NoticeKind.REMINDER: _("Due {when}"), NoticeKind.OVERDUE: _("Was due {when}")}.get(notice.kind)
    if words is not None and notice.kind is NoticeKind.REMINDER and notice.at > notice.until:
        words = _("Was due {when}")
    return words.format(when=when(notice.until)) if words else ""
