"""Answer buttons on a card. Every click gets a visible reply, within the seconds that Teams waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.teams import stale_notes
from bot.teams.people import get_channel
from notifiers.shared.json_members import get_member, get_text
from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE, draw_review_card
from notifiers.teams_bot.connector import make_message_id
from notifiers.teams_bot.messages import link_to_cards
from reviews.answers.answers import make_answer_request
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.kinds import Decision
from reviews.language import _, gettext_noop, use_language
from reviews.text import strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.teams.activity import Activity
    from bot.teams.canary import TeamsCanaryClicks
    from bot.teams.menu import TeamsMenuClicks
    from bot.teams.replies import TeamsReplies
    from bot.teams.request_reader import TeamsRequestReader
    from reviews.answers.answers import AnswerRequest, Answers
    from reviews.model import Review

SENTENCE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
CARD_ACTION = "adaptiveCard/action"
NOT_RECORDED = gettext_noop(
    "This could not be recorded just now. Nothing was lost: please click again in a moment."
)
_DECISIONS = {
    actions.ACKNOWLEDGE: Decision.ACKNOWLEDGE,
    actions.REQUEST_CHANGES: Decision.REQUEST_CHANGES,
}

Reply = dict[str, Any]
log = structlog.get_logger()


class TeamsClicks:
    """Handler of clicks on a card: records the answer and shows the outcome.

    A click comes as an `invoke`, whose HTTP response is what the person sees; old clients send a message with
    a `value` instead. Only that person sees the returned card. Everyone else sees the message, which is
    redrawn like any card. `run_later` runs tasks that the response need not wait for.
    """

    def __init__(
        self,
        answers: Answers,
        request_reader: TeamsRequestReader,
        replies: TeamsReplies,
        *,
        menu: TeamsMenuClicks,
        canary_clicks: TeamsCanaryClicks,
        run_later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._answers = answers
        self._request_reader = request_reader
        self._notes = stale_notes.StaleNotes(answers=answers, request_reader=request_reader)
        self._menu = menu
        self._canary_clicks = canary_clicks
        self._replies = replies
        self._run_later = run_later

    def invoke(self, activity: Activity) -> Reply:
        """Return the response to an invoke: the current card, or a sentence that says why there is none."""
        if get_text(activity.payload, "name") != CARD_ACTION:
            return _refuse_unknown_action()
        data = get_member(activity.payload, "value", "action", "data")
        refreshes = get_text(activity.payload, "value", "trigger") == "automatic"  # without a click
        verb = actions.BACK if refreshes else get_text(activity.payload, "value", "action", "verb")
        try:
            return self._handle_click(activity, verb, data)
        except Refused as refusal:
            return self._explain_refusal(activity, data, verb=verb, refusal=refusal)
        except RemoteError as error:
            log.warning("click_not_recorded", reason=str(error))
            return make_sentence_reply(_(NOT_RECORDED))

    def _explain_refusal(self, activity: Activity, data: object, *, verb: str, refusal: Refused) -> Reply:
        """Say why nothing was done. A note is returned in a card, which no redrawn message replaces."""
        card = self._notes.draw_card(activity, data, verb=verb, refusal=refusal)
        if card is None:
            self._handle_refusal(activity, data, refusal)
            return make_sentence_reply(refusal.sentence)
        _log_refusal(activity, data, refusal)
        return make_private_card_reply(card)

    def _handle_click(self, activity: Activity, verb: str, data: object) -> Reply:
        decision = _DECISIONS.get(verb)
        if decision is not None:
            return self._draw_card_reply(activity, self._answer(activity, decision, data))
        if verb == actions.ACKNOWLEDGE_TEST:
            return make_sentence_reply(self._canary_clicks.acknowledge(activity, data))
        if verb == actions.BACK:
            return self._draw_card_reply(activity, self._load_review(activity, data))
        content = self._menu.draw_answer(activity, verb, data)
        return _refuse_unknown_action() if content is None else make_private_card_reply(content)

    def submit(self, activity: Activity) -> str | None:
        """Process a click that came as a message; return a reply, unless the redrawn card is enough."""
        data = get_member(activity.payload, "value")
        try:
            self._answer(activity, _DECISIONS[actions.read_verb(data)], data)
        except Refused as refusal:
            self._handle_refusal(activity, data, refusal)
            return self._notes.describe_refusal(data, refusal)
        except RemoteError as error:
            log.warning("click_not_recorded", reason=str(error))
            return _(NOT_RECORDED)
        return None

    def _answer(self, activity: Activity, decision: Decision, data: object) -> Review:
        review = self._answers.record_answer(self._make_answer_request(activity, decision, data))
        self._redraw_if_outdated(activity, review)
        return review

    def _make_answer_request(self, activity: Activity, decision: Decision, data: object) -> AnswerRequest:
        review_request, revision = self._request_reader.read_click(activity, data)
        note = actions.read_note(data) if decision is Decision.REQUEST_CHANGES else None
        return make_answer_request(
            review_request,
            revision=revision,
            decision=decision,
            language=actions.read_language(data),
            note=note,
        )

    def _load_review(self, activity: Activity, data: object) -> Review:
        """Return the review of a card in this channel; a request for another one reveals nothing of it."""
        review = self._answers.get_review(strip_unstorable(actions.read_data(data)[0]))
        if (NAME, activity.channel) not in {(card.notifier, card.target) for card in review.cards}:
            raise Refused(RefusalReason.UNKNOWN, _("This review is no longer tracked here."))
        return review

    def _handle_refusal(self, activity: Activity, data: object, refusal: Refused) -> None:
        _log_refusal(activity, data, refusal)
        if refusal.reason in stale_notes.STALE_REASONS:
            self._redraw_if_outdated(
                activity, self._answers.get_review(strip_unstorable(actions.read_data(data)[0]))
            )

    def _draw_card_reply(self, activity: Activity, review: Review) -> Reply:
        card = self._answers.draw_card_for(review, (NAME, activity.channel))
        content = draw_review_card(card, card_links=link_to_cards(card, get_channel(activity)))
        return {"statusCode": 200, "type": CARD_TYPE, "value": content}

    def _redraw_if_outdated(self, activity: Activity, review: Review) -> None:
        """Redraw the clicked message, unless it is the tracked card and up to date.

        After a post with an unknown outcome, a card may exist twice. A list of a person's own reviews is not
        a card.
        """
        message_id = (NAME, activity.channel, make_message_id(activity.conversation, activity.reply_to))
        is_own_list = actions.is_in_own_list(get_member(activity.payload, "value", "action", "data"))
        up_to_date = {
            (c.notifier, c.target, c.message_id)
            for c in review.cards
            if c.finished_drawing == c.requested_drawing
        }
        if activity.reply_to and message_id not in up_to_date and not is_own_list:
            self._run_later(lambda: self._redraw(activity, review))

    def _redraw(self, activity: Activity, review: Review) -> None:
        # In the route's language, not the clicker's: the whole channel reads it.
        with use_language(self._answers.routes.find_language(review.route)):
            self._replies.replace_message(
                activity, self._answers.draw_card_for(review, (NAME, activity.channel))
            )


def _log_refusal(activity: Activity, data: object, refusal: Refused) -> None:
    review_id = strip_unstorable(actions.read_data(data)[0])
    log.info("click_refused", object_id=activity.object_id, review_id=review_id, reason=refusal.reason)


def make_sentence_reply(sentence: str) -> Reply:
    """Return the response to a click that shows a sentence and leaves the card as it is."""
    return {"statusCode": 200, "type": SENTENCE_TYPE, "value": sentence}


def is_click_message(activity: Activity) -> bool:
    """Return whether a message is a click from an old client."""
    return bool(actions.read_verb(get_member(activity.payload, "value")))


def make_private_card_reply(content: dict[str, Any]) -> Reply:
    """Return the response to a click that replaces the card, only for the person who clicked."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": content}


def _refuse_unknown_action() -> Reply:
    value = {"code": "NotSupported", "message": _("This bot has no such action.")}
    return {"statusCode": 400, "type": ERROR_TYPE, "value": value}
