"""Reassigning a review and snoozing its reminders. Neither answers the review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.absences.stand_in_updates import update_stand_ins
from reviews.answers.permission import (
    check_reassignment,
    find_newest_answer,
    require_review,
)
from reviews.errors import RefusalReason, Refused
from reviews.ladder.next_look import find_look_after_snooze
from reviews.language import _, format_number
from reviews.ledger import ledger_entries
from reviews.model import LastReassignment, Review
from reviews.notice import ReassignmentNotice
from reviews.notice_facts import get_review_facts, is_broadcast
from reviews.people.answerers import count_own_files, is_contributor, is_segregated
from reviews.people.docspace_accounts import DocSpaceUnavailable, has_account, recognize
from reviews.people.named_people import find_named_person
from reviews.quorum import count_required_answers, list_valid_answers
from reviews.repeated_requests import (
    RepeatedRequest,
    mark_undecided,
    refuse_repeat,
    require_first_request,
)
from reviews.text import clean_text
from reviews.wording.labels import format_people

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from reviews.answers.permission import Permit
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson, Reviewer
    from reviews.people.docspace_accounts import AccountLookup
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Route, Routes

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
    wake: Callable[[], None] = lambda: None

    def check(self, review_request: ReviewRequest) -> Review:
        """Return the review if this person may reassign or snooze it, else raise `Refused`."""
        with self.transactions(reading=True) as work:
            review = require_review(work, review_request)
            check_reassignment(self._find_authority(work, review), review_request)
            return review

    def reassign(self, review_request: ReviewRequest, *, new_owner: ProvenPerson | str) -> Review:
        """Make another person responsible for the review, and return it afterwards.

        `new_owner` is a person whom the chat has proven, or an address that was typed on a page. An owner
        passes on only their own part, a stand-in that of the owner who is away, a deputy the whole review.
        """
        try:
            after = self.accounts.run_with_lookup(lambda: self._reassign(review_request, new_owner))
        except DocSpaceUnavailable:
            mark_undecided(self.transactions, review_request.request_name, at=self.clock())
            raise
        except RepeatedRequest as repeat:
            return self._answer_repeat(review_request, repeat)
        self.wake()
        return after

    def snooze(self, review_request: ReviewRequest, *, until: datetime) -> Review:
        """Delay the reminders of a review until then. The due date doesn't change."""
        try:
            after = self._snooze(review_request, until=until)
        except RepeatedRequest as repeat:
            return self._answer_repeat(review_request, repeat)
        self.wake()
        return after

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def find_completed(self, review_request: ReviewRequest) -> Review | None:
        """Return the review if this request has changed it, else `None`."""
        with self.transactions(reading=True) as work:
            before = work.idempotency_keys.get(review_request.request_name)
            return work.reviews.get(review_request.review_id) if before and not before.refused else None

    def _answer_repeat(self, review_request: ReviewRequest, repeat: RepeatedRequest) -> Review:
        if repeat.refused:
            self.check(review_request)
            raise refuse_repeat()
        with self.transactions(reading=True) as work:
            return require_review(work, review_request)

    def _reassign(self, review_request: ReviewRequest, named: ProvenPerson | str) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, review_request.request_name, at=now):
                review = require_review(work, review_request, lock=True)
                authority = self._find_authority(work, review)
                permit, route = check_reassignment(authority, review_request), authority.route
                new_owner = (
                    find_named_person(work, self.routes, named, now=now) if isinstance(named, str) else named
                )
                new_owner_aliases = recognize(work, new_owner)
                address = _check_new_owner(work, review, route, new_owner_aliases)
                if is_segregated(route) and not has_account(work, new_owner, now=now):
                    raise _refuse_without_account(new_owner)
                owners = _replace_owner(authority, permit, address)
                reassigned_to = tuple(each for each in owners if each in {*review.reassigned_to, address})
                after = replace(review, owners=owners, reassigned_to=reassigned_to)
                if _is_unchanged(review, after, address):
                    sentence = _("{name} is already responsible for this review.").format(
                        name=clean_text(new_owner.name)
                    )
                    raise Refused(RefusalReason.NOTHING_TO_DO, sentence)
            reassignment = LastReassignment(by=permit.reviewer, to=new_owner_aliases[0], at=now)
            after = replace(after, last_reassignment=reassignment)
            work.reviews.reassign(after)
            work.ledger.append(
                ledger_entries.build_reassigned(
                    after, by=permit.reviewer, to=new_owner_aliases[0], review_request=review_request, at=now
                )
            )
            after = update_stand_ins(work, after, self.routes, at=now)
            work.cards.redraw(review.id)
            notice = self._build_notice(after, permit, at=now, new_owner=new_owner_aliases[0])
            work.cards.owe_notices(review.id, notice, cause=f"{notice.kind}:{now.isoformat()}")
            work.commit()
        return after

    def _snooze(self, review_request: ReviewRequest, *, until: datetime) -> Review:
        with self.transactions() as work:
            now = self.clock()
            with require_first_request(work, review_request.request_name, at=now):
                review = require_review(work, review_request, lock=True)
                permit = check_reassignment(self._find_authority(work, review), review_request)
                if not now < until <= now + MAX_SNOOZE:
                    sentence = _("Choose a time in the future, at most {days} days ahead.")
                    raise Refused(RefusalReason.NO_SUCH_TIME, sentence.format(days=MAX_SNOOZE.days))
            after = replace(review, snoozed_until=until, snoozed_by=permit.reviewer)
            next_look = find_look_after_snooze(after, now)
            work.reviews.snooze(review.id, until, snoozed_by=permit.reviewer, remind_at=next_look)
            work.ledger.append(
                ledger_entries.build_snoozed(after, by=permit.reviewer, review_request=review_request, at=now)
            )
            work.cards.redraw(review.id)
            work.commit()
        return after

    def _build_notice(
        self, review: Review, permit: Permit, *, at: datetime, new_owner: Reviewer
    ) -> ReassignmentNotice:
        route = self.routes.find_route(review.route)
        return ReassignmentNotice(
            **get_review_facts(review),
            at=at,
            who=(permit.reviewer,),
            new_owner=new_owner,
            mention=(new_owner.email,)
            if new_owner.email and new_owner.email != permit.reviewer.email
            else (),
            broadcast=is_broadcast(route),
        )


