"""What is written back into DocSpace comes in as an event too, and asks for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from demo import BOB
from reviews.model import ChangeKind, EventState
from reviews.routing import Target
from tests.reviews.desk import attempt
from tests.reviews.portal_desk import FILE, both_folders, portal_desk

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


def test_what_is_written_back_into_docspace_opens_nothing(desk: Desk) -> None:
    asked = replace(both_folders(), notify=(Target(notifier="comment", address=""),))
    with portal_desk(desk, asked) as office:
        office.know_everything()
        [review] = office.reviews_of(lambda: office.portal.save(FILE, by=BOB.id))
        desk.answers.take(attempt(review))
        desk.deliver_all()

        [told] = office.let_happen()

        assert office.portal.file(FILE).current.comment == "Reviewed by Dana Ozola, version 2"
        assert told.state is EventState.IGNORED
        assert told.reason is not None
        assert told.reason.startswith("metadata: only the comment of its version changed")
        assert len(desk.reviews()) == 1


def test_our_own_comment_opens_nothing_on_a_route_that_reviews_everything(desk: Desk) -> None:
    asked = replace(
        both_folders(), notify=(Target(notifier="comment", address=""),), review=frozenset(ChangeKind)
    )
    with portal_desk(desk, asked) as office:
        office.know_everything()
        [review] = office.reviews_of(lambda: office.portal.save(FILE, by=BOB.id))
        desk.answers.take(attempt(review))
        desk.deliver_all()

        assert [each.state for each in office.let_happen()] == [EventState.IGNORED]
