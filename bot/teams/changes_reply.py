"""The reply to the command `changes`: what changed in one document, for the requester alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.teams.page_buttons import draw_page_buttons
from bot.teams.reply_elements import (
    MAX_CARD_BYTES,
    MAX_TITLE_LENGTH,
    build_message,
    draw_page_hint,
    draw_run,
    draw_text,
)
from notifiers.shared.card_text import shorten_name
from notifiers.teams_bot import changes_card
from notifiers.teams_bot.card import MAX_SUMMARY_LENGTH
from reviews.language import _

if TYPE_CHECKING:
    from bot.command_replies import ChangesReply


def draw_changes(reply: ChangesReply, *, buttons: bool) -> dict[str, Any]:
    """Return the message with some differences; without `buttons`, it says what to type for the next."""
    page, labels = reply.page, (_("Earlier"), _("Later"))
    title = shorten_name(page.card.title, MAX_TITLE_LENGTH)
    heading = draw_text(draw_run(title, weight="Bolder", size="Large"))
    ahead = reply.next_page_command
    hint = [draw_page_hint(labels[1], ahead)] if ahead and not buttons else []
    turns = (
        draw_page_buttons(labels, previous_command=reply.previous_page_command, next_command=ahead)
        if buttons
        else []
    )
    card_buttons = [*turns, *changes_card.draw_page_link(page), *changes_card.draw_link_to_all(page)]
    return changes_card.choose_fitting_changes(
        page,
        lambda body: build_message(
            f"{title}: {page.summary}"[:MAX_SUMMARY_LENGTH], [heading, *body, *hint], card_buttons
        ),
        MAX_CARD_BYTES,
    )
