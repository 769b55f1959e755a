"""Who stands in for whom on a review, by the absences that are in effect; and when that is checked again."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from reviews.absences.intervals import find_present_absence
from reviews.identity import join_addresses
from reviews.model import StandIn
from reviews.people.answerers import exclude_people
from reviews.people.stand_ins import find_stand_in
from reviews.quorum import list_missing_owners, list_valid_answers
from reviews.routes.route import is_group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from reviews.model import Review
    from reviews.ports.absences import Absence
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

SECOND_LOOK_AFTER = timedelta(minutes=5)
"""A review that was opened in a transaction at the same time as an absence began is seen by then."""
ABSENCE_RETENTION = timedelta(days=365)
MAX_CHAIN_LENGTH = 10
"""How many stand-ins are asked for one after the other, each of whom is away too."""


@dataclass(frozen=True, kw_only=True)
class Replacement:
    """Who stands in for someone, and the absence because of which they do."""

    stand_in: StandIn
    absence: Absence


def determine_stand_ins(
    work: UnitOfWork, review: Review, routes: Routes, *, at: datetime
) -> tuple[StandIn, ...]:
    """Return who stands in on an open review for the owners and deputies who are away at a time.

    An owner for whom no one can stand in has no `StandIn`, and is asked all the same. A deputy has one
    without people. An owner who has answered keeps the one that the review has, until they are back.
    """
    return tuple(each.stand_in for each in determine_replacements(work, review, routes, at=at))


def determine_replacements(
    work: UnitOfWork, review: Review, routes: Routes, *, at: datetime
) -> tuple[Replacement, ...]:
    """Return the same with the absences: of the owners in their order, then of the deputies."""
    return _determine_replacements(review, _Whereabouts(work=work, routes=routes, at=at))


def refresh_stand_ins(
    work: UnitOfWork, reviews: Iterable[Review], routes: Routes, *, at: datetime
) -> list[Review]:
    """Return reviews with who stands in now, not as stored; the absences of all are read at once."""
    whereabouts, current = _Whereabouts(work=work, routes=routes, at=at), list(reviews)
    named_routes = [route for each in current if (route := routes.find_route(each.route))]
    whereabouts.look_up(
        (
            *(who for each in current for who in each.owners),
            *(who for each in named_routes for who in each.deputies),
        )
    )
    return [
        replace(each, stand_ins=tuple(one.stand_in for one in _determine_replacements(each, whereabouts)))
        for each in current
    ]


def count_handed_over(
    work: UnitOfWork, reviews: Iterable[Review], routes: Routes, *, owner: Iterable[str], at: datetime
) -> int:
    """Return on how many of these open reviews others answer for an owner, who has the addresses `owner`."""
    own = {address.casefold() for address in owner}
    whereabouts = _Whereabouts(work=work, routes=routes, at=at)
    return sum(
        any(
            each.stand_in.people and each.stand_in.absent.casefold() in own
            for each in _determine_replacements(review, whereabouts)
        )
        for review in reviews
    )


def list_present_deputies(
    work: UnitOfWork, route: Route, routes: Routes, *, owner: Iterable[str], at: datetime
) -> tuple[str, ...]:
    """Return who answers for an owner without a named stand-in at a time, before a review excludes anyone."""
    whereabouts = _Whereabouts(work=work, routes=routes, at=at)
    own = {address.casefold() for address in owner}
    return exclude_people(whereabouts.replace_absent(route.deputies, excluded=own), own)


def _determine_replacements(review: Review, whereabouts: _Whereabouts) -> tuple[Replacement, ...]:
    if review.campaign is not None:
        return ()  # each person acknowledges for themselves
    route = whereabouts.routes.find_route(review.route)
    substitution = _Substitution(review=review, route=route, whereabouts=whereabouts)
    whereabouts.look_up((*review.owners, *substitution.deputies))
    if not whereabouts.is_anyone_away:
        return ()
    return (*substitution.replace_owners(), *substitution.replace_deputies())


def plan_check(absence: Absence, *, now: datetime) -> datetime | None:
    """Return when the reviews of an absent person are gone through next, after now; `None` for never again.

    That is when the absence was declared or changed, when it begins and when it ends, and a while after each.
    One that was declared, changed or ended has the moment of that as `check_at`, so that it is due at once.
    """
    return min((moment for moment in _list_moments(absence) if moment > now), default=None)


def plan_following_check(absence: Absence, *, now: datetime) -> datetime | None:
    """Return when the check follows that comes after the one that is due, which has ended now.

    Of those that fell due meanwhile, such as in an outage, one is enough: it is the last.
    """
    since = absence.check_at or now
    passed = [moment for moment in _list_moments(absence) if since < moment <= now]
    return max(passed) if passed else plan_check(absence, now=now)


def _list_moments(absence: Absence) -> list[datetime]:
    moments = (absence.made_at, absence.starts_at, absence.end)
    return [*moments, *(moment + SECOND_LOOK_AFTER for moment in moments)]


@dataclass(frozen=True, kw_only=True)
class _Whereabouts:
    """Who is away at a time, under any address that the routing file gives a person; each is read once."""

    work: UnitOfWork
    routes: Routes
    at: datetime
    _absences: dict[str, Absence | None] = field(default_factory=dict)

    @property
    def is_anyone_away(self) -> bool:
        return any(self._absences.values())

    def look_up(self, people: Iterable[str]) -> None:
        """Read at once who of these is away; groups are not."""
        unknown = {each.casefold() for each in people if not is_group(each)} - self._absences.keys()
        if not unknown:
            return
        absences = self.work.absences.list_of_people(
            sorted(self.list_addresses(unknown)), not_ended_by=self.at
        )
        for person in unknown:
            addresses = self.list_addresses([person]) if absences else ()
            own = [each for each in absences if each.person.casefold() in addresses]
            self._absences[person] = find_present_absence(own, self.at)

    def find_absence(self, person: str) -> Absence | None:
        self.look_up([person])
        return self._absences.get(person.casefold())

    def follow_chain(self, absent: str, *, excluded: Iterable[str]) -> tuple[str, ...]:
        """Return the first stand-in after stand-in who is there, if they are not excluded.

        Each is named by the absent person themselves: a calendar names none. No one is asked for twice, so
        that a circle of stand-ins ends, and never the absent person.
        """
        passed: set[str] = set()
        person: str | None = absent
        for _step in range(MAX_CHAIN_LENGTH):
            absence = self.find_absence(person) if person else None
            if person is None or absence is None:
                break
            passed |= self.list_addresses([person])
            person = absence.stand_in
        if person is None or self.find_absence(person):
            return ()
        return exclude_people([person], {*excluded, *passed})

    def replace_absent(self, people: Iterable[str], *, excluded: Collection[str]) -> list[str]:
        """Return those of these people who are there, and the stand-ins of the others."""
        everyone = tuple(people)
        self.look_up(everyone)
        return [
            present
            for each in everyone
            for present in (
                self.follow_chain(each, excluded=excluded) if self.find_absence(each) else (each,)
            )
        ]

    def find_accounts(self, person: str) -> frozenset[str]:
        """Return the DocSpace accounts of a person, by the routing file and by DocSpace's answers."""
        if is_group(person):
            return frozenset()
        addresses = self.list_addresses([person])
        linked = (self.routes.people.get(address) for address in addresses)
        answers = self.work.docspace_accounts.find_answers(sorted(addresses)).values()
        accounts = (*(each.docspace for each in linked if each), *(each.account for each in answers))
        return frozenset(filter(None, accounts))

    def list_addresses(self, people: Iterable[str]) -> frozenset[str]:
        """Return all addresses of some people, casefolded."""
        return frozenset(each.casefold() for each in join_addresses(self.routes.people, people))


