"""What changed, in a modal: from the button of a card, from the menu, and page by page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.slack import changes_view, menu_view, modals
from bot.slack.changes_view import MODAL_PAGE_SIZE
from notifiers.shared.json_members import get_text
from notifiers.slack.blocks import ACTION_IDS
from notifiers.slack.failures import translate_errors
from reviews.answers.menu import MenuItem
from reviews.cards.card import CardAction
from reviews.errors import Refused, RemoteError
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.slack.replies import SlackReplies
    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.change_pages import ChangePages, ChangesPage
    from reviews.review_request import ReviewRequest


class SlackChanges:
    """Listeners for the differences of a document. Everyone may ask; who may not see them learns why."""

    def __init__(
        self, change_pages: ChangePages, request_reader: SlackRequestReader, *, replies: SlackReplies
    ) -> None:
        self._change_pages = change_pages
        self._request_reader = request_reader
        self._replies = replies

    def register(self, bolt: App) -> None:
        bolt.action(ACTION_IDS[CardAction.CHANGES])(self.open)
        bolt.action(menu_view.ITEM_IDS[MenuItem.CHANGES])(self.push)
        bolt.action(changes_view.EARLIER)(self.turn_page)
        bolt.action(changes_view.LATER)(self.turn_page)
        bolt.action(changes_view.SHOW_ALL)(self.show_all)
        bolt.action(changes_view.SHOW_OWN)(self.show_own)

    def open(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        self._show(body, "views.open", client.views_open)

    def push(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        """Show them on top of the menu."""
        ack()
        self._show(body, "views.push", client.views_push, is_over_menu=True)

    def turn_page(self, ack: Ack, body: dict[str, Any]) -> None:
        """Show another page; where a newer revision has other differences, the first of those."""
        ack()
        _revision, for_all = _read_metadata(body)
        self._replace(body, since_own_answer=not for_all)

    def show_all(self, ack: Ack, body: dict[str, Any]) -> None:
        """Show the comparison for all in place of what changed since the person's answer."""
        ack()
        self._replace(body, since_own_answer=False)

    def show_own(self, ack: Ack, body: dict[str, Any]) -> None:
        ack()
        self._replace(body, since_own_answer=True)

    def _replace(self, body: dict[str, Any], *, since_own_answer: bool) -> None:
        is_over_menu = bool(get_text(body, "view", "previous_view_id"))
        shown_revision, _for_all = _read_metadata(body)
        try:
            review_request, start = self._request_reader.read_viewing(body)
            page, is_newer = self._load(
                review_request,
                start=start,
                seen_revision=shown_revision,
                since_own_answer=since_own_answer,
            )
            view = _draw(page, review_request, is_over_menu=is_over_menu, is_newer=is_newer)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            self._replies.refuse(body, _describe_timeout(), reason=str(error))
        else:
            self._replies.replace_modal(body, view)
            self._change_pages.record_opening(page, review_request.person)

    def _show(
        self, body: dict[str, Any], method: str, call: Callable[..., object], *, is_over_menu: bool = False
    ) -> None:
        try:
            review_request, seen_revision = self._request_reader.read_viewing(body)
            page, is_newer = self._load(review_request, start=0, seen_revision=str(seen_revision))
            view = _draw(page, review_request, is_over_menu=is_over_menu, is_newer=is_newer)
            with translate_errors(method):
                call(trigger_id=get_text(body, "trigger_id"), view=view)
        except Refused as refusal:
            self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            self._replies.refuse(body, _describe_timeout(), reason=str(error))
        else:
            self._change_pages.record_opening(page, review_request.person)

    def _load(
        self,
        review_request: ReviewRequest,
        *,
        start: int,
        seen_revision: str,
        since_own_answer: bool = True,
    ) -> tuple[ChangesPage, bool]:
        """Return a page, and whether its differences are those of a newer revision than the person saw."""
        load = partial(
            self._change_pages.load_page,
            review_request,
            limit=MODAL_PAGE_SIZE,
            since_own_answer=since_own_answer,
        )
        page = load(start=start)
        is_newer = bool(page.rows) and str(page.card.revision) != seen_revision
        return (load(start=0) if is_newer and page.start else page), is_newer


def _draw(
    page: ChangesPage, review_request: ReviewRequest, *, is_over_menu: bool, is_newer: bool
) -> dict[str, Any]:
    view = changes_view.draw_changes_modal(page, is_over_menu=is_over_menu, is_newer=is_newer)
    return modals.attach_channel(view, review_request.place)


def _read_metadata(body: dict[str, Any]) -> tuple[str, bool]:
    """Return (revision, whether it shows the comparison for all) of the clicked modal."""
    value, _channel = modals.read_metadata(get_text(body, "view", "private_metadata"))
    return changes_view.read_metadata(value)


def _describe_timeout() -> str:
    return _("Slack did not open the differences. Please click again.")
