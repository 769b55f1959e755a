"""Access to reviews on a person's own page; `people` are that person's proven addresses.

It covers the routes that they are an owner or deputy of, directly or in a group, and single reviews that were
reassigned to them or that they have answered. Contributors see their changes in DocSpace.
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
    """The routes that a person sees all of, and the marks of further single reviews that they see.

    `handed` matches reviews that wait for them or a group of theirs, `answered` those that they have
    answered. A review that was reassigned to them and answered by another person has no mark any more: it is
    available only by its address.
    """

    routes: tuple[str, ...]
    handed: tuple[str, ...]
    answered: tuple[str, ...]

    @property
    def unredacted_marks(self) -> tuple[str, ...]:
        """The marks of reviews that they see unredacted, even on a private route."""
        return (*map(mark_route, self.routes), *self.handed)

    @property
    def marks(self) -> tuple[str, ...]:
        return (*self.unredacted_marks, *self.answered)


def find_page_access(work: UnitOfWork, routes: Routes, people: Sequence[Reviewer]) -> PageAccess:
    """Return the access of a person; empty if they have no proven address."""
    addresses = [who.email for who in people if who.email]
    groups = [name for name in routes.groups if is_among(work, people, [name])]
    seen = [route.name for route in routes.all if is_among(work, people, (*route.owners, *route.deputies))]
    handed = (*map(mark_waiting_owner, addresses), *map(mark_waiting_owner, groups))
    return PageAccess(routes=tuple(seen), handed=handed, answered=tuple(map(mark_answered_by, addresses)))


def may_look_up(work: UnitOfWork, review: Review, route: Route | None, people: Sequence[Reviewer]) -> bool:
    """Return whether one review is among those that this person may look up."""
    return (
        is_any_responsible(work, review, route, people)
        or find_newest_answer(review.answers, list(people)) is not None
    )
