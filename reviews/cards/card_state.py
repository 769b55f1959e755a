"""The state of a review on its card: answers, the deadline, snoozes and reassignments."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from reviews.cards.card_stand_ins import list_stand_in_lines, show_person
from reviews.cards.card_steps import list_lateness_lines, list_step_lines
from reviews.identity import Identity
from reviews.kinds import Decision, ReviewState
from reviews.language import _, gettext_noop
from reviews.text import clean_text, shorten_text
from reviews.wording.labels import format_people
from reviews.wording.phrases import OUTCOME_SENTENCES, STATUS_IN_SENTENCE, STATUS_LABELS
from reviews.wording.placeholders import format_name
from reviews.wording.reviewer_names import add_absent
from reviews.wording.step_sentences import describe_recipient

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from reviews.cards.card import Card
    from reviews.cards.card_stand_ins import NamedPerson
    from reviews.model import Answer, Review

# Texts about an answer, translated when they are shown.
OWN_CHANGE_TEXT = gettext_noop("The reviewer had also changed the document")
OWN_FILES_TEXT = gettext_noop("The reviewer had also changed some of the files")
NO_NAMES: Mapping[str, str] = MappingProxyType({})
CAMPAIGN_STATUS_LABELS: Mapping[ReviewState, str] = MappingProxyType(
    {
        ReviewState.OPEN: gettext_noop("Waiting to be acknowledged"),
        ReviewState.ACKNOWLEDGED: gettext_noop("Acknowledged by all"),
    }
)
CAMPAIGN_STATUS_IN_SENTENCE: Mapping[ReviewState, str] = MappingProxyType(
    {
        ReviewState.OPEN: gettext_noop("waiting to be acknowledged"),
        ReviewState.ACKNOWLEDGED: gettext_noop("acknowledged by all"),
    }
)
MAX_EARLIER_NOTE_LENGTH = 500
"""Maximum length of an earlier review's note, which that review's own card shows in full."""


class CardLook(StrEnum):
    """What the colours and marks of a card mean, in every channel that has them."""

    OPEN = "open"
    LATE = "late"
    LAPSED = "lapsed"
    DONE = "done"
    CHANGES = "changes"
    SUPERSEDED = "superseded"


def choose_look(card: Card) -> CardLook:
    if card.superseded or card.is_closed:
        return CardLook.SUPERSEDED
    if card.is_carried:
        return CardLook.DONE
    if card.answer is None:
        return _choose_open_look(card)
    return CardLook.DONE if card.answer.decision is Decision.ACKNOWLEDGE else CardLook.CHANGES


def _choose_open_look(card: Card) -> CardLook:
    if card.lapsed_at is not None:
        return CardLook.LAPSED
    return CardLook.LATE if card.overdue_since else CardLook.OPEN


def label_look(card: Card) -> str:
    """Return the look in words, for beside the mark: the status, unless an open review is late."""
    return {CardLook.LAPSED: _("Lapsed"), CardLook.LATE: _("Overdue")}.get(choose_look(card), card.status)


def describe_status(review: Review) -> str:
    if review.superseded_by and review.state is not ReviewState.REPLACED:
        return _("Superseded by a newer review")
    if review.campaign is not None and review.state in CAMPAIGN_STATUS_LABELS:
        return _(CAMPAIGN_STATUS_LABELS[review.state])
    return _(STATUS_LABELS[review.state])


def describe_status_inline(review: Review) -> str:
    """Return the status for use within a sentence."""
    if review.superseded_by and review.state is not ReviewState.REPLACED:
        return _("superseded by a newer review")
    if review.campaign is not None and review.state in CAMPAIGN_STATUS_IN_SENTENCE:
        return _(CAMPAIGN_STATUS_IN_SENTENCE[review.state])
    return _(STATUS_IN_SENTENCE[review.state])


def show_answer(answer: Answer, names: Mapping[str, str] = NO_NAMES) -> Answer:
    """Return the answer with a name that fits on a line and claims no more than was proven.

    Where the reviewer stood in for someone, the name says so, and `stand_in_for` is that person's name.
    `names` are by casefolded address.
    """
    name = format_name(clean_text(answer.reviewer.name))
    if answer.identity is Identity.LINK:
        name = _("{name} (not verified)").format(name=name)
    absent = show_person(answer.stand_in_for, names) if answer.stand_in_for else ""
    reviewer = replace(answer.reviewer, name=add_absent(name, absent))
    return replace(answer, reviewer=reviewer, stand_in_for=absent or None)


def show_request(
    answer: Answer | None, names: Mapping[str, str] = NO_NAMES, *, redacted: bool
) -> Answer | None:
    """Return the earlier review's request for changes, as the card of the next review shows it."""
    if answer is None:
        return None
    note = None if redacted or not answer.note else shorten_text(answer.note, MAX_EARLIER_NOTE_LENGTH)
    return replace(show_answer(answer, names), note=note)


