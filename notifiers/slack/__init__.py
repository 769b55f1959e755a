"""Slack: the review card as Block Kit, posted through Bolt's client (facts on Slack, 1.2 to 1.7)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from notifiers.shared.card_links import CardLinks
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.blocks import draw_card_message, draw_plain_card, is_post_of
from notifiers.slack.conversations import fetch_conversation
from notifiers.slack.failures import BLOCKS_REFUSED_CODES, get_error_code, translate_errors
from notifiers.slack.groups import SlackGroups
from notifiers.slack.notices import draw_notice_message, draw_plain_notice
from notifiers.slack.people import SlackOwners
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, Unreachable
from reviews.notice import Notice, ReviewNotice, parse_person_target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from notifiers import ChannelContext
    from reviews.cards.card import Card
    from reviews.cards.card_context import NeighbourReview

EXAMPLE = "slack:C0123456789"
REACHES_PEOPLE = True
SLACK_TIMEOUT_SECONDS = 10  # seconds
SEARCH_MARGIN_SECONDS = 90  # seconds; our clock and Slack's may differ, and a post may have taken some time
HISTORY_PAGE_SIZE = 200


class Slack:
    """Posts and redraws review cards. The address of a target is a channel id."""

    # A message a second (facts on Slack, 1.2), and some milliseconds for what is not measured of its way.
    post_interval = timedelta(seconds=1.005)

    def __init__(self, client: WebClient, people: SlackOwners, *, command: str = "") -> None:
        """`command` is our slash command, as messages name it; they don't where it is empty."""
        self._client = client
        self._people = people
        self._command = command

    def post(self, target: str, card: Card) -> str:
        def send(content: dict[str, Any]) -> Any:
            return self._client.chat_postMessage(
                channel=target, unfurl_links=False, unfurl_media=False, **content
            ).data

        message_id = get_text(self._send_card("chat.postMessage", target, card, send), "ts")
        if not message_id:
            raise OutcomeUnknown("chat.postMessage: Slack says that the card was posted, but not where")
        return message_id

    def post_notice(self, target: str, notice: Notice) -> str:
        person = parse_person_target(target)
        mentions = [] if person else self._people.mention_people(notice.mention)
        content = draw_notice_message(notice, mentions, command=self._command)
        thread = None if person else notice.thread
        broadcast = isinstance(notice, ReviewNotice) and notice.broadcast
        channel = self._require_user_id(person) if person else target

        def send(content: dict[str, Any]) -> Any:
            return self._client.chat_postMessage(
                channel=channel,
                thread_ts=thread,
                reply_broadcast=broadcast if thread else None,
                unfurl_links=False,
                unfurl_media=False,
                **content,
            ).data

        plain_content = draw_plain_notice(notice, content)
        with _offer_thread(is_personal=person is not None), translate_errors("chat.postMessage"):
            response = _send_or_replace(send, content, plain_content)
        message_id = get_text(response, "ts")
        if not message_id:
            raise OutcomeUnknown("chat.postMessage: Slack says that it was posted, but not where")
        return message_id

    def _require_user_id(self, address: str) -> str:
        user_id = self._people.find_user(address)
        if user_id is None:
            raise Unreachable("Slack has no user with that address: the notice goes to the thread")
        return user_id

    def update(self, target: str, message_id: str, card: Card) -> None:
        def send(content: dict[str, Any]) -> Any:
            return self._client.chat_update(channel=target, ts=message_id, **content).data

        self._send_card("chat.update", target, card, send)

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        content = draw_notice_message(notice, [], command=self._command)
        with translate_errors("chat.update"):
            _send_or_replace(
                lambda arguments: self._client.chat_update(channel=target, ts=message_id, **arguments).data,
                content,
                draw_plain_notice(notice, content),
            )

    def is_public(self, target: str) -> bool:
        return fetch_conversation(self._client, target).public

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:
        """Look for the card by its metadata; needs the scope `channels:history` or `groups:history`."""
        if parse_person_target(target):
            raise Permanent("the bot can't read its direct messages")
        moment = since.timestamp()
        cursor = ""
        while True:
            with translate_errors("conversations.history"):
                page = self._fetch_page(
                    card_or_notice,
                    channel=target,
                    include_all_metadata=True,
                    limit=HISTORY_PAGE_SIZE,
                    cursor=cursor or None,
                    oldest=str(moment - SEARCH_MARGIN_SECONDS),
                    latest=str(moment + SEARCH_MARGIN_SECONDS),
                )
            for message in list_objects(page, "messages"):
                if is_post_of(message, card_or_notice) and get_text(message, "ts"):
                    return get_text(message, "ts")
            cursor = get_text(page, "response_metadata", "next_cursor")
            if not cursor:
                return None

    def _fetch_page(self, card_or_notice: Card | Notice, **arguments: Any) -> Any:
        """Return a page of the channel, or of the thread that a notice belongs to."""
        if isinstance(card_or_notice, Notice) and card_or_notice.thread:
            return self._client.conversations_replies(ts=card_or_notice.thread, **arguments).data
        return self._client.conversations_history(**arguments).data

    def _send_card(self, method: str, target: str, card: Card, send: Callable[[dict[str, Any]], Any]) -> Any:
        """Send the card; if Slack refuses its blocks, send the plain variant once."""
        card_links = CardLinks(
            newer=self._look_up_card_address(target, card.newer),
            earlier=self._look_up_card_address(target, card.earlier),
        )
        owners, deputies = self._people.mention_owners(card), self._people.mention_deputies(card)
        content = draw_card_message(
            card,
            owners,
            deputies=deputies,
            recipients=self._people.mention_step_recipients(card),
            stand_ins=self._people.mention_stand_ins(card),
            card_links=card_links,
        )
        plain_content = draw_plain_card(content)
        with translate_errors(method):
            return _send_or_replace(send, content, plain_content)

    def _look_up_card_address(self, target: str, review: NeighbourReview | None) -> str:
        """Return the address of the card of the review before or after; empty if Slack gives none."""
        message_id = review.cards.get(("slack", target)) if review else None
        if message_id is None:
            return ""
        try:
            with translate_errors("chat.getPermalink"):
                response = self._client.chat_getPermalink(channel=target, message_ts=message_id).data
        except RemoteError:
            return ""
        return get_text(response, "permalink")


