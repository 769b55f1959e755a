"""Who may act on a review and see it at one moment, and why.

It follows from the route as it is now, the absences, the clock, and what is recorded of the review: who owned
it when it was opened, to whom it was reassigned, and who has answered. Each use case finds it in the
transaction of the act. Who stands in by the review's row only decides what is listed, shown and sent.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from reviews.absences.resolution import determine_stand_ins
from reviews.kinds import ReviewState
from reviews.people.answerers import (
    exclude_people,
    is_among,
    is_named_by_entry,
    list_accountable,
    list_authors,
    list_excluded,
    list_members,
)
from reviews.people.stand_ins import list_stand_ins, replace_absent
from reviews.quorum import list_missing_owners, list_required_owners, list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reviews.identity import ProvenPerson, Reviewer
    from reviews.model import Review, StandIn
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes


@dataclass(frozen=True, kw_only=True)
class Authority:
    """Who may act on a review as it is in this transaction, and may see all of it.

    These are its accountable owners, the owners and deputies of its route, and those who stand in for one of
    them who is away. Absences are read when they matter, and once.
    """

    work: UnitOfWork
    review: Review
    routes: Routes
    at: datetime

    @cached_property
    def route(self) -> Route | None:
        return self.routes.find_route(self.review.route)

    @cached_property
    def owners(self) -> tuple[str, ...]:
        """The recorded owners who are still accountable."""
        return list_accountable(self.review, self.route)

    @cached_property
    def entries(self) -> tuple[str, ...]:
        """The addresses and groups of those who may act for themselves."""
        route = self.route
        return (*self.owners, *(route.owners if route else ()), *(route.deputies if route else ()))

    @cached_property
    def stand_ins(self) -> tuple[StandIn, ...]:
        """Who stands in for whom now.

        No one does on a review that no one can answer, for an owner who has answered, or once the routing
        file has no such route: whom the route trusts is not known then.
        """
        review = self.review
        is_open = review.state is ReviewState.OPEN and review.superseded_by is None
        if not is_open or self.route is None or self.route.is_removed:
            return ()
        facts = replace(review, owners=self.owners, stand_ins=())
        return list_stand_ins(determine_stand_ins(self.work, facts, self.routes, at=self.at), self.entries)

    @property
    def missing_owners(self) -> tuple[str, ...]:
        """The accountable owners whose answer is still possible, or required where each has to answer."""
        return self._select_missing(accountable=True)

    @property
    def vacant_owners(self) -> tuple[str, ...]:
        """The recorded owners whose answer is missing and whom the route names no more.

        Where each owner has to answer, an owner or deputy of the route answers in their place.
        """
        return self._select_missing(accountable=False)

    def _select_missing(self, *, accountable: bool) -> tuple[str, ...]:
        owners = set(self.owners)
        return tuple(owner for owner in list_missing_owners(self.review) if (owner in owners) is accountable)

    def list_people(self) -> tuple[str, ...]:
        """Return all of them, by address or group; also those who answered in another's place, and stay."""
        answered = (
            answer.reviewer.email for answer in list_valid_answers(self.review) if answer.stand_in_for
        )
        people = (person for stand_in in self.stand_ins for person in stand_in.people)
        return (*self.entries, *people, *filter(None, answered))

    def includes(self, person: ProvenPerson) -> bool:
        """Return whether a person, under any of their addresses, is one of them."""
        return is_among(self.work, person, self.entries) or is_among(self.work, person, self.list_people())

    def list_answerers(self) -> tuple[str, ...]:
        """Return the addresses and groups of those who may still answer an open review.

        Those who are away may answer, too, but their stand-ins are named in their place. Where each owner has
        to acknowledge, others first have to take over an owner's part, and one person may have several.
        """
        review, route = self.review, self.route
        if review.required is None and list_required_owners(review):
            successors = self.entries if self.vacant_owners else ()
            present = replace_absent(self.stand_ins, (*self.missing_owners, *successors))
            excluded = list_excluded(review, route) if self.vacant_owners else list_authors(review, route)
            return exclude_people(present, excluded)
        return exclude_people(replace_absent(self.stand_ins, self.entries), list_excluded(review, route))

    def find_represented(
        self, entries: Iterable[str], aliases: Sequence[Reviewer]
    ) -> tuple[Reviewer, str] | None:
        """Return the first of these entries for whom a person stands in, also in a group, and the alias."""
        stand_ins = list_stand_ins(self.stand_ins, entries)
        members = list_members(self.work, (person for stand_in in stand_ins for person in stand_in.people))
        return next(
            (
                (alias, stand_in.absent)
                for stand_in in stand_ins
                for alias in aliases
                if any(is_named_by_entry(alias, person, members) for person in stand_in.people)
            ),
            None,
        )
