"""The buttons on a card and the modal for a note. Every click gets a visible reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.slack import modals
from notifiers.slack.blocks import ACTION_IDS, read_value
from notifiers.slack.failures import calling
from notifiers.slack.text import escape
from reviews.answers import Attempt
from reviews.card import Action
from reviews.errors import FarSideError, RefusalReason, Refused
from reviews.model import Decision, Identity, Review

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond
    from slack_sdk import WebClient

    from bot.slack.people import People
    from reviews.answers import Answers

log = structlog.get_logger()

_MEND_THE_NOTE = frozenset({RefusalReason.NOTE_NEEDED, RefusalReason.NOTE_TOO_LONG})
_NOT_RECORDED = "This could not be recorded just now. Nothing was lost: please click again in a moment."


def register(bolt: App, *, answers: Answers, people: People) -> None:
    """Add the listeners for the card's buttons and the modal."""
    clicks = Clicks(answers, people)
    bolt.action(ACTION_IDS[Action.ACKNOWLEDGE])(clicks.acknowledge)
    bolt.action(ACTION_IDS[Action.REQUEST_CHANGES])(clicks.request_changes)
    bolt.action(ACTION_IDS[Action.OPEN])(clicks.opened)
    bolt.view(modals.REQUEST_CHANGES)(clicks.submit_note)
    bolt.error(clicks.failed)


class Clicks:
    """Translates what Slack says into an attempt to answer, and the outcome into what Slack shows.

    The answer is in the database before Slack is told that the click arrived: where it can't be written,
    the person sees Slack's warning sign and nothing is claimed.
    """

    def __init__(self, answers: Answers, people: People) -> None:
        self._answers = answers
        self._people = people

    def acknowledge(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        try:
            review = self._answers.take(self._attempt(body, Decision.ACKNOWLEDGE))
        except Refused as refusal:
            ack()
            _tell(respond, refusal.sentence, body, refusal.reason)
        except FarSideError as error:
            ack()
            _tell(respond, _NOT_RECORDED, body, str(error))
        else:
            ack()
            _log_answer(review)

    def request_changes(self, ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient) -> None:
        ack()
        try:
            review = self._answers.check(self._attempt(body, Decision.REQUEST_CHANGES))
            with calling("views.open"):
                client.views_open(trigger_id=body["trigger_id"], view=modals.request_changes(review))
        except Refused as refusal:
            _tell(respond, refusal.sentence, body, refusal.reason)
        except FarSideError as error:
            _tell(respond, "Slack did not open the form. Please click again.", body, str(error))

    def submit_note(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        try:
            review = self._answers.take(self._submitted(body, view))
        except Refused as refusal:
            if refusal.reason in _MEND_THE_NOTE:
                ack(response_action="errors", errors={modals.NOTE_BLOCK: refusal.sentence})
            else:
                ack(response_action="update", view=modals.said(refusal.sentence))
        except FarSideError as error:
            log.warning("note_not_recorded", reason=str(error))
            ack(response_action="errors", errors={modals.NOTE_BLOCK: _NOT_RECORDED})
        else:
            ack()
            _log_answer(review)

    def opened(self, ack: Ack) -> None:
        """Slack reports clicks on links too, and warns the person if nobody answers."""
        ack()

    def failed(self, error: Exception, body: dict[str, Any], respond: Respond) -> None:
        """Log what no listener expected, and say so: the edge of the process."""
        log.error("click_failed", exc_info=error)
        if body.get("response_url"):
            _tell(respond, _NOT_RECORDED, body, type(error).__name__)

    def _attempt(self, body: dict[str, Any], decision: Decision) -> Attempt:
        """Read a click: the button's value names review and revision, the container where the card stands."""
        review_id, revision = read_value(str(body["actions"][0].get("value", "")))
        return Attempt(
            review_id=review_id,
            revision=revision,
            decision=decision,
            reviewer=self._people.reviewer(body["user"]["id"]),
            identity=Identity.SLACK,
            place=("slack", str(body.get("container", {}).get("channel_id", ""))),
        )

    def _submitted(self, body: dict[str, Any], view: dict[str, Any]) -> Attempt:
        review_id, revision = read_value(str(view.get("private_metadata", "")))
        return Attempt(
            review_id=review_id,
            revision=revision,
            decision=Decision.REQUEST_CHANGES,
            reviewer=self._people.reviewer(body["user"]["id"]),
            identity=Identity.SLACK,
            note=_note(view),
        )


def _note(view: dict[str, Any]) -> str | None:
    """Return what was typed; nothing where the form is not as we made it."""
    answers = view.get("state", {}).get("values", {}).get(modals.NOTE_BLOCK, {})
    note: str | None = answers.get(modals.NOTE_ACTION, {}).get("value")
    return note


def _tell(respond: Respond, sentence: str, body: dict[str, Any], reason: str) -> None:
    """Reply privately to whoever clicked."""
    log.info("click_refused", user=body.get("user", {}).get("id"), reason=reason)
    try:
        with calling("response_url"):
            respond(text=escape(sentence), response_type="ephemeral", replace_original=False)
    except FarSideError as error:
        log.warning("private_reply_not_sent", reason=str(error))


def _log_answer(review: Review) -> None:
    answer = review.answers[-1]
    log.info("review_answered", review_id=review.id, decision=answer.decision, identity=answer.identity)
