"""A list of reminders in parts: the same words in every channel, hostile until escaped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifiers.shared.card_text import make_button_address, shorten_name, write_date
from reviews.language import _, capitalize_first
from reviews.notice import NoticeKind
from reviews.text import clean_text
from reviews.wording.campaign_sentences import (
    describe_waiting_documents,
    describe_waiting_people,
    label_own_documents,
    label_progress_page,
)
from reviews.wording.change_sentences import describe_omitted
from reviews.wording.notice_sentences import name_item
from reviews.wording.placeholders import format_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from reviews.notice import ReminderLine, ReminderListNotice

MAX_TITLE_LENGTH = 150
MAX_PATH_LENGTH = 200
MAX_PEOPLE_LENGTH = 150
MINE_COMMAND = "mine"
"""The bot's command that lists a person's reviews."""


@dataclass(frozen=True, kw_only=True)
class ReminderText:
    """One review: the link to where it is answered, since when or until when it waits, and where it is.

    `state` is in our words, with a date as the channel writes it. `documents` says how many of a campaign
    wait, which are on the page that `link` leads to. `who` names whom it waits for, which a list for one
    person leaves out, and who is away, if a stand-in is asked.
    """

    title: str
    link: str | None
    state: str
    is_overdue: bool
    where: str
    who: str
    documents: str = ""


def describe_reminders(
    notice: ReminderListNotice, format_time: Callable[[datetime], str]
) -> list[ReminderText]:
    """Return the reviews of a list; `format_time` writes a date."""
    names_people = not notice.mention or len({line.recipients for line in notice.reminders}) > 1
    return [
        ReminderText(
            title=shorten_name(clean_text(name_item(line)), MAX_TITLE_LENGTH),
            documents=describe_waiting_documents(line) if line.is_of_campaign else "",
            link=make_button_address(line.page_url or line.link),
            state=_describe_state(line, format_time),
            is_overdue=line.is_overdue,
            where=shorten_name(clean_text(line.path), MAX_PATH_LENGTH),
            who=_describe_people(line, names_people=names_people),
        )
        for line in notice.reminders
    ]


@dataclass(frozen=True, kw_only=True)
class OnlyCampaignText:
    """A message about one campaign alone, whose name is in its first sentence: what stands below that."""

    state: str
    is_overdue: bool
    details: tuple[str, ...]
    link: str | None
    link_label: str


def describe_only_campaign(
    notice: ReminderListNotice, format_time: Callable[[datetime], str]
) -> OnlyCampaignText:
    """Return the deadline, the folder and the page of the only campaign of a message."""
    [text] = describe_reminders(notice, format_time)
    return OnlyCampaignText(
        state=text.state,
        is_overdue=text.is_overdue,
        details=tuple(filter(None, (text.where, capitalize_first(text.who)))),
        link=text.link,
        link_label=label_own_documents() if notice.mention else label_progress_page(),
    )


def shorten_reminders(notice: ReminderListNotice) -> Iterator[ReminderListNotice]:
    """Yield a list at ever shorter lengths, the reviews that wait longest among the last to go."""
    for count in (len(notice.reminders), len(notice.reminders) // 2, 1):
        cut = len(notice.reminders[count:])
        yield replace(notice, reminders=notice.reminders[:count], unlisted_count=notice.unlisted_count + cut)


def describe_unlisted(notice: ReminderListNotice, *, hint: str = "") -> str:
    """Return how many reviews of a list are not shown; empty if there are none.

    `hint` says where people find the reviews that they are asked about.
    """
    if not notice.unlisted_count:
        return ""
    more = describe_omitted(notice.unlisted_count)
    asks_for_answers = any(line.kind is not NoticeKind.FOLLOW_UP for line in notice.reminders)
    return f"{more}. {hint}" if hint and notice.mention and asks_for_answers else more


def list_reminder_lines(notice: ReminderListNotice) -> list[str]:
    """Return the reviews of a list as lines of text, each with its link on a line below."""
    if notice.only_campaign:
        text = describe_only_campaign(notice, write_date)
        link = [f"{text.link_label}: {text.link}"] if text.link else []
        return [*filter(None, (text.state, *text.details)), *link]
    lines = []
    for each in describe_reminders(notice, write_date):
        lines.append(f"• {join_reminder_text(each)}")
        lines += [f"  {each.link}"] if each.link else []
    rest = describe_unlisted(notice)
    return [*lines, *([rest] if rest else [])]


def join_reminder_text(text: ReminderText) -> str:
    """Return a review on one line."""
    return " · ".join(filter(None, (text.title, text.documents, text.state, text.where, text.who)))


def _describe_state(line: ReminderLine, format_time: Callable[[datetime], str]) -> str:
    if line.kind is NoticeKind.FOLLOW_UP:
        return _("Changes requested, no newer version yet")
    parts = []
    if line.due_at is not None:
        words = _("Overdue since {when}") if line.is_overdue else _("Due {when}")
        parts.append(words.format(when=format_time(line.due_at)))
    if line.stand_in_for and line.stand_in_until is not None:
        parts.append(_("Stand-in until {when}").format(when=format_time(line.stand_in_until)))
    return " · ".join(parts)


def _describe_people(line: ReminderLine, *, names_people: bool) -> str:
    """Return whom a line waits for, and who is away; of a campaign that asks many, their number."""
    if line.is_of_campaign and len(line.recipients) > 1:
        return describe_waiting_people(line)
    waiting = _name_recipients(line) if names_people else ""
    return " · ".join(filter(None, (waiting, _describe_stand_in(line))))


def _name_recipients(line: ReminderLine) -> str:
    names = shorten_name(", ".join(map(clean_text, line.recipients)), MAX_PEOPLE_LENGTH)
    return _("waiting for {people}").format(people=names) if names else ""


def _describe_stand_in(line: ReminderLine) -> str:
    """Return for whom the recipients stand in, or that the review is an owner's again."""
    if line.kind is NoticeKind.HANDED_BACK:
        return _("yours again")
    if not line.stand_in_for:
        return ""
    return _("in place of {absent}").format(
        absent=shorten_name(format_names(line.stand_in_for), MAX_PEOPLE_LENGTH)
    )
