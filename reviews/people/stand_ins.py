"""Who is asked, and may answer, for someone who is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.model import Review, StandIn


def find_stand_in(review: Review, absent: str) -> StandIn | None:
    """Return who stands in for an owner or deputy of the review; `None` for one who is not away."""
    return next((each for each in review.stand_ins if each.absent.casefold() == absent.casefold()), None)


def list_present(review: Review, entries: Iterable[str]) -> tuple[str, ...]:
    """Return these owners or deputies with those who are away replaced by their stand-ins, each once."""
    present: dict[str, str] = {}
    for entry in entries:
        stand_in = find_stand_in(review, entry)
        for person in (entry,) if stand_in is None else stand_in.people:
            present.setdefault(person.casefold(), person)
    return tuple(present.values())


def list_absent_for(review: Review, person: str) -> tuple[str, ...]:
    """Return the owners and deputies for whom a person stands in on the review."""
    return tuple(
        each.absent
        for each in review.stand_ins
        if any(person.casefold() == stand_in.casefold() for stand_in in each.people)
    )
