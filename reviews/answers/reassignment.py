"""Reassigning a review and snoozing its reminders. Neither answers the review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.answers.own_changes import count_own_files, is_contributor
from reviews.answers.permission import (
    check_reassignment,
    find_newest_answer,
    require_review,
)
from reviews.answers.reminders import find_look_after_snooze
from reviews.answers.repeated_requests import (
    RepeatedRequest,
    mark_undecided,
    refuse_repeat,
    require_first_request,
)
from reviews.errors import RefusalReason, Refused
from reviews.language import _, format_number
from reviews.ledger import ledger_entries
from reviews.model import LastReassignment, Review
from reviews.notice import ReassignmentNotice
from reviews.people.answerers import is_segregated
from reviews.people.docspace_accounts import DocSpaceUnavailable, has_account, recognize
from reviews.quorum import count_required_answers, list_valid_answers
from reviews.text import plain
from reviews.wording.labels import format_people

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.answers.permission import Permit
    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.people.docspace_accounts import AccountLookup
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.proven_person import ProvenPerson
    from reviews.review_request import ReviewRequest
    from reviews.routes.routing import Route, Routes

MAX_SNOOZE = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class Reassignment:
    """Reassigns reviews and snoozes reminders. Every refusal is a `Refused` with a sentence.

    A repeated request gets the review in its current state, or is refused again.
    """

    transactions: Transactions
    routes: Routes
    clock: Clock
    accounts: AccountLookup
    changed: Callable[[], None] = lambda: None

    def check(self, wish: ReviewRequest) -> Review:
        """Return the review if this person may reassign or snooze it, else raise `Refused`."""
        with self.transactions(reading=True) as work:
            review = require_review(work, wish)
            check_reassignment(work, review, self.routes.find_route(review.route), wish)
            return review

    def reassign(self, wish: ReviewRequest, *, to: ProvenPerson) -> Review:
        """Make another person responsible for the review, and return it afterwards.

        An owner passes on only their own part, a deputy the whole review.
        """
        try:
            after = self.accounts.decide(lambda: self._reassign(wish, to))
        except DocSpaceUnavailable:
            mark_undecided(self.transactions, wish.request, at=self.clock())
            raise
        except RepeatedRequest as repeat:
            return self._answer_repeat(wish, repeat)
        self.changed()
        return after

    def snooze(self, wish: ReviewRequest, *, until: datetime) -> Review:
        """Delay the reminders of a review until then. The due date doesn't change."""
        try:
            after = self._snooze(wish, until=until)
        except RepeatedRequest as repeat:
            return self._answer_repeat(wish, repeat)
        self.changed()
        return after

    def find_completed(self, wish: ReviewRequest) -> Review | None:
        """Return the review if this request has changed it, else `None`."""
        with self.transactions(reading=True) as work:
            before = work.idempotency_keys.get(wish.request)
            return work.reviews.get(wish.review_id) if before and not before.refused else None

    def _answer_repeat(self, wish: ReviewRequest, repeat: RepeatedRequest) -> Review:
        if repeat.refused:
            self.check(wish)
            raise refuse_repeat()
        with self.transactions(reading=True) as work:
            return require_review(work, wish)

    def _reassign(self, wish: ReviewRequest, to: ProvenPerson) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, wish.request, at=now):
                review = require_review(work, wish, lock=True)
                route = self.routes.find_route(review.route)
                permit = check_reassignment(work, review, route, wish)
                new_owner = recognize(work, to)
                address = _check_new_owner(work, review, route, new_owner)
                if is_segregated(route) and not has_account(work, to, now=now):
                    raise _refuse_without_account(to)
                owners = _replace_owner(review, permit, address)
                after = replace(review, owners=owners)
                if _is_unchanged(review, after, address):
                    sentence = _("{name} is already responsible for this review.").format(name=plain(to.name))
                    raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
            handed = LastReassignment(by=plain(permit.reviewer.name), to=plain(to.name), at=now)
            after = replace(after, handed_over=handed)
            work.reviews.reassign(review.id, owners, handed)
            work.ledger.append(
                ledger_entries.build_reassigned(after, by=permit.reviewer, to=new_owner[0], wish=wish, at=now)
            )
            work.cards.redraw(review.id)
            notice = self._build_notice(after, permit, at=now, to=new_owner[0])
            work.cards.owe_notices(review.id, notice, cause=f"{notice.kind}:{now.isoformat()}")
            work.commit()
        return after

    def _snooze(self, wish: ReviewRequest, *, until: datetime) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, wish.request, at=now):
                review = require_review(work, wish, lock=True)
                permit = check_reassignment(work, review, self.routes.find_route(review.route), wish)
                if not now < until <= now + MAX_SNOOZE:
                    sentence = _("Choose a time in the future, at most {days} days ahead.")
                    raise Refused(RefusalReason.NO_SUCH_TIME, sentence.format(days=MAX_SNOOZE.days))
            after = replace(review, snoozed_until=until, snoozed_by=plain(permit.reviewer.name))
            look = find_look_after_snooze(after, now)
            work.reviews.snooze(review.id, until, by=after.snoozed_by, remind_at=look)
            work.ledger.append(ledger_entries.build_snoozed(after, by=permit.reviewer, wish=wish, at=now))
            work.cards.redraw(review.id)
            work.commit()
        return after

    def _build_notice(
        self, review: Review, permit: Permit, *, at: datetime, to: Reviewer
    ) -> ReassignmentNotice:
        route = self.routes.find_route(review.route)
        return ReassignmentNotice(
            title=review.title,
            path=review.path,
            link=review.link,
            at=at,
            who=permit.reviewer.name,
            new_owner=to.name,
            revision=review.revision,
            mention=(to.email,) if to.email and to.email != permit.reviewer.email else (),
            route=review.route,
            broadcast=route is not None and route.broadcasts,
        )


