"""The one place that decides an answer, whatever it came through: a click, a form, a command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.answers import outcome_notices
from reviews.answers.late_refusals import refuse_late_answer, refuse_second_answer, refuse_superseded
from reviews.answers.permission import known, may_answer, of, untracked
from reviews.answers.reminders import next_look
from reviews.answers.repeated_requests import Repeated, give_up, once, refuse_repeat
from reviews.cards.card_context import context_of
from reviews.cards.card_drawing import card_of
from reviews.errors import Conflict, RefusalReason, Refused
from reviews.identity import Identity
from reviews.kinds import Decision, ReviewState
from reviews.language import _
from reviews.ledger import ledger_entries
from reviews.model import Answer, Review
from reviews.notice import Notice, NoticeKind
from reviews.people.docspace_accounts import NoAnswer, recognize
from reviews.ports.reports import ReviewAnswered, untold
from reviews.privacy.channel_visibility import seen_by
from reviews.privacy.redaction import untitled
from reviews.quorum import standing, state_with
from reviews.text import is_visible, storable
from reviews.wish import Wish
from reviews.wording.subject import name_subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from reviews.answers.permission import Permit
    from reviews.cards.card import Card
    from reviews.cards.card_context import Context
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.people.docspace_accounts import DocSpaceAccounts
    from reviews.ports.reports import Report
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes

LONGEST_NOTE = 3000


@dataclass(frozen=True, kw_only=True)
class Attempt(Wish):
    """Somebody's wish to answer: which revision they saw, and what they decided."""

    revision: int
    decision: Decision
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Answers:
    """Takes answers. Every refusal is a `Refused` with a sentence for the person who tried."""

    transactions: Transactions
    routes: Routes
    clock: Clock
    accounts: DocSpaceAccounts
    answered: Callable[[], None] = lambda: None
    told: Callable[[Review], None] = lambda _review: None
    reaching: frozenset[str] = frozenset()
    """The channels in which a person can be written to alone."""
    drawn: Callable[[Review, tuple[str, str]], Card] = lambda review, _place: card_of(review)
    """How the card of a review looks in a (notifier, target)."""
    report: Callable[[Report], None] = untold

    def look(self, review_id: str) -> Review:
        """Return a review; `Refused` for one that is not known here."""
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
        if review is None:
            raise untracked()
        return review

    def link_suffices(self, review: Review) -> bool:
        """Tell whether whoever holds the link to the page may answer, though nobody knows who that is."""
        route = self.routes.named(review.route)
        return route is not None and route.link_suffices

    def is_private(self, review: Review) -> bool:
        """Tell whether what a review is about is for its owners and deputies alone."""
        route = self.routes.named(review.route)
        return route is not None and route.private

    def seen_by(self, review: Review, people: Sequence[Reviewer]) -> Review:
        """Return the review as it may be shown privately to somebody, given under each of their addresses."""
        if not self.is_private(review):
            return review
        with self.transactions(reading=True) as work:
            return seen_by(work, review, route=self.routes.named(review.route), people=people)

    def context_of(self, review: Review) -> Context:
        """Return what a card of the review shows beside it."""
        with self.transactions(reading=True) as work:
            return context_of(work, review, self.routes.named(review.route), now=self.clock())

    def check(self, attempt: Attempt) -> Review:
        """Return the review if this attempt would be taken now, else raise `Refused`. Records nothing."""
        return self.accounts.decide(lambda: self._check(attempt))

    def _check(self, attempt: Attempt) -> Review:
        with self.transactions(reading=True) as work:
            review = known(work, attempt)
            answerable(work, review, self.routes.named(review.route), attempt, now=self.clock())
            return review

    def take(self, attempt: Attempt, *, asking: Callable[[], object] = lambda: None) -> Review:
        """Record the answer and return the review as answered, or raise `Refused`.

        One conditional UPDATE decides; the ledger entry and the wish to redraw every card are in the same
        transaction. A request that comes again gets the review as it stands, or is refused as it was.
        `asking` is called before DocSpace is asked for the person's account, which is rare.
        """
        note = _note(attempt)
        try:
            after, answer = self.accounts.decide(lambda: self._take(attempt, note), asking=asking)
        except NoAnswer:
            give_up(self.transactions, attempt.request, at=self.clock())
            raise
        except Repeated as repeat:
            if repeat.refused:
                self.check(attempt)
                raise refuse_repeat() from None
            return self.look(attempt.review_id)
        self.report(ReviewAnswered(review=after, answer=answer, took=_took(after, answer)))
        self.answered()
        self.told(after)
        return after

    def _take(self, attempt: Attempt, note: str | None) -> tuple[Review, Answer]:
        with self.transactions() as work:
            with once(work, attempt.request, at=self.clock()):
                review = known(work, attempt, lock=True)
                permit = answerable(work, review, self.routes.named(review.route), attempt, now=self.clock())
                answer = self._answer(review, attempt, permit, note)
                state = state_with(review, (*standing(review), answer))
                if not work.reviews.answer(review.id, answer, state):
                    raise _too_late(work, self._untitled(known(work, attempt)), attempt)
            work.ledger.append(ledger_entries.answered(review, answer))
            work.cards.redraw(review.id)
            after = replace(review, state=state, answers=(*review.answers, answer))
            if answer.decision is Decision.REQUEST_CHANGES:
                self._tell(work, after, NoticeKind.CHANGES_REQUESTED, answer)
            if channel := self._contributors_channel(review):
                outcome_notices.tell(work, after, channel=channel, at=answer.at)
            work.commit()
        return after, answer

    def withdraw(self, wish: Wish) -> Review:
        """Take back one's own answer, which adds an entry, and return the review as it stands then.

        It can be done until a newer review takes the place of this one. `Refused` where there is nothing to
        take back. A request that comes again gets the review as it stands, or is refused as it was.
        """
        try:
            review = self._withdraw(wish)
        except Repeated as repeat:
            review = self.look(wish.review_id)
            if not repeat.refused:
                return review
            with self.transactions(reading=True) as work:
                withdrawable(work, self._untitled(review), wish)
            raise refuse_repeat() from None
        except Conflict:
            raise refuse_superseded(self._untitled(self.look(wish.review_id))) from None
        self.answered()
        self.told(review)
        return review

    def _withdraw(self, wish: Wish) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with once(work, wish.request, at=now):
                review = known(work, wish, lock=True)
                answer = withdrawable(work, self._untitled(review), wish)
            taken_back = replace(answer, withdrawn_at=now)
            answers = tuple(taken_back if given is answer else given for given in review.answers)
            after = replace(review, answers=answers)
            after = replace(after, state=state_with(after, standing(after)))
            put_off = after.snoozed_until if after.snoozed_until and after.snoozed_until > now else None
            again = put_off or next_look(after, self.routes.named(review.route), now)
            work.reviews.withdraw(review.id, taken_back, after.state, remind_at=again)
            work.ledger.append(
                ledger_entries.withdrawn(review, taken_back, identity=wish.identity, proof=wish.proof)
            )
            work.cards.redraw(review.id)
            after = work.reviews.get(review.id) or after  # of many files fewer may be left
            self._tell(work, after, NoticeKind.WITHDRAWN, taken_back)
            work.commit()
        return after

    def _answer(self, review: Review, attempt: Attempt, permit: Permit, note: str | None) -> Answer:
        now = self.clock()
        return Answer(
            decision=attempt.decision,
            reviewer=permit.reviewer,
            identity=attempt.identity,
            revision=attempt.revision,
            version=review.version_to,
            at=now,
            note=note,
            late=review.due_at is not None and now > review.due_at,
            own_change=permit.own_change,
            proof=attempt.proof,
            owner=permit.owner,
        )

    def _contributors_channel(self, review: Review) -> str | None:
        return outcome_notices.channel_for(review, self.routes.named(review.route), self.reaching)

    def _untitled(self, review: Review) -> Review:
        return untitled(review, self.routes.named(review.route))

    def _tell(self, work: UnitOfWork, review: Review, kind: NoticeKind, answer: Answer) -> None:
        at = answer.withdrawn_at or answer.at
        mine = (answer.reviewer.email or "").casefold()
        authors = [who.email for who in review.contributors if who.email and who.email.casefold() != mine]
        if self._contributors_channel(review):
            authors = []  # each of them hears of it alone
        adverse = kind is NoticeKind.CHANGES_REQUESTED
        route = self.routes.named(review.route)
        notice = Notice(
            kind=kind,
            title=review.title,
            path=review.path,
            link=review.link,
            at=at,
            who=answer.reviewer.name,
            note=answer.note if adverse else None,
            revision=review.revision,
            mention=tuple(authors) if adverse else (),
            answered=kind is NoticeKind.WITHDRAWN and review.state is not ReviewState.OPEN,
            route=review.route,
            broadcast=route is not None and route.broadcasts,
        )
        work.cards.tell(review.id, notice, cause=f"{kind}:{at.isoformat()}")


