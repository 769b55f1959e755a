"""Where folders are and were, by a tree of stored folders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from reviews.tree import FolderTree, StoredFolder
from tests.reviews.samples import START

HOUR = timedelta(hours=1)


def folder(folder_id: str, parent_id: str) -> StoredFolder:
    return StoredFolder(
        id=folder_id,
        parent_id=parent_id,
        title=f"Folder {folder_id}",
        was_in=None,
        moved_from=None,
        settled_at=None,
        seen_at=START,
    )


TOP, OLD, NEW = folder("top", ""), folder("old", "top"), folder("new", "top")


def tree(*folders: StoredFolder) -> FolderTree:
    return FolderTree(folders={each.id: each for each in (TOP, OLD, NEW, *folders)})


def test_a_folder_is_below_all_those_above_it() -> None:
    place = tree(folder("one", "new")).get_place("one")

    assert place is not None
    assert place.folders == (("top", "Folder top"), ("new", "Folder new"), ("one", "Folder one"))


def test_a_folder_whose_move_is_not_processed_was_in_its_old_place() -> None:
    moved = tree(replace(folder("one", "new"), was_in="old", moved_from="new", settled_at=START))

    places = moved.get_place("one"), moved.get_place_before("one"), moved.get_place_at("one", START - HOUR)

    assert [place and place.folder_ids for place in places] == [
        ("top", "new", "one"),
        ("top", "old", "one"),
        ("top", "old", "one"),
    ]


def test_a_folder_was_in_its_old_place_until_its_last_move() -> None:
    moved = tree(replace(folder("one", "new"), moved_from="old", settled_at=START))

    places = [moved.get_place_at("one", at) for at in (START - HOUR, START, START + HOUR)]
    before = moved.get_place_before("one")

    assert [place and place.parent.folder_ids[-1] for place in places] == ["old", "old", "new"]
    assert before is not None
    assert before.parent.folder_ids == ("top", "new")


def test_a_place_counts_only_if_all_of_it_was_seen_since() -> None:
    stale = tree(replace(NEW, seen_at=START - HOUR), folder("one", "new"))

    assert stale.get_place("one", seen_after=START) is None
    assert stale.get_place("one", seen_after=START - HOUR) == stale.get_place("one")
    assert stale.get_place("one") is not None


def test_a_folder_that_does_not_lead_to_the_top_has_no_place() -> None:
    parts = tree(folder("one", "missing"), folder("two", "three"), folder("three", "two"))

    assert [parts.get_place(each) for each in ("one", "two", "unknown")] == [None, None, None]
