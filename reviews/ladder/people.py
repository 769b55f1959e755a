"""Whom a step of the ladder asks, and who is still to be asked when its message is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.identity import join_addresses
from reviews.kinds import Decision, StepAction
from reviews.ladder.next_look import list_steps
from reviews.notice import NoticeKind
from reviews.people.answerers import exclude_people, list_awaited
from reviews.people.stand_ins import find_stand_in, replace_absent
from reviews.quorum import list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.model import Review
    from reviews.routes.route import Route, Routes


@dataclass(frozen=True, kw_only=True)
class Recipients:
    """Whom the clock may ask about one review: no one who made the change or has answered.

    Who is away is replaced by those who stand in. The routing file says which addresses are one person's.
    """

    review: Review
    routes: Routes

    @property
    def route(self) -> Route | None:
        return self.routes.find_route(self.review.route)

    @property
    def _awaited(self) -> tuple[str, ...]:
        return list_awaited(self.review, self.route)

    def list_people(self, *, deputies: bool) -> tuple[str, ...]:
        """Return those who can still answer: the owners; if none, or with `deputies`, also the deputies."""
        if self.review.campaign is not None:
            return self.list_others(self._awaited)  # no one answers for another person
        owners = self._list_owners()
        if owners and not deputies:
            return owners
        all_deputies = self.route.deputies if self.route else ()
        people = self.list_others((*owners, *replace_absent(self.review.stand_ins, all_deputies)))
        return people or self.list_others(all_deputies)

    def _list_owners(self) -> tuple[str, ...]:
        """Return whom to ask for the owners: one who is away too, where no stand-in can answer any more."""
        people = [
            self.list_others(replace_absent(self.review.stand_ins, [owner])) or (owner,)
            for owner in self._awaited
        ]
        return self.list_others(person for each in people for person in each)

    def list_others(self, others: Iterable[str]) -> tuple[str, ...]:
        """Return those of some people whom a step may ask."""
        answered = [answer.reviewer.email for answer in list_valid_answers(self.review)]
        contributed = [person.email for person in self.review.contributors]
        return exclude_people(others, self._list_addresses((*answered, *contributed)))

    def list_contributors(self) -> tuple[str, ...]:
        """Return the addresses of those whose change is to be changed, but not of who requested that."""
        requesters = (
            answer.reviewer.email
            for answer in list_valid_answers(self.review)
            if answer.decision is Decision.REQUEST_CHANGES
        )
        addresses = (person.email for person in self.review.contributors if person.email)
        return exclude_people(addresses, self._list_addresses(requesters))

    def list_still_asked(self, kind: NoticeKind, recipients: Iterable[str]) -> tuple[str, ...]:
        """Return those of the recipients of a message whom it still asks, when it is sent later than decided.

        Someone whose review was reassigned to another person is not asked any more, unless a step names them.
        """
        if kind is NoticeKind.FOLLOW_UP:
            candidates = self.list_contributors()
        elif kind is NoticeKind.HANDED_OVER:
            candidates = self._list_standing_in()
        elif kind is NoticeKind.HANDED_BACK:
            candidates = self._list_back()
        else:
            named = self.list_others(_list_named_people(self.route))
            candidates = (*self.list_people(deputies=True), *named)
        addresses = {each.casefold() for each in candidates}
        return tuple(each for each in recipients if each.casefold() in addresses)

    def _list_standing_in(self) -> tuple[str, ...]:
        """Return those who stand in for owners whose answer is missing."""
        stand_ins = [find_stand_in(self.review.stand_ins, owner) for owner in self._awaited]
        return self.list_others(person for each in stand_ins if each for person in each.people)

    def _list_back(self) -> tuple[str, ...]:
        """Return the owners who are not away, and whose answer is missing."""
        missing = self._awaited
        return self.list_others(
            owner for owner in missing if find_stand_in(self.review.stand_ins, owner) is None
        )

    def _list_addresses(self, addresses: Iterable[str | None]) -> set[str]:
        """Return all addresses of some people, casefolded."""
        return {each.casefold() for each in join_addresses(self.routes.people, filter(None, addresses))}


def _list_named_people(route: Route | None) -> tuple[str, ...]:
    """Return the people and groups whom the steps of a ladder name."""
    return tuple(
        step.to for step in list_steps(route) if step.action is StepAction.ESCALATE and step.place is None
    )
