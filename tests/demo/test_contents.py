"""The listing of a folder: what is in it, in which order, a page at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    DEEP,
    DRIVE_FOLDER,
    OLGA,
    OTHER,
    QUARTER,
    ROOM,
    DemoPortal,
    FilledContent,
)
from demo.starting_data import ARCHIVE, ROOMS, TRASH
from tests.demo.calls import answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from demo import PortalFile
    from tests.reviews.samples import Clock

    Listing = Callable[..., Any]


@pytest.fixture
def listing(get: Any) -> Listing:
    def listing(folder: object, query: str = "", **more: str) -> Any:
        return answer(get(f"/files/{quote(str(folder), safe='')}?{query}", **more))

    return listing


@pytest.fixture
def deep(portal: DemoPortal, clock: Clock) -> list[int | str]:
    """One file at each of three depths, an hour apart."""
    made: list[int | str] = []
    for title, folder in (("2. two.docx", DEEP), ("10. ten.docx", COMPLIANCE), ("Annex.docx", QUARTER)):
        made.append(portal.add_file(title, folder, by=ALICE.id, content=FilledContent(len(made))).id)
        clock.advance(hours=1)
    return made


def ids(listed: Any, kind: str = "files") -> list[int | str]:
    return [each["id"] for each in listed[kind]]


@pytest.mark.usefixtures("deep")
def test_a_folder_shows_itself_its_path_and_what_lies_directly_in_it(listing: Listing) -> None:
    shown = listing(COMPLIANCE)

    assert list(shown) == [
        "files",
        "folders",
        "current",
        "pathParts",
        "startIndex",
        "count",
        "total",
        "new",
    ]
    assert ids(shown, "folders") == [QUARTER]
    assert [each["title"] for each in shown["files"]] == ["10. ten.docx"]
    assert (shown["current"]["id"], shown["current"]["parentId"]) == (COMPLIANCE, ROOM)
    assert shown["pathParts"] == [
        {"id": ROOMS, "title": "Rooms", "folderType": 14},
        {"id": ROOM, "title": "Legal & Compliance", "roomType": 5, "folderType": 19},
        {"id": COMPLIANCE, "title": "Compliance", "folderType": 0},
    ]
    assert (shown["startIndex"], shown["count"], shown["total"], shown["new"]) == (0, 2, 2, 0)


def test_a_listed_file_says_all_that_the_file_itself_says(
    get: Any, listing: Listing, deep: list[int | str]
) -> None:
    (file,) = listing(DEEP)["files"]

    assert file == answer(get(f"/files/file/{deep[0]}"))
    assert {"folderId", "version", "pureContentLength", "title", "comment", "locked", "updated"} <= set(file)


@pytest.mark.parametrize("query", ["filterType=1", "filterType=FilesOnly&withsubfolders=TRUE"])
def test_the_filter_for_files_reaches_every_depth_unless_told_not_to(
    listing: Listing, deep: list[int | str], query: str
) -> None:
    everything = listing(COMPLIANCE, query)

    assert (set(ids(everything)), everything["folders"], everything["total"]) == (set(deep), [], 3)
    assert ids(listing(COMPLIANCE, "filterType=1&withSubFolders=false")) == [deep[1]]


def test_the_filter_for_folders_reaches_every_depth_too(listing: Listing) -> None:
    assert set(ids(listing(COMPLIANCE, "filterType=2"), "folders")) == {QUARTER, DEEP}


def test_without_a_filter_only_the_folder_itself_is_listed(listing: Listing, deep: list[int | str]) -> None:
    assert ids(listing(COMPLIANCE, "withSubFolders=true")) == [deep[1]]


@pytest.mark.parametrize(
    ("by", "expected"),
    [("DateAndTimeCreation", [0, 1, 2]), ("az", [2, 0, 1]), ("Size", [0, 1, 2]), ("DateAndTime", [1, 2, 0])],
)
def test_files_come_in_the_order_asked_for_either_way(
    listing: Listing, portal: DemoPortal, deep: list[int | str], by: str, expected: list[int]
) -> None:
    portal.save(deep[0], by=BOB.id, content=FilledContent(0))

    upwards = ids(listing(COMPLIANCE, f"filterType=1&sortBy={by}&sortOrder=ascending"))
    downwards = ids(listing(COMPLIANCE, f"filterType=1&sortBy={by}&sortOrder=descending"))

    assert upwards == [deep[index] for index in expected]
    assert downwards == upwards[::-1]


def test_an_order_once_asked_for_is_the_persons_own_from_then_on(
    listing: Listing, portal: DemoPortal, deep: list[int | str]
) -> None:
    bob = portal.add_key(BOB.id)
    assert ids(listing(COMPLIANCE, "filterType=1")) == deep[::-1]

    listing(COMPLIANCE, "filterType=1&sortBy=DateAndTimeCreation&sortOrder=ascending")

    assert ids(listing(COMPLIANCE, "filterType=1")) == deep
    assert ids(listing(COMPLIANCE, "filterType=1&sortBy=nonsense")) == deep
    assert ids(listing(COMPLIANCE, "filterType=1", key=bob)) == deep[::-1]


def test_pages_follow_each_other_folders_first(listing: Listing, deep: list[int | str]) -> None:
    first = listing(COMPLIANCE, "count=1")
    second = listing(COMPLIANCE, "count=1&startIndex=1")
    third = listing(COMPLIANCE, "count=1&startIndex=2")

    assert (ids(first, "folders"), ids(first)) == ([QUARTER], [])
    assert (ids(second, "folders"), ids(second)) == ([], [deep[1]])
    assert (third["files"], third["count"], third["total"], third["startIndex"]) == ([], 0, 2, 2)


@pytest.mark.parametrize(
    "query", ["count=0", "count=101", "count=many", "withSubFolders=perhaps", "filterType=3"]
)
def test_what_cannot_be_asked_is_refused(get: Any, query: str) -> None:
    assert get(f"/files/{COMPLIANCE}?{query}").status_code == 400


def test_a_page_holds_a_hundred_unless_it_is_asked_for_less(listing: Listing, portal: DemoPortal) -> None:
    for number in range(101):
        portal.add_file(f"{number}.docx", DEEP, by=ALICE.id)

    assert len(listing(DEEP)["files"]) == 100
    assert listing(DEEP, "startIndex=100")["count"] == 1


@pytest.mark.usefixtures("deep")
def test_a_connected_storage_is_never_searched_below_the_folder(
    listing: Listing, portal: DemoPortal, letter: PortalFile
) -> None:
    below = portal.add_folder("Below", DRIVE_FOLDER)
    portal.add_file("Deep.docx", below.id, by=OLGA.id)

    assert ids(listing(DRIVE_FOLDER, "filterType=1")) == [letter.id]


@pytest.mark.usefixtures("deep")
@pytest.mark.parametrize("section", [ROOMS, ARCHIVE])
def test_a_section_shows_its_rooms_and_no_files(listing: Listing, section: int) -> None:
    assert listing(section, "filterType=1")["files"] == []


def test_the_trash_shows_what_is_ones_own_there(
    get: Any, listing: Listing, portal: DemoPortal, deep: list[int | str]
) -> None:
    portal.trash(deep[1], by=OLGA.id)
    portal.trash_folder(QUARTER, by=BOB.id)

    mine, bobs = (listing(TRASH, "filterType=1", key=portal.add_key(who)) for who in (OLGA.id, BOB.id))

    assert (ids(mine), set(ids(bobs))) == ([deep[1]], {deep[0], deep[2]})
    assert listing(COMPLIANCE, "filterType=1")["total"] == 0
    assert get(f"/files/{QUARTER}", key=portal.add_key(BOB.id)).status_code == 403
    assert get(f"/files/{QUARTER}").status_code == 403


def test_a_folder_that_does_not_exist_is_missing(get: Any, portal: DemoPortal) -> None:
    portal.delete_folder(OTHER, by=OLGA.id)

    assert get(f"/files/{OTHER}").status_code == 404