def count_outdated(review: Review) -> int:
    """Count the acknowledgements of earlier revisions that were not withdrawn."""
    return sum(
        answer.decision is Decision.ACKNOWLEDGE
        and answer.revision < review.revision
        and answer.withdrawn_at is None
        for answer in review.answers
    )


def find_overdue_since(review: Review, now: datetime | None) -> datetime | None:
    """Return the passed deadline of an open review, by the clock's own mark or by `now`."""
    if review.state is not ReviewState.OPEN or review.superseded_by or review.due_at is None:
        return None
    is_overdue = review.lapsed_at is not None or (now is not None and review.due_at <= now)
    return review.due_at if is_overdue else None


def find_snoozed_until(review: Review, now: datetime | None) -> datetime | None:
    """Return until when the reminders of an open review are snoozed, while they are."""
    if review.state is not ReviewState.OPEN or review.snoozed_until is None:
        return None
    return None if now is not None and review.snoozed_until <= now else review.snoozed_until


def describe_remarks(card: Card, answer: Answer) -> str:
    """Return that an answer was late, or one to an own change, in sentences; empty for any other."""
    late = _("The answer was late.") if answer.late else ""
    own_change = f"{_(OWN_FILES_TEXT if card.bulk else OWN_CHANGE_TEXT)}." if answer.own_change else ""
    return " ".join(filter(None, (late, own_change)))


def describe_answer(card: Card) -> str:
    """Return the sentence that says how the review was answered, by whom and after how long."""
    answer = card.answer
    if answer is None:
        return card.status
    if card.campaign:
        return _("Acknowledged by everyone who was asked.")
    sentence = _(OUTCOME_SENTENCES[answer.decision]).format(who=answer.reviewer.name, took=card.duration)
    return " ".join(filter(None, (sentence, describe_remarks(card, answer))))


def describe_outcome(card: Card) -> str:
    """Return the outcome of a review in whole sentences, for a list or a menu."""
    if card.answer is None:
        return f"{card.status}."
    return f"{describe_answer(card)} {card.status}." if card.superseded else describe_answer(card)


def list_state_lines(
    card: Card,
    *,
    render_time: Callable[[datetime], str],
    render_name: Callable[[str], str] = str,
    render_recipient: Callable[[str], str] | None = None,
    render_stand_in: Callable[[NamedPerson], str] | None = None,
) -> list[str]:
    """Return the details of an open review's state, one sentence a line, lateness first.

    `render_time` writes a date and `render_name` a person's name, which is hostile, in the channel's format.
    `render_recipient` writes an address, a group or a channel that a step asked, and `render_stand_in` who
    stands in; without them `render_name` does.
    """
    render_recipient = render_recipient or (lambda text: render_name(describe_recipient(text)))
    render_stand_in = render_stand_in or (lambda person: render_name(person.name))
    return [
        *list_lateness_lines(card, render_time),
        *list_stand_in_lines(card.stand_ins, render_time, render_name, render_stand_in),
        *list_step_lines(card, render_time, render_recipient),
        *_describe_snooze(card, render_time, render_name),
        *_describe_reassignment(card, render_time, render_name),
    ]


def describe_request(
    answer: Answer, *, render_time: Callable[[datetime], str], render_name: Callable[[str], str] = str
) -> str:
    """Return who requested changes in the earlier review, and when; the channel writes names and dates."""
    template = _("Before this, {who} requested changes, {when}.")
    return template.format(who=render_name(answer.reviewer.name), when=render_time(answer.at))


def _describe_snooze(
    card: Card, render_time: Callable[[datetime], str], render_name: Callable[[str], str]
) -> list[str]:
    if card.snoozed_until is None:
        return []
    until = render_time(card.snoozed_until)
    if card.snoozed_by is None:
        return [_("Reminders snoozed until {when}").format(when=until)]
    actor = render_name(format_people((card.snoozed_by,)))
    return [_("Reminders snoozed until {when} by {who}").format(when=until, who=actor)]


def _describe_reassignment(
    card: Card, render_time: Callable[[datetime], str], render_name: Callable[[str], str]
) -> list[str]:
    reassignment = card.last_reassignment
    if reassignment is None:
        return []
    actor, recipient = (
        render_name(format_people((person,))) for person in (reassignment.by, reassignment.to)
    )
    return [
        _("Reassigned to {whom} by {who}, {when}").format(
            whom=recipient, who=actor, when=render_time(reassignment.at)
        )
    ]