def _check_new_owner(
    work: UnitOfWork, review: Review, route: Route | None, new_owner_aliases: list[Reviewer]
) -> str:
    """Return the address of the person who can take over, or raise `Refused`.

    A person who has answered can't answer again, so a review that waits for them could never end. Where all
    owners have to answer, contributors are not waited for.
    """
    new_owner = new_owner_aliases[0]
    if new_owner.email is None:
        sentence = _(
            "{name} has no address that can be verified here. Choose someone from your own organization."
        )
        raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=clean_text(new_owner.name)))
    needs_other_person = is_segregated(route) or review.required is None
    if needs_other_person and review.bulk and (own_count := count_own_files(work, review, new_owner_aliases)):
        sentence = _("{name} changed {own} of these {count} files, so someone else has to review those.")
        explanation = sentence.format(
            name=clean_text(new_owner.name),
            own=format_number(own_count),
            count=format_number(review.bulk.count),
        )
        raise Refused(RefusalReason.OWN_CHANGE, explanation)
    if needs_other_person and review.bulk is None and is_contributor(review, new_owner_aliases):
        sentence = _("This document was changed by {names}, so someone else has to review it.")
        raise Refused(RefusalReason.OWN_CHANGE, sentence.format(names=format_people(review.contributors)))
    if find_newest_answer(list_valid_answers(review), new_owner_aliases):
        sentence = _("{name} has already answered. Choose someone else.")
        raise Refused(RefusalReason.NOTHING_TO_DO, sentence.format(name=new_owner.name))
    return new_owner.email


def _refuse_without_account(new_owner: ProvenPerson) -> Refused:
    sentence = _(
        "{name} could not answer: this app finds no DocSpace account for them, so it doesn't know "
        "whether they changed the document. Choose someone else."
    )
    return Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=clean_text(new_owner.name)))


def _is_unchanged(review: Review, after: Review, address: str) -> bool:
    """Return whether the new owner is one already, or fewer owners would remain than must answer."""
    owners_before = [each.casefold() for each in review.owners]
    owners_after = [each.casefold() for each in after.owners]
    too_few = len(owners_after) < min(len(owners_before), count_required_answers(after))
    return owners_after == owners_before or (address.casefold() in owners_before and too_few)


def _replace_owner(authority: Authority, permit: Permit, address: str) -> tuple[str, ...]:
    review, own_entries = authority.review, (permit.reviewer.email, permit.owner_entry)
    # Who stands in passes on the part of the person who is away, not their own.
    passed_on: tuple[str | None, ...] = (permit.stand_in_for,) if permit.stand_in_for else own_entries
    if permit.owner_entry in authority.vacant_owners:
        passed_on = (permit.owner_entry,)
    replaced_entries = {(entry or "").casefold() for entry in passed_on}
    if not any(owner.casefold() in replaced_entries for owner in review.owners):
        replaced_entries = {owner.casefold() for owner in review.owners}  # a deputy
    entries = (address if owner.casefold() in replaced_entries else owner for owner in review.owners)
    return tuple({owner.casefold(): owner for owner in entries}.values())
