"""The page of a test: the holder of the link may acknowledge it, and nothing of it is a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.notice import CanaryNotice
from tests.pages.visitor import ADDRESS
from tests.reviews.canary import CANARY, deliver_canary, load_canary
from tests.reviews.samples import START

if TYPE_CHECKING:
    from tests.pages.visitor import ReviewPageVisitor


@pytest.fixture
def path(visitor: ReviewPageVisitor) -> str:
    deliver_canary(visitor.desk)
    return path_of(visitor, CANARY)


def path_of(visitor: ReviewPageVisitor, canary_id: str) -> str:
    test = CanaryNotice(title="compliance", at=START, canary_id=canary_id)
    return visitor.links.make_address(test).removeprefix(ADDRESS)


def test_looking_at_a_test_acknowledges_nothing(visitor: ReviewPageVisitor, path: str) -> None:
    page = visitor.get(path)

    assert "This is a test" in page.text
    assert "There is nothing to review" in page.text
    assert load_canary(visitor.desk).acknowledged_at is None


def test_a_test_is_acknowledged_once_and_recorded_with_the_test_only(
    visitor: ReviewPageVisitor, path: str
) -> None:
    answer = visitor.post(path)
    visitor.desk.clock.advance(seconds=60)
    visitor.post(path)

    assert (answer.status_code, answer.location) == (303, path)
    assert load_canary(visitor.desk).acknowledged_by == "somebody who holds the link"
    shown = visitor.get(path).text
    assert "5 s after it was sent" in shown
    assert "<form" not in shown
    assert (visitor.desk.reviews(), visitor.desk.entries()) == ([], [])


def test_a_form_without_its_token_acknowledges_nothing(visitor: ReviewPageVisitor, path: str) -> None:
    assert visitor.send(path).status_code == 400
    assert load_canary(visitor.desk).acknowledged_at is None


def test_a_link_to_a_review_a_test_that_is_none_and_a_changed_link_lead_nowhere(
    visitor: ReviewPageVisitor, path: str
) -> None:
    of_a_review = visitor.open().replace("/ack/", "/test/")

    pages = [visitor.get(each) for each in (of_a_review, path_of(visitor, "c2"), f"{path}x")]

    assert [page.status_code for page in pages] == [404] * 3
    assert visitor.get(path.replace("/test/", "/ack/")).status_code == 404
