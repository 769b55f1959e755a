"""The card in Block Kit: pure functions from the neutral card to a message (facts on Slack, 1.3, 1.4)."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from notifiers.shared.card_links import NO_LINKS, CardLinks, list_button_links
from notifiers.shared.card_text import Fact, shorten_name, write_headline
from notifiers.shared.json_members import get_member, get_text
from notifiers.shared.look_marks import choose_mark
from notifiers.slack import notices
from notifiers.slack.card_outcome import CardMentions, draw_request, draw_state
from notifiers.slack.card_story import (
    describe_changes,
    draw_facts,
    draw_files,
    draw_progress,
    draw_short_story,
    draw_story,
)
from notifiers.slack.elements import Block, make_section
from notifiers.slack.languages import add_language
from notifiers.slack.snippet_blocks import draw_snippets
from notifiers.slack.text import fit_text
from reviews.cards.card import Card, CardAction
from reviews.cards.card_sentences import summarize
from reviews.cards.meaning import ask_for_meaning
from reviews.notice import Notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ACTION_IDS = {
    CardAction.ACKNOWLEDGE: "acknowledge_review",
    CardAction.REQUEST_CHANGES: "request_changes",
    CardAction.OPEN: "open_document",
    CardAction.FILES: "show_files",
    CardAction.CHANGES: "show_changes",
    CardAction.MORE: "more",
}
MEANING_ACTION = "show_meaning"
MAX_HEADER_LENGTH = 150
MAX_SUMMARY_LENGTH = 2900  # of 3,000: it may have to go into a section
EVENT_TYPE = "docspace_review_requested"
NO_RECIPIENTS: Mapping[str, str] = MappingProxyType({})


def draw_card_message(
    card: Card,
    owners: list[str],
    *,
    deputies: Sequence[str] = (),
    recipients: Mapping[str, str] = NO_RECIPIENTS,
    stand_ins: Mapping[str, str] = NO_RECIPIENTS,
    card_links: CardLinks = NO_LINKS,
) -> dict[str, Any]:
    """Return the arguments of a post or an update: `text`, `blocks` and `metadata`.

    A screen reader reads `text`; a desktop notification shows the first block. The metadata holds ids only,
    because everyone in the channel can read it. `owners` and `deputies` are mrkdwn, in the order of the
    card's; `recipients` is mrkdwn for others whom a step asked, by their address, and `stand_ins` for those
    who stand in for an owner. `card_links` are the addresses of the cards before and after this one.
    """
    mentions = CardMentions(owners=owners, deputies=deputies, recipients=recipients, stand_ins=stand_ins)
    story = _draw_open_story(card, mentions, card_links.earlier) if card.waits else _draw_closed_story(card)
    return {
        "text": fit_text(summarize(card), MAX_SUMMARY_LENGTH),
        "blocks": [
            _draw_header(card),
            *draw_state(card, mentions, card_links.newer),
            *story,
            *draw_buttons(card),
        ],
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {"review_id": card.review_id, "revision": card.revision},
        },
    }


def draw_plain_card(content: dict[str, Any]) -> dict[str, Any]:
    """Return the same message as a sentence and its buttons, for a Slack that refuses the card."""
    blocks = content["blocks"]
    beside = [block["accessory"] for block in blocks if "accessory" in block]
    sentence = {**make_section(content["text"]), **({"accessory": beside[-1]} if beside else {})}
    rows = [
        {**block, "elements": [*block["elements"], *beside[:-1]]}
        for block in blocks
        if block["type"] == "actions"
    ]
    return {**content, "blocks": [sentence, *rows]}


def draw_buttons(card: Card, *, with_meaning: bool = False) -> list[Block]:
    """Return the block with the card's buttons, for other places than the card; empty without buttons.

    On a card the button *What does this mean?* is beside what happened.
    """
    if not _list_buttons(card):
        return []
    row = _draw_action_row(card)
    if with_meaning and CardAction.ACKNOWLEDGE in card.actions:
        row["elements"].append(_make_button(card, MEANING_ACTION, ask_for_meaning()))
    return [row]


def add_changes_button(section: Block, card: Card) -> Block:
    """Return a section with the button *What changed* beside it, if there are differences.

    In the row of the others it would not fit beside them in a narrow window.
    """
    if CardAction.CHANGES not in card.actions:
        return section
    return {**section, "accessory": _draw_button(card, CardAction.CHANGES)}


def add_meaning_button(section: Block, card: Card) -> Block:
    """Return a section with the button *What does this mean?* beside it, while the card can be answered.

    Beside the facts it would leave their two columns too little room in a narrow window.
    """
    if CardAction.ACKNOWLEDGE not in card.actions:
        return section
    label = ask_for_meaning()
    return {**section, "accessory": _make_button(card, MEANING_ACTION, label)}


def make_button_value(review_id: str, revision: int) -> str:
    """Return the value that a click or a form sends: the review, and the revision that the person saw."""
    return f"{review_id}.{revision}"


def read_button_value(value: str) -> tuple[str, int]:
    """Return (review id, revision) of a button's value; for a foreign value, an id that is never used."""
    review_id, _dot, revision = value.partition(".")
    return (
        (review_id, int(revision))
        if revision.isascii() and revision.isdecimal() and len(revision) < 10
        else ("", 0)
    )


