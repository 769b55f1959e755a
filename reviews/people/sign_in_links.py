"""Links by which somebody whom a chat has proven signs in on our pages: once, within ten minutes.

What a link says is written down with us; the link itself names it and nobody. To look at one uses nothing up:
chats, mail scanners and browsers fetch addresses that nobody has clicked yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import ReviewError
from reviews.ports.people import SignInLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.clock import Clock
    from reviews.ports.unit_of_work import Transactions
    from reviews.proven_person import ProvenPerson

LINK_VALID_FOR = timedelta(minutes=10)
LINK_RETENTION = timedelta(days=1)


class InvalidLink(ReviewError):
    """No link that counts: unknown, too old, or used. Which of these nobody is told."""


@dataclass(frozen=True, kw_only=True)
class SignInLinks:
    """Makes links and takes them. `new_id` is what nobody can guess."""

    transactions: Transactions
    clock: Clock
    new_id: Callable[[], str]

    def create(self, person: ProvenPerson) -> SignInLink:
        """Write down a link for a person."""
        now = self.clock()
        link = SignInLink(id=self.new_id(), person=person, made_at=now, good_until=now + LINK_VALID_FOR)
        with self.transactions() as work:
            work.sign_in_links.add(link)
            work.commit()
        return link

    def get(self, link_id: str) -> SignInLink:
        """Return what a link says, and leave it as it is; raise `InvalidLink` where it no longer counts."""
        with self.transactions(reading=True) as work:
            link = work.sign_in_links.get(link_id, now=self.clock())
        if link is None:
            raise InvalidLink
        return link

    def use(self, link_id: str) -> SignInLink:
        """Use a link up and return what it said; of any number of callers exactly one gets it."""
        with self.transactions() as work:
            link = work.sign_in_links.get(link_id, now=self.clock())
            spent = link is not None and work.sign_in_links.spend(link_id, now=self.clock())
            work.commit()
        if link is None or not spent:
            raise InvalidLink
        return link
