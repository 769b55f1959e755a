"""Access to reviews on a person's own page.

It covers the routes that they are an owner or deputy of, directly or in a group, and single reviews that were
reassigned to them or that they have answered. Contributors see their changes in DocSpace.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.answers.permission import find_newest_answer
from reviews.people.answerers import is_among
from reviews.ports.listing import MarkKind, make_marks

if TYPE_CHECKING:
    from reviews.absences.authority import Authority
    from reviews.identity import ProvenPerson
    from reviews.ports.listing import Mark
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes


@dataclass(frozen=True, kw_only=True)
class PageAccess:
    """The routes that a person sees all of, and the marks of further single reviews that they see.

    `waiting_marks` matches reviews that wait for them or a group of theirs, `answered_marks` those that they
    have answered. A review that was reassigned to them and answered by another person has no mark any more:
    it is available only by its address.
    """

    routes: tuple[str, ...]
    waiting_marks: tuple[Mark, ...]
    answered_marks: tuple[Mark, ...]

    @property
    def unredacted_marks(self) -> tuple[Mark, ...]:
        """The marks of reviews that they see unredacted, even on a private route."""
        return (*make_marks(MarkKind.ROUTE, self.routes), *self.waiting_marks)

    @property
    def marks(self) -> tuple[Mark, ...]:
        return (*self.unredacted_marks, *self.answered_marks)


def find_page_access(work: UnitOfWork, routes: Routes, person: ProvenPerson) -> PageAccess:
    """Return the access of a person; empty if they have no proven address."""
    groups = [name for name in routes.groups if is_among(work, person, [name])]
    route_names = [
        route.name for route in routes.all if is_among(work, person, (*route.owners, *route.deputies))
    ]
    waiting_marks = (
        *make_marks(MarkKind.WAITING_OWNER, person.addresses),
        *make_marks(MarkKind.WAITING_OWNER, groups),
    )
    answered = make_marks(MarkKind.ANSWERED_BY, person.addresses)
    return PageAccess(routes=tuple(route_names), waiting_marks=waiting_marks, answered_marks=answered)


def may_look_up(authority: Authority, person: ProvenPerson) -> bool:
    """Return whether one review is among those that this person may look up."""
    has_answered = find_newest_answer(authority.review.answers, person.aliases) is not None
    return authority.includes(person) or has_answered
