"""The bot's card: the Adaptive Card of all Teams channels, with buttons that answer in the chat itself.

The facts and their words are those of `notifiers.shared.adaptive_card`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared import adaptive_card
from notifiers.shared.adaptive_card import Owner
from notifiers.shared.card_links import NO_LINKS, CardLinks, list_button_links
from notifiers.shared.notice_card import draw_notice_card
from notifiers.shared.reminder_text import MINE_COMMAND
from notifiers.teams_bot import actions
from reviews.answers.answers import MAX_NOTE_LENGTH
from reviews.cards.card import Card, CardAction
from reviews.cards.card_sentences import summarize
from reviews.cards.card_stand_ins import find_absent_owner
from reviews.language import _
from reviews.notice import CanaryNotice
from reviews.wording.notice_sentences import describe_notice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.notice import Notice

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
MAX_CARD_BYTES = 60_000  # bytes, within the message limit of 80 KB (facts on Teams, 2.4)
MAX_SUMMARY_LENGTH = 500


def draw_card_message(
    card: Card,
    members_by_address: Mapping[str, Owner] | None = None,
    *,
    card_links: CardLinks = NO_LINKS,
    limit: int = MAX_CARD_BYTES,
    changes_button: actions.Action | None = None,
) -> dict[str, Any]:
    """Return the activity that shows the card; `summary` is the text of a notification."""
    content = draw_review_card(
        card, members_by_address, card_links=card_links, limit=limit, changes_button=changes_button
    )
    return {
        "type": "message",
        "summary": summarize(card)[:MAX_SUMMARY_LENGTH],
        "attachments": [{"contentType": CARD_TYPE, "content": content}],
    }


def draw_notice_message(notice: Notice, mentions: Sequence[Owner] = ()) -> dict[str, Any]:
    """Return the activity of a notice; `summary` is the text of a notification."""
    hint = _("Write {command} to the bot to see all of them.").format(command=MINE_COMMAND)
    content = draw_notice_card(notice, mentions=mentions, hint=hint)
    if isinstance(notice, CanaryNotice):
        acknowledge_button = actions.make_step_button(
            _("Acknowledge test"), actions.ACKNOWLEDGE_TEST, {actions.TEST: notice.canary_id}
        )
        content = {**content, "actions": [acknowledge_button]}
    return {
        "type": "message",
        "summary": describe_notice(notice)[:MAX_SUMMARY_LENGTH],
        "attachments": [{"contentType": CARD_TYPE, "content": content}],
    }


def draw_review_card(
    card: Card,
    members_by_address: Mapping[str, Owner] | None = None,
    *,
    card_links: CardLinks = NO_LINKS,
    limit: int = MAX_CARD_BYTES,
    changes_button: actions.Action | None = None,
) -> dict[str, Any]:
    """Return the Adaptive Card of a review's current state, with the buttons for it.

    `members_by_address` are the owners, deputies, stand-ins and members of groups whom Teams has, by address.
    `changes_button` shows what changed where the card is not one that was posted for the review.
    """
    owners_by_address = members_by_address or {}
    owners, deputies = (
        [owners_by_address.get(entry) or Owner(name=_name_entry(card, entry)) for entry in entries]
        for entries in (card.owners, card.deputies)
    )
    people = [person for stand_in in card.stand_ins for person in stand_in.people]
    stand_ins = {
        each.address: owners_by_address.get(each.address) or Owner(name=each.name) for each in people
    }
    named = {*card.owners, *card.deputies, *stand_ins}
    members = [owner for address, owner in owners_by_address.items() if address not in named]
    (deputies if card.deputies else owners).extend(members)  # a group among the owners can always answer
    buttons = [
        changes_button if changes_button and action is CardAction.CHANGES else _draw_button(card, action)
        for action in card.actions
        if _is_shown(card, action)
    ]
    return adaptive_card.draw_adaptive_card(
        card,
        people=adaptive_card.CardPeople(owners=owners, deputies=deputies, stand_ins=stand_ins),
        actions=buttons,
        card_links=card_links,
        limit=limit,
    )


def _name_entry(card: Card, entry: str) -> str:
    """Return an owner who is not mentioned: by name if they are away, else as the route names them."""
    absent = find_absent_owner(card.absent, entry)
    return absent.name if absent else entry


def _is_shown(card: Card, action: CardAction) -> bool:
    links = list_button_links(card)
    return action not in links or action is CardAction.CHANGES or links[action] is not None


def _draw_button(card: Card, action: CardAction) -> dict[str, Any]:
    match action:
        case CardAction.ACKNOWLEDGE:
            return actions.make_acknowledge_button(
                action.label, review_id=card.review_id, revision=card.revision
            )
        case CardAction.REQUEST_CHANGES:
            return {"type": "Action.ShowCard", "title": action.label, "card": _draw_form(card)}
        case CardAction.MORE:
            data = actions.make_click_data(card.review_id, card.revision)
            return actions.make_step_button(action.label, actions.MORE, data)
        case CardAction.CHANGES:
            data = actions.make_click_data(card.review_id, card.revision)
            return actions.make_changes_button(
                action.label, data, page_address=list_button_links(card)[action]
            )
        case CardAction.OPEN | CardAction.FILES:
            return {"type": "Action.OpenUrl", "title": action.label, "url": list_button_links(card)[action]}


def _draw_form(card: Card) -> dict[str, Any]:
    """Return the form for a note, which opens below the card when a person clicks its button."""
    explanation = _(
        "Your note is shown on the card, where the whole channel can read it, and recorded in the ledger."
    )
    if card.redacted:
        explanation = _(
            "Your note is recorded in the ledger. A card shows it only where no outsider can read it."
        )
    note = {
        "type": "Input.Text",
        "id": actions.NOTE,
        "label": _("What has to change?"),
        "placeholder": _("For example: section 4 still names the old threshold."),
        "isMultiline": True,
        "isRequired": True,
        "errorMessage": _("Describe briefly what has to change."),
        "maxLength": MAX_NOTE_LENGTH,
    }
    words = {"type": "TextBlock", "text": explanation, "wrap": True, "isSubtle": True, "spacing": "Small"}
    send = actions.make_request_button(
        CardAction.REQUEST_CHANGES.label, review_id=card.review_id, revision=card.revision
    )
    return {
        "type": "AdaptiveCard",
        "version": adaptive_card.VERSION,
        "body": [note, words],
        "actions": [send],
    }
