"""Documents that go and come back while their review is open, and what the ledger says of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.kinds import ChangeKind
from tests.databases import ON_SQLITE
from tests.reviews.flood import flood
from tests.reviews.samples import event, routes
from tests.reviews.unanswered import DEPARTURES, depart, save

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

CONTENT_ALONE = frozenset({ChangeKind.CONTENT, ChangeKind.CREATED})


@ON_SQLITE
@pytest.mark.parametrize("trigger", DEPARTURES)
def test_a_card_that_had_shown_what_went_is_named_though_its_link_goes_too(desk: Desk, trigger: str) -> None:
    desk.follow(routes(review=CONTENT_ALONE))
    desk.open(event())
    save(desk)
    desk.deliver_all()
    depart(desk, trigger)

    [gone] = [entry for entry in desk.entries() if entry["type"] == "review:document_gone"]
    assert (gone["unanswered"]["revision"], gone["unanswered"]["was_posted"]) == (2, True)


@ON_SQLITE
def test_a_card_that_had_shown_a_file_of_a_bulk_review_is_named_though_its_link_goes_too(desk: Desk) -> None:
    desk.follow(routes(bulk=3, review=CONTENT_ALONE))
    flood(desk, 5)
    desk.clock.advance(minutes=1)
    desk.deliver_all()
    depart(desk, "file.trashed", "f002")

    [gone] = [entry for entry in desk.entries() if entry["type"] == "review:document_gone"]
    assert (gone["file_id"], gone["unanswered"]["was_posted"]) == ("f002", True)
