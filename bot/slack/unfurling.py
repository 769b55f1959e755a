"""Previews of pasted links to documents: the state of the review, in channels that have its card."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog

from bot.command_tokens import read_id_from_address
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.elements import make_mrkdwn
from notifiers.slack.failures import translate_errors
from notifiers.slack.text import fit_text, format_link, write_date
from reviews.cards.card_drawing import draw_card
from reviews.errors import RemoteError
from reviews.kinds import Decision
from reviews.language import _, use_language
from reviews.routes.route import Target
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from reviews.cards.card import Card
    from reviews.clock import Clock
    from reviews.model import Post, Review
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_LINKS = 20  # per message
MAX_NAME_LENGTH = 300

log = structlog.get_logger()


class Unfurls:
    """Previews of reviews under links to their documents, in channels that have a card of the review.

    `client` should have a short timeout: while Slack hangs, it blocks listeners that clicks need. `host` is
    the portal's name in addresses.
    """

    def __init__(
        self, client: WebClient, *, host: str, routes: Routes, transactions: Transactions, clock: Clock
    ) -> None:
        self._client = client
        self._host = host.lower()
        self._routes = routes
        self._transactions = transactions
        self._clock = clock

    def register(self, bolt: App) -> None:
        bolt.event("link_shared")(self.handle_link_shared)

    def handle_link_shared(self, ack: Ack, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Show the previews; acknowledge when it is stored that this event has been."""
        channel, message = get_text(event, "channel"), get_text(event, "message_ts")
        matches = self._find_reviews(
            channel, [get_text(each, "url") for each in list_objects(event, "links")]
        )
        is_new = bool(matches and message) and self._is_new(get_text(body, "event_id"))
        ack()
        if not is_new:
            return
        unfurls = {url: {"blocks": self._draw_in_route_language(*pair)} for url, pair in matches.items()}
        try:
            with translate_errors("chat.unfurl"):
                self._client.chat_unfurl(channel=channel, ts=message, unfurls=unfurls)
        except RemoteError as error:
            log.warning("unfurl_not_shown", channel=channel, reason=str(error))

    def _find_reviews(self, channel: str, addresses: list[str]) -> dict[str, tuple[Review, Post]]:
        """Return the reviews of the linked documents, each with its card in this channel.

        A route that hides titles from a channel hides them from its link previews too.
        """
        subjects = {url: subject for url in addresses[:MAX_LINKS] if (subject := self._read_document_id(url))}
        routes = [
            route.name
            for route in self._routes.all
            if Target(notifier="slack", address=channel) in route.notify
            and not getattr(route, "private", False)
        ]
        if not subjects or not routes:
            return {}
        with self._transactions(reading=True) as work:
            newest = {url: _find_newest_review(work, subject, routes) for url, subject in subjects.items()}
        pairs = {url: (review, _find_card(channel, review)) for url, review in newest.items() if review}
        return {url: (review, post) for url, (review, post) in pairs.items() if post}

    def _read_document_id(self, address: str) -> str:
        """Return the document id in a link to the portal; empty for any other link."""
        try:
            is_own_link = urlsplit(address).hostname == self._host
        except ValueError:
            return ""
        return read_id_from_address(strip_unstorable(address)) if is_own_link else ""

    def _is_new(self, event_id: str) -> bool:
        """Record an event; `False` if it was recorded before."""
        with self._transactions() as work:
            new = work.idempotency_keys.add_if_new(f"slack:{strip_unstorable(event_id)}", at=self._clock())
            work.commit()
        return new

    def _draw_in_route_language(self, review: Review, post: Post) -> list[dict[str, Any]]:
        """Draw in the language of the route, because the whole channel reads it."""
        with use_language(self._routes.find_language(review.route)):
            return self._draw_blocks(review, post)

    def _draw_blocks(self, review: Review, post: Post) -> list[dict[str, Any]]:
        card = draw_card(review)
        text = f"*{format_link(card.link, card.title)}*\n{describe_state(card, review)}"
        where = self._find_address(post)
        link_block = (
            [{"type": "context", "elements": [make_mrkdwn(format_link(where, _("Go to the card")))]}]
            if where
            else []
        )
        return [{"type": "section", "text": make_mrkdwn(text)}, *link_block]

    def _find_address(self, post: Post) -> str | None:
        try:
            with translate_errors("chat.getPermalink"):
                response = self._client.chat_getPermalink(
                    channel=post.target, message_ts=str(post.message_id)
                ).data
        except RemoteError:
            return None
        return get_text(response, "permalink") or None


def describe_state(card: Card, review: Review) -> str:
    """Return the outcome of a review in one line of mrkdwn: who answered and when, without a mention."""
    if card.is_carried:
        return fit_text(card.changes, MAX_NAME_LENGTH)
    if card.answer is None:
        return _("Waiting for review since {when}.").format(when=write_date(review.changed_at))
    template = {
        Decision.ACKNOWLEDGE: _("Reviewed by {who}, {when}."),
        Decision.REQUEST_CHANGES: _("Changes requested by {who}, {when}."),
    }.get(card.answer.decision, str(card.answer.decision))
    who = fit_text(card.answer.reviewer.name, MAX_NAME_LENGTH)
    sentence = template.format(who=who, when=write_date(card.answer.at))
    version = card.answer.version
    return sentence if version is None else f"{sentence} {_('Version {version}.').format(version=version)}"


def _find_newest_review(work: UnitOfWork, subject: str, routes: list[str]) -> Review | None:
    """Return the newest review of a document on any of these routes."""
    reviews = [review for route in routes if (review := work.reviews.find_latest(subject, route=route))]
    return max(reviews, key=lambda review: review.opened_at, default=None)


def _find_card(channel: str, review: Review) -> Post | None:
    posts = (card for card in review.cards if card.notifier == "slack" and card.message_id)
    return next((card for card in posts if card.target == channel), None)
