"""Sign-in links for our pages for a person whom a chat has proven: valid once, within ten minutes.

The content of a link is stored here; the link itself holds a reference to it, no name. Viewing it doesn't use
it up: chats, mail scanners and browsers fetch addresses before anyone clicks them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from reviews.errors import ReviewError
from reviews.people.stored_proofs import make_link_reference
from reviews.ports.people import SignInLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviews.clock import Clock
    from reviews.identity import ProvenPerson
    from reviews.people.stored_proofs import LinkReference
    from reviews.ports.unit_of_work import Transactions, UnitOfWork

LINK_VALID_FOR = timedelta(minutes=10)
LINK_RETENTION = timedelta(days=1)


class InvalidLink(ReviewError):
    """No valid link: unknown, too old, used, or changed. The error doesn't say which."""


@dataclass(frozen=True, kw_only=True)
class SignInLinks:
    """Makes and verifies links. `new_id` makes ids that can't be guessed."""

    transactions: Transactions
    clock: Clock
    new_id: Callable[[], str]

    def create(self, person: ProvenPerson) -> SignInLink:
        """Store a link for a person."""
        now = self.clock()
        link = SignInLink(id=self.new_id(), person=person, made_at=now, good_until=now + LINK_VALID_FOR)
        with self.transactions() as work:
            work.sign_in_links.add(link)
            work.commit()
        return link

    def get(self, reference: LinkReference) -> SignInLink:
        """Return a link's content without using it up; raise `InvalidLink` where it is not valid."""
        with self.transactions(reading=True) as work:
            link = self._find(work, reference)
        if link is None:
            raise InvalidLink
        return link

    def use(self, reference: LinkReference) -> SignInLink:
        """Use a link up and return its content; of any number of callers exactly one gets it."""
        with self.transactions() as work:
            link = self._find(work, reference)
            spent = link is not None and work.sign_in_links.spend(link.id, now=self.clock())
            work.commit()
        if link is None or not spent:
            raise InvalidLink
        return link

    def _find(self, work: UnitOfWork, reference: LinkReference) -> SignInLink | None:
        """Return the valid link of a reference; `None` also where its row was changed since."""
        link = work.sign_in_links.get(reference.id, now=self.clock())
        return link if link is not None and make_link_reference(link) == reference else None
