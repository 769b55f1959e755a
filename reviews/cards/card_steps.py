"""The last step of the ladder on a review's card: who was asked, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.cards.answer_progress import is_shared
from reviews.kinds import StepAction
from reviews.language import _
from reviews.text import clean_text
from reviews.wording.step_sentences import add_step_name, join_recipients

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.cards.card import Card


def list_step_lines(
    card: Card, render_time: Callable[[datetime], str], render_recipient: Callable[[str], str]
) -> list[str]:
    """Return whom the last step asked and when, and whether the review lapsed, one sentence a line."""
    lines = []
    step, recipients = card.last_step, list_step_recipients(card)
    if step is not None and recipients:
        template = _("Escalated to {whom}, {when}") if is_escalated(card) else _("Reminder to {whom}, {when}")
        whom = join_recipients(recipients, render_recipient)
        lines.append(add_step_name(template.format(whom=whom, when=render_time(step.at)), step.after))
    lapse = write_lapse_line(card, render_time)
    return [*lines, lapse] if lapse else lines


def list_step_recipients(card: Card) -> tuple[str, ...]:
    """Return those whom the last step asked; of an escalation those who are asked beside the owners."""
    if card.last_step is None:
        return ()
    recipients = card.last_step.whom
    others = _list_others(card)
    return others if card.last_step.action is StepAction.ESCALATE and others else recipients


def is_escalated(card: Card) -> bool:
    """Return whether the last step asked others than the owners; without any it was a reminder."""
    return (
        card.last_step is not None
        and card.last_step.action is StepAction.ESCALATE
        and bool(_list_others(card))
    )


def write_lapse_line(card: Card, render_time: Callable[[datetime], str]) -> str:
    """Return when an open review lapsed, and what that means; empty where it has not."""
    if card.lapsed_at is None:
        return ""
    template = _("Lapsed {when}: {reason}")
    return template.format(when=render_time(card.lapsed_at), reason=describe_lapse(card))


def describe_lapse(card: Card) -> str:
    """Return what it means for an open review that it lapsed; it follows a colon."""
    if is_shared(card):
        return _("answers are missing. It can still be answered.")
    return _("no one answered in time. It can still be answered.")


def _list_others(card: Card) -> tuple[str, ...]:
    recipients = card.last_step.whom if card.last_step else ()
    return tuple(each for each in recipients if clean_text(each) not in card.owners)
