"""Who is away in the year, and who stands in for them: part of the model, without the product's code."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.year.model import ModelReview


@dataclass
class ModelAbsence:
    """One absence; `name` tells it from others, `stand_in` is empty where no one is named."""

    name: str
    person: str
    declared: int
    begins: int
    ends: int
    stand_in: str = ""


@dataclass(frozen=True)
class ModelStandIn:
    """Who answers for someone who is away, and until when."""

    people: tuple[str, ...]
    until: int


@dataclass
class AbsenceBook:
    """All absences that are known by now."""

    by_name: dict[str, ModelAbsence] = field(default_factory=dict)

    def find(self, person: str, now: int) -> ModelAbsence | None:
        """Return the absence of a person who is away now."""
        away = (each for each in self.by_name.values() if each.person == person)
        return next((each for each in away if each.begins <= now < each.ends), None)

    def follow(self, person: str, now: int) -> str:
        """Return who stands in for a person who is away: the first of the row who is there, or no one."""
        passed, current = {person}, person
        while (absence := self.find(current, now)) is not None:
            current = absence.stand_in
            if not current or current in passed:
                return ""
            passed.add(current)
        return current

    def list_deputies(self, review: ModelReview, now: int) -> list[str]:
        """Return the deputies of a review; one who is away is replaced by who stands in for them."""
        return [each for each in (self.follow(each, now) for each in review.route.deputies) if each]

    def list_for_owners(self, review: ModelReview, now: int) -> dict[str, ModelStandIn]:
        """Return by owner who stands in for them on a review.

        Where each owner has to answer, no one answers for two, and the owner who left first comes first.
        """
        stand_ins: dict[str, ModelStandIn] = {}
        away = [absence for owner in review.route.owners if (absence := self.find(owner, now))]
        busy: list[str] = []
        for absence in sorted(away, key=lambda each: (each.begins, each.declared)):
            owner = absence.person
            if owner in review.covered:
                former = review.stand_ins.get(owner)
                people = former.people if former else ()
            elif owner in review.authors:
                people = ()
            else:
                without = [owner, *busy]
                chosen = _exclude(review, [self.follow(owner, now)], without)
                people = chosen or _exclude(review, self.list_deputies(review, now), without)
            if people:
                stand_ins[owner] = ModelStandIn(people, absence.ends)
            if len(people) == 1 and review.all_owners:
                busy += people
        return stand_ins

    def list_for_deputies(self, review: ModelReview, now: int) -> dict[str, tuple[str, ...]]:
        """Return by deputy who is away who is asked instead, which may be no one."""
        return {
            deputy: _exclude(review, [self.follow(deputy, now)], [deputy])
            for deputy in review.route.deputies
            if deputy not in review.route.owners and self.find(deputy, now)
        }


def _exclude(review: ModelReview, people: Iterable[str], without: Iterable[str]) -> tuple[str, ...]:
    """Return those who can stand in: they made no change, and have not answered."""
    unable = {"", *review.authors, *review.answered, *without}
    if review.all_owners:
        unable |= {*review.route.owners}
    return tuple(dict.fromkeys(each for each in people if each not in unable))
