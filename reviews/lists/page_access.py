"""Which reviews somebody may look up on a page of their own, given under each of their proven addresses.

Those of the routes that they own or stand in for, by themselves or in a group; and single ones that were
handed over to them, or that they have answered. Whoever contributed sees their changes in DocSpace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.permission import find_newest_answer
from reviews.people.answerers import is_among, is_any_responsible
from reviews.ports.listing import mark_answered_by, mark_route, mark_waiting_owner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.identity import Reviewer
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.routing import Route, Routes


@dataclass(frozen=True, kw_only=True)
class PageAccess:
    """The routes that somebody sees all of, and the marks of the single reviews that they see beside them.

    `handed` finds those that wait for them or a group of theirs, `answered` those that they have answered.

    A review that was handed to somebody and answered by another is not marked any more: it is found by its
    address.
    """

    routes: tuple[str, ...]
    handed: tuple[str, ...]
    answered: tuple[str, ...]

    @property
    def unredacted_marks(self) -> tuple[str, ...]:
        """Those of which nothing is kept from them, private though a route may be."""
        return (*map(mark_route, self.routes), *self.handed)

    @property
    def marks(self) -> tuple[str, ...]:
        return (*self.unredacted_marks, *self.answered)


def find_page_access(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> PageAccess:
    """Return what somebody sees; nothing for whom nobody has proven an address."""
    addresses = [who.email for who in people if who.email]
    groups = [name for name in routes.groups if is_among(work, people, [name])]
    seen = [route.name for route in routes.all if is_among(work, people, (*route.owners, *route.deputies))]
    handed = (*map(mark_waiting_owner, addresses), *map(mark_waiting_owner, groups))
    return PageAccess(routes=tuple(seen), handed=handed, answered=tuple(map(mark_answered_by, addresses)))


def may_look_up(work: UnitOfWork, review: Review, route: Route | None, people: Sequence[Reviewer]) -> bool:
    """Tell whether one review is among those that somebody may look up."""
    return (
        is_any_responsible(work, review, route, people)
        or find_newest_answer(review.answers, list(people)) is not None
    )
