"""Made-up ledgers: the entries of so many reviews over a year, in all the ways in which reviews go and end.

The same count and seed make the same entries.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from reviews.kinds import ChangeKind
from reviews.ledger import entries_without_review, folder_entries
from reviews.ledger.hash_chain import GENESIS_HASH, Head, chain_entry
from reviews.ports.incomplete_periods import IncompletePeriod
from reviews.ports.owner_accounts import LossReason, OwnerDuties, OwnerPresence, OwnerState
from reviews.ports.tree import OpenReviews
from reviews.tree import FolderContents
from store.unit_of_work import SqlUnitOfWork
from tests.pack.clerk import DANA, Clerk
from tests.pack.lives import LIVES, acknowledge, lapse, stay_open
from tests.reviews.samples import WATCHED
from tests.reviews.unrouted import make_unrouted_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

ROUTE = "compliance"
OTHER_ROUTE = "legal"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
UNTIL = datetime(2027, 1, 1, tzinfo=UTC)
TITLES_BY_FOLDER = {WATCHED: "Compliance", "539565": "Policies", "539566": "Vendors"}
"""Titles of the folders that the route watches, by their ids."""
_APPENDED_AT_ONCE = 1000


def make_entries(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Return a whole ledger with `count` reviews that were opened on `ROUTE` in 2026.

    It also has six reviews that were opened before, four of which were still open; reviews of another route;
    and entries without a review. From 35 reviews on it has each kind of life.
    """
    head, entries = Head(seq=0, hash=GENESIS_HASH), []
    for body in make_bodies(count, seed=seed):
        entry = chain_entry(head, body)
        entries.append(entry)
        head = Head(seq=entry["seq"], hash=entry["hash"])
    return entries


def make_bodies(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Return the same entries in their order, before they have numbers and hashes."""
    random = Random(seed)  # noqa: S311 - the same ledger each time
    clerk = Clerk(route=ROUTE, prefix=ROUTE, moments=_spread_moments(SINCE, count), random=random)
    for life, numbers in _plan_lives(count, random):
        life(clerk, numbers)
    moments = _spread_moments(SINCE - timedelta(days=365), 6)
    earlier = Clerk(route=ROUTE, prefix="earlier", moments=moments, random=random)
    for number, life in enumerate((acknowledge, lapse, stay_open) * 2):
        life(earlier, (number,))
    other = Clerk(route=OTHER_ROUTE, prefix=OTHER_ROUTE, moments=_spread_moments(SINCE, 5), random=random)
    for number in range(5):
        acknowledge(other, (number,))
    bodies = [*clerk.bodies, *earlier.bodies, *other.bodies, *_make_entries_without_review()]
    return sorted(bodies, key=lambda body: str(body["at"]))


def fill_ledger(engine: sa.Engine, count: int, *, seed: int = 1) -> None:
    """Append the same entries to the ledger of a database, which has no rows of these reviews."""
    bodies = make_bodies(count, seed=seed)
    for start in range(0, len(bodies), _APPENDED_AT_ONCE):
        with SqlUnitOfWork(engine) as work:
            for body in bodies[start : start + _APPENDED_AT_ONCE]:
                work.ledger.append(body)
            work.commit()


def _spread_moments(since: datetime, count: int) -> list[datetime]:
    """Return so many moments over a year, at most times of a day."""
    step = timedelta(days=365) / max(count, 1)
    return [since + step * number + timedelta(microseconds=number % 997 + 1) for number in range(count)]


def _plan_lives(
    count: int, random: Random
) -> Iterator[tuple[Callable[[Clerk, tuple[int, ...]], None], tuple[int, ...]]]:
    """Yield lives and the numbers of their reviews: each life once, then as often as they are lived."""
    lives, weights = list(LIVES), [weight for _, weight in LIVES.values()]
    waiting, number = list(LIVES), 0
    while number < count:
        life = waiting.pop(0) if waiting else random.choices(lives, weights)[0]
        size, _ = LIVES[life]
        if number + size > count:
            life, size = acknowledge, 1
        yield life, tuple(range(number, number + size))
        number += size


def _make_entries_without_review() -> Iterator[dict[str, Any]]:
    at = SINCE + timedelta(days=40, microseconds=1)
    for number in range(3):
        change = make_unrouted_change(number + 1, route=ROUTE)
        yield entries_without_review.build_unrouted(change, at=at + timedelta(days=number))
    yield entries_without_review.build_unrouted(make_unrouted_change(9, route=OTHER_ROUTE), at=at)
    yield from _lose_owner(at)
    folder = {"file_id": "folder:900", "title": "Old invoices", "kind": ChangeKind.TRASHED.value}
    beneath = OpenReviews(count=30, file_counts={f"{ROUTE}-{number:06}": 1 for number in range(30)})
    yield folder_entries.build_folder_gone(folder, beneath, route=ROUTE, at=at)
    yield from _fall_behind(at)


def _lose_owner(at: datetime) -> Iterator[dict[str, Any]]:
    duties = OwnerDuties(
        address=str(DANA.email), owner_of=(ROUTE,), deputy_of=(OTHER_ROUTE,), assigned_in=(ROUTE,)
    )
    state = OwnerState(
        address=duties.address,
        presence=OwnerPresence.GONE,
        reason=LossReason.DISABLED,
        seen_at=at - timedelta(days=1),
        unconfirmed_since=at - timedelta(hours=1),
    )
    yield entries_without_review.build_owner_gone(state, duties, at=at)
    yield entries_without_review.build_owner_back(state, duties, at=at + timedelta(days=2))


def _fall_behind(at: datetime) -> Iterator[dict[str, Any]]:
    """One folder is not complete for two days, then all are, and one still is at the end of the year."""
    one = make_period(folder_id="539565", since=at, reason="no sweep has got through")
    many = make_period(
        folder_id="",
        since=at + timedelta(days=60),
        reason="sweeps are switched off",
        folders=FolderContents(count=25, titles=("Compliance", "Policies")),
    )
    last = make_period(folder_id="539566", since=at + timedelta(days=300), reason="HTTP 403")
    for period in (one, many, last):
        recorded_at = period.since + timedelta(days=1, minutes=5)
        yield entries_without_review.build_incomplete(period, at=recorded_at)
    for period in (one, many):
        up_to = period.since + timedelta(days=2)
        yield entries_without_review.build_complete(period, up_to=up_to, at=up_to + timedelta(minutes=1))


def make_period(
    *, folder_id: str, since: datetime, reason: str, folders: FolderContents | None = None
) -> IncompletePeriod:
    return IncompletePeriod(
        route=ROUTE,
        folder_id=folder_id,
        since=since,
        is_recorded=True,
        up_to=since,
        title=TITLES_BY_FOLDER.get(folder_id, ""),
        folders=folders,
        reason=reason,
    )
