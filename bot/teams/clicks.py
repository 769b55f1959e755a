"""The buttons on a card. Every click gets a visible reply, within the seconds that Teams waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog

from bot.teams import overtaken
from bot.teams.people import channel_of
from notifiers.shared.members import member, string
from notifiers.teams_bot import NAME, actions
from notifiers.teams_bot.card import CARD_TYPE, card_for
from notifiers.teams_bot.connector import message_id
from notifiers.teams_bot.messages import ways_to_cards
from reviews.answers.answers import attempt_of
from reviews.errors import FarSideError, RefusalReason, Refused
from reviews.kinds import Decision
from reviews.language import _, marked, speaking
from reviews.text import storable

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.teams.activity import Activity
    from bot.teams.canary import Tests
    from bot.teams.menu import MenuClicks
    from bot.teams.replies import Replies
    from bot.teams.wishes import Wishes
    from reviews.answers.answers import Answers, Attempt
    from reviews.model import Review

SENTENCE_TYPE = "application/vnd.microsoft.activity.message"
ERROR_TYPE = "application/vnd.microsoft.error"
CLICK = "adaptiveCard/action"
NOT_RECORDED = marked(
    "This could not be recorded just now. Nothing was lost: please click again in a moment."
)
_DECISIONS = {
    actions.ACKNOWLEDGE: Decision.ACKNOWLEDGE,
    actions.REQUEST_CHANGES: Decision.REQUEST_CHANGES,
}

Reply = dict[str, Any]
log = structlog.get_logger()


class Clicks:
    """Translates what Teams says into an attempt to answer, and the outcome into what Teams shows.

    A click comes as an `invoke`, whose HTTP response is what the person sees; old clients send a message
    with a `value` instead. The card that is returned is seen by the person alone: everybody else sees the
    message, which is redrawn like any card. `later` runs what need not be done before the answer.
    """

    def __init__(
        self,
        answers: Answers,
        wishes: Wishes,
        replies: Replies,
        *,
        menu: MenuClicks,
        tests: Tests,
        later: Callable[[Callable[[], None]], None],
    ) -> None:
        self._answers = answers
        self._wishes = wishes
        self._notes = overtaken.Overtaken(answers=answers, wishes=wishes)
        self._menu = menu
        self._tests = tests
        self._replies = replies
        self._later = later

    def invoke(self, activity: Activity) -> Reply:
        """Return the answer to an invoke: the fresh card, or a sentence that says why there is none."""
        if string(activity.said, "name") != CLICK:
            return _unknown()
        data = member(activity.said, "value", "action", "data")
        refreshes = string(activity.said, "value", "trigger") == "automatic"  # nobody has clicked
        verb = actions.BACK if refreshes else string(activity.said, "value", "action", "verb")
        try:
            return self._reply(activity, verb, data)
        except Refused as refusal:
            return self._refused(activity, data, verb=verb, refusal=refusal)
        except FarSideError as error:
            log.warning("click_not_recorded", reason=str(error))
            return spoken(_(NOT_RECORDED))

    def _refused(self, activity: Activity, data: object, *, verb: str, refusal: Refused) -> Reply:
        """Say why nothing was done. A note is shown in a card instead, which no redrawn message replaces."""
        card = self._notes.card(activity, data, verb=verb, refusal=refusal)
        if card is None:
            self._overtaken(activity, data, refusal)
            return spoken(refusal.sentence)
        log.info("click_refused", object_id=activity.object_id, reason=refusal.reason)
        return private(card)

    def _reply(self, activity: Activity, verb: str, data: object) -> Reply:
        decision = _DECISIONS.get(verb)
        if decision is not None:
            return self._card(activity, self._answer(activity, decision, data))
        if verb == actions.ACKNOWLEDGE_TEST:
            return spoken(self._tests.acknowledge(activity, data))
        if verb == actions.BACK:
            return self._card(activity, self._here(activity, data))
        content = self._menu.shown(activity, verb, data)
        return _unknown() if content is None else private(content)

    def submit(self, activity: Activity) -> str | None:
        """Take a click that came as a message; return what to tell, unless the redrawn card says it."""
        data = member(activity.said, "value")
        try:
            self._answer(activity, _DECISIONS[actions.read_verb(data)], data)
        except Refused as refusal:
            self._overtaken(activity, data, refusal)
            return self._notes.sentence(data, refusal)
        except FarSideError as error:
            log.warning("click_not_recorded", reason=str(error))
            return _(NOT_RECORDED)
        return None

    def _answer(self, activity: Activity, decision: Decision, data: object) -> Review:
        review = self._answers.take(self._attempt(activity, decision, data))
        self._show(activity, review)
        return review

    def _attempt(self, activity: Activity, decision: Decision, data: object) -> Attempt:
        wish, revision = self._wishes.clicked(activity, data)
        note = actions.read_note(data) if decision is Decision.REQUEST_CHANGES else None
        return attempt_of(wish, revision=revision, decision=decision, note=note)

    def _here(self, activity: Activity, data: object) -> Review:
        """Return the review of a card that stands here; whoever asks for another one learns nothing of it."""
        review = self._answers.look(storable(actions.read_data(data)[0]))
        if (NAME, activity.channel) not in {(card.notifier, card.target) for card in review.cards}:
            raise Refused(RefusalReason.UNKNOWN, _("This review is no longer tracked here."))
        return review

    def _overtaken(self, activity: Activity, data: object, refusal: Refused) -> None:
        log.info("click_refused", object_id=activity.object_id, reason=refusal.reason)
        if refusal.reason in overtaken.REASONS:
            self._show(activity, self._answers.look(storable(actions.read_data(data)[0])))

    def _card(self, activity: Activity, review: Review) -> Reply:
        card = self._answers.drawn(review, (NAME, activity.channel))
        content = card_for(card, ways=ways_to_cards(card, channel_of(activity)))
        return {"statusCode": 200, "type": CARD_TYPE, "value": content}

    def _show(self, activity: Activity, review: Review) -> None:
        """Redraw the message that was clicked, unless it is the one that is kept up to date, and it is.

        A card may stand twice where nobody could tell what had become of a post. A list of somebody's own
        reviews is no card.
        """
        clicked = (NAME, activity.channel, message_id(activity.conversation, activity.reply_to))
        mine = actions.is_mine(member(activity.said, "value", "action", "data"))
        kept = {(c.notifier, c.target, c.message_id) for c in review.cards if c.drawn == c.wanted}
        if activity.reply_to and clicked not in kept and not mine:
            self._later(lambda: self._redraw(activity, review))

    def _redraw(self, activity: Activity, review: Review) -> None:
        # Not whoever clicked, but the whole channel reads it.
        with speaking(self._answers.routes.language_of(review.route)):
            self._replies.show(activity, self._answers.drawn(review, (NAME, activity.channel)))


def spoken(sentence: str) -> Reply:
    """Return the answer to a click that shows a sentence, and leaves the card as it is."""
    return {"statusCode": 200, "type": SENTENCE_TYPE, "value": sentence}


def is_submitted(activity: Activity) -> bool:
    """Tell whether a message is a click of a client that knows no better."""
    return bool(actions.read_verb(member(activity.said, "value")))


def private(content: dict[str, Any]) -> Reply:
    """Return the answer to a click that shows a card to whoever clicked, in the place of everybody's."""
    return {"statusCode": 200, "type": CARD_TYPE, "value": content}


def _unknown() -> Reply:
    value = {"code": "NotSupported", "message": _("This bot has no such action.")}
    return {"statusCode": 400, "type": ERROR_TYPE, "value": value}
