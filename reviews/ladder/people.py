"""Whom a step of the ladder asks, and who is still to be asked when its message is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviews.kinds import Decision, StepAction
from reviews.ladder.next_look import list_steps
from reviews.notice import NoticeKind
from reviews.people.answerers import exclude_people
from reviews.quorum import list_missing_owners, list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviews.model import Review
    from reviews.routes.route import Route


def list_people_to_ask(review: Review, route: Route | None, *, deputies: bool) -> tuple[str, ...]:
    """Return those who can still answer: the owners; if none, or with `deputies`, also the deputies.

    No one is asked who made the change or has answered.
    """
    excluded = _list_excluded(review)
    owners = exclude_people(list_missing_owners(review), excluded)
    stand_ins = route.deputies if route else ()
    return exclude_people((*owners, *stand_ins), excluded) if deputies or not owners else owners


def list_others_to_ask(review: Review, others: Iterable[str]) -> tuple[str, ...]:
    """Return those of other people whom a step may ask: not who made the change or has answered."""
    return exclude_people(others, _list_excluded(review))


def list_contributors_to_ask(review: Review) -> tuple[str, ...]:
    """Return the addresses of those whose change is to be changed, but not of those who requested that."""
    requesters = {
        (answer.reviewer.email or "").casefold()
        for answer in list_valid_answers(review)
        if answer.decision is Decision.REQUEST_CHANGES
    }
    return exclude_people((person.email for person in review.contributors if person.email), requesters)


def list_still_to_ask(
    review: Review, route: Route | None, kind: NoticeKind, recipients: Iterable[str]
) -> tuple[str, ...]:
    """Return those of the recipients of a message whom it still asks, when it is sent later than decided.

    Someone whose review was reassigned to another person is not asked any more, unless a step names them.
    """
    if kind is NoticeKind.FOLLOW_UP:
        candidates = list_contributors_to_ask(review)
    else:
        named = list_others_to_ask(review, _list_named_people(route))
        candidates = (*list_people_to_ask(review, route, deputies=True), *named)
    addresses = {each.casefold() for each in candidates}
    return tuple(each for each in recipients if each.casefold() in addresses)


def _list_named_people(route: Route | None) -> tuple[str, ...]:
    """Return the people and groups whom the steps of a ladder name."""
    return tuple(
        step.to for step in list_steps(route) if step.action is StepAction.ESCALATE and step.place is None
    )


def _list_excluded(review: Review) -> set[str]:
    answered = {(answer.reviewer.email or "").casefold() for answer in list_valid_answers(review)}
    return answered | {(person.email or "").casefold() for person in review.contributors}
