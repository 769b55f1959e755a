"""Progress of a card's review in words: who has answered, and who is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.language import _, format_number, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.cards.card import Card


def is_shared(card: Card) -> bool:
    """Return whether this review needs answers from more than one person."""
    return card.needed > 1 and not (card.superseded or card.is_carried or card.is_closed)


def format_answer_count(card: Card) -> str:
    """Return how many of the required people have answered."""
    count = len(card.other_acknowledgements) + (card.answer is not None)
    if card.campaign:
        count = card.campaign.acknowledged
    return _("{given} of {needed}").format(given=min(count, card.needed), needed=card.needed)


def describe_missing(card: Card) -> str:
    """Return the words before those who can still answer; empty where there is nothing to add."""
    if card.campaign:
        return _("Still to acknowledge") if card.missing else ""
    remaining = card.needed - len(card.other_acknowledgements)
    if card.answer is not None or remaining <= 0 or not card.missing:
        return ""
    if not card.other_acknowledgements and len(card.missing) == len(card.owners):
        return ""  # these are the owners, whom the card names anyway
    if remaining >= len(card.missing):
        return _("Still to answer")
    return ngettext("One more answer from", "{count} more answers from", remaining).format(count=remaining)


def describe_recovery(card: Card, render_time: Callable[[datetime], str]) -> str:
    """Return when the gap sweep saw the change, and how late; empty where DocSpace reported it.

    `render_time` writes a time in the channel's format.
    """
    if card.seen_late is None or card.seen_at is None:
        return ""
    minutes = max(round(card.seen_late.total_seconds() / 60), 1)
    sentence = (
        ngettext("seen {when}, {count} minute late", "seen {when}, {count} minutes late", minutes)
        if card.is_dated
        else ngettext(
            "seen {when}, at most {count} minute late", "seen {when}, at most {count} minutes late", minutes
        )
    )
    return sentence.format(when=render_time(card.seen_at), count=format_number(minutes))


def describe_outdated(card: Card) -> str:
    """Return the sentence that answers to earlier revisions don't count; empty where there are none."""
    if not card.outdated_count:
        return ""
    if card.campaign:
        return _("The document has changed since, so everyone is asked again.")
    if card.bulk:
        return _("Files were added or changed since the last review, so everyone is asked again.")
    return _("The document has changed since the last review, so everyone is asked again.")
