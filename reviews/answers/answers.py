"""Recording and withdrawing of answers, whichever way they come: a click, a form, a command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from reviews.absences.authority import Authority
from reviews.absences.stand_in_updates import update_stand_ins
from reviews.answers import answer_notices, outcome_notices
from reviews.answers.answer_events import build_answer_event
from reviews.answers.gone_documents import close_unless_asked_for, record_document_gone_meanwhile
from reviews.answers.late_refusals import refuse_late_answer, refuse_second_answer, refuse_superseded
from reviews.answers.openings import describe_openings
from reviews.answers.permission import (
    check_withdrawal,
    find_newest_answer,
    permit_answer,
    refuse_untracked,
    require_review,
    require_running_campaign,
)
from reviews.cards.card_context import find_context
from reviews.cards.card_drawing import draw_card
from reviews.cards.meaning import draw_known_meaning
from reviews.comparisons.reviewed_bytes import find_reviewed_bytes
from reviews.errors import Conflict, RefusalReason, Refused
from reviews.kinds import Decision, ReviewState
from reviews.ladder.next_look import find_look_after_snooze, find_next_look
from reviews.language import _
from reviews.ledger import ledger_entries
from reviews.ledger.agreement import describe_agreement
from reviews.model import Answer, Review
from reviews.notice_facts import find_personal_channel, list_places
from reviews.people.docspace_accounts import DocSpaceUnavailable, recognize
from reviews.people.stand_ins import find_absent_names
from reviews.ports.reports import ReviewAnswered, ignore_report
from reviews.privacy.channel_visibility import redact_for_reader
from reviews.privacy.redaction import hide_title
from reviews.quorum import derive_state, list_valid_answers
from reviews.repeated_requests import (
    RepeatedRequest,
    mark_undecided,
    refuse_repeat,
    require_first_request,
)
from reviews.review_request import ReviewRequest
from reviews.text import is_visible, strip_unstorable

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.answers.permission import Permit
    from reviews.cards.card import Card
    from reviews.cards.card_context import CardContext
    from reviews.cards.meaning import Meaning
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.people.docspace_accounts import AccountLookup
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.route import Routes

MAX_NOTE_LENGTH = 3000


@dataclass(frozen=True, kw_only=True)
class AnswerRequest(ReviewRequest):
    """A request to answer: the revision the person saw, in which language, and their decision.

    The `language` is that of the page, form or card; `None` means that of the cards on the review's route.
    """

    revision: int
    language: str | None
    decision: Decision
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Records answers. Every refusal is a `Refused` with a sentence for the person who tried.

    `wake` is called when cards are due for a redraw, and `on_answered` with a review that was answered, or
    whose answer was withdrawn.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    accounts: AccountLookup
    wake: Callable[[], None] = lambda: None
    on_answered: Callable[[Review], None] = lambda _review: None
    direct_message_channels: frozenset[str] = frozenset()
    """The channels that can send a direct message to one person."""
    draw_card_for: Callable[[Review, tuple[str, str]], Card] = lambda review, _place: draw_card(review)
    """Draws the card of a review for a (notifier, target)."""
    report: Callable[[Report], None] = ignore_report

    def get_review(self, review_id: str) -> Review:
        """Return a review, or raise `Refused` if there is none with this id."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
        if review is None:
            raise refuse_untracked()
        return review

    def may_answer_by_link(self, review: Review) -> bool:
        """Return whether the link to the page is enough to answer, without proof of identity."""
        route = self.routes.find_route(review.route)
        return route is not None and route.link_suffices and review.campaign is None

    def is_private(self, review: Review) -> bool:
        """Return whether only the owners and deputies may see what a review is about."""
        return self.routes.find_private(review.route, stored=review.private) is not None

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def redact_for_reader(self, review: Review, reader: ProvenPerson) -> Review:
        """Return the review as one person may see it in private."""
        if not self.is_private(review):
            return review
        with self.transactions(reading=True) as work:
            return redact_for_reader(self._find_authority(work, review), reader)

    def find_context(self, review: Review) -> CardContext:
        """Return what a card of the review shows besides the review itself."""
        with self.transactions(reading=True) as work:
            return find_context(work, review, self.routes.find_route(review.route), now=self.clock())

    def draw_meaning(self, review: Review) -> Meaning:
        """Return what acknowledging a review means; of one that is redacted, what its reader may see."""
        return draw_known_meaning(review, self.routes.find_route(review.route))

    def check(self, answer_request: AnswerRequest) -> Review:
        """Return the review if this answer would be accepted now, else raise `Refused`. Record nothing."""
        return self.accounts.run_with_lookup(lambda: self._check_answer(answer_request))

    def _check_answer(self, answer_request: AnswerRequest) -> Review:
        with self.transactions(reading=True) as work:
            review = require_review(work, answer_request)
            check_answer(self._find_authority(work, review), answer_request)
            return review

    def record_answer(
        self, answer_request: AnswerRequest, *, before_lookup: Callable[[], object] = lambda: None
    ) -> Review:
        """Record the answer and return the review as answered, or raise `Refused`.

        One conditional UPDATE decides. The ledger entry and the mark to redraw every card are in the same
        transaction. A repeated request gets the review in its current state, or is refused again.
        `before_lookup` is called before DocSpace is queried for the person's account, which is rare.
        """
        received_at = self.clock()
        note = _check_note(answer_request)
        try:
            after, answer = self.accounts.run_with_lookup(
                lambda: self._record_answer(answer_request, note, received_at=received_at),
                before_lookup=before_lookup,
            )
        except DocSpaceUnavailable:
            mark_undecided(self.transactions, answer_request.request_name, at=self.clock())
            raise
        except RepeatedRequest as repeat:
            if repeat.refused:
                self.check(answer_request)
                raise refuse_repeat() from None
            return self.get_review(answer_request.review_id)
        self.report(
            ReviewAnswered(review=after, answer=answer, duration=_measure_response_time(after, answer))
        )
        self.wake()
        self.on_answered(after)
        return after

    def _record_answer(
        self, answer_request: AnswerRequest, note: str | None, *, received_at: datetime
    ) -> tuple[Review, Answer]:
        with self.transactions() as work:
            with require_first_request(work, answer_request.request_name, at=self.clock()):
                review = require_review(work, answer_request, lock=True)
                permit = check_answer(self._find_authority(work, review), answer_request)
                answer = self._build_answer(review, answer_request, permit, note)
                state = derive_state(review, (*list_valid_answers(review), answer))
                after = replace(review, state=state, answers=(*review.answers, answer))
                next_look = self._find_look_after_answer(after)
                if not work.reviews.record_answer(review.id, answer, state, remind_at=next_look):
                    raise _refuse_late(
                        work, self._hide_title(require_review(work, answer_request)), answer_request
                    )
            entry = ledger_entries.build_answered(review, answer, absent_name=_find_absent_name(work, answer))
            agreement = self._describe_agreement(review, answer_request)
            opened = describe_openings(
                work, review, answer_request.person, aliases=permit.aliases, until=answer.at
            )
            work.ledger.append({**entry, **agreement, **opened})
            after = update_stand_ins(work, after, self.routes, at=answer.at)  # no one answers for two people
            work.cards.redraw(review.id)
            self._owe_notices(work, after, answer)
            if review.campaign is not None:
                work.campaigns.request_look(review.campaign.id, at=answer.at)
            event = build_answer_event(review, answer)
            if event is not None:
                work.events.add([(event, None)], at=self.clock())
            work.ledger.time_answer(answer.identity, lambda: self.clock() - received_at)
            work.commit()
        return after, answer

    def withdraw(self, review_request: ReviewRequest) -> Review:
        """Withdraw the person's own answer, which adds a ledger entry, and return the review afterwards.

        This is possible until a newer review replaces this one. Raise `Refused` if there is nothing to
        withdraw. A repeated request gets the review in its current state, or is refused again.
        """
        try:
            review = self._withdraw(review_request)
        except RepeatedRequest as repeat:
            review = self.get_review(review_request.review_id)
            if not repeat.refused:
                return review
            with self.transactions(reading=True) as work:
                check_withdrawal(work, self._hide_title(review), review_request)
            raise refuse_repeat() from None
        except Conflict:
            raise refuse_superseded(self._hide_title(self.get_review(review_request.review_id))) from None
        self.wake()
        self.on_answered(review)
        return review

    def _withdraw(self, review_request: ReviewRequest) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, review_request.request_name, at=now):
                review = require_review(work, review_request, lock=True)
                answer = check_withdrawal(work, self._hide_title(review), review_request)
            withdrawn = replace(answer, withdrawn_at=now)
            answers = tuple(withdrawn if each is answer else each for each in review.answers)
            after = replace(review, answers=answers)
            after = replace(after, state=derive_state(after, list_valid_answers(after)))
            next_look = self._find_look_after_withdrawal(after, now)
            work.reviews.withdraw(review.id, withdrawn, after.state, remind_at=next_look)
            work.ledger.append(
                ledger_entries.build_withdrawn(
                    review,
                    withdrawn,
                    identity=review_request.person.identity,
                    proof=review_request.person.proof,
                    absent_name=_find_absent_name(work, answer),
                )
            )
            if review.campaign is not None:
                close_unless_asked_for(work, after, at=now)
            elif review.state is not ReviewState.OPEN:
                record_document_gone_meanwhile(work, after, at=now)
            work.cards.redraw(review.id)
            after = work.reviews.get(review.id) or after  # a bulk review may have fewer files now
            after = update_stand_ins(work, after, self.routes, at=now)
            route = self.routes.find_route(review.route)
            answer_notices.notify_withdrawal(work, after, withdrawn, route=route, at=now)
            if review.campaign is not None:
                work.campaigns.request_look(review.campaign.id, at=now)
            work.commit()
        return after

    def _find_look_after_answer(self, after: Review) -> datetime | None:
        """Return when the clock looks at a review next; an answer that leaves it open changes nothing."""
        if after.state is ReviewState.OPEN:
            return after.remind_at
        return find_next_look(after, self.routes.find_route(after.route), self.clock())

    def _find_look_after_withdrawal(self, after: Review, now: datetime) -> datetime | None:
        """Return when the clock looks at a review next; a snooze that has not ended still counts."""
        is_snoozed = after.snoozed_until is not None and now < after.snoozed_until
        if is_snoozed and after.state is ReviewState.OPEN:
            return find_look_after_snooze(after, now)
        return find_next_look(after, self.routes.find_route(after.route), now)

    def _build_answer(
        self, review: Review, answer_request: AnswerRequest, permit: Permit, note: str | None
    ) -> Answer:
        now = self.clock()
        reviewed_bytes = find_reviewed_bytes(review, self.routes.find_route(review.route))
        return Answer(
            decision=answer_request.decision,
            reviewer=permit.reviewer,
            identity=answer_request.person.identity,
            revision=answer_request.revision,
            version=review.version_to,
            at=now,
            note=note,
            late=review.due_at is not None and now > review.due_at,
            own_change=permit.own_change,
            proof=answer_request.person.proof,
            owner=permit.owner_entry,
            stand_in_for=permit.stand_in_for,
            sha256=reviewed_bytes.sha256,
            size=reviewed_bytes.size,
            not_read=reviewed_bytes.not_read,
        )

    def _describe_agreement(self, review: Review, answer_request: AnswerRequest) -> dict[str, Any]:
        language = answer_request.language or self.routes.find_language(review.route)
        return describe_agreement(review, answer_request.decision, language=language)

    def _find_contributor_channel(self, review: Review) -> str | None:
        route = self.routes.find_route(review.route)
        if route is None or not route.tell_contributors:
            return None
        return find_personal_channel(list_places(review, route), self.direct_message_channels)

    def _owe_notices(self, work: UnitOfWork, review: Review, answer: Answer) -> None:
        """Owe the notices of an answer; contributors who get a direct message are not mentioned too."""
        route, channel = self.routes.find_route(review.route), self._find_contributor_channel(review)
        if answer.decision is Decision.REQUEST_CHANGES:
            answer_notices.notify_change_request(
                work, review, answer, route=route, mentioning=channel is None
            )
        if channel:
            outcome_notices.notify_contributors(work, review, channel=channel, at=answer.at)

    def _hide_title(self, review: Review) -> Review:
        return hide_title(review, self.routes.find_route(review.route))


