"""What other workers write while DocSpace answers, between what is read of a burst and what is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from reviews.intake import intake
from reviews.intake.folders_above import FOLDERS_FIRST_SECONDS
from reviews.kinds import ChangeKind, EventState
from reviews.tree import FOLDER_ID_PREFIX, Place
from tests.reviews.samples import WATCHED, event, routes
from tests.reviews.small_portal import SmallPortal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from reviews.identity import Person
    from tests.reviews.desk import Desk

FILE = "3358285"


@dataclass
class SlowPortal(SmallPortal):
    """A portal that takes long to name the editors of a file; `meanwhile` happens once."""

    meanwhile: list[Callable[[], object]] = field(default_factory=list)

    def list_editors(
        self,
        file_id: str,
        *,
        after: int | None,
        since: datetime | None,
        ignored_people: Collection[str] = (),
    ) -> list[Person]:
        while self.meanwhile:
            self.meanwhile.pop()()
        return super().list_editors(file_id, after=after, since=since, ignored_people=ignored_people)


@pytest.fixture
def portal(desk: Desk) -> SlowPortal:
    """The portal of a desk whose route watches the folder above the file's."""
    desk.portal = portal = SlowPortal()
    desk.follow(routes(watch=("2",)))
    desk.open(event(file_id="another"))
    desk.clock.advance(minutes=2)
    return portal


def test_a_folder_that_leaves_meanwhile_takes_its_file_along(desk: Desk, portal: SlowPortal) -> None:
    desk.store_file(FILE)
    desk.clock.advance(minutes=1)

    def move_folder() -> None:
        with desk.transactions() as work:
            work.folders.put(Place(folders=(("1", "Rooms"), (WATCHED, "Compliance"))), at=desk.clock())
            work.commit()

    portal.versions[FILE] += 1
    number = desk.receive(event(occurred_at=desk.clock().replace(microsecond=0)))
    portal.meanwhile.append(move_folder)

    assert desk.intake.process(number) is not None
    assert desk.event(number).state is EventState.RECEIVED

    assert desk.intake.process(number) is None
    assert desk.latest(FILE).kind is ChangeKind.MOVED_OUT
    with desk.transactions(reading=True) as work:
        assert work.files.get(FILE) is None


def test_a_change_of_the_folder_that_arrives_meanwhile_goes_before_a_new_file(
    desk: Desk, portal: SlowPortal
) -> None:
    folder_event = event(file_id=f"{FOLDER_ID_PREFIX}{WATCHED}", parent_id="2", trigger="folder.moved")
    number = desk.receive(event(file_id="new", trigger="file.created", occurred_at=desk.clock()))
    portal.meanwhile.append(
        lambda: intake.receive_events(desk.transactions, [folder_event], now=desk.clock())
    )

    assert desk.intake.process(number) == FOLDERS_FIRST_SECONDS

    assert desk.event(number).state is EventState.RECEIVED
    assert [review.file_id for review in desk.reviews()] == ["another"]
