"""Changes in a watched folder for which the route asks no review: each is in the ledger once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from demo import ALICE, BOB, OTHER, QUARTER
from reviews.intake.unrouted_changes import UnroutedFloods
from reviews.kinds import ChangeKind, EventState
from reviews.ports.unrouted_changes import MAX_FLOOD_TITLES
from reviews.routes.route import Routes
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed
from store.schema import unrouted_changes
from tests.databases import ON_SQLITE
from tests.reviews.flood import handle, names, receive_events
from tests.reviews.portal_desk import FILE, INNER, both_folders, open_portal_desk, other_folder
from tests.reviews.samples import ALICE as AUTHOR
from tests.reviews.samples import BOB as OTHER_AUTHOR
from tests.reviews.samples import event, route
from tests.threads import run_in_threads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviews.routes.route import Route
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

ONLY_REMOVALS = frozenset({ChangeKind.DELETED})
MEMBERS = {
    *("kind", "file_id", "title", "path", "version_from", "version_to", "title_before", "path_before"),
    *("moved_to", "folders", "contributors", "acts", "contents", "events", "reason"),
}


def list_unrouted(desk: Desk) -> list[dict[str, Any]]:
    return [entry for entry in desk.entries() if entry["type"] == "change:unrouted"]


def ignore_content(desk: Desk, **more: Any) -> None:
    """Follow a route that asks a review only for what is deleted for good."""
    desk.follow(Routes([route(review=ONLY_REMOVALS, **more)]))


def build_floods(desk: Desk) -> UnroutedFloods:
    return UnroutedFloods(transactions=desk.transactions, clock=desk.clock)


@pytest.fixture
def quiet_house(desk: Desk) -> Iterator[PortalDesk]:
    """A desk at the stand-in portal, whose routes ask only for reviews of what is deleted for good."""
    rules: list[Route] = [replace(each, review=ONLY_REMOVALS) for each in (both_folders(), other_folder())]
    with open_portal_desk(desk, *rules) as opened:
        opened.know_everything()
        yield opened


def test_a_change_without_a_review_says_what_changed_and_who_changed_it(desk: Desk) -> None:
    ignore_content(desk)
    number = desk.receive(event(trigger="file.created", title="Minutes.docx"))
    desk.intake.process(number)

    [entry] = list_unrouted(desk)
    assert set(entry) >= MEMBERS
    assert (entry["review_id"], entry["route"], entry["kind"]) == (None, "compliance", "content")
    assert (entry["file_id"], entry["title"], entry["events"]) == ("3358285", "Minutes.docx", [number])
    assert entry["version_to"] == desk.portal.versions["3358285"]
    assert [person["name"] for person in entry["contributors"]] == [AUTHOR.name]
    assert desk.event(number).state is EventState.IGNORED
    assert desk.verdict().problem is None


def test_the_same_events_again_write_no_second_entry(desk: Desk) -> None:
    ignore_content(desk)
    change = event(trigger="file.created")
    number = desk.receive(change)
    desk.intake.process(number)

    desk.receive(change)
    assert desk.intake.process(number) is None

    assert len(list_unrouted(desk)) == 1


def test_of_workers_with_the_same_change_one_records_it(desk: Desk) -> None:
    ignore_content(desk)
    number = desk.receive(event(trigger="file.created"))

    run_in_threads(4, lambda _: desk.intake.process(number))

    assert len(list_unrouted(desk)) == 1
    assert desk.verdict().problem is None


@ON_SQLITE
@pytest.mark.parametrize(
    ("kind", "recorded"),
    [("rename", "renamed"), ("trash", "trashed"), ("move", "moved_out"), ("save", "content")],
)
def test_each_kind_that_a_route_leaves_out_is_recorded(
    quiet_house: PortalDesk, kind: str, recorded: str
) -> None:
    portal = quiet_house.portal
    acts = {
        "rename": lambda: portal.rename(FILE, "Policy, final.docx", by=BOB.id),
        "trash": lambda: portal.trash(FILE, by=BOB.id),
        "move": lambda: portal.move(FILE, OTHER, by=BOB.id),
        "save": lambda: portal.save(FILE, by=BOB.id),
    }

    assert quiet_house.reviews_of(acts[kind]) == []

    entries = list_unrouted(quiet_house.desk)
    assert {entry["kind"] for entry in entries if entry["route"] == "compliance"} == {recorded}
    assert {person["name"] for entry in entries for person in entry["contributors"]} == {BOB.display_name}
    assert quiet_house.desk.verdict().problem is None


@ON_SQLITE
def test_a_lock_and_a_comment_are_no_changes(quiet_house: PortalDesk) -> None:
    portal = quiet_house.portal

    quiet_house.reviews_of(
        lambda: portal.lock(FILE, by=BOB.id),
        lambda: portal.comment(INNER, "see section 4", by=BOB.id),
    )

    assert quiet_house.desk.entries() == []


@ON_SQLITE
def test_a_change_outside_of_all_watched_folders_is_not_recorded(desk: Desk) -> None:
    with open_portal_desk(desk, replace(both_folders(), review=ONLY_REMOVALS)) as house:
        house.know_everything()
        house.reviews_of(lambda: house.portal.add_file("Lunch.docx", OTHER, by=ALICE.id))

        assert desk.entries() == []


@ON_SQLITE
def test_a_rename_that_an_open_review_shows_is_not_recorded_twice(desk: Desk) -> None:
    asked = frozenset({ChangeKind.CONTENT})
    with open_portal_desk(desk, replace(both_folders(), review=asked)) as house:
        house.know_everything()
        house.reviews_of(lambda: house.portal.save(FILE, by=BOB.id))
        house.reviews_of(lambda: house.portal.rename(FILE, "Policy, final.docx", by=BOB.id))

        assert [entry["type"] for entry in desk.entries()] == ["review:opened", "review:relabelled"]


@ON_SQLITE
def test_what_is_thrown_away_under_an_open_review_is_recorded_there_once(desk: Desk) -> None:
    asked = frozenset({ChangeKind.CONTENT})
    with open_portal_desk(desk, replace(both_folders(), review=asked)) as house:
        house.know_everything()
        house.reviews_of(lambda: house.portal.save(FILE, by=BOB.id))
        house.reviews_of(lambda: house.portal.trash(FILE, by=BOB.id))

        assert list_unrouted(desk) == []
        assert desk.entries()[-1]["type"] == "review:document_gone"
        assert desk.verdict().problem is None


@ON_SQLITE
def test_a_folder_that_is_thrown_away_is_recorded(quiet_house: PortalDesk) -> None:
    quiet_house.reviews_of(lambda: quiet_house.portal.trash_folder(QUARTER, by=BOB.id))

    [entry] = list_unrouted(quiet_house.desk)
    assert (entry["kind"], entry["file_id"]) == ("trashed", f"folder:{QUARTER}")


def test_a_flood_is_one_entry_once_it_has_ended(desk: Desk) -> None:
    ignore_content(desk)
    numbers = receive_events(desk, names(120))
    handle(desk, numbers)
    floods = build_floods(desk)
    assert (floods.record_ended(), list_unrouted(desk)) == (0, [])

    desk.clock.advance(seconds=61)
    assert floods.record_ended() == 1
    assert floods.record_ended() == 0

    [entry] = list_unrouted(desk)
    assert entry["contents"]["count"] == 120
    assert len(entry["contents"]["titles"]) == len(entry["file_ids"]) == MAX_FLOOD_TITLES
    assert (entry["kind"], entry["file_id"]) == ("content", None)
    assert entry["events"] == [numbers[0], numbers[-1]]
    assert [person["name"] for person in entry["contributors"]] == [AUTHOR.name]
    assert desk.verdict().problem is None


@ON_SQLITE
def test_floods_of_two_people_are_two_entries(desk: Desk) -> None:
    ignore_content(desk)
    for number, actor in enumerate((AUTHOR, OTHER_AUTHOR)):
        files = [f"{number}-{each}" for each in names(30)]
        handle(desk, receive_events(desk, files, actor=actor))
    desk.clock.advance(seconds=61)

    assert build_floods(desk).record_ended() == 2

    entries = list_unrouted(desk)
    assert [entry["contents"]["count"] for entry in entries] == [30, 30]
    assert {entry["contributors"][0]["name"] for entry in entries} == {AUTHOR.name, OTHER_AUTHOR.name}


@ON_SQLITE
def test_a_flood_that_goes_on_is_recorded_in_parts(desk: Desk) -> None:
    ignore_content(desk)
    floods = build_floods(desk)
    for part in range(15):
        handle(desk, receive_events(desk, [f"{part}-{each}" for each in names(30)]))
        desk.clock.advance(seconds=50)
        floods.record_ended()
    desk.clock.advance(seconds=61)
    floods.record_ended()

    counts = [entry["contents"]["count"] for entry in list_unrouted(desk)]
    assert len(counts) == 2
    assert sum(counts) == 15 * 30


def test_of_workers_that_record_a_flood_one_does(desk: Desk) -> None:
    ignore_content(desk)
    handle(desk, receive_events(desk, names(40)))
    desk.clock.advance(seconds=61)

    recorded = Counter(run_in_threads(4, lambda _: build_floods(desk).record_ended()))

    assert recorded == {1: 1, 0: 3}
    assert len(list_unrouted(desk)) == 1


@ON_SQLITE
def test_a_flood_that_another_release_wrote_keeps_no_other_from_being_recorded(desk: Desk) -> None:
    ignore_content(desk)
    for number, actor in enumerate((AUTHOR, OTHER_AUTHOR)):
        handle(desk, receive_events(desk, [f"{number}-{each}" for each in names(30)], actor=actor))
    with desk.engine.begin() as connection:
        [cause] = connection.scalars(sa.select(sa.func.min(unrouted_changes.c.cause)))
        own = unrouted_changes.c.cause == cause
        connection.execute(sa.update(unrouted_changes).where(own).values(members={"file": "1"}))
    desk.clock.advance(seconds=61)

    recorded = 0
    with pytest.raises(ItemsFailed), RoundIsolation("unrouted").isolate_round() as isolation:
        recorded = build_floods(desk).record_ended(isolate=isolation)

    assert recorded == 1

    assert [entry["contents"]["count"] for entry in list_unrouted(desk)] == [30]


def test_a_flood_that_grew_since_it_was_read_is_not_removed(desk: Desk) -> None:
    ignore_content(desk)
    handle(desk, receive_events(desk, names(30)))
    later = desk.clock() + timedelta(minutes=2)
    with desk.transactions() as work:
        [key] = work.unrouted_changes.list_ended(quiet_since=later, started_before=later, limit=5)
        flood = work.unrouted_changes.read(key)
        assert flood is not None
        smaller = replace(flood, contents=replace(flood.contents, count=29))

        assert not work.unrouted_changes.remove(smaller)
