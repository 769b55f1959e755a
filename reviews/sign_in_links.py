"""Links by which somebody whom a chat has proven signs in on our pages: once, within ten minutes.

What a link says is written down with us; the link itself names it and nobody. To look at one uses nothing up:
chats, mail scanners and browsers fetch addresses that nobody has clicked yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from reviews.errors import ReviewError
from reviews.model import under_each

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviews.model import Identity, Reviewer
    from reviews.ports import Clock, Transactions

GOOD_FOR = timedelta(minutes=10)
KEPT = timedelta(days=1)


class SpentLink(ReviewError):
    """No link that counts: unknown, too old, or used. Which of these nobody is told."""


@dataclass(frozen=True, kw_only=True)
class SignInLink:
    """A link as it is written down: whom the chat has proven, with all of their addresses."""

    id: str
    reviewer: Reviewer
    other_addresses: tuple[str, ...]
    identity: Identity
    made_at: datetime
    good_until: datetime

    @property
    def people(self) -> tuple[Reviewer, ...]:
        """The person under each of their addresses, the usual one first."""
        return under_each(self.reviewer, self.other_addresses)


@dataclass(frozen=True, kw_only=True)
class SignInLinks:
    """Makes links and takes them. `new_id` is what nobody can guess."""

    transactions: Transactions
    clock: Clock
    new_id: Callable[[], str]

    def make(self, people: Sequence[Reviewer], identity: Identity) -> SignInLink:
        """Write down a link for somebody, given under each of their addresses."""
        usual, *others = people
        now = self.clock()
        link = SignInLink(
            id=self.new_id(),
            reviewer=usual,
            other_addresses=tuple(each.email for each in others if each.email),
            identity=identity,
            made_at=now,
            good_until=now + GOOD_FOR,
        )
        with self.transactions() as work:
            work.sign_in_links.add(link)
            work.commit()
        return link

    def look(self, link_id: str) -> SignInLink:
        """Return what a link says, and leave it as it is; raise `SpentLink` where it no longer counts."""
        with self.transactions(reading=True) as work:
            link = work.sign_in_links.get(link_id, now=self.clock())
        if link is None:
            raise SpentLink
        return link

    def use(self, link_id: str) -> SignInLink:
        """Use a link up and return what it said; of any number of callers exactly one gets it."""
        with self.transactions() as work:
            link = work.sign_in_links.get(link_id, now=self.clock())
            spent = link is not None and work.sign_in_links.spend(link_id, now=self.clock())
            work.commit()
        if link is None or not spent:
            raise SpentLink
        return link
