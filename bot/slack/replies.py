"""Replies to clicks, and replacements for clicked messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.slack import modals, response_urls
from bot.slack.home import is_home
from bot.slack.response_urls import BlocksRefused
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.blocks import read_button_value
from notifiers.slack.failures import translate_errors
from notifiers.slack.text import fit_text
from reviews.errors import RemoteError
from reviews.language import _

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.slack.home import Home

MAX_SENTENCE_LENGTH = 3000

log = structlog.get_logger()


def describe_not_recorded() -> str:
    return _("This could not be recorded just now. Nothing was lost: please click again in a moment.")


def describe_not_counted() -> str:
    return _("Your reaction could not be recorded. Remove it, and add it again in a moment.")


def describe_not_counted_yet() -> str:
    """Return what holds until Slack has sent the event again."""
    return _(
        "Your reaction is not recorded yet. If the card does not show it in a minute, remove it, and add it "
        "again."
    )


def _read_review_id(body: dict[str, Any]) -> str:
    """Return the review whose button was clicked; empty for a click elsewhere."""
    action = next(iter(list_objects(body, "actions")), {})
    return read_button_value(get_text(action, "value"))[0]


class SlackReplies:
    """Replies through the response URL of a click, which works five times in half an hour.

    A click in a modal or in App Home has no such URL; its reply is shown there.
    """

    def __init__(self, client: WebClient, home: Home) -> None:
        self._client = client
        self._home = home

    def refuse(self, body: dict[str, Any], sentence: str, *, reason: str) -> None:
        """Say privately why nothing was done, and log it once."""
        log.info(
            "click_refused",
            user=get_text(body, "user", "id"),
            review_id=_read_review_id(body),
            reason=reason,
        )
        if get_text(body, "view", "type") == "modal":
            self.replace_modal(body, modals.draw_message(sentence))
        else:
            self.reply_privately(body, sentence)

    def replace_modal(self, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Replace the clicked modal with this view."""
        try:
            with translate_errors("views.update"):
                self._client.views_update(view_id=get_text(body, "view", "id"), view=view)
        except RemoteError as error:
            log.warning("modal_not_redrawn", reason=str(error))

    def send_ephemeral(self, channel: str, user: str, sentence: str) -> None:
        """Send a person a private message in a channel, without a click to reply to."""
        try:
            with translate_errors("chat.postEphemeral"):
                self._client.chat_postEphemeral(
                    channel=channel, user=user, text=fit_text(sentence, MAX_SENTENCE_LENGTH)
                )
        except RemoteError as error:
            log.error("private_reply_not_sent", way="chat.postEphemeral", reason=str(error))  # noqa: TRY400

    def reply_privately(self, body: dict[str, Any], sentence: str) -> None:
        """Reply to a click privately; if its response URL does not work, through the API."""
        if is_home(body):
            self._home.show_notice(get_text(body, "user", "id"), sentence)
            return
        text = fit_text(sentence, MAX_SENTENCE_LENGTH)
        try:
            self._send(body, text=text, response_type="ephemeral", replace_original=False)
        except RemoteError as error:
            log.warning("private_reply_not_sent", way="response_url", reason=str(error))
            self.send_ephemeral(
                get_text(body, "container", "channel_id"), get_text(body, "user", "id"), sentence
            )

    def answer_command(
        self, body: dict[str, Any], message: dict[str, Any], *, plain: dict[str, Any] | None = None
    ) -> None:
        """Answer a command privately after it was acknowledged; with `plain` if Slack refuses the blocks."""
        try:
            try:
                self._send_answer(body, message)
            except BlocksRefused as error:
                if plain is None:
                    raise
                log.info("command_answer_refused", reason=str(error))
                self._send_answer(body, plain)
        except RemoteError as error:
            log.error("command_answer_not_sent", reason=str(error))  # noqa: TRY400

    def _send_answer(self, body: dict[str, Any], message: dict[str, Any]) -> None:
        content = {"text": message["text"], "blocks": message["blocks"], "response_type": "ephemeral"}
        self._send(body, **content, replace_original=False)

    def replace_message(self, body: dict[str, Any], message: dict[str, Any]) -> None:
        """Replace the clicked message with this one.

        The response URL of a message shortcut writes below the message, never in its place. App Home is
        redrawn separately.
        """
        if get_text(body, "type") != "block_actions" or is_home(body):
            return
        try:
            self._send(body, text=message["text"], blocks=message["blocks"], replace_original=True)
        except RemoteError as error:
            log.warning("clicked_message_not_redrawn", reason=str(error))

    def _send(self, body: dict[str, Any], **content: Any) -> None:
        response_urls.send(get_text(body, "response_url"), content, api_url=self._client.base_url)