def _took(review: Review, answer: Answer) -> timedelta | None:
    posted = min((card.posted_at for card in review.cards if card.posted_at), default=None)
    return max(answer.at - posted, timedelta()) if posted else None


def attempt_of(wish: Wish, *, revision: int, decision: Decision, note: str | None = None) -> Attempt:
    """Return the wish as one to answer."""
    return Attempt(**vars(wish), revision=revision, decision=decision, note=note)


def answerable(
    work: UnitOfWork, review: Review, route: Route | None, attempt: Attempt, *, now: datetime
) -> Permit:
    """Return under which name an answer would be recorded now, or raise `Refused` or `AccountsToAsk`."""
    if review.state is not ReviewState.OPEN or review.revision != attempt.revision:
        raise _too_late(work, untitled(review, route), attempt)
    return may_answer(work, review, route, attempt, attempt.decision, now=now)


def _too_late(work: UnitOfWork, review: Review, attempt: Attempt) -> Refused:
    mine = of(standing(review), recognize(work, attempt.person))
    return refuse_second_answer(review, mine) if mine else refuse_late_answer(review, seen=attempt.revision)


def withdrawable(work: UnitOfWork, review: Review, wish: Wish) -> Answer:
    """Return the answer that somebody can take back, or raise `Refused`."""
    is_empty = review.bulk is not None and not review.bulk.first
    if review.superseded_by is not None or is_empty:
        raise refuse_superseded(review)
    if wish.identity is Identity.LINK:
        raise Refused(RefusalReason.UNPROVEN, _("Holding the link does not prove whose answer it was."))
    answer = of(standing(review), recognize(work, wish.person))
    if answer is None:
        sentence = _("There is no answer of yours to {title} that could be taken back.")
        raise Refused(RefusalReason.NOTHING_TO_WITHDRAW, sentence.format(title=name_subject(review)))
    return answer


def _note(attempt: Attempt) -> str | None:
    note = storable(attempt.note or "").strip() or None
    if note is not None and not is_visible(note):
        note = None
    if attempt.decision is Decision.REQUEST_CHANGES and note is None:
        raise Refused(RefusalReason.NOTE_NEEDED, _("Say in a few words what has to change."))
    if note and len(note) > LONGEST_NOTE:
        sentence = _("The note is {length} characters long; at most {most} fit.")
        told = sentence.format(length=len(note), most=LONGEST_NOTE)
        raise Refused(RefusalReason.NOTE_TOO_LONG, told)
    return note
