"""What a change amounts to: pure rules as tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.changes import classification
from reviews.changes.classification import (
    LISTED_TRIGGER,
    MISSING_TRIGGER,
    Clues,
    combine_kinds,
    explain_ignored,
)
from reviews.kinds import ChangeKind, SweepSource
from reviews.tree import FilePresence, FileState
from tests.reviews.samples import START, event

K = ChangeKind
STORED = FileState(
    file_id="7", parent_id="8", title="Policy.docx", version=3, modified_at=START, size=500, comment="Edited"
)
LATER = START + timedelta(seconds=30)
TRASHED = replace(STORED, presence=FilePresence.TRASHED)
NEXT: dict[str, Any] = {"version": 4, "size": 600, "modified_at": LATER}


def clues(*triggers: str, **more: Any) -> Clues:
    values: dict[str, Any] = {
        "was_inside": True,
        "save_was_late": lambda: False,
        "content_logged": lambda: None,
        "by_us": lambda: False,
    }
    return Clues(triggers=frozenset(triggers), **{**values, **more})


@pytest.mark.parametrize(
    "trigger",
    ["file.created", "file.updated", "file.restored", "folder.moved", "room.archived", "room.deleted"],
)
def test_changes_of_files_and_folders_are_not_ignored(trigger: str) -> None:
    assert explain_ignored(event(trigger=trigger)) is None


@pytest.mark.parametrize("trigger", ["", "*", "file.downloaded", "room.created", "file.new", "FILE.UPDATED"])
def test_everything_else_is_ignored_with_a_reason(trigger: str) -> None:
    assert explain_ignored(event(trigger=trigger))


@pytest.mark.parametrize("trigger", [LISTED_TRIGGER, MISSING_TRIGGER])
def test_what_only_a_listing_shows_is_told_by_no_delivery(trigger: str) -> None:
    assert explain_ignored(event(trigger=trigger))
    assert explain_ignored(event(trigger=trigger, found_in=SweepSource.LISTING)) is None


# trigger, what is known before, what is different now, what the file's log says, the kind
CASES: list[tuple[str, FileState | None, dict[str, Any], bool | None, ChangeKind]] = [
    ("file.updated", STORED, NEXT, None, K.CONTENT),
    ("file.uploaded", STORED, NEXT, None, K.CONTENT),
    ("file.updated", STORED, {"version": None, "size": None}, None, K.CONTENT),
    # Saves of one editing session keep the version (facts on DocSpace, 2.5).
    ("file.updated", STORED, {"size": 501, "modified_at": LATER}, None, K.CONTENT),
    ("file.updated", STORED, {"modified_at": LATER}, None, K.CONTENT),
    ("file.updated", STORED, {"modified_at": LATER}, True, K.CONTENT),
    ("file.updated", STORED, {"modified_at": None}, None, K.CONTENT),
    ("file.updated", STORED, {"title": "New.docx", "modified_at": LATER}, False, K.RENAMED),
    ("file.updated", STORED, {"title": "New.docx"}, None, K.RENAMED),
    ("file.updated", STORED, {"title": "New.docx", "modified_at": LATER}, None, K.CONTENT),
    ("file.updated", STORED, {"locked": True}, None, K.METADATA),
    ("file.updated", STORED, {"comment": "Reviewed"}, None, K.METADATA),
    ("file.updated", STORED, {"modified_at": LATER}, False, K.METADATA),
    ("file.updated", STORED, {}, None, K.METADATA),
    ("file.moved", STORED, {"parent_id": "9", "modified_at": LATER}, False, K.METADATA),
    ("file.moved", STORED, {"parent_id": "9", "modified_at": LATER}, None, K.CONTENT),
    ("file.restored", STORED, {"modified_at": LATER}, False, K.RESTORED),
    ("file.restored", TRASHED, {"modified_at": LATER}, None, K.RESTORED),
    ("file.updated", TRASHED, NEXT, None, K.RESTORED),
    ("file.created", None, {"version": 1}, None, K.CREATED),
    ("file.created", None, {"version": None}, None, K.CREATED),
    ("file.uploaded", None, {"version": 4}, None, K.CONTENT),
    ("file.copied", None, {"version": 1}, None, K.CREATED),
    ("file.updated", None, {}, None, K.CONTENT),
    ("file.moved", None, {}, None, K.MOVED_IN),
    ("file.restored", None, {}, None, K.RESTORED),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "before", "now", "logged", "kind"), CASES)
def test_before_and_after_tell_the_kind(
    trigger: str, before: FileState | None, now: Any, logged: Any, kind: ChangeKind
) -> None:
    after = replace(STORED, **now)

    judged = classification.judge_present(before, after, clues(trigger, content_logged=lambda: logged))

    assert judged.kind is kind


def test_a_file_from_outside_moved_in_whatever_else_changed() -> None:
    judged = classification.judge_present(
        STORED, replace(STORED, **NEXT), clues("file.updated", was_inside=False)
    )

    assert judged.kind is K.MOVED_IN


def test_the_log_is_asked_only_where_nothing_else_tells() -> None:
    def never() -> bool:
        raise AssertionError

    nows: list[dict[str, Any]] = [NEXT, {"size": 501}, {"locked": True}, {}]
    for now in nows:
        classification.judge_present(
            STORED, replace(STORED, **now), clues("file.updated", content_logged=never)
        )


def test_a_save_that_is_told_late_counts_though_nothing_differs_any_more() -> None:
    late = clues("file.updated", save_was_late=lambda: True)

    assert classification.judge_present(STORED, STORED, late).kind is K.CONTENT


def test_coming_back_or_in_does_not_hide_that_the_content_is_another() -> None:
    for before, inside in ((TRASHED, True), (STORED, False)):
        same = classification.judge_present(before, STORED, clues("file.restored", was_inside=inside))
        other = classification.judge_present(
            before, replace(STORED, **NEXT), clues("file.restored", was_inside=inside)
        )

        assert (same.content, other.content) == (False, True)
        assert same.kind is other.kind


def test_leaving_does_not_hide_a_save() -> None:
    assert classification.judge_moved_out({"file.updated", "file.moved"}).content
    assert not classification.judge_moved_out({"file.moved"}).content
    assert classification.judge_removed(FilePresence.DELETED, {"file.updated", "file.deleted"}).content


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ({"locked": True}, "it was locked"),
        ({"comment": "x"}, "only the comment of its version changed"),
        ({"parent_id": "9"}, "it moved within the watched folder"),
        ({}, "neither its content nor its name changed"),
    ],
)
def test_what_opens_no_review_says_why(now: dict[str, Any], why: str) -> None:
    judged = classification.judge_present(STORED, replace(STORED, **now), clues("file.updated"))

    assert judged.reason == why


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        ((K.CREATED, K.CONTENT), K.CREATED),
        ((K.MOVED_IN, K.RENAMED), K.MOVED_IN),
        ((K.CONTENT, K.RENAMED), K.CONTENT),
        ((K.CREATED, K.TRASHED), K.TRASHED),
        ((K.TRASHED, K.DELETED), K.DELETED),
        ((K.TRASHED, K.RESTORED), K.RESTORED),
        ((K.CONTENT, K.MOVED_OUT), K.MOVED_OUT),
        ((K.MOVED_OUT, K.MOVED_IN), K.MOVED_IN),
    ],
)
def test_an_open_review_and_what_followed_amount_to_one_kind(
    kinds: tuple[ChangeKind, ChangeKind], kind: ChangeKind
) -> None:
    assert combine_kinds(*kinds) is kind


@given(earlier=st.sampled_from(list(K)), later=st.sampled_from(list(K)))
def test_what_they_amount_to_is_one_of_them(earlier: ChangeKind, later: ChangeKind) -> None:
    assert combine_kinds(earlier, later) in {earlier, later}
