"""Slack: the review card as Block Kit, posted through Bolt's client (facts on Slack, 1.2 to 1.7)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from notifiers.slack.blocks import is_card_of, message, without_blocks
from notifiers.slack.failures import NOT_DRAWN, calling, error_code
from notifiers.slack.people import People

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifiers import Surroundings
    from reviews.card import Card

EXAMPLE = "slack:C0123456789"
TIMEOUT = 10  # seconds
AROUND = 90  # seconds; our clock and Slack's may differ, and a post may have taken its time
PAGE = 200


class Slack:
    """Posts and redraws review cards. The address of a target is a channel id."""

    apart = timedelta(seconds=1)

    def __init__(self, client: WebClient, people: People) -> None:
        self._client = client
        self._people = people

    def post(self, target: str, card: Card) -> str:
        def send(content: dict[str, Any]) -> str:
            answer = self._client.chat_postMessage(
                channel=target, unfurl_links=False, unfurl_media=False, **content
            )
            return str(answer["ts"])

        with calling("chat.postMessage"):
            return self._drawn(card, send)

    def update(self, target: str, message_id: str, card: Card) -> None:
        def send(content: dict[str, Any]) -> str:
            self._client.chat_update(channel=target, ts=message_id, **content)
            return message_id

        with calling("chat.update"):
            self._drawn(card, send)

    def find(self, target: str, card: Card, *, since: datetime) -> str | None:
        """Look for the card by its metadata; needs the scope `channels:history` or `groups:history`."""
        moment = since.timestamp()
        cursor = None
        while True:
            with calling("conversations.history"):
                page = self._client.conversations_history(
                    channel=target,
                    include_all_metadata=True,
                    limit=PAGE,
                    cursor=cursor,
                    oldest=str(moment - AROUND),
                    latest=str(moment + AROUND),
                )
            for posted in page.get("messages") or []:
                if is_card_of(posted, card):
                    return str(posted["ts"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    def _drawn(self, card: Card, send: Callable[[dict[str, Any]], str]) -> str:
        """Send the card; where Slack does not take its blocks, send the plain variant once."""
        content = message(card, self._people.mentions(card.owners))
        try:
            return send(content)
        except SlackApiError as error:
            if error_code(error) not in NOT_DRAWN:
                raise
            return send(without_blocks(content))


def client(token: str, api_url: str) -> WebClient:
    """Return a client that never repeats a call by itself: a repeated post can be a second card."""
    return WebClient(token=token, base_url=f"{api_url.rstrip('/')}/", timeout=TIMEOUT, retry_handlers=[])


def build(surroundings: Surroundings) -> Slack:
    web = client(surroundings.setting("SLACK_BOT_TOKEN"), surroundings.setting("SLACK_API_URL"))
    return Slack(web, People(web))
