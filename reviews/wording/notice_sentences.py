"""Sentences of notices, in the language of their readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import DigestLine
from reviews.language import _, format_number, ngettext
from reviews.notice import (
    ChangeNotice,
    CheckpointNotice,
    DocumentNotice,
    Notice,
    NoticeKind,
    ReassignmentNotice,
    ReminderLine,
    ReminderListNotice,
    ReminderNotice,
    ReviewNotice,
    UnknownNotice,
    WithdrawalNotice,
)
from reviews.wording.campaign_sentences import describe_campaign, describe_campaign_request
from reviews.wording.change_sentences import describe_change
from reviews.wording.labels import format_people
from reviews.wording.placeholders import capitalize_placeholder, format_names, format_title
from reviews.wording.subject import name_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def describe_notice(notice: Notice) -> str:
    """Return a notice as one sentence, without its note, date and mentions."""
    title = name_item(notice)
    match notice:
        case ChangeNotice():
            sentence = describe_change(notice.change_kind, title=title, who=format_people(notice.who))
        case ReviewNotice():
            sentence = capitalize_placeholder(_describe_review_notice(notice, title))
        case CheckpointNotice():
            words = ngettext(
                "Checkpoint of the ledger {title}: {count} entry.",
                "Checkpoint of the ledger {title}: {count} entries.",
                notice.size,
            )
            sentence = words.format(title=title, count=format_number(notice.size))
        case ReminderListNotice():
            sentence = _describe_reminders(notice)
        case CampaignNotice():
            sentence = describe_campaign(notice)
        case UnknownNotice():
            sentence = f"{notice.kind}: {title}"
        case _:
            sentence = capitalize_placeholder(_SENTENCES[notice.kind](1).format(title=title))
    return sentence


def name_item(item: Notice | DigestLine | ReminderLine) -> str:
    """Return the title of what a notice or a line is about; for many files their number."""
    if isinstance(item, DocumentNotice | DigestLine | ReminderLine) and item.files:
        return name_files(item.files, item.title)
    return format_title(item.title)


def _describe_reminders(notice: ReminderListNotice) -> str:
    """Return how many reviews wait: for the reader, or for others, if the list asks no one."""
    if campaign := notice.only_campaign:
        return describe_campaign_request(campaign, asks=bool(notice.mention))
    if all(line.kind is NoticeKind.FOLLOW_UP for line in notice.reminders):
        words = ngettext(
            "{count} document is waiting for the changes that were requested.",
            "{count} documents are waiting for the changes that were requested.",
            notice.count,
        )
    elif absent := _find_common_absent(notice):
        words = ngettext(
            "You stand in for {absent}: {count} review is waiting for you.",
            "You stand in for {absent}: {count} reviews are waiting for you.",
            notice.count,
        )
        return words.format(absent=format_names(absent), count=format_number(notice.count))
    elif notice.mention and all(line.is_of_campaign for line in notice.reminders):
        words = ngettext(
            "{count} document is waiting for your acknowledgement.",
            "{count} documents are waiting for your acknowledgement.",
            notice.count,
        )
    elif notice.mention:
        words = ngettext(
            "{count} review is waiting for you.", "{count} reviews are waiting for you.", notice.count
        )
    else:
        words = ngettext(
            "{count} review has no answer yet.", "{count} reviews have no answer yet.", notice.count
        )
    return words.format(count=format_number(notice.count))


def _find_common_absent(notice: ReminderListNotice) -> str:
    """Return for whom the readers stand in from now on, if that is so for each review of a list."""
    absent = {line.stand_in_for for line in notice.reminders if line.kind is NoticeKind.HANDED_OVER}
    is_common = len(absent) == 1 and all(line.kind is NoticeKind.HANDED_OVER for line in notice.reminders)
    return absent.pop() if is_common and notice.mention else ""


def _describe_review_notice(notice: ReviewNotice, title: str) -> str:
    if isinstance(notice, WithdrawalNotice) and notice.still_answered:
        words = _("{who} withdrew their answer to {title}; another person's answer still counts.")
    else:
        words = _SENTENCES[notice.kind](notice.files or 1)
    if isinstance(notice, ReminderNotice) and notice.who and not notice.mention:
        words = f"{words} {_('It is waiting for {who}.')}"
    absent = notice.stand_in_for if isinstance(notice, ReminderNotice) else ""
    if absent and notice.kind is not NoticeKind.HANDED_OVER:
        words = f"{words} {_('A stand-in is asked for {absent}.')}"
    new_owners = [notice.new_owner] if isinstance(notice, ReassignmentNotice) else []
    return words.format(
        title=title,
        who=format_people(notice.who),
        whom=format_people(new_owners),
        absent=format_names(absent),
        revision=notice.revision,
    )


_SENTENCES: Mapping[NoticeKind, Callable[[int], str]] = {
    NoticeKind.REVISED: lambda _things: _(
        "{who} changed {title} again: the review is now at revision {revision}."
    ),
    NoticeKind.CHANGES_REQUESTED: lambda _things: _("{who} requested changes to {title}."),
    NoticeKind.WITHDRAWN: lambda things: ngettext(
        "{who} withdrew their answer: {title} is waiting for review again.",
        "{who} withdrew their answer: {title} are waiting for review again.",
        things,
    ),
    NoticeKind.REASSIGNED: lambda _things: _("{who} reassigned the review of {title} to {whom}."),
    NoticeKind.REMINDER: lambda things: ngettext(
        "{title} is still waiting for your review.", "{title} are still waiting for your review.", things
    ),
    NoticeKind.OVERDUE: lambda _things: _("The review of {title} is overdue."),
    NoticeKind.ESCALATED: lambda _things: _("The review of {title} has no answer yet."),
    NoticeKind.HANDED_OVER: lambda things: ngettext(
        "You stand in for {absent}: {title} is waiting for your review.",
        "You stand in for {absent}: {title} are waiting for your review.",
        things,
    ),
    NoticeKind.HANDED_BACK: lambda _things: _("The review of {title} is yours again."),
    NoticeKind.CAMPAIGN_REQUEST: lambda _things: _("You are asked to acknowledge {title}."),
    NoticeKind.FOLLOW_UP: lambda _things: _(
        "{who} requested changes to {title}. There is no newer version yet."
    ),
    NoticeKind.OUTCOME: lambda things: ngettext(
        "{who} reviewed {title}, which you changed.",
        "{who} reviewed {title}, some of which you changed.",
        things,
    ),
    NoticeKind.SENT_BACK: lambda things: ngettext(
        "{who} requested changes to {title}, which you changed.",
        "{who} requested changes to {title}, some of which you changed.",
        things,
    ),
    NoticeKind.DIGEST: lambda _things: _("What has changed in {title}"),
    NoticeKind.REVIEW_DIGEST: lambda _things: _("Digest of reviews: {title}"),
    NoticeKind.ALARM: lambda _things: _("Alarm: {title}"),
    NoticeKind.ALARM_OVER: lambda _things: _("Resolved: {title}"),
    NoticeKind.TEST: lambda _things: _(
        "Test of the route {title}: this is a sample card. There is nothing to review."
    ),
}
