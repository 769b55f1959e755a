"""Message shortcut *Acknowledge review*, for cards whose buttons are out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from notifiers.shared.json_members import get_member, get_text, list_objects
from notifiers.slack.account import CHAT_NAME
from notifiers.slack.blocks import ACTION_IDS, EVENT_TYPE, make_button_value
from reviews.cards.card import CardAction
from reviews.cards.card_drawing import draw_card
from reviews.errors import RefusalReason, Refused
from reviews.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from slack_bolt import Ack, App

    from bot.slack.actions import SlackClicks
    from bot.slack.replies import SlackReplies
    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.answers import Answers
    from reviews.model import Review

ACKNOWLEDGE = "acknowledge_review_shortcut"

log = structlog.get_logger()


class Shortcut:
    """Listener for the shortcut: answers the revision on the card, with the button's checks and replies.

    Unlike a click, the shortcut leaves no trace on the message, so success is reported too.
    """

    def __init__(
        self,
        clicks: SlackClicks,
        request_reader: SlackRequestReader,
        *,
        replies: SlackReplies,
        answers: Answers,
    ) -> None:
        self._clicks = clicks
        self._request_reader = request_reader
        self._replies = replies
        self._answers = answers

    def register(self, bolt: App) -> None:
        bolt.message_shortcut(ACKNOWLEDGE)(self.acknowledge)

    def acknowledge(self, ack: Ack, body: dict[str, Any]) -> None:
        payload = _add_container(body)
        try:
            value = self._read_shown_value(payload)
        except Refused as refusal:
            ack()
            log.info("shortcut_refused", user=get_text(body, "user", "id"), reason=refusal.reason)
            self._replies.reply_privately(payload, refusal.sentence)
            return
        review = self._clicks.acknowledge(ack, {**payload, "actions": [{"value": value}]})
        if review is not None:
            self._replies.reply_privately(payload, self._describe_answer(review, body))

    def _describe_answer(self, review: Review, body: dict[str, Any]) -> str:
        """Return the outcome of the sender's newest answer, which a repeated request may have given."""
        user = get_text(body, "user", "id")
        answer = next(
            each for each in reversed(review.answers) if each.reviewer.chat_ids.get(CHAT_NAME) == user
        )
        reader = self._request_reader.find_reader(body)
        card = draw_card(self._answers.redact_for_reader(review, reader))
        if answer.withdrawn_at is not None:
            sentence = _("You have withdrawn your answer to {title}. This is recorded in the ledger too.")
        elif card.is_versioned:
            sentence = _("Recorded: you have reviewed {title}, version {version}.")
        else:
            sentence = _("Recorded: you have reviewed {title}.")
        return sentence.format(title=card.title, version=card.version)

    def _read_shown_value(self, payload: Mapping[str, Any]) -> str:
        """Return the review and the revision that the message shows, or raise `Refused`.

        The message's own data counts only if the message is certainly ours: a card was posted there, or Slack
        says that it is of this app. Any other app may write the same into its messages.
        """
        message = get_text(payload, "container", "channel_id"), get_text(payload, "container", "message_ts")
        with self._answers.transactions(reading=True) as work:
            post = work.cards.find_by_message("slack", *message)
            review = work.reviews.get(post.review_id) if post and post.review_id else None
        card_value = _read_card_value(payload) if post or _is_of_this_app(payload) else None
        if card_value:
            return card_value
        if post is None or review is None:
            sentence = _("This message is not a review card, so there is nothing to acknowledge.")
            raise Refused(RefusalReason.UNKNOWN, sentence)
        if post.finished_drawing != post.requested_drawing:
            sentence = _("This card is being updated. Look at it again in a moment, then answer.")
            raise Refused(RefusalReason.STALE, sentence)
        return make_button_value(review.id, review.revision)


def _add_container(body: dict[str, Any]) -> dict[str, Any]:
    """Add the place of the message in the form that a click has."""
    container = {"channel_id": get_text(body, "channel", "id"), "message_ts": get_text(body, "message_ts")}
    return {**body, "container": {"type": "message", **container}}


def _is_of_this_app(payload: Mapping[str, Any]) -> bool:
    app = get_text(payload, "api_app_id")
    return bool(app) and get_text(payload, "message", "app_id") == app


def _read_card_value(payload: Mapping[str, Any]) -> str | None:
    """Return a card's review and revision, from its metadata or else from its button."""
    metadata = get_member(payload, "message", "metadata")
    review_id, revision = (
        get_text(metadata, "event_payload", "review_id"),
        get_member(metadata, "event_payload", "revision"),
    )
    if get_text(metadata, "event_type") == EVENT_TYPE and review_id and isinstance(revision, int):
        return make_button_value(review_id, revision)
    buttons = (
        each
        for block in list_objects(payload, "message", "blocks")
        for each in list_objects(block, "elements")
    )
    action_id = ACTION_IDS[CardAction.ACKNOWLEDGE]
    values = (get_text(button, "value") for button in buttons if get_text(button, "action_id") == action_id)
    return next(filter(None, values), None)
