"""Folders that go with documents under open reviews: each of those says so, or one entry for many."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from demo import BOB, OTHER, QUARTER
from demo.starting_data import ROOM
from reviews.intake.folder_departures import MAX_ENTRIES, MAX_IDS
from reviews.kinds import ChangeKind
from reviews.ledger import history
from reviews.tree import FilePresence
from tests.databases import ON_SQLITE
from tests.reviews.desk import build_answer_request
from tests.reviews.portal_desk import INNER, PortalDesk, both_folders, open_portal_desk, other_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviews.routes.route import Route
    from tests.reviews.desk import Desk

CONTENT_ALONE = frozenset({ChangeKind.CONTENT, ChangeKind.CREATED})
ALL_BUT_BULK = frozenset(ChangeKind) - {ChangeKind.METADATA, ChangeKind.BULK}
ACTS: dict[str, tuple[str, Callable[[PortalDesk], object]]] = {
    "trash": ("trashed", lambda house: house.portal.trash_folder(QUARTER, by=BOB.id)),
    "delete": ("deleted", lambda house: house.portal.delete_folder(QUARTER, by=BOB.id)),
    "move": ("moved_out", lambda house: house.portal.move_folder(QUARTER, OTHER, by=BOB.id)),
    "archive": ("moved_out", lambda house: house.portal.archive_room(ROOM, by=BOB.id)),
}


def quarter(**more: Any) -> Route:
    return replace(both_folders(), review=CONTENT_ALONE, **more)


@pytest.fixture
def house(desk: Desk) -> Iterator[PortalDesk]:
    with open_portal_desk(desk, quarter()) as opened:
        opened.know_everything()
        yield opened


def list_gone(desk: Desk) -> list[dict[str, Any]]:
    return [entry for entry in desk.entries() if entry["type"] in {"review:document_gone", "folder:gone"}]


def upload(house: PortalDesk, count: int, folder: int = QUARTER) -> None:
    for number in range(count):
        house.portal.upload(f"N{number}.docx", folder, by=BOB.id)


@ON_SQLITE
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("is_reviewed", [False, True])
def test_a_document_that_goes_with_its_folder_is_recorded_on_its_review(
    desk: Desk, act: str, *, is_reviewed: bool
) -> None:
    asked = ALL_BUT_BULK if is_reviewed else CONTENT_ALONE
    rules = [replace(each, review=asked) for each in (both_folders(), other_folder())]
    kind, let_go = ACTS[act]
    with open_portal_desk(desk, *rules[: 1 + (act == "move")]) as house:
        house.know_everything()
        [review] = house.reviews_of(lambda: house.portal.save(INNER, by=BOB.id))
        desk.deliver_all()
        house.reviews_of(partial(let_go, house))
        house.recover(minutes=120)

        [entry] = list_gone(desk)
        assert (entry["review_id"], entry["file_id"], entry["kind"]) == (review.id, str(INNER), kind)
        assert (entry["unanswered"]["cause"], entry["unanswered"]["revision"]) == (kind, review.revision)
        assert (entry["unanswered"]["was_posted"], entry["with_folder"]["files"]) == (True, 1)
        desk.answers.record_answer(build_answer_request(review))
        assert desk.entries()[-1]["type"] == "review:acknowledged"
        assert desk.verdict().intact


@ON_SQLITE
def test_a_folder_that_is_trashed_and_then_deleted_is_recorded_once(desk: Desk, house: PortalDesk) -> None:
    house.reviews_of(lambda: house.portal.save(INNER, by=BOB.id))
    house.reviews_of(lambda: house.portal.trash_folder(QUARTER, by=BOB.id))
    house.reviews_of(lambda: house.portal.delete_folder(QUARTER, by=BOB.id))

    assert [entry["kind"] for entry in list_gone(desk)] == ["trashed"]


@ON_SQLITE
def test_a_document_that_comes_back_with_its_folder_is_recorded(desk: Desk, house: PortalDesk) -> None:
    house.reviews_of(lambda: house.portal.save(INNER, by=BOB.id))
    house.reviews_of(lambda: house.portal.trash_folder(QUARTER, by=BOB.id))
    house.reviews_of(lambda: house.portal.restore_folder(QUARTER, by=BOB.id))

    back = [entry for entry in desk.entries() if entry["type"] == "review:document_back"]
    assert [(entry["file_id"], entry["kind"]) for entry in back] == [(str(INNER), "restored")]
    assert desk.verdict().intact


@ON_SQLITE
def test_a_document_that_was_trashed_before_its_folder_does_not_come_back_with_it(
    desk: Desk, house: PortalDesk
) -> None:
    house.reviews_of(lambda: house.portal.save(INNER, by=BOB.id))
    house.reviews_of(lambda: house.portal.trash(INNER, by=BOB.id))
    house.reviews_of(lambda: house.portal.trash_folder(QUARTER, by=BOB.id))
    house.reviews_of(lambda: house.portal.restore_folder(QUARTER, by=BOB.id))

    assert [entry["type"] for entry in desk.entries()].count("review:document_back") == 0
    assert len(list_gone(desk)) == 1


@ON_SQLITE
def test_an_answered_review_says_nothing_of_it(desk: Desk, house: PortalDesk) -> None:
    [review] = house.reviews_of(lambda: house.portal.save(INNER, by=BOB.id))
    desk.answers.record_answer(build_answer_request(review))
    house.reviews_of(lambda: house.portal.trash_folder(QUARTER, by=BOB.id))

    assert list_gone(desk) == []


@ON_SQLITE
def test_files_of_a_bulk_review_that_go_are_one_entry(desk: Desk) -> None:
    with open_portal_desk(desk, quarter(bulk=3)) as house:
        house.know_everything()
        house.reviews_of(partial(upload, house, 6))
        house.reviews_of(lambda: house.portal.trash_folder(QUARTER, by=BOB.id))

        [entry] = list_gone(desk)
        assert entry["file_id"].startswith("bulk:")
        assert (entry["with_folder"]["files"], entry["unanswered"]["cause"]) == (6, "trashed")
        sentence = history.describe_entry(entry).sentence
        assert sentence.startswith("Files that were moved to the trash with their folder: 6.")
        assert desk.verdict().intact


@ON_SQLITE
@pytest.mark.parametrize(("count", "is_one_for_all"), [(MAX_ENTRIES, False), (MAX_ENTRIES + 1, True)])
def test_many_open_reviews_have_one_entry(desk: Desk, count: int, *, is_one_for_all: bool) -> None:
    with open_portal_desk(desk, quarter(bulk=None)) as house:
        house.know_everything()
        house.reviews_of(partial(upload, house, count))
        house.reviews_of(lambda: house.portal.trash_folder(QUARTER, by=BOB.id))

        gone = list_gone(desk)
        ids = {review.id for review in desk.reviews()}
        if is_one_for_all:
            [entry] = gone
            assert (entry["type"], entry["review_id"], entry["kind"]) == ("folder:gone", None, "trashed")
            assert entry["open_reviews"]["count"] == count
            assert set(entry["open_reviews"]["ids"]) == ids
        else:
            assert {entry["review_id"] for entry in gone} == ids
        assert desk.verdict().intact


def test_the_store_counts_all_open_reviews_and_names_the_first(desk: Desk, house: PortalDesk) -> None:
    house.reviews_of(partial(upload, house, 3), lambda: house.portal.save(INNER, by=BOB.id))
    first = [review.id for review in reversed(desk.reviews())]
    with desk.transactions(reading=True) as work:
        results = {
            (folder, route, presence, limit): work.files.find_open_reviews_beneath(
                str(folder), presence, route=route, limit=limit
            )
            for folder, route, presence, limit in (
                (QUARTER, "compliance", FilePresence.PRESENT, MAX_IDS),
                (QUARTER, "compliance", FilePresence.PRESENT, 2),
                (QUARTER, "compliance", FilePresence.TRASHED, MAX_IDS),
                (QUARTER, "another", FilePresence.PRESENT, MAX_IDS),
                (OTHER, "compliance", FilePresence.PRESENT, MAX_IDS),
            )
        }

    counts = [(each.count, len(each.file_counts)) for each in results.values()]
    assert counts == [(4, 4), (4, 2), (0, 0), (0, 0), (0, 0)]
    assert list(next(iter(results.values())).file_counts) == first
