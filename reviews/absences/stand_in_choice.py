"""Who may be named as a stand-in: a person who can answer, and who does not send the reviews back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.absences.intervals import Span
from reviews.errors import RefusalReason, Refused
from reviews.identity import join_addresses
from reviews.language import _
from reviews.people.answerers import is_segregated, name_people
from reviews.people.docspace_accounts import has_account, recognize
from reviews.people.named_people import find_named_person
from reviews.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from reviews.identity import ProvenPerson, Reviewer
    from reviews.ports.absences import Absence
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Route, Routes

MAX_FOLLOWED_ABSENCES = 100
"""How many absences are followed from stand-in to stand-in."""


@dataclass(frozen=True, kw_only=True)
class StandInChoice:
    """A check of the stand-in whom a person names. Every refusal is a `Refused` with a sentence."""

    work: UnitOfWork
    routes: Routes
    person: ProvenPerson
    now: datetime

    def find(self, name: str) -> ProvenPerson:
        """Return the person whom `name` names; raises as `find_named_person` does."""
        return find_named_person(self.work, self.routes, name, now=self.now)

    def require_suitable(self, stand_in: ProvenPerson, span: Span, *, routes: Iterable[Route | None]) -> str:
        """Return the stand-in's address; raise `Refused` for a person who can't stand in.

        `routes` are those of the reviews that the stand-in would answer.
        """
        name = clean_text(stand_in.name)
        if stand_in.email is None:
            sentence = _(
                "{name} has no address that can be verified here. Choose someone from your own organization."
            )
            raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=name))
        if self._is_requester(stand_in):
            sentence = _("You can't stand in for yourself. Name another person, or no one.")
            raise Refused(RefusalReason.NO_SUCH_PERSON, sentence)
        if any(is_segregated(route) for route in routes) and not has_account(
            self.work, stand_in, now=self.now
        ):
            sentence = _(
                "{name} could not answer: this app finds no DocSpace account for them, so it doesn't know "
                "whether they changed the document. Choose someone else."
            )
            raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=name))
        self._refuse_circle(stand_in, span)
        return stand_in.email

    def _is_requester(self, stand_in: ProvenPerson) -> bool:
        own, others = recognize(self.work, self.person), recognize(self.work, stand_in)
        return not _list_marks(own).isdisjoint(_list_marks(others))

    def _refuse_circle(self, stand_in: ProvenPerson, span: Span) -> None:
        """Raise `Refused` where this stand-in's reviews would come back to the person at any time."""
        chain = self._find_circle(stand_in.addresses, span)
        if not chain:
            return
        names = name_people(self.work, [each.person for each in chain])
        if len(chain) == 1:
            sentence = _(
                "{name} is away at that time, and you stand in for them: your reviews would come back to "
                "you. Name another person."
            )
            raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=names[0]))
        sentence = _(
            "{name} is away at that time, and their stand-ins are away too, in a circle that leads back to "
            "you through {last}. Name another person."
        )
        raise Refused(RefusalReason.NO_SUCH_PERSON, sentence.format(name=names[0], last=names[-1]))

    def _find_circle(self, addresses: Sequence[str], span: Span) -> list[Absence]:
        """Return the absences that lead from this stand-in back to the person, in their order; or none."""
        own = _fold(join_addresses(self.routes.people, self.person.addresses))
        waiting: list[tuple[Sequence[str], Span, list[Absence]]] = [(addresses, span, [])]
        followed: set[tuple[int, datetime, datetime]] = set()
        while waiting and len(followed) < MAX_FOLLOWED_ABSENCES:
            people, during, chain = waiting.pop()
            for absence in self.work.absences.list_of_people(people, not_ended_by=during.start):
                overlap = during.intersect(Span(start=absence.starts_at, end=absence.end))
                if overlap is None or absence.stand_in is None:
                    continue
                step = (absence.id, overlap.start, overlap.end)
                if step in followed:
                    continue
                followed.add(step)
                further = join_addresses(self.routes.people, (absence.stand_in,))
                if not own.isdisjoint(_fold(further)):
                    return [*chain, absence]
                waiting.append((further, overlap, [*chain, absence]))
        return []


def _list_marks(aliases: Iterable[Reviewer]) -> set[tuple[str, str]]:
    """Return the addresses and accounts of a person, which no other person has."""
    marks = {("address", alias.email.casefold()) for alias in aliases if alias.email}
    marks |= {("docspace", alias.docspace_id) for alias in aliases if alias.docspace_id}
    return marks | {(chat, account) for alias in aliases for chat, account in alias.chat_ids.items()}


def _fold(addresses: Iterable[str]) -> set[str]:
    return {address.casefold() for address in addresses}
