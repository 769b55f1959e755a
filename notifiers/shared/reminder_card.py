"""A list of reminders, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import make_rich_block, make_text_run
from notifiers.shared.card_text import shorten
from notifiers.shared.reminder_text import describe_reminders, describe_unlisted
from notifiers.shared.teams_text import escape_run, write_date
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.reminder_text import ReminderText
    from reviews.notice import ReminderListNotice

MAX_HEADING_LENGTH = 500


def draw_reminders(notice: ReminderListNotice) -> list[Element]:
    """Return the heading, and each review with its link and its deadline and place below."""
    heading = escape_run(shorten(describe_notice(notice), MAX_HEADING_LENGTH))
    listed = [element for each in describe_reminders(notice, write_date) for element in _draw_review(each)]
    rest = describe_unlisted(notice)
    more = [make_rich_block(make_text_run(escape_run(rest), isSubtle=True, size="Small"))] if rest else []
    return [make_rich_block(make_text_run(heading, weight="Bolder")), *listed, *more]


def _draw_review(text: ReminderText) -> list[Element]:
    style = (
        {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": text.link}} if text.link else {}
    )
    title = make_rich_block(make_text_run(escape_run(text.title), weight="Bolder", **style))
    state = [make_text_run(text.state, size="Small", **_choose_look(text))] if text.state else []
    rest = " · ".join(filter(None, (text.where, text.who)))
    place = [make_text_run(escape_run(rest), isSubtle=True, size="Small")] if rest else []
    between = [make_text_run(" · ", isSubtle=True, size="Small")] if state and place else []
    below = [*state, *between, *place]
    return [title, *([make_rich_block(*below, spacing="None")] if below else [])]


def _choose_look(text: ReminderText) -> Element:
    return {"color": "Attention"} if text.is_overdue else {"isSubtle": True}
