"""What a person may do with a review now, decided once for the menus of all chats."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from reviews.absences.authority import Authority
from reviews.answers import snooze_choices
from reviews.answers.answers import check_answer, make_answer_request
from reviews.answers.duty_choices import list_duty_choices
from reviews.answers.permission import check_reassignment, check_withdrawal, refuse_untracked, require_review
from reviews.cards.meaning import draw_known_meaning
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.ledger import history
from reviews.ledger.history_entries import list_history_entries
from reviews.people.docspace_accounts import AccountLookupNeeded
from reviews.privacy.channel_visibility import is_owner_or_deputy, name_watched_folder, redact_for_reader
from reviews.privacy.redaction import redact_entry
from reviews.routes.route import ShowChanges, is_private
from reviews.wording.comparison_sentences import has_differences

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviews.answers.duty_choices import DutyChoices
    from reviews.cards.meaning import Meaning
    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.route import Routes


class MenuItem(StrEnum):
    """The possible items of the menu, in its order."""

    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"
    REASSIGN = "reassign"
    SNOOZE = "snooze"
    WITHDRAW = "withdraw"
    CHANGES = "changes"
    HISTORY = "history"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What one person may do with a review now; `refusal` explains, where needed, why they can't answer.

    `revision` is the one that they saw. On a `private` route, some cards hide what the review is about.
    """

    review: Review
    revision: int
    items: tuple[MenuItem, ...]
    refusal: str
    private: bool
    meaning: Meaning
    snooze_options: tuple[snooze_choices.SnoozeChoice, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    """Some steps of a review's history, oldest first, and whether there are others around them."""

    review: Review
    steps: tuple[history.HistoryStep, ...]
    start: int
    has_more: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """Lists what a person may do; each action is checked again when it is taken."""

    transactions: Transactions
    routes: Routes
    clock: Clock

    def build_offer(self, review_request: ReviewRequest, *, seen_revision: int) -> Offer:
        """Return what a person who saw this revision may do; raise `Refused` if there is no such review."""
        with self.transactions(reading=True) as work:
            review = require_review(work, review_request)
            authority = self._find_authority(work, review)
            items = list_allowed_items(authority, review_request, seen_revision=seen_revision)
            reason = explain_refusal(authority, review_request, seen_revision=seen_revision)
            redacted = redact_for_reader(authority, review_request.person)
        route = authority.route
        hours = route.working_hours if route else None
        snooze_options = snooze_choices.list_choices(hours, self.clock())
        return Offer(
            review=redacted,
            revision=seen_revision,
            items=items,
            refusal=reason,
            private=self.routes.find_private(review.route, stored=review.private) is not None,
            meaning=draw_known_meaning(redacted, route),
            snooze_options=snooze_options,
        )

    def find_duty_choices(self, review_request: ReviewRequest) -> DutyChoices | None:
        """Return what a form to reassign or snooze offers this person; `None` for one who may do neither."""
        with self.transactions(reading=True) as work:
            try:
                review = require_review(work, review_request)
                authority = self._find_authority(work, review)
                check_reassignment(authority, review_request)
            except Refused:
                return None
            route = authority.route
            sees_people = route is not None and is_owner_or_deputy(work, route, review_request.person)
        person = review_request.person if sees_people else None
        return list_duty_choices(review, route, person, now=self.clock())

    def _find_authority(self, work: UnitOfWork, review: Review) -> Authority:
        return Authority(work=work, review=review, routes=self.routes, at=self.clock())

    def load_history(self, review_id: str, reader: ProvenPerson, *, start: int, limit: int) -> HistoryPage:
        """Return at most `limit` steps of a review from `start` on; all who may see its card may see them.

        On a private route, readers without access see only what its card shows to all.
        """
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            if review is None:
                raise refuse_untracked()
            entries = list_history_entries(work, review, skip=start, limit=limit + 1)
            redacted, entries = self._redact_history(work, review, entries, reader)
        steps = tuple(map(history.describe_entry, entries[:limit]))
        return HistoryPage(review=redacted, steps=steps, start=start, has_more=len(entries) > limit)

    def _redact_history(
        self, work: UnitOfWork, review: Review, entries: list[LedgerEntry], reader: ProvenPerson
    ) -> tuple[Review, list[LedgerEntry]]:
        redacted = redact_for_reader(self._find_authority(work, review), reader)
        private_route = self.routes.find_private(review.route, stored=review.private)
        if private_route is None or not redacted.redacted:
            return redacted, entries
        folder = name_watched_folder(work, private_route, review.path)
        return redacted, [redact_entry(entry, folder) for entry in entries]


def list_allowed_items(
    authority: Authority, review_request: ReviewRequest, *, seen_revision: int
) -> tuple[MenuItem, ...]:
    """Return what a person who saw this revision may do with a review now.

    All who see its card may see its history, and ask what changed: for all, or since someone's answer.
    """
    checks = _list_checks(authority, review_request, seen_revision=seen_revision)
    omitted = () if _may_show_changes(authority) else (MenuItem.CHANGES,)
    return tuple(
        item
        for item in MenuItem
        if item not in omitted and (item not in checks or _find_refusal(checks[item]) is None)
    )


def _may_show_changes(authority: Authority) -> bool:
    """Return whether someone sees differences of the document; to others it is said what there is."""
    work, review, route = authority.work, authority.review, authority.route
    if review.changes is None or review.campaign is not None or is_private(review, route):
        return False
    if has_differences(review.changes):
        return True
    is_turned_off = route is not None and route.show_changes is ShowChanges.OFF
    return not is_turned_off and work.earlier_comparisons.has_differences(review)


def explain_refusal(authority: Authority, review_request: ReviewRequest, *, seen_revision: int) -> str:
    """Return why a person can't answer, as a sentence for them; empty if they can, or if all can see why."""
    refusal = _find_refusal(
        _list_checks(authority, review_request, seen_revision=seen_revision)[MenuItem.ACKNOWLEDGE]
    )
    # The card already shows who answered and when.
    if refusal is None or refusal.reason is RefusalReason.ALREADY_ANSWERED:
        return ""
    return refusal.sentence


def _list_checks(
    authority: Authority, review_request: ReviewRequest, *, seen_revision: int
) -> Mapping[MenuItem, Callable[[], object]]:
    """Return the check that decides each item when it is used; it raises `Refused` if not allowed."""
    answers = {
        MenuItem.ACKNOWLEDGE: make_answer_request(
            review_request, revision=seen_revision, decision=Decision.ACKNOWLEDGE, language=None
        ),
        MenuItem.REQUEST_CHANGES: make_answer_request(
            review_request, revision=seen_revision, decision=Decision.REQUEST_CHANGES, language=None
        ),
    }
    check_duty = partial(check_reassignment, authority, review_request)
    return {
        **{
            item: partial(check_answer, authority, answer_request) for item, answer_request in answers.items()
        },
        MenuItem.REASSIGN: check_duty,
        MenuItem.SNOOZE: check_duty,
        MenuItem.WITHDRAW: partial(check_withdrawal, authority.work, authority.review, review_request),
    }


def _find_refusal(check: Callable[[], object]) -> Refused | None:
    try:
        check()
    except Refused as refusal:
        return refusal
    except AccountLookupNeeded:
        return None  # DocSpace is queried when they answer
    return None
