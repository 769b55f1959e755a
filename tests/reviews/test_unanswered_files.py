"""Files of bulk reviews that change, go or leave before they are answered are in the ledger."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from reviews.identity import Reviewer
from reviews.kinds import ChangeKind
from reviews.ledger.ledger_entries import format_moment
from reviews.routes.working_time import WorkingHours
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.samples import DEPUTY, routes
from tests.reviews.unanswered import depart, describe_last, get_last_unanswered

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

HOURS = WorkingHours.parse("Mon-Sun 00:00-23:59", ZoneInfo("UTC"))
MINUTE = timedelta(minutes=1)
SAM = Reviewer(name="Sam Ito", email=DEPUTY)


def test_a_file_of_a_bulk_review_that_changes_again_was_not_answered(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    many = flood(desk, 5)
    joined_at = desk.clock()
    desk.clock.advance(minutes=1)
    desk.deliver_all()
    desk.portal.versions["f001"] += 1
    handle(desk, receive_events(desk, ["f001"], trigger="file.updated"))

    entry, unanswered = desk.entries()[-1], get_last_unanswered(desk)
    assert (entry["type"], entry["file_id"]) == ("review:file_revised", "f001")
    assert (unanswered["cause"], unanswered["version"], unanswered["revision"]) == (
        "content",
        8,
        many.revision,
    )
    assert (unanswered["since"], unanswered["was_posted"]) == (format_moment(joined_at), True)
    assert f"Revision {many.revision}, version 8, was not answered." in describe_last(desk)
    assert desk.verdict().intact


@ON_SQLITE
@pytest.mark.parametrize("reviewed", [True, False])
def test_a_file_of_a_bulk_review_that_is_deleted_was_not_answered(desk: Desk, *, reviewed: bool) -> None:
    kinds = {ChangeKind.CREATED, ChangeKind.CONTENT, *([ChangeKind.DELETED] if reviewed else [])}
    desk.follow(routes(bulk=3, review=frozenset(kinds)))
    many = flood(desk, 5)
    entry = depart(desk, "file.deleted", "f002")

    expected = "review:file_revised" if reviewed else "review:document_gone"
    assert (entry["type"], entry["file_id"], entry["review_id"]) == (expected, "f002", many.id)
    assert (entry["unanswered"]["cause"], entry["unanswered"]["version"]) == ("deleted", 8)
    expected = (
        "The document was deleted before version 8 was reviewed."
        if reviewed
        else "f002.docx was deleted. Version 8 was not reviewed before that."
    )
    assert expected in describe_last(desk)
    assert desk.verdict().intact


@ON_SQLITE
def test_a_review_that_becomes_part_of_a_bulk_review_ends_unanswered(desk: Desk) -> None:
    desk.follow(routes(bulk=3))
    for name in names(5):
        handle(desk, receive_events(desk, [name]))

    absorbed = [entry for entry in desk.entries() if entry["type"] == "review:absorbed"]
    [many] = list_bulk_reviews(desk)
    assert {entry["by"] for entry in absorbed} == {many.id}
    causes = {entry["unanswered"]["cause"] for entry in absorbed}
    assert (causes, all(entry["unanswered"]["was_posted"] is False for entry in absorbed)) == (
        {"joined_bulk_review"},
        True,
    )


@ON_SQLITE
def test_a_file_that_is_taken_out_says_how_many_had_answered_for_all(desk: Desk) -> None:
    desk.follow(routes(bulk=3, required=2))
    many = flood(desk, 5)
    desk.answers.record_answer(build_answer_request(many))
    desk.separation.separate(make_review_request(many, SAM), file_id="f001")

    unanswered = get_last_unanswered(desk)
    assert (unanswered["cause"], unanswered["revision"], unanswered["version"]) == (
        "taken_out",
        many.revision,
        8,
    )
    assert (unanswered["acknowledged"], unanswered["required"]) == (1, 2)
    assert desk.verdict().intact
