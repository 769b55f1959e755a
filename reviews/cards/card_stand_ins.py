"""Who stands in for the owners of a review who are away, as its card shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.language import _, format_number, join_first, join_with_and, ngettext
from reviews.people.stand_ins import list_stand_ins
from reviews.quorum import list_valid_answers
from reviews.text import clean_text, shorten_text
from reviews.wording.placeholders import format_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from reviews.model import Review


MAX_LINES, MAX_NAMED_PEOPLE = 3, 3
MAX_NAME_LENGTH = 100


@dataclass(frozen=True, kw_only=True)
class NamedPerson:
    """A person by address and by the name to show, which is the address if we have not met them."""

    address: str
    name: str


@dataclass(frozen=True, kw_only=True)
class CardStandIn:
    """An owner who is away, who stands in, and until when; all text is one line, and hostile."""

    absent: NamedPerson
    people: tuple[NamedPerson, ...]
    until: datetime

    @property
    def named_people(self) -> str:
        """The stand-ins by name, as a list in words; empty if there are none."""
        return _join_people([person.name for person in self.people])


def draw_stand_ins(review: Review, names: Mapping[str, str]) -> tuple[CardStandIn, ...]:
    """Return who stands in for which owners, without those for whom someone has answered.

    `names` are by casefolded address.
    """
    answered = {(answer.owner or "").casefold() for answer in list_valid_answers(review)}
    return tuple(
        CardStandIn(
            absent=_name_person(each.absent, names),
            people=tuple(_name_person(address, names) for address in each.people),
            until=each.until,
        )
        for each in list_stand_ins(review.stand_ins, review.owners)
        if each.absent.casefold() not in answered
    )


def show_person(address: str, names: Mapping[str, str]) -> str:
    """Return a person's name on one line, or the address if we have not met them."""
    name = clean_text(names.get(address.casefold(), "")) or clean_text(address)
    return format_name(shorten_text(name, MAX_NAME_LENGTH))


def draw_absent_owners(review: Review, names: Mapping[str, str]) -> tuple[NamedPerson, ...]:
    """Return the owners who are away, whom the card names without a mention."""
    return tuple(_name_person(each.absent, names) for each in list_stand_ins(review.stand_ins, review.owners))


def find_absent_owner(absent: Iterable[NamedPerson], owner: str) -> NamedPerson | None:
    """Return an owner of a card who is away; `None` for one who is not."""
    return next((each for each in absent if each.address.casefold() == owner.casefold()), None)


def list_stand_in_lines(
    stand_ins: Iterable[CardStandIn],
    render_time: Callable[[datetime], str],
    render_name: Callable[[str], str],
    render_stand_in: Callable[[NamedPerson], str],
) -> list[str]:
    """Return who is away until when, and who stands in, a sentence for each owner, of many for the first.

    `render_name` writes the name of the person who is away, `render_stand_in` may mention the others.
    """
    all_stand_ins = tuple(stand_ins)
    lines = [
        _describe_stand_in(each).format(
            absent=render_name(each.absent.name),
            when=render_time(each.until),
            people=_join_people([render_stand_in(person) for person in each.people]),
        )
        for each in all_stand_ins[:MAX_LINES]
    ]
    return [*lines, *_describe_others(len(all_stand_ins) - MAX_LINES)]


def _join_people(names: Sequence[str]) -> str:
    if len(names) > MAX_NAMED_PEOPLE:
        return join_first(names[:MAX_NAMED_PEOPLE], total=len(names))
    return join_with_and(names) if names else ""


def _describe_others(count: int) -> list[str]:
    if count <= 0:
        return []
    sentence = ngettext("{count} more owner is away", "{count} more owners are away", count)
    return [sentence.format(count=format_number(count))]


def _describe_stand_in(stand_in: CardStandIn) -> str:
    if not stand_in.people:
        return _("{absent} is away until {when}")
    return ngettext(
        "{absent} is away until {when}; {people} stands in",
        "{absent} is away until {when}; {people} stand in",
        len(stand_in.people),
    )


def _name_person(address: str, names: Mapping[str, str]) -> NamedPerson:
    return NamedPerson(address=clean_text(address), name=show_person(address, names))
