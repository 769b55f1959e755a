"""Absences that are declared twice: at once, by a repeated request, or after a refusal."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from reviews.errors import Refused, TryLater
from reviews.repeated_requests import RepeatedRequest
from reviews.routes.route import SegregationOfDuties
from tests.reviews.declaring import ILZE, WEEK, declare, stored
from tests.reviews.desk import DANA
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, routes

if TYPE_CHECKING:
    from typing import Any

    from tests.reviews.desk import Desk


@pytest.fixture(autouse=True)
def follow_open_rules(desk: Desk) -> None:
    """Have the desk go by routes on which no stand-in needs a DocSpace account."""
    desk.follow(routes(segregation_of_duties=SegregationOfDuties.OFF))


def test_of_two_who_name_each_other_at_once_one_is_refused(desk: Desk) -> None:
    refusals = _run_at_once(
        lambda: declare(desk, stand_in=DEPUTY), lambda: declare(desk, ILZE, stand_in=OWNER)
    )

    assert len(refusals) == 1
    assert len(stored(desk, OWNER, DEPUTY)) == 1


def test_two_declarations_at_once_are_one_absence(desk: Desk) -> None:
    refusals = _run_at_once(lambda: declare(desk), lambda: declare(desk, stand_in=DEPUTY))

    assert refusals == []
    assert len(stored(desk)) == 1


def _run_at_once(*actions: Any) -> list[Refused]:
    """Run actions in threads that begin together; return the refusals."""
    barrier, refusals = threading.Barrier(len(actions)), []

    def run(action: Any) -> None:
        barrier.wait()
        try:
            action()
        except Refused as refusal:
            refusals.append(refusal)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def test_a_repeated_request_changes_nothing(desk: Desk) -> None:
    declare(desk, request_name="teams:1")
    desk.absences.end(make_proven_person(DANA), request_name="teams:2")
    declare(desk, request_name="teams:3", lasting=2 * WEEK)

    with pytest.raises(RepeatedRequest):
        declare(desk, request_name="teams:1")
    with pytest.raises(RepeatedRequest):
        desk.absences.end(make_proven_person(DANA), request_name="teams:2")

    assert [each.ends_at for each in stored(desk)] == [desk.clock() + 2 * WEEK]


def test_a_request_that_was_refused_changes_nothing_later(desk: Desk) -> None:
    desk.portal.strangers.add("eve@example.com")
    with pytest.raises(Refused):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")
    desk.portal.strangers.clear()
    desk.clock.advance(minutes=2)

    with pytest.raises(RepeatedRequest):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")

    assert stored(desk) == []


def test_without_an_answer_of_docspace_nothing_is_stored_then_or_later(desk: Desk) -> None:
    desk.portal.trouble["find_account"] = [TryLater("DocSpace is down")]

    with pytest.raises(Refused, match="DocSpace did not answer"):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")
    with pytest.raises(RepeatedRequest):
        declare(desk, request_name="teams:1", stand_in="eve@example.com")

    assert stored(desk) == []
