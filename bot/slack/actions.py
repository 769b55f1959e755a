"""Answer buttons on a card. Every click gets a visible reply."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack import modals
from bot.slack.replies import describe_not_counted_yet, describe_not_recorded
from bot.slack.request_checks import name_request
from bot.slack.request_reader import skip_ack
from notifiers.shared.json_members import get_text, list_objects
from notifiers.slack.blocks import ACTION_IDS, draw_card_message, read_button_value
from notifiers.slack.campaigns import OPEN_CAMPAIGN
from notifiers.slack.failures import translate_errors
from notifiers.slack.languages import read_language
from reviews.answers.answers import make_answer_request
from reviews.cards.card import LINK_ACTIONS, CardAction
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.kinds import Decision
from reviews.language import _, use_language
from reviews.repeated_requests import mark_undecided

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App, BoltResponse
    from slack_sdk import WebClient

    from bot.slack.replies import SlackReplies
    from bot.slack.request_reader import SlackRequestReader
    from notifiers.slack.people import SlackOwners as Owners
    from reviews.answers.answers import AnswerRequest, Answers
    from reviews.model import Post, Review

log = structlog.get_logger()

_UNRECORDED_LINKS = tuple(
    action for action in LINK_ACTIONS if action not in {CardAction.CHANGES, CardAction.OPEN}
)
_CLICK_TYPES = frozenset({"block_actions", "message_action"})
_REDRAW_REASONS = frozenset({RefusalReason.ALREADY_ANSWERED, RefusalReason.STALE})


class SlackClicks:
    """Handler of clicks on answer buttons: records the answer and shows the outcome.

    The answer is committed before Slack's request is acknowledged: if it can't be written, the person sees
    Slack's warning sign and nothing is claimed. Slack is acknowledged first only if the person must be looked
    up, because a look-up may take any time.
    """

    def __init__(
        self,
        answers: Answers,
        request_reader: SlackRequestReader,
        *,
        replies: SlackReplies,
        owners: Owners,
        outage_errors: tuple[type[Exception], ...] = (),
    ) -> None:
        """`outage_errors` are errors that mean an unavailable database; all others are bugs."""
        self._answers = answers
        self._request_reader = request_reader
        self._replies = replies
        self._owners = owners
        self._outage_errors = outage_errors

    def register(self, bolt: App) -> None:
        """Register the listeners for the buttons that every card has from its posting."""
        bolt.action(ACTION_IDS[CardAction.ACKNOWLEDGE])(self.acknowledge)
        bolt.action(ACTION_IDS[CardAction.REQUEST_CHANGES])(self.request_changes)
        for link_action in _UNRECORDED_LINKS:
            bolt.action(ACTION_IDS[link_action])(self.ack_link_click)
        bolt.action(OPEN_CAMPAIGN)(self.ack_link_click)
        bolt.error(self.handle_error)

    def acknowledge(self, ack: Callable[[], object], body: dict[str, Any]) -> Review | None:
        """Record the answer and return the review; `None` if not recorded, after telling the person why."""
        try:
            answer_request = self._read_answer_request(body, Decision.ACKNOWLEDGE, before_lookup=ack)
            review = self._answers.record_answer(answer_request, before_lookup=ack)
        except Refused as refusal:
            ack()
            self._refuse(body, refusal)
        except RemoteError as error:
            ack()
            mark_undecided(self._answers.transactions, name_request(body), at=self._answers.clock())
            self._replies.refuse(body, describe_not_recorded(), reason=str(error))
        else:
            ack()
            self._redraw_if_outdated(body, review)
            return review
        return None

    def request_changes(self, ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        try:
            answer_request = self._read_answer_request(body, Decision.REQUEST_CHANGES)
            review = self._answers.redact_for_reader(
                self._answers.check(answer_request), answer_request.person
            )
            form = modals.draw_answer_form(
                Decision.REQUEST_CHANGES,
                review,
                private=self._answers.is_private(review),
                meaning=self._answers.draw_meaning(review),
            )
            view = modals.attach_channel(form, answer_request.place)
            with translate_errors("views.open"):
                client.views_open(trigger_id=get_text(body, "trigger_id"), view=view)
        except Refused as refusal:
            self._refuse(body, refusal)
        except RemoteError as error:
            sentence = _("Slack did not open the form. Please click again.")
            self._replies.refuse(body, sentence, reason=str(error))

    def ack_link_click(self, ack: Ack) -> None:
        """Acknowledge a click on a link: Slack reports these too, and warns the person without a response."""
        ack()

    def handle_error(self, error: Exception, body: dict[str, Any], response: BoltResponse | None) -> None:
        """Log an unexpected error and reply to the person: the outermost error handler."""
        is_outage = isinstance(error, self._outage_errors)
        if response is not None and is_outage:
            response.status = HTTPStatus.SERVICE_UNAVAILABLE  # first: Bolt waits no longer than three seconds
        if is_outage:
            log.warning("click_not_recorded", reason=type(error).__name__)
        else:
            log.error("click_failed", exc_info=error)
        if get_text(body, "type") in _CLICK_TYPES:
            self._replies.refuse(body, describe_not_recorded(), reason=type(error).__name__)
        elif get_text(body, "event", "type").startswith("reaction_"):
            channel, user = get_text(body, "event", "item", "channel"), get_text(body, "event", "user")
            self._replies.send_ephemeral(channel, user, describe_not_counted_yet())

    def _read_answer_request(
        self,
        body: dict[str, Any],
        decision: Decision,
        *,
        before_lookup: Callable[[], object] = skip_ack,
    ) -> AnswerRequest:
        review_request, revision = self._request_reader.read_click(body, before_lookup=before_lookup)
        language = read_language(get_text(list_objects(body, "actions")[0], "block_id"))
        return make_answer_request(review_request, revision=revision, decision=decision, language=language)

    def _refuse(self, body: dict[str, Any], refusal: Refused) -> None:
        self._replies.refuse(body, refusal.sentence, reason=refusal.reason)
        if refusal.reason in _REDRAW_REASONS:
            review_id, _revision = read_button_value(get_text(list_objects(body, "actions")[0], "value"))
            self._redraw_if_outdated(body, self._answers.get_review(review_id))

    def _redraw_if_outdated(self, body: dict[str, Any], review: Review) -> None:
        """Redraw the clicked message, unless it is the tracked card and up to date.

        After a post with an unknown outcome, a card may exist twice. Only one of the two is redrawn
        automatically; a click on the other must show the current state.
        """
        clicked_message = (
            get_text(body, "container", "channel_id"),
            get_text(body, "container", "message_ts"),
        )
        if not any(
            is_current_in_slack(card) and (card.target, card.message_id) == clicked_message
            for card in review.cards
        ):
            with use_language(self._answers.routes.find_language(review.route)):
                card = self._answers.draw_card_for(review, ("slack", clicked_message[0]))
                owners, deputies = self._owners.mention_owners(card), self._owners.mention_deputies(card)
                message = draw_card_message(
                    card,
                    owners,
                    deputies=deputies,
                    recipients=self._owners.mention_step_recipients(card),
                    stand_ins=self._owners.mention_stand_ins(card),
                )
                self._replies.replace_message(body, message)


def is_current_in_slack(card: Post) -> bool:
    """Return whether a card in Slack shows the current state of its review."""
    return card.notifier == "slack" and card.finished_drawing == card.requested_drawing
