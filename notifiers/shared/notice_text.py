"""A notice as lines of text: the same words in every channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared import change_text, digest_text
from notifiers.shared.campaign_text import list_campaign_lines
from notifiers.shared.card_text import make_button_address, write_date
from notifiers.shared.reminder_text import describe_only_campaign, list_reminder_lines
from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import DigestNotice, ReviewDigestNotice
from reviews.language import _
from reviews.notice import (
    AlarmNotice,
    AnswerNotice,
    CanaryNotice,
    ChangeNotice,
    CheckpointNotice,
    DocumentNotice,
    FollowUpNotice,
    NoticeKind,
    ReminderListNotice,
    ReminderNotice,
)
from reviews.wording.campaign_sentences import label_progress_page
from reviews.wording.labels import split_note
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.notice import Notice


MAX_COPIED_LENGTH = 3000
"""As many characters as one text of a message in Slack may have."""


def list_notice_lines(notice: Notice) -> list[str]:
    """Return the sentence with its note, or the changes, each on one line, hostile until escaped."""
    match notice:
        case ChangeNotice():
            return change_text.list_change_lines(notice)
        case DigestNotice():
            return change_text.list_digest_lines(notice)
        case CampaignNotice():
            return list_campaign_lines(notice)
        case ReviewDigestNotice():
            return digest_text.list_digest_lines(notice)
        case _:
            return [describe_notice(notice), *_list_lines_below(notice)]


def _list_lines_below(notice: Notice) -> list[str]:
    match notice:
        case ReminderListNotice():
            return list_reminder_lines(notice)
        case AnswerNotice() | AlarmNotice():
            return split_note(notice.note)
        case CheckpointNotice() if list_copied_lines(notice):
            advice = _(
                "Keep a copy: if one of these entries is changed later, the ledger no longer matches it."
            )
            return [advice]
        case _:
            return []


def find_page_link(notice: Notice) -> tuple[str, str] | None:
    """Return the label and the address of a campaign's page, which its last line has, if there is one."""
    if isinstance(notice, CampaignNotice):
        page = make_button_address(notice.page_url)
        return (label_progress_page(), page) if page else None
    if isinstance(notice, ReminderListNotice) and notice.only_campaign:
        text = describe_only_campaign(notice, write_date)
        return (text.link_label, text.link) if text.link else None
    return None


def list_copied_lines(notice: Notice) -> list[str]:
    """Return the lines below the sentence that people copy, so each as it is; an empty one among them.

    What is no checkpoint, or too long to be one of ours, is not shown.
    """
    if not isinstance(notice, CheckpointNotice) or not notice.size or len(notice.note) > MAX_COPIED_LENGTH:
        return []
    return notice.note.removesuffix("\n").split("\n")


def find_document_link(notice: Notice) -> str | None:
    """Return the link to the document that a notice is about, if there is one; hostile until escaped."""
    return notice.link if isinstance(notice, DocumentNotice) else None


def label_answer_link(notice: Notice) -> str:
    """Return the label of the link to an answer."""
    return _("Acknowledge test") if isinstance(notice, CanaryNotice) else _("Acknowledge review")


def label_answers_link(notice: Notice) -> str:
    """Return the label of a link to either of the answers."""
    if isinstance(notice, CanaryNotice):
        return _("Acknowledge test")
    return _("Acknowledge review or request changes")


def describe_deadline(notice: Notice, format_time: Callable[[datetime], str]) -> str:
    """Return when the review is or was due, or changes were requested; `format_time` writes the date.

    A stand-in reads beside it until when they are one.
    """
    if isinstance(notice, FollowUpNotice):
        return _("Requested {when}").format(when=format_time(notice.requested_at))
    if not isinstance(notice, ReminderNotice):
        return ""
    until = (
        _("Stand-in until {when}").format(when=format_time(notice.stand_in_until))
        if notice.stand_in_until
        else ""
    )
    return " · ".join(filter(None, (_describe_due_time(notice, format_time), until)))


def _describe_due_time(notice: ReminderNotice, format_time: Callable[[datetime], str]) -> str:
    if notice.due_at is None:
        return ""
    has_passed = notice.is_overdue or notice.kind is NoticeKind.OVERDUE or notice.at > notice.due_at
    words = _("Was due {when}") if has_passed else _("Due {when}")
    return words.format(when=format_time(notice.due_at))
