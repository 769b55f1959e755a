"""Sentences made from a card's facts: the news after its title, and a summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.cards.card_state import CardLook, choose_look, describe_answer
from reviews.kinds import Decision
from reviews.language import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.cards.card import Card


def describe_news(card: Card) -> str:
    """Return the rest of a headline after the title."""
    if card.is_part:
        return ngettext("is part of a bulk review", "are part of a bulk review", card.subject_count)
    if card.superseded:
        return ngettext("has changed again", "have changed again", card.subject_count)
    if card.is_carried:
        return _("needs no new review")
    if card.campaign:
        return _describe_campaign_news(card)
    if card.answer is None:
        return ngettext("needs your review", "need your review", card.subject_count)
    return _NEWS_BY_DECISION[card.answer.decision](card.subject_count)


def summarize(card: Card) -> str:
    """Return one or two sentences that make sense alone: on a lock screen, in a screen reader."""
    if card.campaign:
        return _summarize_campaign(card)
    template = ngettext(
        "{title} was {happened} by {who} {where}.",
        "{title} were {happened} by {who} {where}.",
        card.subject_count,
    )
    sentence = template.format(title=card.title, happened=card.verb, who=card.who, where=card.where)
    return " ".join((sentence.replace(" .", "."), *_describe_result(card)))


def _describe_campaign_news(card: Card) -> str:
    if card.is_closed:
        return _("is no longer asked for")
    return _("is to be acknowledged") if card.answer is None else _("was acknowledged by all")


def _summarize_campaign(card: Card) -> str:
    template = _("{title} is asked for by {who} {where}.")
    sentence = template.format(title=card.title, who=card.who, where=card.where)
    result = (
        [card.superseded_text or describe_answer(card)]
        if not card.waits
        else [_("Please acknowledge it."), *_describe_lateness(card)]
    )
    return " ".join((sentence.replace(" .", "."), *result))


def _describe_result(card: Card) -> list[str]:
    if card.is_part:
        return [card.superseded_text]
    if card.superseded:
        sentence = ngettext(
            "It has changed again since and has a newer review.",
            "They have changed again since and have a newer review.",
            card.subject_count,
        )
        return [describe_answer(card), sentence]
    if card.is_carried:
        return [card.changes]
    if card.answer:
        return [describe_answer(card)]
    request = ngettext("Please review it.", "Please review them.", card.subject_count)
    return [request, *_describe_lateness(card)]


def _describe_lateness(card: Card) -> list[str]:
    """Return that an open review is late: where this is read, no mark or colour says it."""
    match choose_look(card):
        case CardLook.LAPSED:
            return [_("The review has lapsed, and still waits for an answer.")]
        case CardLook.LATE:
            return [_("The review is overdue.")]
    return []


_NEWS_BY_DECISION: dict[Decision, Callable[[int], str]] = {
    Decision.ACKNOWLEDGE: lambda things: ngettext("was reviewed", "were reviewed", things),
    Decision.REQUEST_CHANGES: lambda things: ngettext("needs changes", "need changes", things),
}
