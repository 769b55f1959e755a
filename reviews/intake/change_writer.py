"""The effects of changes, written in one transaction: reviews, notices, the stored state, settled events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviews.errors import Conflict
from reviews.intake import subscribers
from reviews.intake.unrouted_changes import record_unrouted
from reviews.kinds import EventState

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.changes.burst import Burst
    from reviews.changes.change import Change
    from reviews.clock import Clock
    from reviews.identity import Person
    from reviews.intake.review_opening import ChangeOutcome, ReviewOpening
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

NOT_WATCHED_REASON = "the {thing} is not under a watched folder"


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """The final state of a burst's events, with its reason."""

    state: EventState
    reason: str


@dataclass(frozen=True, kw_only=True)
class StateUpdate:
    """The stored state that goes with the changes of a burst.

    `check` raises an error if what was read before does not hold any more.
    """

    save: Callable[[UnitOfWork], None]
    check: Callable[[UnitOfWork], None] = lambda _: None


@dataclass(frozen=True, kw_only=True)
class ChangeWriter:
    """Opens and revises reviews for the changes of a burst, and settles its events."""

    transactions: Transactions
    review_opening: ReviewOpening
    clock: Clock

    def write(
        self,
        burst: Burst,
        changes: Sequence[Change],
        update: StateUpdate,
        *,
        accounts: Sequence[Person] = (),
        has_readers: bool = True,
        in_flood: bool = False,
    ) -> Settlement:
        """Write the effects of changes and commit; raise `Conflict` if another worker settled an event.

        `accounts` are the DocSpace accounts of all who may answer. Without `has_readers`, no one has to know
        of the changes. `in_flood` is whether many others of one cause are pending.
        """
        with self.transactions() as work:
            update.check(work)
            updated = [replace(change, arrived_at=burst.first_event.received_at) for change in changes]
            outcomes = self._open_reviews(work, updated)
            updated = [
                replace(change, flood=outcome.flood)
                for change, outcome in zip(updated, outcomes, strict=True)
            ]
            if has_readers:
                subscribers.notify_subscribers(
                    work, updated, card_channels=_list_card_channels(updated, outcomes), at=self.clock()
                )
            for change, outcome in zip(updated, outcomes, strict=True):
                if outcome.unrouted:
                    record_unrouted(work, change, in_flood=in_flood, at=self.clock())
            update.save(work)
            people = (*(person for each in updated for person in each.people), *accounts)
            answers = {person.email or "": person.id for person in accounts}
            work.people.remember(*people, answers=answers, at=self.clock())
            settlement = _describe_outcomes(burst, outcomes)
            if work.events.settle(burst.ids, settlement.state, settlement.reason) != len(burst.ids):
                raise Conflict("another worker settled these events")
            work.commit()
        return settlement

    def _open_reviews(self, work: UnitOfWork, changes: Sequence[Change]) -> list[ChangeOutcome]:
        """Return the outcome of each change; all workers lock gatherings in the same order of routes."""
        order = sorted(range(len(changes)), key=lambda index: changes[index].route.name)
        outcomes = {index: self.review_opening.process_change(work, changes[index]) for index in order}
        return [outcomes[index] for index in range(len(changes))]


def _describe_outcomes(burst: Burst, outcomes: Sequence[ChangeOutcome]) -> Settlement:
    thing = "folder" if burst.is_of_folder else "file"
    reasons = "; ".join(outcome.reason for outcome in outcomes)
    reviewed = any(outcome.reviewed for outcome in outcomes)
    return Settlement(
        state=EventState.DONE if reviewed else EventState.IGNORED,
        reason=reasons or NOT_WATCHED_REASON.format(thing=thing),
    )


def _list_card_channels(
    changes: Sequence[Change], outcomes: Sequence[ChangeOutcome]
) -> list[tuple[str, str]]:
    """Return the channels that get a card, or whose card is redrawn with a notice beside it."""
    reviewed = (change.route for change, outcome in zip(changes, outcomes, strict=True) if outcome.reviewed)
    return [(target.notifier, target.address) for route in reviewed for target in route.notify]