def is_post_of(message: Mapping[str, Any], card_or_notice: Card | Notice) -> bool:
    """Return whether a message is a card of this review, at any revision, or is this notice."""
    kind = get_text(message, "metadata", "event_type")
    payload = get_member(message, "metadata", "event_payload")
    if isinstance(card_or_notice, Notice):
        return kind == notices.EVENT_TYPE and get_text(payload, "notice") == card_or_notice.key
    return kind == EVENT_TYPE and get_text(payload, "review_id") == card_or_notice.review_id


def _draw_header(card: Card) -> Block:
    """Return the mark and the headline. Without `emoji`, no name such as `:tada:` in a title becomes one."""
    mark = choose_mark(card)
    headline = write_headline(card, max_length=MAX_HEADER_LENGTH - len(mark) - 1)
    return {
        "type": "header",
        "text": {"type": "plain_text", "text": f"{mark} {headline}", "emoji": False},
    }


def _draw_open_story(card: Card, mentions: CardMentions, earlier: str) -> list[Block]:
    """Return what a person needs to answer."""
    return [
        add_meaning_button(draw_story(card), card),
        *_draw_changes(card),
        *draw_snippets(card),
        *draw_files(card),
        *([draw_request(card.earlier_request, earlier)] if card.earlier_request else []),
        draw_facts(card, mentions),
        *draw_progress(card, mentions),
    ]


def _draw_closed_story(card: Card) -> list[Block]:
    """Return what remains of the story where no one has to answer."""
    carried = [make_section(text)] if card.is_carried and (text := describe_changes(card)) else []
    return [*carried, draw_short_story(card)]


def _draw_changes(card: Card) -> list[Block]:
    """Return how much changed, with the button that shows what; empty until it is compared."""
    words = describe_changes(card)
    if not words:
        return []
    if CardAction.CHANGES in card.actions:
        return [add_changes_button(make_section(words), card)]
    return [make_section(f"{Fact.CHANGES.label}: {words}")]


def _draw_action_row(card: Card) -> Block:
    return {
        "type": "actions",
        "block_id": add_language(f"answers-{card.revision}"),
        "elements": [_draw_button(card, action) for action in _list_buttons(card)],
    }


def _list_buttons(card: Card) -> list[CardAction]:
    """Return the buttons of the row; those with a link only if Slack accepts the address.

    *What changed* is in the row once there is nothing to answer, and the section beside which it was is gone.
    """
    links = list_button_links(card)
    return [
        action
        for action in card.actions
        if (not card.waits if action is CardAction.CHANGES else action not in links or links[action])
    ]


def _draw_button(card: Card, action: CardAction) -> Block:
    button = _make_button(card, ACTION_IDS[action], action.label)
    if action is CardAction.ACKNOWLEDGE:
        button["style"] = "primary"
    # What changed is shown in a modal.
    if action is not CardAction.CHANGES and (url := list_button_links(card).get(action)):
        button["url"] = url
    return button


def _make_button(card: Card, action_id: str, label: str) -> Block:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": label},
        "value": make_button_value(card.review_id, card.revision),
        "accessibility_label": shorten_name(f"{label}: {card.title}", 75),
    }
