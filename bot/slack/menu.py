"""The button "More…" and what stands behind it: each click is taken at once, and then the modal changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.slack import menu_view, modals
from bot.slack.guard import request_of
from notifiers.shared.members import objects, string
from notifiers.slack.blocks import ACTION_IDS, read_value
from notifiers.slack.failures import calling
from reviews.answers.menu import Item
from reviews.answers.repeated_requests import give_up
from reviews.cards.card import Action
from reviews.cards.card_drawing import card_of
from reviews.errors import FarSideError, Refused
from reviews.language import _

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.replies import Replies
    from bot.slack.wishes import Wishes
    from reviews.answers.answers import Answers
    from reviews.answers.menu import Menu, Offer, Pages

log = structlog.get_logger()

_FORMS = {
    Item.ACKNOWLEDGE: lambda offer: modals.acknowledge(
        offer.review, seen=offer.revision, private=offer.private
    ),
    Item.REQUEST_CHANGES: lambda offer: modals.request_changes(
        offer.review, seen=offer.revision, private=offer.private
    ),
    Item.REASSIGN: lambda offer: modals.reassign(offer.review),
    Item.SNOOZE: modals.snooze,
}


class MenuClicks:
    """Opens the menu and leads from it to a form, which takes the menu's place; history lies over it."""

    def __init__(self, menu: Menu, answers: Answers, wishes: Wishes, *, replies: Replies) -> None:
        self._menu = menu
        self._answers = answers
        self._wishes = wishes
        self._replies = replies

    def register(self, bolt: App) -> None:
        """Add the listeners for the card's last button and for the buttons in the menu."""
        bolt.action(ACTION_IDS[Action.MORE])(self.open)
        for item in _FORMS:
            bolt.action(menu_view.ITEM_IDS[item])(self.choose)
        bolt.action(menu_view.ITEM_IDS[Item.WITHDRAW])(self.withdraw)
        bolt.action(menu_view.ITEM_IDS[Item.HISTORY])(self.history)
        bolt.action(menu_view.EARLIER)(self.turn)
        bolt.action(menu_view.LATER)(self.turn)

    def open(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        try:
            offer, place = self._offer(body)
            view = modals.from_channel(menu_view.menu(offer), place)
            with calling("views.open"):
                client.views_open(trigger_id=string(body, "trigger_id"), view=view)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except FarSideError as error:
            sentence = _("Slack did not open the menu. Please click again.")
            self._replies.refuse(body, sentence, reason=str(error))

    def choose(self, ack: Ack, body: dict[str, Any]) -> None:
        """Put the form in the menu's place; where it can't be had any more, the menu as it is now."""
        ack()
        chosen = string(objects(body, "actions")[0], "action_id")
        try:
            offer, place = self._offer(body)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except FarSideError as error:
            self._replies.refuse(body, _later(), reason=str(error))
        else:
            item = next(each for each in _FORMS if menu_view.ITEM_IDS[each] == chosen)
            view = _FORMS[item](offer) if item in offer.items else menu_view.menu(offer)
            self._replies.redraw(body, modals.from_channel(view, place))

    def withdraw(self, ack: Ack, body: dict[str, Any]) -> None:
        ack()
        try:
            wish, _seen = self._wishes.clicked(body)
            review = self._answers.seen_by(self._answers.withdraw(wish), wish.aliases)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except FarSideError as error:
            give_up(self._answers.transactions, request_of(body), at=self._answers.clock())
            self._replies.refuse(body, _later(), reason=str(error))
        else:
            log.info("answer_withdrawn", review_id=review.id, identity=wish.identity)
            sentence = _("You have taken back your answer to {title}. The record says so too.")
            self._replies.redraw(body, modals.said(sentence.format(title=card_of(review).title)))

    def history(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Lay the history over the menu. Whoever opened that is known; Slack is asked for nobody."""
        ack()
        review_id, _seen = read_value(string(objects(body, "actions")[0], "value"))
        try:
            view = menu_view.history(self._pages(body, review_id, start=0))
            with calling("views.push"):
                client.views_push(trigger_id=string(body, "trigger_id"), view=view)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except FarSideError as error:
            self._replies.refuse(body, _later(), reason=str(error))

    def turn(self, ack: Ack, body: dict[str, Any]) -> None:
        """Show another page of the history."""
        ack()
        review_id, start = read_value(string(objects(body, "actions")[0], "value"))
        try:
            pages = self._pages(body, review_id, start=start)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        else:
            self._replies.redraw(body, menu_view.history(pages))

    def _pages(self, body: dict[str, Any], review_id: str, *, start: int) -> Pages:
        people = self._wishes.known(body)
        return self._menu.history(review_id, people, start=start, most=menu_view.STEPS)

    def _offer(self, body: dict[str, Any]) -> tuple[Offer, tuple[str, str] | None]:
        """Return what the person may do, and the channel of the card that led here."""
        wish, seen = self._wishes.clicked(body)
        return self._menu.offer(wish, seen=seen), wish.place


def _later() -> str:
    return _("Slack did not answer in time, and nothing was changed. Please open the menu again.")
