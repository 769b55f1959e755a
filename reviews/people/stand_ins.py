"""Who is asked, and may answer, for someone who is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviews.identity import Reviewer
    from reviews.model import Answer, Review, StandIn
    from reviews.ports.unit_of_work import UnitOfWork


def find_stand_in(stand_ins: Iterable[StandIn], absent: str) -> StandIn | None:
    """Return who of these stands in for an owner or deputy; `None` for one who is not away."""
    return next((each for each in stand_ins if each.absent.casefold() == absent.casefold()), None)


def replace_absent(stand_ins: Sequence[StandIn], entries: Iterable[str]) -> tuple[str, ...]:
    """Return these owners or deputies with those who are away replaced by their stand-ins, each once."""
    present: dict[str, str] = {}
    for entry in entries:
        stand_in = find_stand_in(stand_ins, entry)
        for person in (entry,) if stand_in is None else stand_in.people:
            present.setdefault(person.casefold(), person)
    return tuple(present.values())


def list_stand_ins(stand_ins: Sequence[StandIn], entries: Iterable[str]) -> tuple[StandIn, ...]:
    """Return who stands in for those of these owners or deputies who are away, in the order of these."""
    matches = (find_stand_in(stand_ins, entry) for entry in entries)
    return tuple({each.absent.casefold(): each for each in matches if each is not None}.values())


def find_answer_for(answers: Iterable[Answer], aliases: Iterable[Reviewer]) -> Answer | None:
    """Return the first of these answers that a stand-in gave for this person."""
    addresses = {alias.email.casefold() for alias in aliases if alias.email}
    return next((answer for answer in answers if (answer.stand_in_for or "").casefold() in addresses), None)


def find_absent_names(
    work: UnitOfWork, reviews: Iterable[Review], answers: Iterable[Answer] = ()
) -> Mapping[str, str]:
    """Return the names of the people who are away in these reviews or answers, and of their stand-ins.

    They are by casefolded address, of those whom we have met.
    """
    all_reviews = tuple(reviews)
    stand_ins = [stand_in for review in all_reviews for stand_in in review.stand_ins]
    all_answers = [*answers, *(answer for review in all_reviews for answer in review.answers)]
    addresses = {
        *(each for stand_in in stand_ins for each in (stand_in.absent, *stand_in.people)),
        *(answer.stand_in_for for answer in all_answers if answer.stand_in_for),
    }
    return work.people.find_names(sorted(addresses)) if addresses else {}