def _check_new_owner(work: UnitOfWork, review: Review, route: Route | None, taker: list[Reviewer]) -> str:
    """Return the address of the person who can take over, or raise `Refused`.

    A person who has answered can't answer again, so a review that waits for them could never end. Where all
    owners have to answer, contributors are not waited for.
    """
    to = taker[0]
    if to.email is None:
        sentence = _(
            "{name} has no address that can be verified here. Choose someone from your own organization."
        )
        raise Refused(RefusalReason.NOBODY, sentence.format(name=plain(to.name)))
    uncounted = is_segregated(route) or review.required is None
    if uncounted and review.bulk and (own := count_own_files(work, review, taker)):
        sentence = _("{name} changed {own} of these {count} files, so someone else has to review those.")
        explanation = sentence.format(
            name=plain(to.name), own=format_number(own), count=format_number(review.bulk.count)
        )
        raise Refused(RefusalReason.OWN_CHANGE, explanation)
    if uncounted and review.bulk is None and is_contributor(review, taker):
        sentence = _("This document was changed by {names}, so someone else has to review it.")
        raise Refused(RefusalReason.OWN_CHANGE, sentence.format(names=format_people(review.contributors)))
    if find_newest_answer(list_valid_answers(review), taker):
        sentence = _("{name} has already answered. Choose someone else.")
        raise Refused(RefusalReason.NOTHING_TO_DO, sentence.format(name=to.name))
    return to.email


def _refuse_without_account(to: ProvenPerson) -> Refused:
    sentence = _(
        "{name} could not answer: this app finds no DocSpace account for them, so it doesn't know "
        "whether they changed the document. Choose someone else."
    )
    return Refused(RefusalReason.NOBODY, sentence.format(name=plain(to.name)))


def _is_unchanged(review: Review, after: Review, address: str) -> bool:
    """Return whether the new owner is one already, or fewer owners would remain than must answer."""
    before = [each.casefold() for each in review.owners]
    then = [each.casefold() for each in after.owners]
    too_few = len(then) < min(len(before), count_required_answers(after))
    return then == before or (address.casefold() in before and too_few)


def _replace_owner(review: Review, permit: Permit, address: str) -> tuple[str, ...]:
    mine = {(permit.reviewer.email or "").casefold(), (permit.owner or "").casefold()}
    if not any(owner.casefold() in mine for owner in review.owners):
        mine = {owner.casefold() for owner in review.owners}  # a deputy
    entries = (address if owner.casefold() in mine else owner for owner in review.owners)
    return tuple({owner.casefold(): owner for owner in entries}.values())
