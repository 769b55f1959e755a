"""Who may do what with a review now: decided once, for the menu of every chat."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING

from reviews.answers import snooze_choices
from reviews.answers.answers import answerable, attempt_of, withdrawable
from reviews.answers.permission import known, untracked
from reviews.answers.reassignment import in_hand
from reviews.errors import RefusalReason, Refused
from reviews.kinds import Decision
from reviews.ledger import history
from reviews.ledger.shown_entries import find_story
from reviews.people.docspace_accounts import AccountsToAsk
from reviews.privacy.channel_visibility import seen_by, watched_folder
from reviews.privacy.redaction import veiled_entry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from reviews.clock import Clock
    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.reviews import Entry
    from reviews.ports.unit_of_work import Transactions, UnitOfWork
    from reviews.routes.routing import Route, Routes
    from reviews.wish import Wish


class Item(StrEnum):
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
    items: tuple[Item, ...]
    why_not: str
    private: bool
    later: tuple[snooze_choices.Later, ...]


@dataclass(frozen=True, kw_only=True)
class Pages:
    """Some steps of a review's history, the oldest first, and whether there are others around them."""

    review: Review
    steps: tuple[history.Step, ...]
    start: int
    more: bool


@dataclass(frozen=True, kw_only=True)
class Menu:
    """Tells what somebody may do; each of those things is checked again when it is done."""

    transactions: Transactions
    routes: Routes
    clock: Clock

    def offer(self, wish: Wish, *, seen: int) -> Offer:
        """Return what somebody who saw this revision may do; `Refused` for a review that is not known."""
        with self.transactions(reading=True) as work:
            review = known(work, wish)
            route = self.routes.named(review.route)
            items = allowed(work, review, route, wish, seen=seen, now=self.clock())
            reason = why_not(work, review, route, wish, seen=seen, now=self.clock())
            shown = seen_by(work, review, route=route, people=wish.aliases)
        private = route is not None and route.private
        hours = route.working_hours if route else None
        later = snooze_choices.choices(hours, self.clock())
        return Offer(review=shown, revision=seen, items=items, why_not=reason, private=private, later=later)

    def history(self, review_id: str, people: Sequence[Reviewer], *, start: int, most: int) -> Pages:
        """Return so many steps of a review from this one on; whoever may see its card may see them.

        `people` is whoever looks, under each of their addresses: others see of a private route what its
        card shows to everybody.
        """
        with self.transactions(reading=True) as work:
            review = work.reviews.get(review_id)
            if review is None:
                raise untracked()
            entries = find_story(work, review, skip=start, limit=most + 1)
            shown, entries = self._shown(work, review, entries, people)
        steps = tuple(map(history.step, entries[:most]))
        return Pages(review=shown, steps=steps, start=start, more=len(entries) > most)

    def _shown(
        self, work: UnitOfWork, review: Review, entries: list[Entry], people: Sequence[Reviewer]
    ) -> tuple[Review, list[Entry]]:
        route = self.routes.named(review.route)
        shown = seen_by(work, review, route=route, people=people)
        if route is None or not shown.veiled:
            return shown, entries
        folder = watched_folder(work, route, review.path)
        return shown, [veiled_entry(entry, folder) for entry in entries]


def allowed(
    work: UnitOfWork, review: Review, route: Route | None, wish: Wish, *, seen: int, now: datetime
) -> tuple[Item, ...]:
    """Return what somebody who saw this revision may do with a review now.

    How it went so far is for everybody who sees its card.
    """
    checks = _checks(work, review, route, wish, seen=seen, now=now)
    return tuple(item for item in Item if item not in checks or _refusal(checks[item]) is None)


def why_not(
    work: UnitOfWork, review: Review, route: Route | None, wish: Wish, *, seen: int, now: datetime
) -> str:
    """Return why somebody can't answer, as a sentence for them; empty where they can, or all can see why."""
    refusal = _refusal(_checks(work, review, route, wish, seen=seen, now=now)[Item.ACKNOWLEDGE])
    # Who answered and when is shown anyway.
    if refusal is None or refusal.reason is RefusalReason.ALREADY_ANSWERED:
        return ""
    return refusal.sentence


def _checks(
    work: UnitOfWork, review: Review, route: Route | None, wish: Wish, *, seen: int, now: datetime
) -> Mapping[Item, Callable[[], object]]:
    """Return what decides each item when it is done; raises `Refused` where it can't be."""
    answers = {
        Item.ACKNOWLEDGE: attempt_of(wish, revision=seen, decision=Decision.ACKNOWLEDGE),
        Item.REQUEST_CHANGES: attempt_of(wish, revision=seen, decision=Decision.REQUEST_CHANGES),
    }
    handing = partial(in_hand, work, review, route, wish)
    return {
        **{
            item: partial(answerable, work, review, route, attempt, now=now)
            for item, attempt in answers.items()
        },
        Item.REASSIGN: handing,
        Item.SNOOZE: handing,
        Item.WITHDRAW: partial(withdrawable, work, review, wish),
    }


def _refusal(check: Callable[[], object]) -> Refused | None:
    try:
        check()
    except Refused as refusal:
        return refusal
    except AccountsToAsk:
        return None  # DocSpace is asked when they answer
    return None