@dataclass(frozen=True, kw_only=True)
class _Substitution:
    """Whom the absent owners and deputies of one review are replaced by."""

    review: Review
    route: Route | None
    whereabouts: _Whereabouts

    @property
    def deputies(self) -> tuple[str, ...]:
        return self.route.deputies if self.route else ()

    def replace_owners(self) -> list[Replacement]:
        """Return who stands in for each owner who is away.

        The one who left first comes first: where several people have to answer, no one can do so for two
        of them.
        """
        away = [
            (owner, absence)
            for owner in self.review.owners
            if (absence := self.whereabouts.find_absence(owner))
        ]
        missing = {owner.casefold() for owner in list_missing_owners(self.review)}
        answered = {(answer.owner or "").casefold() for answer in list_valid_answers(self.review)}
        replacements: dict[str, Replacement] = {}
        busy: set[str] = set()
        for owner, absence in sorted(away, key=lambda pair: (pair[1].starts_at, pair[1].id)):
            if owner.casefold() in missing:
                people = self._find_people(owner, busy)
            else:
                people = self._find_former_people(owner) if owner.casefold() in answered else ()
            if people:
                stand_in = StandIn(absent=owner, people=people, until=absence.end)
                replacements[owner.casefold()] = Replacement(stand_in=stand_in, absence=absence)
            if len(people) == 1 and self._needs_several:
                busy |= self.whereabouts.list_addresses(people)
        return [
            replacements[owner.casefold()] for owner, _absence in away if owner.casefold() in replacements
        ]

    def replace_deputies(self) -> list[Replacement]:
        """Return who stands in for each deputy who is away, which may be no one.

        A deputy who is an owner is replaced as an owner.
        """
        owners = {owner.casefold() for owner in self.review.owners}
        return [
            Replacement(
                stand_in=StandIn(
                    absent=deputy,
                    people=self._follow_chain(deputy),
                    until=absence.end,
                ),
                absence=absence,
            )
            for deputy in exclude_people(self.deputies, owners)
            if (absence := self.whereabouts.find_absence(deputy))
        ]

    def _find_people(self, owner: str, busy: set[str]) -> tuple[str, ...]:
        """Return the stand-in whom the absence leads to, else the deputies; none if no one can answer."""
        own = self.whereabouts.list_addresses([owner])
        if named := exclude_people(self._follow_chain(owner), busy):
            return named
        present = self.whereabouts.replace_absent(self.deputies, excluded=self._excluded)
        able = exclude_people(present, {*self._excluded, *own, *busy})
        return exclude_people(able, self._list_contributing(able))

    def _find_former_people(self, owner: str) -> tuple[str, ...]:
        former = find_stand_in(self.review.stand_ins, owner)
        return former.people if former else ()

    def _follow_chain(self, absent: str) -> tuple[str, ...]:
        """Return who stands in for an absent person by their absence, if that person can answer."""
        able = self.whereabouts.follow_chain(absent, excluded=self._excluded)
        return exclude_people(able, self._list_contributing(able))

    @cached_property
    def _excluded(self) -> frozenset[str]:
        """All addresses of those who can't stand in: they made the change, or have answered.

        Where several people have to answer, an owner can't answer for another one as well.
        """
        contributors = [person.email for person in self.review.contributors]
        answered = [answer.reviewer.email for answer in list_valid_answers(self.review)]
        owners = self.review.owners if self._needs_several else ()
        return self.whereabouts.list_addresses(filter(None, (*contributors, *answered, *owners)))

    def _list_contributing(self, people: Iterable[str]) -> set[str]:
        """Return those of some people who made the change by their DocSpace account, whatever its address."""
        return {
            person.casefold()
            for person in people
            if not self.whereabouts.find_accounts(person).isdisjoint(
                contributor.id for contributor in self.review.contributors
            )
        }

    @property
    def _needs_several(self) -> bool:
        return self.review.required is None or self.review.required > 1
