"""The last step of the ladder on a review's card: who was asked, and when."""

from __future__ import annotations

from datetime import timedelta
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


SAME_TIME = timedelta(minutes=5)
"""How soon after the deadline a lapse counts as one at the deadline: the clock looks a little later."""


def list_step_lines(
    card: Card, render_time: Callable[[datetime], str], render_recipient: Callable[[str], str]
) -> list[str]:
    """Return whom the last step asked and when, as one line; empty if it asked no one."""
    step, recipients = card.last_step, list_step_recipients(card)
    if step is None or not recipients:
        return []
    template = _("Escalated to {whom}, {when}") if is_escalated(card) else _("Reminder to {whom}, {when}")
    whom = join_recipients(recipients, render_recipient)
    return [add_step_name(template.format(whom=whom, when=render_time(step.at)), step.after)]


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


def list_lateness_lines(card: Card, render_time: Callable[[datetime], str]) -> list[str]:
    """Return that an open review lapsed, and since when it is overdue, one sentence a line."""
    lines = []
    if card.lapsed_at is not None:
        template = _("Lapsed {when}: {reason}")
        lines.append(template.format(when=render_time(card.lapsed_at), reason=describe_lapse(card)))
    if card.overdue_since is not None and not is_lapsed_at_deadline(card):
        lines.append(_("Overdue since {when}").format(when=render_time(card.overdue_since)))
    return lines


def is_lapsed_at_deadline(card: Card) -> bool:
    """Return whether a review lapsed as its deadline passed, so that one of the two times is enough.

    So it is on a route without a ladder of its own.
    """
    if card.lapsed_at is None or card.overdue_since is None:
        return False
    return card.lapsed_at - card.overdue_since < SAME_TIME


def describe_lapse(card: Card) -> str:
    """Return what it means for an open review that it lapsed; it follows a colon."""
    if is_shared(card):
        return _("answers are missing. It still waits for them.")
    return _("no one answered in time. It still waits for an answer.")


def _list_others(card: Card) -> tuple[str, ...]:
    recipients = card.last_step.whom if card.last_step else ()
    return tuple(each for each in recipients if clean_text(each) not in card.owners)
