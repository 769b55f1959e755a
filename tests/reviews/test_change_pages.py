"""What changed, as a chat shows it: to whom, from where on, and what is said where nothing can be shown."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from reviews.account import AccountStatus
from reviews.comparison import ComparisonState, ComparisonSummary
from reviews.errors import Refused
from reviews.identity import Reviewer
from reviews.review_request import ReviewRequest
from reviews.routes.route import MayAcknowledge, Routes, ShowChanges
from tests.reviews.compared import find_number, make_change_pages, make_part, store_comparison
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ALICE, DEPUTY, OWNER, event

if TYPE_CHECKING:
    from reviews.answers.change_pages import ChangesPage
    from reviews.identity import ProvenPerson
    from reviews.model import Review
    from tests.reviews.desk import Desk

STRANGER = "stranger@example.com"
NOT_YOURS = "Only those who may answer, and the people who changed it, see the differences."


def prove(email: str, **more: Any) -> ProvenPerson:
    return replace(make_proven_person(Reviewer(name="Somebody", email=email)), **more)


def load(desk: Desk, review: Review, email: str = OWNER, *, start: int = 0, **more: Any) -> ChangesPage:
    """Return a page of at most two differences, as a person of this address asks for it."""
    [route] = desk.routes.all
    place, status = more.pop("place", None), more.pop("status", AccountStatus.MEMBER)
    rules = Routes([replace(route, **more)])
    pages = make_change_pages(
        desk.transactions, rules, desk.clock, find_page=lambda card: f"https://x/{card.review_id}"
    )
    review_request = ReviewRequest(review_id=review.id, person=prove(email, status=status), place=place)
    return pages.load_page(review_request, start=start, limit=2)


def open_with(desk: Desk, count: int) -> Review:
    parts = [make_part(before=f"before {number}", words=()) for number in range(1, count + 1)]
    return store_comparison(desk, desk.open(event()), parts)


def get_texts(page: ChangesPage) -> list[tuple[int, str]]:
    return [(row.number, row.before[0][1]) for row in page.rows]


@pytest.mark.parametrize("email", [OWNER, DEPUTY, ALICE.email])
def test_a_page_has_as_many_differences_as_asked_for(desk: Desk, email: str) -> None:
    page = load(desk, open_with(desk, 5), email, start=2)

    assert get_texts(page) == [(3, "before 3"), (4, "before 4")]
    assert (page.start, page.total, page.unlisted_count, page.refusal) == (2, 5, 0, "")
    assert page.summary == "5 changed; 5 amounts"
    assert page.card.changes_url == f"https://x/{page.card.review_id}"


@pytest.mark.parametrize(("start", "numbers"), [(4, [5]), (5, [5]), (999, [5]), (-3, [5])])
def test_a_start_beyond_the_last_difference_is_the_last_page(
    desk: Desk, start: int, numbers: list[int]
) -> None:
    assert [row.number for row in load(desk, open_with(desk, 5), start=start).rows] == numbers


def test_others_are_told_why_they_see_no_differences(desk: Desk) -> None:
    page = load(desk, open_with(desk, 1), STRANGER)

    assert (page.refusal, page.rows, page.total) == (NOT_YOURS, (), 0)
    assert page.summary == "1 changed; 1 amount"


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ({}, 1),
        ({"may_acknowledge": MayAcknowledge.OWNERS}, 0),
        ({"status": AccountStatus.GUEST}, 0),
        ({"status": AccountStatus.GUEST, "guests": True}, 1),
        ({"place": ("chat", "elsewhere")}, 0),
        ({"place": None}, 0),
    ],
)
def test_members_of_a_channel_that_may_answer_see_them_on_its_card(
    desk: Desk, more: dict[str, Any], count: int
) -> None:
    review = open_with(desk, 1)
    card = review.cards[0]
    rules = {"may_acknowledge": MayAcknowledge.CHANNEL, "place": (card.notifier, card.target)}

    assert len(load(desk, review, STRANGER, **{**rules, **more}).rows) == count


@pytest.mark.parametrize("more", [{"private": True}, {"show_changes": ShowChanges.OFF}])
def test_nothing_is_shown_once_the_route_forbids_it(desk: Desk, more: dict[str, Any]) -> None:
    page = load(desk, open_with(desk, 1), **more)

    assert (page.rows, page.refusal) == ((), "")


def test_a_reader_of_a_private_route_without_access_does_not_even_see_how_much_changed(desk: Desk) -> None:
    page = load(desk, open_with(desk, 1), STRANGER, private=True)

    assert page.summary == "What changed is not shown: documents of a private route are not read."
    assert (page.card.redacted, page.card.changes) == (True, "")


def test_without_a_review_it_is_refused(desk: Desk) -> None:
    review = replace(open_with(desk, 1), id="no-such-review")

    with pytest.raises(Refused, match="no longer tracked"):
        load(desk, review)


def test_a_comparison_that_waits_says_so(desk: Desk) -> None:
    assert load(desk, desk.open(event())).summary == "The comparison is not ready yet. Try again in a minute."


def test_what_could_not_be_read_says_why(desk: Desk) -> None:
    summary = ComparisonSummary(state=ComparisonState.UNREADABLE, reason="password")
    review = store_comparison(desk, desk.open(event()), [], summary, has_content=False)

    page = load(desk, review)

    assert page.summary == "The text could not be read: the file is protected by a password."
    assert (page.rows, page.refusal) == ((), "")


def test_a_route_that_turns_it_off_says_so(desk: Desk) -> None:
    page = load(desk, desk.open(event()), show_changes=ShowChanges.OFF)

    assert page.summary == "What changed is not shown here: the route turns it off."


def test_a_change_that_was_not_compared_says_so(desk: Desk) -> None:
    review = desk.open(event())
    with desk.transactions() as work:
        request = work.comparisons.get_request(find_number(work, review.id))  # type: ignore[arg-type]
        assert request is not None
        work.comparisons.drop(request)
        work.commit()

    assert load(desk, review).summary == "This change was not compared."
