"""The card in Block Kit: pure functions from the neutral card to a message (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.slack.text import escape, shorten, web_address, when
from reviews.card import Action, Card, outcome
from reviews.model import Answer, Decision

if TYPE_CHECKING:
    from collections.abc import Mapping

ACTION_IDS = {
    Action.ACKNOWLEDGE: "acknowledge_review",
    Action.REQUEST_CHANGES: "request_changes",
    Action.OPEN: "open_document",
}
MOST_OWNERS = 20
EVENT_TYPE = "docspace_review_requested"

Block = dict[str, Any]


def message(card: Card, owners: list[str]) -> dict[str, Any]:
    """Return the arguments of a post or an update: `text`, `blocks` and `metadata`.

    `text` is what a screen reader reads; the first block is what a desktop notification shows. The metadata
    holds ids only: everybody in the channel can read it.
    """
    blocks = [_header(card), _story(card), _facts(card, owners)]
    if card.answer:
        blocks.append(_answer(card, card.answer))
    if _drawn(card):
        blocks.append(_buttons(card))
    return {
        "text": escape(shorten(card.summary, 500)),
        "blocks": blocks,
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {"review_id": card.review_id, "revision": card.revision},
        },
    }


def without_blocks(content: dict[str, Any]) -> dict[str, Any]:
    """Return the same message as a sentence and its buttons, for a Slack that does not take the card."""
    sentence = {"type": "section", "text": _mrkdwn(content["text"])}
    return {**content, "blocks": [sentence, *(b for b in content["blocks"] if b["type"] == "actions")]}


def button_value(review_id: str, revision: int) -> str:
    """Return what a click or a form tells us: the review, and the revision that the person saw."""
    return f"{review_id}.{revision}"


def read_value(value: str) -> tuple[str, int]:
    """Return (review id, revision) of a button's value; of one that is not ours, an id that nothing has."""
    review_id, _, revision = value.partition(".")
    return (
        (review_id, int(revision))
        if revision.isascii() and revision.isdecimal() and len(revision) < 10
        else ("", 0)
    )


def is_card_of(found: Mapping[str, Any], card: Card) -> bool:
    """Tell whether a message of the channel is a card of this review, at whatever revision."""
    metadata = found.get("metadata") or {}
    return (
        metadata.get("event_type") == EVENT_TYPE
        and (metadata.get("event_payload") or {}).get("review_id") == card.review_id
    )


def _header(card: Card) -> Block:
    ends = {
        None: "needs your review",
        Decision.ACKNOWLEDGE: "was reviewed",
        Decision.REQUEST_CHANGES: "needs changes",
    }
    words = ends[card.answer.decision if card.answer else None]
    title = shorten(card.title, 149 - len(words))
    return {"type": "header", "text": {"type": "plain_text", "text": f"{title} {words}", "emoji": False}}


def _story(card: Card) -> Block:
    """Say what happened; the file's name stands above, and the way to it on the button below."""
    what = f"{card.happened.capitalize()} by *{escape(shorten(card.who, 100))}*, {when(card.changed_at)}"
    return _section(f"{what}\nin {escape(shorten(card.path, 300))}")


def _facts(card: Card, owners: list[str]) -> Block:
    facts = [
        ("Version", card.version if card.revision == 1 else f"{card.version} (revision {card.revision})"),
        ("Owner", _listed(owners)),
        ("Status", card.status),
    ]
    if card.due_at and not card.answer:
        facts.append(("Due", when(card.due_at)))
    return {"type": "section", "fields": [_mrkdwn(f"*{label}*\n{text}") for label, text in facts]}


def _listed(owners: list[str]) -> str:
    """Return as many owners as fit, none of them cut."""
    shown = owners[:MOST_OWNERS]
    more = f" and {len(owners) - len(shown)} more" if len(owners) > len(shown) else ""
    return ", ".join(shorten(owner, 90) if not owner.startswith("<@") else owner for owner in shown) + more


def _answer(card: Card, answer: Answer) -> Block:
    who = f"<@{answer.reviewer.slack_user}>" if answer.reviewer.slack_user else escape(answer.reviewer.name)
    verb = outcome(card).split(" by ")[0]
    lines = [f"{verb} by {who} {when(answer.at)}, after {card.took} · version {answer.version or 'unknown'}"]
    if answer.note:
        lines.append("> " + escape(shorten(" ".join(answer.note.split()), 500)))
    return _section("\n".join(lines))


def _buttons(card: Card) -> Block:
    return {
        "type": "actions",
        "block_id": f"answers-{card.revision}",
        "elements": [_button(card, action) for action in _drawn(card)],
    }


def _drawn(card: Card) -> list[Action]:
    """Return the buttons; the one that opens the document only where Slack takes its address."""
    return [action for action in card.actions if action is not Action.OPEN or web_address(card.link)]


def _button(card: Card, action: Action) -> Block:
    button: Block = {
        "type": "button",
        "action_id": ACTION_IDS[action],
        "text": {"type": "plain_text", "text": action.value},
        "value": button_value(card.review_id, card.revision),
        "accessibility_label": shorten(f"{action.value}: {card.title}", 75),
    }
    if action is Action.ACKNOWLEDGE:
        button["style"] = "primary"
    if action is Action.OPEN:
        button["url"] = web_address(card.link)
    return button


def _section(text: str) -> Block:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}
