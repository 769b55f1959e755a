"""Documents that go and come back while their review is open, and what the ledger says of that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from demo import BOB
from reviews.kinds import ChangeKind
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.flood import flood
from tests.reviews.portal_desk import FILE, both_folders, open_portal_desk
from tests.reviews.samples import event, routes
from tests.reviews.unanswered import DEPARTURES, depart, describe_last, save

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

CONTENT_ALONE = frozenset({ChangeKind.CONTENT, ChangeKind.CREATED})


def list_movements(desk: Desk) -> list[tuple[str, str, str | None]]:
    """Return type and kind of each entry on a document that went or came back, and the cause it names."""
    return [
        (entry["type"], entry["kind"], _get_cause(entry))
        for entry in desk.entries()
        if entry["type"] in {"review:document_gone", "review:document_back"}
    ]


def _get_cause(entry: dict[str, Any]) -> str | None:
    return entry["unanswered"]["cause"] if "unanswered" in entry else None


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


@ON_SQLITE
def test_what_is_trashed_and_then_deleted_has_one_revision_without_an_answer(desk: Desk) -> None:
    desk.follow(routes(review=CONTENT_ALONE))
    review = desk.open(event())
    depart(desk, "file.trashed")
    depart(desk, "file.deleted")

    assert list_movements(desk) == [
        ("review:document_gone", "trashed", "trashed"),
        ("review:document_gone", "deleted", None),
    ]
    assert describe_last(desk) == (
        f"{review.title} was deleted. The review stays open, because the route asks for no review of that."
    )
    assert desk.verdict().intact


@ON_SQLITE
def test_a_review_of_what_was_trashed_that_is_deleted_then_was_not_answered(desk: Desk) -> None:
    desk.follow(routes(review=CONTENT_ALONE | {ChangeKind.TRASHED}))
    desk.open(event())
    depart(desk, "file.trashed")
    depart(desk, "file.deleted")

    assert list_movements(desk) == [("review:document_gone", "deleted", "deleted")]
    assert desk.entries()[-1]["unanswered"]["revision"] == 2


@ON_SQLITE
def test_a_document_that_comes_back_is_recorded_on_its_review(desk: Desk) -> None:
    with open_portal_desk(desk, replace(both_folders(), review=CONTENT_ALONE)) as house:
        house.know_everything()
        house.reviews_of(lambda: house.portal.save(FILE, by=BOB.id))
        house.reviews_of(lambda: house.portal.trash(FILE, by=BOB.id))
        house.reviews_of(lambda: house.portal.restore(FILE, by=BOB.id))
        came_back = describe_last(desk)
        house.reviews_of(lambda: house.portal.trash(FILE, by=BOB.id))

    assert list_movements(desk) == [
        ("review:document_gone", "trashed", "trashed"),
        ("review:document_back", "restored", None),
        ("review:document_gone", "trashed", "trashed"),
    ]
    assert came_back == f"{desk.latest(str(FILE)).title} is back."
    assert not any(entry["type"] == "change:unrouted" for entry in desk.entries())
    assert desk.verdict().intact


@ON_SQLITE
@pytest.mark.parametrize(("trigger", "kind"), [("file.trashed", "trashed"), ("file.deleted", "deleted")])
def test_a_withdrawal_says_that_the_document_went_meanwhile(desk: Desk, trigger: str, kind: str) -> None:
    desk.follow(routes(review=CONTENT_ALONE))
    review = desk.open(event())
    desk.answers.record_answer(build_answer_request(review))
    depart(desk, trigger)
    desk.answers.withdraw(make_review_request(review))

    assert [entry["type"] for entry in desk.entries()][-2:] == ["review:withdrawn", "review:document_gone"]
    assert list_movements(desk) == [("review:document_gone", kind, kind)]
    assert desk.entries()[-1]["unanswered"]["acknowledged"] == 0
    assert desk.verdict().intact


@ON_SQLITE
def test_a_withdrawal_does_not_repeat_that_the_document_went_before_the_answer(desk: Desk) -> None:
    desk.follow(routes(review=CONTENT_ALONE))
    review = desk.open(event())
    depart(desk, "file.trashed")
    desk.answers.record_answer(build_answer_request(review))
    desk.answers.withdraw(make_review_request(review))

    assert list_movements(desk) == [("review:document_gone", "trashed", "trashed")]


@ON_SQLITE
@pytest.mark.parametrize("reviewed", [ChangeKind.TRASHED, ChangeKind.DELETED])
def test_a_withdrawal_adds_nothing_where_the_departure_is_under_review_or_the_document_is_there(
    desk: Desk, reviewed: ChangeKind
) -> None:
    desk.follow(routes(review=CONTENT_ALONE | {reviewed}))
    desk.open(event())
    if reviewed is ChangeKind.TRASHED:
        depart(desk, "file.trashed")
    review = desk.latest("3358285")
    desk.answers.record_answer(build_answer_request(review))
    desk.answers.withdraw(make_review_request(review))

    assert list_movements(desk) == []
