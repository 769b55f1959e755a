"""The button "More…" and its menu. A click is acknowledged, a withdrawal when it is stored.

Then the modal changes.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack import menu_view, modals
from bot.slack.request_checks import name_request
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.blocks import ACTION_IDS, read_button_value
from notifiers.slack.failures import translate_errors
from reviews.answers.menu import MenuItem
from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.errors import Refused, RemoteError
from reviews.kinds import Decision
from reviews.language import _
from reviews.repeated_requests import mark_undecided

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.replies import SlackReplies
    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.answers import Answers
    from reviews.answers.menu import HistoryPage, Menu, Offer

log = structlog.get_logger()


def _draw_answer_form(decision: Decision, offer: Offer) -> modals.View:
    return modals.draw_answer_form(
        decision,
        offer.review,
        seen_revision=offer.revision,
        private=offer.private,
        meaning=offer.meaning,
    )


_FORMS: Mapping[MenuItem, Callable[[Offer], modals.View]] = {
    MenuItem.ACKNOWLEDGE: partial(_draw_answer_form, Decision.ACKNOWLEDGE),
    MenuItem.REQUEST_CHANGES: partial(_draw_answer_form, Decision.REQUEST_CHANGES),
    MenuItem.REASSIGN: lambda offer: modals.draw_reassign_form(offer.review),
    MenuItem.SNOOZE: modals.draw_snooze_form,
}


class SlackMenuClicks:
    """Listeners for the menu and its buttons. A form replaces the menu; the history is shown on top of it."""

    def __init__(
        self, menu: Menu, answers: Answers, request_reader: SlackRequestReader, *, replies: SlackReplies
    ) -> None:
        self._menu = menu
        self._answers = answers
        self._request_reader = request_reader
        self._replies = replies

    def register(self, bolt: App) -> None:
        """Register the listeners for the card's last button and for the buttons in the menu."""
        bolt.action(ACTION_IDS[CardAction.MORE])(self.open)
        for item in _FORMS:
            bolt.action(menu_view.ITEM_IDS[item])(self.choose)
        bolt.action(menu_view.ITEM_IDS[MenuItem.WITHDRAW])(self.withdraw)
        bolt.action(menu_view.ITEM_IDS[MenuItem.HISTORY])(self.show_history)
        bolt.action(menu_view.EARLIER)(self.turn_page)
        bolt.action(menu_view.LATER)(self.turn_page)

    def open(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        try:
            offer, place = self._read_offer(body)
            view = modals.attach_channel(menu_view.draw_menu(offer), place)
            with translate_errors("views.open"):
                client.views_open(trigger_id=get_text(body, "trigger_id"), view=view)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            sentence = _("Slack did not open the menu. Please click again.")
            self._replies.refuse(body, sentence, reason=str(error))

    def choose(self, ack: Ack, body: dict[str, Any]) -> None:
        """Replace the menu with the chosen form; if it is no longer offered, with the current menu."""
        ack()
        action_id = get_text(list_objects(body, "actions")[0], "action_id")
        try:
            offer, place = self._read_offer(body)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            self._replies.refuse(body, _describe_timeout(), reason=str(error))
        else:
            item = next(each for each in _FORMS if menu_view.ITEM_IDS[each] == action_id)
            view = _FORMS[item](offer) if item in offer.items else menu_view.draw_menu(offer)
            self._replies.replace_modal(body, modals.attach_channel(view, place))

    def withdraw(self, ack: Ack, body: dict[str, Any]) -> None:
        """Withdraw before the click is acknowledged, unless Slack has to be asked who clicked."""
        try:
            review_request, _seen_revision = self._request_reader.read_click(body, before_lookup=ack)
            review = self._answers.redact_for_reader(
                self._answers.withdraw(review_request), review_request.person
            )
        except Refused as refusal:
            ack()
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            ack()
            mark_undecided(self._answers.transactions, name_request(body), at=self._answers.clock())
            self._replies.refuse(body, _describe_timeout(), reason=str(error))
        else:
            ack()
            log.info("answer_withdrawn", review_id=review.id, identity=review_request.person.identity)
            sentence = _("You have withdrawn your answer to {title}. This is recorded in the ledger too.")
            self._replies.replace_modal(
                body, modals.draw_message(sentence.format(title=draw_card(review).title))
            )

    def show_history(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Show the history on top of the menu. The person who opened that is cached; Slack is not asked."""
        ack()
        review_id, _seen_revision = read_button_value(get_text(list_objects(body, "actions")[0], "value"))
        try:
            view = menu_view.draw_history(self._load_history(body, review_id, start=0))
            with translate_errors("views.push"):
                client.views_push(trigger_id=get_text(body, "trigger_id"), view=view)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            self._replies.refuse(body, _describe_timeout(), reason=str(error))

    def turn_page(self, ack: Ack, body: dict[str, Any]) -> None:
        """Show another page of the history."""
        ack()
        review_id, start = read_button_value(get_text(list_objects(body, "actions")[0], "value"))
        try:
            pages = self._load_history(body, review_id, start=start)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        else:
            self._replies.replace_modal(body, menu_view.draw_history(pages))

    def _load_history(self, body: dict[str, Any], review_id: str, *, start: int) -> HistoryPage:
        reader = self._request_reader.find_reader(body)
        return self._menu.load_history(review_id, reader, start=start, limit=menu_view.HISTORY_PAGE_SIZE)

    def _read_offer(self, body: dict[str, Any]) -> tuple[Offer, tuple[str, str] | None]:
        """Return what the person may do, and the channel of the card from which they came."""
        review_request, seen_revision = self._request_reader.read_click(body)
        return self._menu.build_offer(review_request, seen_revision=seen_revision), review_request.place


def _describe_timeout() -> str:
    return _("Slack did not answer in time, and nothing was changed. Please open the menu again.")
