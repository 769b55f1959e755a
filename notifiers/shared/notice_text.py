"""A notice as lines of text: the same words in every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared import change_text
from reviews.language import _
from reviews.notice import NoticeKind
from reviews.wording.labels import split_note
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.notice import Notice


def list_notice_lines(notice: Notice) -> list[str]:
    """Return the sentence with its note, or the changes, each on one line, hostile until escaped."""
    if notice.kind in change_text.CHANGE_NOTICES:
        return change_text.list_lines(notice)
    return [describe_notice(notice), *split_note(notice.note)]


def label_answer_link(notice: Notice) -> str:
    """Return the label of the link to an answer."""
    return _("Acknowledge test") if notice.canary else _("Acknowledge review")


def label_answers_link(notice: Notice) -> str:
    """Return the label of a link to either of the answers."""
    return _("Acknowledge test") if notice.canary else _("Acknowledge review or request changes")


def describe_deadline(notice: Notice, when: Callable[[datetime], str]) -> str:
    """Return when the review is or was due, in our own words; `when` writes the date."""
    if notice.until is None:
        return ""
    words = {NoticeKind.REMINDER: _("Due {when}"), NoticeKind.OVERDUE: _("Was due {when}")}.get(notice.kind)
    if words is not None and notice.kind is NoticeKind.REMINDER and notice.at > notice.until:
        words = _("Was due {when}")
    return words.format(when=when(notice.until)) if words else ""