def _find_absent_name(work: UnitOfWork, answer: Answer) -> str | None:
    """Return the name of the person for whom the reviewer stood in; `None` if we have not met them."""
    if answer.stand_in_for is None:
        return None
    return find_absent_names(work, (), [answer]).get(answer.stand_in_for.casefold())


def _measure_response_time(review: Review, answer: Answer) -> timedelta | None:
    posted = min((card.posted_at for card in review.cards if card.posted_at), default=None)
    return max(answer.at - posted, timedelta()) if posted else None


def make_answer_request(
    review_request: ReviewRequest,
    *,
    revision: int,
    decision: Decision,
    language: str | None,
    note: str | None = None,
) -> AnswerRequest:
    """Return the request extended to an answer."""
    return AnswerRequest(
        **vars(review_request), revision=revision, decision=decision, language=language, note=note
    )


def check_answer(authority: Authority, answer_request: AnswerRequest) -> Permit:
    """Return for whom an answer counts now, or raise `Refused` or `AccountLookupNeeded`."""
    review = authority.review
    if review.state is not ReviewState.OPEN or review.revision != answer_request.revision:
        raise _refuse_late(authority.work, hide_title(review, authority.route), answer_request)
    require_running_campaign(authority.work, review)
    return permit_answer(authority, answer_request, answer_request.decision)


def _refuse_late(work: UnitOfWork, review: Review, answer_request: AnswerRequest) -> Refused:
    own_answer = find_newest_answer(list_valid_answers(review), recognize(work, answer_request.person))
    if own_answer is not None:
        return refuse_second_answer(review, own_answer)
    require_running_campaign(work, review)
    return refuse_late_answer(review, seen_revision=answer_request.revision)


def _check_note(answer_request: AnswerRequest) -> str | None:
    note = strip_unstorable(answer_request.note or "").strip() or None
    if note is not None and not is_visible(note):
        note = None
    if answer_request.decision is Decision.REQUEST_CHANGES and note is None:
        raise Refused(RefusalReason.NOTE_NEEDED, _("Describe briefly what has to change."))
    if note and len(note) > MAX_NOTE_LENGTH:
        sentence = _("The note is {length} characters long; at most {most} fit.")
        explanation = sentence.format(length=len(note), most=MAX_NOTE_LENGTH)
        raise Refused(RefusalReason.NOTE_TOO_LONG, explanation)
    return note
