"""Routing, classification and backing off: pure rules as tables."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import backoff
from reviews.classify import Seen, classify, combined, why_ignored
from reviews.model import ChangeKind, Place
from reviews.routing import Routes, Target
from tests.reviews.samples import START, route

K = ChangeKind
SEEN = Seen(title="Policy.docx", version=3, modified_at=START, inside=True)
LEFT = Seen(title="Policy.docx", version=3, modified_at=START, inside=False)


def place(*ids: str) -> Place:
    return Place(folders=tuple((each, each) for each in ids))


def test_the_first_route_that_watches_any_folder_above_wins() -> None:
    watches = {"a": ("3",), "b": ("1", "2"), "c": ("2",)}
    routes = Routes(route(name=name, watch=watch) for name, watch in watches.items())

    found = [routes.match(place(*ids)) for ids in ("12", "123", "24", "4")]
    assert [each.name if each else None for each in found] == ["b", "a", "b", None]
    assert routes.match(place()) is None


def test_a_route_is_found_by_its_name() -> None:
    routes = Routes([route(name="a"), route(name="b")])

    assert routes.named("b") is routes.all[1]
    assert routes.named("c") is None


def test_addresses_are_compared_without_regard_to_case() -> None:
    assert route(owners=("A@B.example",), deputies=("C@d.example",)).answerable_by == {
        "a@b.example",
        "c@d.example",
    }


@pytest.mark.parametrize(
    ("text", "notifier", "address"),
    [
        ("slack:C1", "slack", "C1"),
        ("console", "console", ""),
        ("teams-bot:19:abc@thread", "teams-bot", "19:abc@thread"),
    ],
)
def test_a_target_is_read_and_written_alike(text: str, notifier: str, address: str) -> None:
    target = Target.parse(text)

    assert (target.notifier, target.address, str(target)) == (notifier, address, text)


def test_a_path_leaves_out_the_section_that_says_nothing() -> None:
    assert place("Rooms", "Legal", "Policies").path == "Legal / Policies"
    assert place("Rooms").path == "Rooms"


@pytest.mark.parametrize("trigger", ["file.created", "file.updated", "file.moved", "file.restored"])
def test_changes_of_files_are_not_ignored(trigger: str) -> None:
    assert why_ignored(trigger) is None


@pytest.mark.parametrize(
    "trigger", ["", "*", "file.downloaded", "folder.moved", "room.archived", "file.new", "FILE.UPDATED"]
)
def test_everything_else_is_ignored_with_a_reason(trigger: str) -> None:
    assert why_ignored(trigger)


CASES = [
    ("file.created", 1, None, K.CREATED),
    ("file.created", None, None, K.CREATED),
    ("file.uploaded", 1, None, K.CREATED),
    ("file.uploaded", 4, None, K.CONTENT),
    ("file.uploaded", 4, SEEN, K.CONTENT),
    ("file.copied", 1, None, K.CREATED),
    ("file.updated", 4, None, K.CONTENT),
    ("file.updated", 4, SEEN, K.CONTENT),
    ("file.updated", None, SEEN, K.CONTENT),
    ("file.updated", 3, SEEN, K.METADATA),
    ("file.moved", 3, SEEN, K.METADATA),
    ("file.moved", 3, LEFT, K.MOVED_IN),
    ("file.moved", 3, None, K.MOVED_IN),
    ("file.trashed", 3, SEEN, K.TRASHED),
    ("file.deleted", 3, None, K.DELETED),
    ("file.restored", 3, LEFT, K.RESTORED),
]  # fmt: skip


@pytest.mark.parametrize(("trigger", "version", "seen", "kind"), CASES)
def test_each_trigger_has_its_kind(
    trigger: str, version: int | None, seen: Seen | None, kind: ChangeKind
) -> None:
    assert classify(trigger, title="Policy.docx", version=version, modified_at=START, seen=seen) is kind


def test_the_same_version_under_another_name_was_renamed() -> None:
    assert classify("file.updated", title="New.docx", version=3, modified_at=START, seen=SEEN) is K.RENAMED


def test_the_same_version_at_a_later_time_has_new_content() -> None:
    later = START + timedelta(seconds=1)

    assert classify("file.updated", title="Policy.docx", version=3, modified_at=later, seen=SEEN) is K.CONTENT
    assert classify("file.updated", title="Policy.docx", version=3, modified_at=None, seen=SEEN) is K.CONTENT


@pytest.mark.parametrize(
    ("kinds", "kind"),
    [
        ([K.CREATED, K.CONTENT], K.CREATED),
        ([K.MOVED_IN, K.CONTENT, K.RENAMED], K.MOVED_IN),
        ([K.CONTENT, K.RENAMED, K.METADATA], K.CONTENT),
        ([K.METADATA, K.RENAMED], K.RENAMED),
        ([K.METADATA], K.METADATA),
        ([K.CREATED, K.TRASHED], K.TRASHED),
        ([K.TRASHED, K.DELETED], K.DELETED),
        ([K.TRASHED, K.RESTORED], K.RESTORED),
        ([K.TRASHED, K.RESTORED, K.CONTENT], K.RESTORED),
        ([K.CONTENT, K.MOVED_OUT], K.MOVED_OUT),
        ([K.MOVED_OUT, K.MOVED_IN], K.MOVED_IN),
    ],
)
def test_changes_in_a_row_amount_to_one_kind(kinds: list[ChangeKind], kind: ChangeKind) -> None:
    assert combined(kinds) is kind


@given(kinds=st.lists(st.sampled_from(list(K)), min_size=1, max_size=6))
def test_what_they_amount_to_is_one_of_them(kinds: list[ChangeKind]) -> None:
    assert combined(kinds) in kinds


def test_waits_double_up_to_half_an_hour() -> None:
    waits = [backoff.wait(attempts, wish=None, random=lambda: 0.0) for attempts in range(1, 13)]

    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-2:] == [1800.0, 1800.0]


@given(
    attempts=st.integers(1, 10**6),
    wish=st.none() | st.floats(0, 4000),
    random=st.floats(0, 1, exclude_max=True),
)
def test_a_wish_is_never_undercut_and_chance_adds_at_most_a_quarter(
    attempts: int, wish: float | None, random: float
) -> None:
    least = max(wish or 0.0, min(2.0 ** min(attempts, 11), 1800.0))

    assert least <= backoff.wait(attempts, wish=wish, random=lambda: random) <= least * 1.25
