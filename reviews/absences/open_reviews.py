"""What waits for a person: the routes that name them, and the open reviews that others answer meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.absences.resolution import count_handed_over, list_present_deputies
from reviews.identity import join_addresses
from reviews.people.answerers import is_among, name_people
from reviews.ports.listing import ListingQuery, MarkKind, ReviewOrder, make_marks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_COUNTED_REVIEWS = 100


@dataclass(frozen=True, kw_only=True)
class Duties:
    """The duties of a person at a time.

    `open_reviews` are those of which they are an owner, at most one more than `MAX_COUNTED_REVIEWS`.
    `is_stand_in` says whether anyone has named the person as a stand-in.
    """

    work: UnitOfWork
    routes: Routes
    person: ProvenPerson
    addresses: tuple[str, ...]
    named_routes: tuple[Route, ...]
    open_reviews: tuple[Review, ...]
    is_stand_in: bool

    @classmethod
    def find(cls, work: UnitOfWork, routes: Routes, person: ProvenPerson, *, at: datetime) -> Duties:
        addresses = join_addresses(routes.people, person.addresses)
        marks = make_marks(MarkKind.WAITING_OWNER, addresses)
        query = ListingQuery(order=ReviewOrder.OLDEST, waiting=True, marks=(marks,))
        page = work.listings.fetch_page(query, MAX_COUNTED_REVIEWS + 1)
        return cls(
            work=work,
            routes=routes,
            person=person,
            addresses=addresses,
            named_routes=tuple(cls.list_named_routes(work, routes, person)),
            open_reviews=tuple(entry.review for entry in page.entries),
            is_stand_in=bool(work.absences.list_naming(addresses, not_ended_by=at)),
        )

    @staticmethod
    def list_named_routes(work: UnitOfWork, routes: Routes, person: ProvenPerson) -> Iterator[Route]:
        """Return the routes where a person is owner or deputy, alone or in a group."""
        return (route for route in routes.all if is_among(work, person, (*route.owners, *route.deputies)))

    @property
    def has_any(self) -> bool:
        return bool(self.named_routes or self.open_reviews or self.is_stand_in)

    @property
    def address(self) -> str:
        """The address by which the routes name the person, else their usual one."""
        own = self._own
        entries = (entry for route in self.named_routes for entry in (*route.owners, *route.deputies))
        return next((entry for entry in entries if entry.casefold() in own), self.addresses[0])

    def list_routes(self) -> list[Route | None]:
        """Return the routes of reviews that a named stand-in would answer."""
        owned = [route for route in self.named_routes if self._is_owner(route)]
        return [*owned, *(self.routes.find_route(review.route) for review in self.open_reviews)]

    def list_deputies(self, at: datetime) -> list[tuple[str, list[str]]]:
        """Return the routes that name the person as an owner, each with the names of who stands in there."""
        return [
            (
                route.name,
                name_people(
                    self.work,
                    list_present_deputies(self.work, route, self.routes, owner=self.addresses, at=at),
                ),
            )
            for route in self.named_routes
            if self._is_owner(route)
        ]

    def count_handed_over(self, at: datetime) -> int:
        """Return how many of the open reviews others answer for the person, by the absences as stored."""
        return count_handed_over(self.work, self.open_reviews, self.routes, owner=self.addresses, at=at)

    def _is_owner(self, route: Route) -> bool:
        return not self._own.isdisjoint(owner.casefold() for owner in route.owners)

    @property
    def _own(self) -> set[str]:
        return {address.casefold() for address in self.addresses}
