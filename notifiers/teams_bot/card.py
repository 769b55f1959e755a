"""The bot's card: the Adaptive Card of all of Teams, with buttons that answer in the chat itself.

The facts and their words are those of `notifiers.shared.adaptive_card`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import adaptive_card
from notifiers.shared.adaptive_card import Owner
from notifiers.shared.notice_card import notice_card
from notifiers.shared.ways import NOWHERE, Ways, link_buttons
from notifiers.teams_bot import actions
from reviews.answers.answers import LONGEST_NOTE
from reviews.cards.card import Action, Card
from reviews.cards.card_sentences import summarize
from reviews.language import _
from reviews.wording.notice_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.notice import Notice

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
LIMIT = 60_000  # bytes, of the 80 KB that a message is to keep under (facts on Teams, 2.4)
LONGEST_SUMMARY = 500


def message(
    card: Card,
    mentioned: Mapping[str, Owner] | None = None,
    *,
    ways: Ways = NOWHERE,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Return the activity that shows the card; `summary` is what a notification says."""
    content = card_for(card, mentioned, ways=ways, limit=limit)
    return {
        "type": "message",
        "summary": summarize(card)[:LONGEST_SUMMARY],
        "attachments": [{"contentType": CARD_TYPE, "content": content}],
    }


def notice_message(notice: Notice, mentioned: Sequence[Owner] = ()) -> dict[str, Any]:
    """Return the activity that tells something beside a card; `summary` is what a notification says."""
    content = notice_card(notice, mentioned=mentioned)
    if notice.canary:
        answer = actions.step(_("Acknowledge test"), actions.ACKNOWLEDGE_TEST, {actions.TEST: notice.canary})
        content = {**content, "actions": [answer]}
    return {
        "type": "message",
        "summary": sentence(notice)[:LONGEST_SUMMARY],
        "attachments": [{"contentType": CARD_TYPE, "content": content}],
    }


def card_for(
    card: Card,
    mentioned: Mapping[str, Owner] | None = None,
    *,
    ways: Ways = NOWHERE,
    limit: int = LIMIT,
) -> dict[str, Any]:
    """Return the Adaptive Card that shows a review as it stands, with the buttons that it has then.

    `mentioned` are those among the owners or in their place, and of their groups, whom Teams knows, by their
    addresses.
    """
    known = mentioned or {}
    owners, stand_ins = (
        [known.get(entry) or Owner(name=entry) for entry in entries]
        for entries in (card.owners, card.stand_ins)
    )
    named = {*card.owners, *card.stand_ins}
    members = [who for address, who in known.items() if address not in named]
    (stand_ins if card.stand_ins else owners).extend(members)  # a group among the owners can always answer
    buttons = [_button(card, action) for action in card.actions if _is_drawn(card, action)]
    return adaptive_card.card(
        card, owners=owners, stand_ins=stand_ins, actions=buttons, ways=ways, limit=limit
    )


def _is_drawn(card: Card, action: Action) -> bool:
    opens = link_buttons(card)
    return action not in opens or opens[action] is not None


def _button(card: Card, action: Action) -> dict[str, Any]:
    match action:
        case Action.ACKNOWLEDGE:
            return actions.acknowledge(action.words, review_id=card.review_id, revision=card.revision)
        case Action.REQUEST_CHANGES:
            return {"type": "Action.ShowCard", "title": action.words, "card": _form(card)}
        case Action.MORE:
            data = actions.data_of(card.review_id, card.revision)
            return actions.step(action.words, actions.MORE, data)
        case Action.OPEN | Action.FILES:
            return {"type": "Action.OpenUrl", "title": action.words, "url": link_buttons(card)[action]}


def _form(card: Card) -> dict[str, Any]:
    """Return the form for a note, which opens below the card for whoever asks for it."""
    told = _("Your note goes onto the card, where the whole channel reads it, and into the record.")
    if card.veiled:
        told = _("Your note goes into the record. A card shows it only where no outsider can read along.")
    note = {
        "type": "Input.Text",
        "id": actions.NOTE,
        "label": _("What has to change?"),
        "placeholder": _("For example: section 4 still names the old threshold."),
        "isMultiline": True,
        "isRequired": True,
        "errorMessage": _("Say in a few words what has to change."),
        "maxLength": LONGEST_NOTE,
    }
    words = {"type": "TextBlock", "text": told, "wrap": True, "isSubtle": True, "spacing": "Small"}
    send = actions.request_changes(
        Action.REQUEST_CHANGES.words, review_id=card.review_id, revision=card.revision
    )
    return {
        "type": "AdaptiveCard",
        "version": adaptive_card.VERSION,
        "body": [note, words],
        "actions": [send],
    }
