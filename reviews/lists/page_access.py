"""Which reviews somebody may look up on a page of their own, given under each of their proven addresses.

Those of the routes that they own or stand in for, by themselves or in a group; and single ones that were
handed over to them, or that they have answered. Whoever contributed sees their changes in DocSpace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.permission import of
from reviews.people.answerers import concerns, is_among
from reviews.ports.listing import answered_by, on_route, waits_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.routing import Route, Routes


@dataclass(frozen=True, kw_only=True)
class Sight:
    """The routes that somebody sees all of, and the marks of the single reviews that they see beside them.

    `handed` finds those that wait for them or a group of theirs, `answered` those that they have answered.

    A review that was handed to somebody and answered by another is not marked any more: it is found by its
    address.
    """

    routes: tuple[str, ...]
    handed: tuple[str, ...]
    answered: tuple[str, ...]

    @property
    def unveiled(self) -> tuple[str, ...]:
        """Those of which nothing is kept from them, private though a route may be."""
        return (*map(on_route, self.routes), *self.handed)

    @property
    def marks(self) -> tuple[str, ...]:
        return (*self.unveiled, *self.answered)


def sight(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> Sight:
    """Return what somebody sees; nothing for whom nobody has proven an address."""
    addresses = [who.email for who in people if who.email]
    groups = [name for name in routes.groups if is_among(work, people, [name])]
    seen = [route.name for route in routes.all if is_among(work, people, (*route.owners, *route.deputies))]
    handed = (*map(waits_for, addresses), *map(waits_for, groups))
    return Sight(routes=tuple(seen), handed=handed, answered=tuple(map(answered_by, addresses)))


def sees(work: UnitOfWork, review: Review, route: Route | None, people: Sequence[Reviewer]) -> bool:
    """Tell whether one review is among those that somebody may look up."""
    return concerns(work, review, route, people) or of(review.answers, list(people)) is not None
