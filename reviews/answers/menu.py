"""Who may do what with a review now: decided once, for the menu of every chat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from reviews.answers import snooze_choices
from reviews.answers.answers import check_answer, check_withdrawal, make_answer_request
from reviews.answers.permission import refuse_untracked, require_review
from reviews.answers.reassignment import check_reassignment
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.ledger import history
from reviews.ledger.history_entries import list_history_entries
from reviews.people.docspace_accounts import AccountLookupNeeded
from reviews.privacy.channel_visibility import name_watched_folder, redact_for_reader
from reviews.privacy.redaction import redact_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.reviews import LedgerEntry
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.review_request import ReviewRequest
    from reviews.routes.routing import Route, Routes


class MenuItem(StrEnum):
    """What the menu can hold, in its order."""

    ACKNOWLEDGE = "acknowledge"
    REQUEST_CHANGES = "request_changes"
    REASSIGN = "reassign"
    SNOOZE = "snooze"
    WITHDRAW = "withdraw"
    HISTORY = "history"


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What one person may do with a review now; `why_not` says why they can't answer where that needs saying.

    `revision` is the one that they saw. Of a `private` route a card does not show everywhere what is in it.
    """

    review: Review
    revision: int
    items: tuple[MenuItem, ...]
    why_not: str
    private: bool
    later: tuple[snooze_choices.SnoozeChoice, ...]


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    """Some steps of a review's history, the oldest first, and whether there are others around them."""

    review: Review
    steps: tuple[history.HistoryStep, ...]
    start: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """Tells what somebody may do; each of those things is checked again when it is done."""

    transactions: Transactions
    routes: Routes
    clock: Clock

    def build_offer(self, wish: ReviewRequest, *, seen: int) -> Offer:
        """Return what somebody who saw this revision may do; `Refused` for a review that is not known."""
        with self.transactions(reading=True) as work:
            review = require_review(work, wish)
            route = self.routes.find_route(review.route)
            items = list_allowed_items(work, review, route, wish, seen=seen, now=self.clock())
            reason = explain_refusal(work, review, route, wish, seen=seen, now=self.clock())
            shown = redact_for_reader(work, review, route=route, people=wish.aliases)
        private = route is not None and route.private
        hours = route.working_hours if route else None
        later = snooze_choices.list_choices(hours, self.clock())
        return Offer(review=shown, revision=seen, items=items, why_not=reason, private=private, later=later)

    def load_history(
        self, review_id: str, people: Sequence[Reviewer], *, start: int, most: int
    ) -> HistoryPage:
        """Return so many steps of a review from this one on; whoever may see its card may see them.

        `people` is whoever looks, under each of their addresses: others see of a private route what its
        card shows to everybody.
        """
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            if review is None:
                raise refuse_untracked()
            entries = list_history_entries(work, review, skip=start, limit=most + 1)
            shown, entries = self._redact_history(work, review, entries, people)
        steps = tuple(map(history.describe_entry, entries[:most]))
        return HistoryPage(review=shown, steps=steps, start=start, more=len(entries) > most)

    def _redact_history(
        self, work: UnitOfWork, review: Review, entries: list[LedgerEntry], people: Sequence[Reviewer]
    ) -> tuple[Review, list[LedgerEntry]]:
        route = self.routes.find_route(review.route)
        shown = redact_for_reader(work, review, route=route, people=people)
        if route is None or not shown.veiled:
            return shown, entries
        folder = name_watched_folder(work, route, review.path)
        return shown, [redact_entry(entry, folder) for entry in entries]


def list_allowed_items(
    work: UnitOfWork, review: Review, route: Route | None, wish: ReviewRequest, *, seen: int, now: datetime
) -> tuple[MenuItem, ...]:
    """Return what somebody who saw this revision may do with a review now.

    How it went so far is for everybody who sees its card.
    """
    checks = _list_checks(work, review, route, wish, seen=seen, now=now)
    return tuple(item for item in MenuItem if item not in checks or _find_refusal(checks[item]) is None)


def explain_refusal(
    work: UnitOfWork, review: Review, route: Route | None, wish: ReviewRequest, *, seen: int, now: datetime
) -> str:
    """Return why somebody can't answer, as a sentence for them; empty where they can, or all can see why."""
    refusal = _find_refusal(_list_checks(work, review, route, wish, seen=seen, now=now)[MenuItem.ACKNOWLEDGE])
    # Who answered and when is shown anyway.
    if refusal is None or refusal.reason is RefusalReason.ALREADY_ANSWERED:
        return ""
    return refusal.sentence


def _list_checks(
    work: UnitOfWork, review: Review, route: Route | None, wish: ReviewRequest, *, seen: int, now: datetime
) -> Mapping[MenuItem, Callable[[], object]]:
    """Return what decides each item when it is done; raises `Refused` where it can't be."""
    answers = {
        MenuItem.ACKNOWLEDGE: make_answer_request(wish, revision=seen, decision=Decision.ACKNOWLEDGE),
        MenuItem.REQUEST_CHANGES: make_answer_request(wish, revision=seen, decision=Decision.REQUEST_CHANGES),
    }
    handing = partial(check_reassignment, work, review, route, wish)
    return {
        **{
            item: partial(check_answer, work, review, route, attempt, now=now)
            for item, attempt in answers.items()
        },
        MenuItem.REASSIGN: handing,
        MenuItem.SNOOZE: handing,
        MenuItem.WITHDRAW: partial(check_withdrawal, work, review, wish),
    }


def _find_refusal(check: Callable[[], object]) -> Refused | None:
    try:
        check()
    except Refused as refusal:
        return refusal
    except AccountLookupNeeded:
        return None  # DocSpace is asked when they answer
    return None
