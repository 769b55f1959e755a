"""Recipients of codes: the owners and deputies, as their addresses are spelt in the routes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.people.answerers import list_accountable
from reviews.ports.listing import ListingQuery, Mark, MarkKind
from reviews.routes.route import is_group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.model import Review
    from reviews.ports.unit_of_work import Transactions
    from reviews.routes.route import Routes

MAX_CAMPAIGNS = 100
"""The newest campaigns whose people are looked at."""


@dataclass(frozen=True, kw_only=True)
class CodeRecipients:
    transactions: Transactions
    routes: Routes

    def find(self, typed_address: str, review: Review | None) -> str | None:
        """Return the address that a code may be mailed to; `None` where it may not.

        It is returned as the routes spell it: two that look alike must not share a mailbox. Without a review
        it may be that of any owner or deputy of a route, of anyone whom an open review was reassigned to, and
        of the people of a campaign that has not ended.
        """
        entries = self._list_all_entries(typed_address) if review is None else self._list_entries(review)
        with self.transactions(reading=True) as work:
            groups = work.groups.list_members([entry for entry in entries if is_group(entry)])
        members = (member for group in groups.values() for member in group if "@" in member)
        people = (*(entry for entry in entries if not is_group(entry)), *members)
        return next((address for address in people if address.casefold() == typed_address.casefold()), None)

    def _list_entries(self, review: Review) -> Sequence[str]:
        route = self.routes.find_route(review.route)
        return (
            *list_accountable(review, route),
            *(route.owners if route else ()),
            *(route.deputies if route else ()),
        )

    def _list_all_entries(self, typed_address: str) -> Sequence[str]:
        entries = [person for route in self.routes.all for person in (*route.owners, *route.deputies)]
        with self.transactions(reading=True) as work:
            page = work.listings.fetch_page(
                ListingQuery(waiting=True, marks=((Mark(MarkKind.WAITING_OWNER, typed_address),),)), 1
            )
            campaigns = work.campaigns.list_not_ended(MAX_CAMPAIGNS)
        asked = (person for campaign in campaigns for person in campaign.people)
        return (*entries, *(owner for entry in page.entries for owner in entry.review.owners), *asked)