def _send_or_replace(
    send: Callable[[dict[str, Any]], Any], content: dict[str, Any], plain_content: dict[str, Any] | None
) -> Any:
    """Send a message; if Slack refuses its blocks, send the plain variant once, if there is one."""
    try:
        return send(content)
    except SlackApiError as error:
        if plain_content is None or get_error_code(error) not in BLOCKS_REFUSED_CODES:
            raise
        return send(plain_content)


@contextmanager
def _offer_thread(*, is_personal: bool) -> Iterator[None]:
    """Turn the refusal of a direct message into `Unreachable`: it was not sent, and a thread can take it.

    An app that was installed before it sent direct messages may lack the scope.
    """
    try:
        yield
    except Permanent as error:
        if is_personal:
            raise Unreachable(f"{error}: the notice goes to the thread") from error
        raise


def make_client(token: str, api_url: str, *, timeout: int = SLACK_TIMEOUT_SECONDS) -> WebClient:
    """Return a client that never retries a call by itself: a repeated post can be a second card.

    `timeout` is its timeout for Slack, in seconds.
    """
    client = WebClient(token=token, base_url=f"{api_url.rstrip('/')}/", timeout=timeout, retry_handlers=[])
    # The client takes HTTPS_PROXY for each host. Without a proxy of its own it leaves that to urllib, which
    # honours NO_PROXY too.
    client.proxy = None
    return client


def why_not(address: str) -> str | None:
    """Return why this is no channel id; a name can change, and Slack accepts names only from people."""
    if re.fullmatch(r"[CDG][A-Z0-9]+", address):
        return None
    return (
        f"{address!r} is not a Slack channel id: open the channel's details in Slack and copy "
        f"the id, as in {EXAMPLE!r}"
    )


def build(context: ChannelContext) -> Slack:
    web = make_client(context.setting("SLACK_BOT_TOKEN"), context.setting("SLACK_API_URL"))
    directory = context.directory
    owners = SlackOwners(web, directory, SlackGroups(web, directory))
    return Slack(web, owners, command=context.option("SLACK_COMMAND"))
