"""Who may do what with a review: the menu and what decides when it is done agree, on both databases."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from reviews.answers.answers import make_answer_request
from reviews.answers.menu import Menu, MenuItem
from reviews.errors import RefusalReason, Refused
from reviews.identity import UNPROVEN_PERSON, Reviewer
from reviews.kinds import Decision
from reviews.review_request import ReviewRequest
from reviews.routes.route import MayAcknowledge, ShowChanges
from tests.reviews.compared import IDENTICAL, make_part, store_comparison, store_own_comparison
from tests.reviews.desk import build_answer_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.reviews.desk import Desk

WHO = {
    "owner": Reviewer(name="Dana", email=OWNER),
    "deputy": Reviewer(name="Ilze", email=DEPUTY),
    "author": Reviewer(name="Alice", email=ALICE.email),
    "stranger": Reviewer(name="Eve", email="eve@example.com"),
    "guest": Reviewer(name="Guest"),
}


@pytest.mark.parametrize("state", ["open", "acknowledged", "changes_requested", "withdrawn", "superseded"])
@pytest.mark.parametrize("may", list(MayAcknowledge))
def test_the_menu_offers_exactly_what_is_taken_when_it_is_done(
    desk: Desk, state: str, may: MayAcknowledge
) -> None:
    desk.follow(routes(may_acknowledge=may, owners=(OWNER, ALICE.email)))
    review = _review(desk, state)
    menu = Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)

    requests = [
        ReviewRequest(review_id=review, person=make_proven_person(who), place=("paper", "C1"))
        for who in WHO.values()
    ]
    offers = [set(menu.build_offer(each, seen_revision=1).items) for each in requests]

    for request, offered in zip(requests, offers, strict=True):
        assert offered - {MenuItem.WITHDRAW} == {MenuItem.HISTORY, *_may(desk, request)}
    # A person with an answer to take back is the last to try, since that changes what may be done.
    for request, offered in sorted(
        zip(requests, offers, strict=True), key=lambda each: MenuItem.WITHDRAW in each[1]
    ):
        assert (MenuItem.WITHDRAW in offered) == _is_taken(partial(desk.answers.withdraw, request))


@pytest.mark.parametrize(
    ("keys", "offered"),
    [({}, True), ({"show_changes": ShowChanges.OFF}, False), ({"private": True}, False)],
)
def test_what_changed_since_an_answer_is_offered_where_the_route_shows_differences(
    desk: Desk, keys: dict[str, Any], *, offered: bool
) -> None:
    review = store_comparison(desk, desk.open(event()), [], IDENTICAL)
    store_own_comparison(desk, review, [make_part()])
    menu = Menu(transactions=desk.transactions, routes=routes(**keys), clock=desk.clock)
    request = ReviewRequest(review_id=review.id, person=make_proven_person(WHO["owner"]))

    items = menu.build_offer(request, seen_revision=1).items

    assert (MenuItem.CHANGES in items) == offered


def test_an_unknown_review_is_refused(desk: Desk) -> None:
    menu = Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)

    with pytest.raises(Refused) as raised:
        menu.build_offer(
            ReviewRequest(review_id="rev-9", person=make_proven_person(WHO["owner"])), seen_revision=1
        )
    with pytest.raises(Refused) as no_history:
        menu.load_history("rev-9", UNPROVEN_PERSON, start=0, limit=5)

    assert raised.value.reason is no_history.value.reason is RefusalReason.UNKNOWN


def test_a_page_of_the_history_says_whether_there_is_more(desk: Desk) -> None:
    review = _review(desk, "withdrawn")
    menu = Menu(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)

    first, second = (
        menu.load_history(review, UNPROVEN_PERSON, start=0, limit=2),
        menu.load_history(review, UNPROVEN_PERSON, start=2, limit=2),
    )

    assert (len(first.steps), first.has_more) == (2, True)
    assert (len(second.steps), second.has_more) == (1, False)


def _review(desk: Desk, state: str) -> str:
    review = desk.open(event())
    if state in {"acknowledged", "withdrawn", "superseded"}:
        desk.answers.record_answer(build_answer_request(review))
    if state == "changes_requested":
        desk.answers.record_answer(build_answer_request(review, decision=Decision.REQUEST_CHANGES, note="so"))
    if state == "withdrawn":
        desk.answers.withdraw(ReviewRequest(review_id=review.id, person=make_proven_person(WHO["owner"])))
    if state == "superseded":
        desk.portal.versions[review.file_id] = 9
        desk.open(event())
    return review.id


def _may(desk: Desk, request: ReviewRequest) -> set[MenuItem]:
    """Return what the use cases themselves would take."""
    hand_over = desk.hand_over
    answers = {MenuItem.ACKNOWLEDGE: Decision.ACKNOWLEDGE, MenuItem.REQUEST_CHANGES: Decision.REQUEST_CHANGES}
    items = {
        item
        for item, decision in answers.items()
        if _is_taken(
            partial(
                desk.answers.check, make_answer_request(request, revision=1, decision=decision, language=None)
            )
        )
    }
    return items | (
        {MenuItem.REASSIGN, MenuItem.SNOOZE} if _is_taken(partial(hand_over.check, request)) else set()
    )


def _is_taken(act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused:
        return False
    return True
