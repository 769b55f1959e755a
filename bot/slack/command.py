"""The slash command: answered privately, in the HTTP response itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.words import LARGEST_COUNT, Request, Verb, parse
from notifiers.slack.text import escape, link, shorten, when
from reviews.card import card_of, outcome
from reviews.model import Review, ReviewState

if TYPE_CHECKING:
    from slack_bolt import Ack, App

    from reviews.ports import Transactions

log = structlog.get_logger()


def register(bolt: App, *, name: str, transactions: Transactions) -> None:
    def reviews(ack: Ack, body: dict[str, Any]) -> None:
        asked = parse(body.get("text") or "")
        ack(**_answer(asked, name, str(body.get("team_domain", "")), transactions))
        log.info("command_answered", verb=asked.verb, user=body.get("user_id"))

    bolt.command(name)(reviews)


def _answer(asked: Request, name: str, domain: str, transactions: Transactions) -> dict[str, Any]:
    if asked.verb is Verb.HELP:
        return _message(_help(name, asked.hint))
    with transactions(reading=True) as work:
        if asked.verb is Verb.PENDING:
            found = work.reviews.recent(asked.count, state=ReviewState.OPEN, oldest_first=True)
        else:
            found = work.reviews.recent(asked.count)
    if not found:
        nothing = {
            Verb.PENDING: "Nothing is waiting for review. :white_check_mark:",
            Verb.RECENT: "Nothing has changed in a watched folder yet.",
        }
        return _message([nothing[asked.verb]])
    heads = {
        Verb.PENDING: "*Waiting for review*, the oldest first",
        Verb.RECENT: "*Recent compliance changes*, the newest first",
    }
    return _message([heads[asked.verb], *(_line(review, domain) for review in found)])


def _line(review: Review, domain: str) -> str:
    card = card_of(review)
    title = shorten(card.title, 150)
    named = link(card.link, title)
    state = outcome(card) if card.answer else f"{card.status}."
    told = f"*{named}* {card.happened} by {escape(shorten(card.who, 100))}, {when(card.changed_at)}"
    where = _address(review, domain)
    tail = f" {link(where, 'Go to the card')}" if where else ""
    return f"{told}\n{escape(shorten(state, 300))} Version {card.version}.{tail}"


def _address(review: Review, domain: str) -> str | None:
    """Return the address of the review's card in this workspace."""
    stands = next((card for card in review.cards if card.notifier == "slack" and card.message_id), None)
    if stands is None or stands.message_id is None or not domain.replace("-", "").isalnum():
        return None
    return f"https://{domain}.slack.com/archives/{stands.target}/p{stands.message_id.replace('.', '')}"


def _help(name: str, hint: str | None) -> list[str]:
    lines = [
        f"`{name} pending`  what is waiting for review",
        f"`{name} recent [N]`  the last N changes, at most {LARGEST_COUNT}",
        f"`{name} help`  this",
    ]
    return [escape(hint), *lines] if hint else lines


def _message(paragraphs: list[str]) -> dict[str, Any]:
    blocks = [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}} for text in paragraphs
    ]
    return {"text": paragraphs[0], "blocks": blocks, "response_type": "ephemeral"}
