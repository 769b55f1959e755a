"""A list of reminders, as elements of an Adaptive Card (facts on Teams, 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.adaptive_elements import make_rich_block, make_text_block, make_text_run
from notifiers.shared.card_text import shorten
from notifiers.shared.reminder_text import describe_reminders, describe_unlisted
from notifiers.shared.teams_text import escape_run, write_date
from reviews.language import capitalize_first
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from notifiers.shared.adaptive_elements import Element
    from notifiers.shared.reminder_text import ReminderText
    from reviews.notice import ReminderListNotice

MAX_HEADING_LENGTH = 500


def draw_reminders(notice: ReminderListNotice, *, below_names: bool, hint: str) -> list[Element]:
    """Return the heading, and each review with its link, its deadline and its place below each other.

    `hint` says where people find the reviews that are not shown. A date is written in a `TextBlock`, which
    the names of documents are kept out of.
    """
    heading = make_text_run(escape_run(shorten(describe_notice(notice), MAX_HEADING_LENGTH)), weight="Bolder")
    listed = [element for each in describe_reminders(notice, write_date) for element in _draw_review(each)]
    rest = describe_unlisted(notice, hint=hint)
    more = [_draw_small(rest, spacing="Medium")] if rest else []
    return [make_rich_block(heading, **({"spacing": "Small"} if below_names else {})), *listed, *more]


def _draw_review(text: ReminderText) -> list[Element]:
    link = {"color": "Accent", "selectAction": {"type": "Action.OpenUrl", "url": text.link}}
    title = make_text_run(escape_run(text.title), weight="Bolder", **(link if text.link else {}))
    look = {"color": "Attention"} if text.is_overdue else {"isSubtle": True}
    state = [make_text_block(text.state, size="Small", spacing="None", **look)] if text.state else []
    lines = filter(None, (text.documents, text.where, capitalize_first(text.who)))
    below = [_draw_small(line, spacing="None") for line in lines]
    return [make_rich_block(title, spacing="Medium"), *state, *below]


def _draw_small(text: str, *, spacing: str) -> Element:
    return make_rich_block(make_text_run(escape_run(text), isSubtle=True, size="Small"), spacing=spacing)
