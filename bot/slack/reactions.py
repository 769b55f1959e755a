"""Reactions on cards: one acknowledges if the route says so; removing it withdraws that answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog

from bot.slack.actions import is_current_in_slack
from bot.slack.removed_reactions import REACTION_REMOVED_PREFIX
from bot.slack.replies import describe_not_counted
from bot.slack.request_checks import name_request
from notifiers.shared.json_members import get_text
from reviews.answers.answers import make_answer_request
from reviews.answers.permission import find_newest_answer, require_review
from reviews.errors import RefusalReason, Refused, RemoteError
from reviews.kinds import Decision
from reviews.language import _, switch_language
from reviews.people.docspace_accounts import recognize
from reviews.quorum import list_valid_answers
from reviews.repeated_requests import mark_undecided
from reviews.review_request import ReviewRequest
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App

    from bot.slack.replies import SlackReplies
    from bot.slack.request_reader import SlackRequestReader
    from reviews.answers.answers import Answers
    from reviews.identity import ProvenPerson
    from reviews.model import Post, Review

# Slack repeats an unacknowledged event for minutes; the card may have been redrawn meanwhile.
MAX_REACTION_AGE = timedelta(seconds=30)
PROOF_REACTION, PROOF_REACTION_AT = "reaction", "reaction_at"

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class _Reaction:
    """One reaction: who added which one, where and when, as reported by Slack."""

    request: str
    name: str
    user: str
    author: str
    channel: str
    ts: str
    at: datetime

    @classmethod
    def read(cls, body: dict[str, Any]) -> _Reaction:
        return cls(
            request=name_request(body),
            name=get_text(body, "event", "reaction").partition("::")[0],  # without the skin tone
            user=get_text(body, "event", "user"),
            author=get_text(body, "event", "item_user"),
            channel=get_text(body, "event", "item", "channel"),
            ts=get_text(body, "event", "item", "ts"),
            at=_parse_timestamp(get_text(body, "event", "event_ts")),
        )

    @property
    def place(self) -> str:
        return f"{self.channel}:{self.ts}:{self.user}"

    def make_request(self, review: Review, person: ProvenPerson) -> ReviewRequest:
        proof = {PROOF_REACTION: self.name, PROOF_REACTION_AT: self.at.isoformat()}
        return ReviewRequest(
            review_id=review.id,
            person=person.with_proof(proof),
            place=("slack", self.channel),
            request_name=self.request,
        )


class Reactions:
    """Listener for reactions, which answers as the button would.

    An event is acknowledged after its commit: one that could not be stored is sent again. It is acted on and
    answered once, however often Slack repeats it (facts on Slack, 1.6).
    """

    def __init__(
        self, answers: Answers, request_reader: SlackRequestReader, *, replies: SlackReplies
    ) -> None:
        self._answers = answers
        self._request_reader = request_reader
        self._replies = replies

    def register(self, bolt: App) -> None:
        """Register the listeners; Slack sends neither event to an app without the scope `reactions:read`."""
        bolt.event("reaction_added")(self.handle_reaction_added)
        bolt.event("reaction_removed")(self.handle_reaction_removed)

    def handle_reaction_added(self, ack: Ack, body: dict[str, Any]) -> None:
        self._act(ack, body, self._answer)

    def handle_reaction_removed(self, ack: Ack, body: dict[str, Any]) -> None:
        self._act(ack, body, self._withdraw)

    def _act(
        self,
        ack: Ack,
        body: dict[str, Any],
        handle: Callable[[_Reaction, Review, Post, ReviewRequest], None],
    ) -> None:
        reaction = _Reaction.read(body)
        review_and_post = self._find_card(reaction)
        if review_and_post is None:
            ack()
            return
        review, post = review_and_post
        try:
            person = self._request_reader.look_up(body, reaction.user)
            switch_language(person.locale)
            handle(reaction, review, post, reaction.make_request(review, person))
        except Refused as refusal:
            self._refuse(ack, reaction, refusal.sentence, reason=refusal.reason)
        except RemoteError as error:
            mark_undecided(self._answers.transactions, reaction.request, at=self._answers.clock())
            self._refuse(ack, reaction, describe_not_counted(), reason=str(error))
        else:
            ack()

    def _refuse(self, ack: Ack, reaction: _Reaction, sentence: str, *, reason: str) -> None:
        """Say privately why a reaction does not count, when the event arrives for the first time."""
        log.info("reaction_refused", user=reaction.user, reason=reason)
        with self._answers.transactions() as work:
            first = work.idempotency_keys.add_if_new(f"{reaction.request}:answered", at=self._answers.clock())
            work.commit()
        ack()
        if first:
            self._replies.send_ephemeral(reaction.channel, reaction.user, sentence)

    def _find_card(self, reaction: _Reaction) -> tuple[Review, Post] | None:
        """Return the card and its review if this reaction counts.

        Reactions that no route names are not looked up; our own reactions are on our own messages.
        """
        counting = {
            (target.address, route.acknowledge_reaction)
            for route in self._answers.routes.all
            for target in route.notify
            if target.notifier == "slack" and route.acknowledge_reaction
        }
        if (reaction.channel, reaction.name) not in counting or reaction.user == reaction.author:
            return None
        with self._answers.transactions(reading=True) as work:
            post = work.cards.find_by_message("slack", reaction.channel, reaction.ts)
            review = work.reviews.get(post.review_id) if post and post.review_id else None
            route = self._answers.routes.find_route(review.route) if review else None
            if post is None or review is None or route is None or route.acknowledge_reaction != reaction.name:
                return None
        return review, post

    def _answer(self, reaction: _Reaction, review: Review, post: Post, review_request: ReviewRequest) -> None:
        """Answer the revision that the card shows; if that is uncertain, say so."""
        with self._answers.transactions(reading=True) as work:
            removal = work.conversations.get(REACTION_REMOVED_PREFIX, reaction.place)
            is_repeat = work.idempotency_keys.get(reaction.request) is not None
        if removal and removal["at"] > reaction.at.isoformat():
            return  # Slack sends events in any order
        late = self._answers.clock() - reaction.at > MAX_REACTION_AGE
        shown_since = max(post.drawn_at or review.changed_at, review.changed_at)
        is_outdated = late or not is_current_in_slack(post) or reaction.at < shown_since
        if is_outdated and not is_repeat:  # what was counted has made the card change
            sentence = _(
                "The card of {title} was being updated, so your reaction was not counted. Look at the "
                "card again, remove your reaction, and add it again."
            )
            redacted = self._answers.redact_for_reader(review, review_request.person)
            raise Refused(RefusalReason.STALE, sentence.format(title=clean_text(redacted.title)))
        decision = Decision.ACKNOWLEDGE
        self._answers.record_answer(
            make_answer_request(review_request, revision=review.revision, decision=decision, language=None)
        )

    def _withdraw(
        self, reaction: _Reaction, review: Review, _post: Post, review_request: ReviewRequest
    ) -> None:
        """Withdraw the answer that the reaction gave; without such an answer, do nothing."""
        with self._answers.transactions() as work:
            removal = {"at": reaction.at.isoformat()}
            work.conversations.remember(
                REACTION_REMOVED_PREFIX, reaction.place, removal, at=self._answers.clock()
            )
            work.commit()
        with self._answers.transactions(reading=True) as work:
            answer = find_newest_answer(
                list_valid_answers(require_review(work, review_request)),
                recognize(work, review_request.person),
            )
        if answer is None:
            return
        was_added_again = (
            answer.proof.get(PROOF_REACTION_AT, "") > reaction.at.isoformat()
        )  # the reaction was added again
        if answer.proof.get(PROOF_REACTION) == reaction.name and not was_added_again:
            self._answers.withdraw(review_request)
            log.info("answer_withdrawn", review_id=review.id, identity=review_request.person.identity)


def _parse_timestamp(ts: str) -> datetime:
    """Return the time that Slack writes in seconds; the epoch if it is invalid."""
    try:
        return datetime.fromtimestamp(float(ts), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
