"""Who may act on a review, by a model that shares no code with the product."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class RouteNow:
    """What the routing file says now; `gone`: the route of the review is not in it."""

    owners: tuple[str, ...]
    deputies: tuple[str, ...]
    private: bool
    gone: bool = False

    @property
    def named(self) -> set[str]:
        return set() if self.gone else {*self.owners, *self.deputies}


@dataclass(frozen=True, kw_only=True)
class Away:
    person: str
    start: datetime
    end: datetime
    stand_in: str | None
    number: int


@dataclass(kw_only=True)
class AuthorityModel:
    """One review, what happened to it and around it, and whom that lets act.

    `parts` are the owners as recorded, `heirs` those to whom it was reassigned, `answers` who answered for
    which part, and whether in someone's place. With `each`, every part needs an answer.
    """

    route: RouteNow
    each: bool
    parts: list[str]
    was_private: bool
    heirs: set[str] = field(default_factory=set)
    answers: list[tuple[str, str | None, bool]] = field(default_factory=list)
    absences: list[Away] = field(default_factory=list)
    over: bool = False

    def find_absence(self, person: str, at: datetime) -> Away | None:
        return next(
            (each for each in self.absences if each.person == person and each.start <= at < each.end), None
        )

    def end_absence(self, person: str, at: datetime) -> None:
        self.absences = [
            replace(each, end=at) if each.person == person and each.start <= at < each.end else each
            for each in self.absences
        ]

    @property
    def is_private(self) -> bool:
        return self.was_private or self.route.private

    @property
    def accountable(self) -> list[str]:
        return [part for part in self.parts if self.route.gone or part in self.route.named | self.heirs]

    @property
    def named(self) -> set[str]:
        return {*self.accountable, *self.route.named}

    @property
    def answered(self) -> set[str]:
        return {who for who, _part, _in_place in self.answers}

    @property
    def missing(self) -> list[str]:
        done = {part for _who, part, _in_place in self.answers}
        return [part for part in self.parts if part not in done]

    def may_answer(self, person: str, at: datetime) -> bool:
        if self.over:
            return False
        own = [part for part in self.missing if part in self.accountable]
        if not self.each:
            return person not in self.answered and self.may_reassign(person, at)
        if person in own:
            return True
        if person in self.answered:
            return False
        is_vacant = any(part not in self.accountable for part in self.missing)
        return person in self.find_owners_people(at) or (is_vacant and person in self.named)

    def may_reassign(self, person: str, at: datetime) -> bool:
        return not self.over and (person in self.named or person in self.find_standing_in(at))

    def may_see(self, person: str, at: datetime) -> bool:
        """Return whether they see the title, on a private route."""
        stayed = {who for who, _part, in_place in self.answers if in_place}
        standing = set() if self.over else self.find_standing_in(at)
        return not self.is_private or person in self.named | standing | stayed

    def find_standing_in(self, at: datetime) -> set[str]:
        if self.route.gone:
            return set()
        of_deputies = [each for each in self.route.deputies if each not in self.accountable]
        return self.find_owners_people(at) | {
            who for each in of_deputies if self.find_absence(each, at) for who in self.follow(each, at)
        }

    def find_owners_people(self, at: datetime) -> set[str]:
        """Return who answers for the absent owners; of several who have to answer, no one for two."""
        if self.route.gone:
            return set()
        away = [
            (absence.start, absence.number, absence)
            for part in self.accountable
            if part in self.missing
            for absence in [self.find_absence(part, at)]
            if absence
        ]
        taken: set[str] = set()
        standing: set[str] = set()
        for _start, _number, absence in sorted(away, key=lambda each: each[:2]):
            people = self.follow(absence.person, at) - taken
            if not people:
                people = self.list_deputies(at) - taken - {absence.person}
            if self.each and len(people) == 1:
                taken |= people
            standing |= people
        return standing

    def list_deputies(self, at: datetime) -> set[str]:
        there = {each for each in self.route.deputies if not self.find_absence(each, at)}
        others = (self.follow(each, at) for each in self.route.deputies if each not in there)
        return (there - self.unable).union(*others)

    @property
    def unable(self) -> set[str]:
        """Those who stand in for no one: who has answered, and where each has to, the other owners."""
        return self.answered | (set(self.accountable) if self.each else set())

    def follow(self, absent: str, at: datetime) -> set[str]:
        """Return the first who is there, from stand-in to stand-in; no one twice."""
        seen, person = {absent}, absent
        while absence := self.find_absence(person, at):
            following = absence.stand_in
            if following is None or following in seen:
                return set()
            person = following
            seen.add(person)
        return {person} - self.unable
