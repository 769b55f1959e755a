"""A list of reminders in Block Kit (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.shared.reminder_text import MINE_COMMAND, describe_reminders, describe_unlisted
from notifiers.slack.elements import make_context, make_section
from notifiers.slack.text import fit_text, format_link, write_date
from reviews.language import _, capitalize_first

if TYPE_CHECKING:
    from notifiers.shared.reminder_text import ReminderText
    from notifiers.slack.elements import Block
    from reviews.notice import ReminderListNotice

MAX_PLACE_LENGTH, MAX_PEOPLE_LENGTH = 600, 300


def draw_reminders(
    notice: ReminderListNotice, heading: str, *, calls: str = "", command: str = ""
) -> list[Block]:
    """Return the list; `heading` is mrkdwn, and so is `calls`, which mentions people.

    `command` is the slash command that lists all reviews of a person; it is empty where none is known.
    """
    listed = [make_section(_draw_review(each)) for each in describe_reminders(notice, write_date)]
    hint = _("{command} lists all of them.").format(command=f"`{command} {MINE_COMMAND}`") if command else ""
    rest = describe_unlisted(notice, hint=hint)
    return [make_section(f"{calls}*{heading}*"), *listed, *([make_context(rest)] if rest else [])]


def _draw_review(text: ReminderText) -> str:
    """Return the title as a link; below it since when or until when it waits, where it is, and for whom."""
    below = " · ".join(
        part
        for part in (
            text.documents,
            f"*{text.state}*" if text.is_overdue else text.state,
            fit_text(text.where, MAX_PLACE_LENGTH),
        )
        if part
    )
    title = f"*{format_link(text.link, text.title)}*"
    who = fit_text(capitalize_first(text.who), MAX_PEOPLE_LENGTH)
    return "\n".join(filter(None, (title, below, who)))
