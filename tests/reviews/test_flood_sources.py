"""Where floods come from, and what of them a private route shows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from reviews.bulk_reviews.pending_files import MAX_FILES_BEFORE_OTHERS
from reviews.errors import RateLimitReached
from reviews.identity import UNPROVEN_PERSON
from reviews.kinds import ChangeKind, SweepSource
from reviews.privacy.redaction import redact_entry
from reviews.routes.route import Routes
from tests.reviews.flood import files_of, flood, handle, list_bulk_reviews, names, receive_events
from tests.reviews.samples import ELSEWHERE, SECRET, event, route, routes
from tests.reviews.small_portal import SmallPortal

if TYPE_CHECKING:
    from reviews.tree import FileState
    from tests.reviews.desk import Desk


BUSY_FOR = 7.0


class Busy(SmallPortal):
    """A portal whose limit on requests is reached."""

    def get_file(self, file_id: str) -> FileState | None:
        raise RateLimitReached(f"file {file_id} is asked for later", retry_after=BUSY_FOR)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """A desk whose route lets three files through one by one."""
    desk.follow(routes(bulk=3))
    return desk


def test_what_one_sweep_finds_is_one_review_however_long_it_takes(desk: Desk) -> None:
    numbers: list[int] = []
    for file in names(6):
        numbers += receive_events(desk, [file], found_in=SweepSource.FOLDER_LOG)
        desk.clock.advance(minutes=8)

    handle(desk, numbers)

    [review] = list_bulk_reviews(desk)
    assert len(files_of(desk, review)) == 6
    assert review.seen_late is not None


def test_what_the_next_sweep_finds_is_no_part_of_what_one_has_found(desk: Desk) -> None:
    desk.follow(routes(bulk=3, max_wait=timedelta(minutes=30)))
    handle(desk, receive_events(desk, names(4), found_in=SweepSource.FOLDER_LOG))
    desk.clock.advance(minutes=15)

    handle(desk, receive_events(desk, ["later"], found_in=SweepSource.FOLDER_LOG))

    [review] = list_bulk_reviews(desk)
    assert review.bulk is not None
    assert review.bulk.count == 4
    assert desk.latest("later").kind is ChangeKind.CONTENT


def test_what_a_sweep_finds_is_no_part_of_a_flood_that_is_told_in_the_same_minute(desk: Desk) -> None:
    delivered = receive_events(desk, names(5))
    swept = receive_events(desk, [f"s{n}" for n in range(5)], found_in=SweepSource.FOLDER_LOG)

    handle(desk, [*delivered, *swept])

    assert sorted(len(files_of(desk, review)) for review in list_bulk_reviews(desk)) == [5, 5]


def test_many_files_that_are_thrown_away_one_by_one_are_one_review(desk: Desk) -> None:
    desk.follow(Routes([route(bulk=3)]))
    flood(desk, 5)
    desk.clock.advance(hours=1)
    desk.follow(routes(bulk=3))

    handle(desk, receive_events(desk, names(5), trigger="file.trashed", in_trash=True, parent_id="trash"))

    [review] = list_bulk_reviews(desk)
    assert review.bulk is not None
    assert review.bulk.kinds == ((ChangeKind.TRASHED, 5),)
    assert desk.verdict().intact


def test_a_change_of_another_route_is_not_counted_in(desk: Desk) -> None:
    desk.follow(Routes([route(bulk=3), replace(route(bulk=3), name="other", watch=(ELSEWHERE,))]))
    numbers = [
        *receive_events(desk, names(3)),
        *receive_events(desk, ["x1", "x2", "x3"], parent_id=ELSEWHERE),
    ]

    handle(desk, numbers)

    assert list_bulk_reviews(desk) == []


def test_of_a_flood_those_that_wait_let_others_go_first(desk: Desk) -> None:
    numbers = receive_events(desk, names(6))
    desk.intake.process(numbers[0])
    later = receive_events(desk, ["alone"], actor=event().actor, parent_id=ELSEWHERE)

    assert [desk.event(number).of_many for number in numbers[1:]] == [True] * 5
    assert not desk.event(later[0]).of_many


@pytest.mark.parametrize("bulk", [None, 1000])
def test_also_those_that_are_no_bulk_review_let_others_go_first(desk: Desk, bulk: int | None) -> None:
    desk.follow(routes(bulk=bulk))
    numbers = receive_events(desk, names(MAX_FILES_BEFORE_OTHERS + 1))

    desk.intake.process(numbers[0])

    assert all(desk.event(number).of_many for number in numbers[1:])
    assert list_bulk_reviews(desk) == []


def test_what_waits_among_many_is_asked_for_with_the_calls_of_floods(desk: Desk) -> None:
    numbers = receive_events(desk, names(6))
    desk.intake.process(numbers[0])
    [alone] = receive_events(desk, ["alone"], parent_id=ELSEWHERE)
    by_floods = replace(desk.intake, files=replace(desk.intake.files, portal=Busy()))
    desk.intake = replace(desk.intake, flood_intake=by_floods)

    assert desk.intake.process(alone) is None
    assert desk.intake.process(numbers[1]) == BUSY_FOR


def test_a_few_changes_let_no_other_go_first(desk: Desk) -> None:
    numbers = receive_events(desk, names(3))

    desk.intake.process(numbers[0])

    assert not any(desk.event(number).of_many for number in numbers)


def test_the_public_of_a_private_route_sees_no_title_of_the_files(private: Desk) -> None:
    private.follow(routes(private=True, bulk=3))
    review = flood(private, 4, title=SECRET)

    seen = private.redact(review, UNPROVEN_PERSON)

    assert seen.bulk is not None
    assert (seen.bulk.count, seen.bulk.sample_files) == (4, ())
    entries = [redact_entry(entry, "Compliance") for entry in private.entries()]
    assert SECRET not in str(seen)
    assert SECRET not in str(entries)
    assert "Legal" not in str([entry for entry in entries if entry["type"] == "review:joined"])


def test_the_card_of_a_private_route_names_no_file_in_public(private: Desk) -> None:
    private.follow(routes(private=True, bulk=3))
    private.delivery = replace(private.delivery, routes=private.routes)
    flood(private, 4, title=SECRET)
    private.deliver_all()

    cards = dict(private.paper.posts)
    assert SECRET not in str(cards["C1"])
    assert SECRET in str(cards["C2"])
