"""A digest has what changed since the last one, when the working day begins, and comes once."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from demo import BOB, COMPLIANCE, OTHER, QUARTER
from reviews.kinds import ChangeKind
from reviews.notice import NoticeKind
from reviews.repeated_requests import REQUEST_RETENTION
from reviews.routes.route import Routes
from reviews.routes.working_time import WorkingHours
from reviews.subscriptions.digests import MAX_LINES, Digests
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed
from store.schema import digest_lines
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, INNER, both_folders, open_portal_desk
from tests.reviews.subscribed import READERS, deliver_digest_notices, subscribe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

RIGA = ZoneInfo("Europe/Riga")
HOURS = WorkingHours.parse("Mon-Fri 09:00-17:00", RIGA)
TUESDAY = datetime(2026, 3, 10, 7, 0, 0, 345_678, tzinfo=UTC)
"""Nine o'clock in Riga, after the Monday on which the tests begin."""


@pytest.fixture
def daily(desk: Desk) -> Iterator[PortalDesk]:
    route = replace(both_folders(), working_hours=HOURS)
    with open_portal_desk(desk, route) as portal_desk:
        portal_desk.know_everything()
        subscribe(desk, digest=True)
        yield portal_desk


def digests(desk: Desk) -> Digests:
    return Digests(transactions=desk.transactions, routes=desk.routes)


def save(portal_desk: PortalDesk, file: int = FILE) -> None:
    portal_desk.reviews_of(lambda: portal_desk.portal.save(file, by=BOB.id))


def test_changes_wait_until_the_working_day_begins_in_the_zone_of_the_route(daily: PortalDesk) -> None:
    save(daily)
    save(daily, INNER)
    desk = daily.desk

    assert digests(desk).owe_due_digests(desk.clock()) == 0
    assert digests(desk).owe_due_digests(datetime(2026, 3, 10, 6, 59, 59, 345_678, tzinfo=UTC)) == 0
    assert deliver_digest_notices(desk) == []
    assert digests(desk).owe_due_digests(TUESDAY) == 1

    [notice] = deliver_digest_notices(desk)
    assert (notice.kind, notice.title) == (NoticeKind.DIGEST, "Legal & Compliance")
    assert [line.title for line in notice.lines] == ["Policy.docx", "Inner.docx"]
    assert [each.name for each in notice.lines[0].who] == ["Bob Chen"]


def test_a_file_that_changes_again_has_one_line_of_what_it_came_to(daily: PortalDesk) -> None:
    save(daily)
    daily.reviews_of(lambda: daily.portal.rename(FILE, "Policy 2.docx", by=BOB.id))

    digests(daily.desk).owe_due_digests(TUESDAY)

    [line] = deliver_digest_notices(daily.desk)[0].lines
    assert (line.title, line.kind) == ("Policy 2.docx", ChangeKind.CONTENT)


def test_a_digest_is_told_once_and_nothing_on_a_day_without_changes(daily: PortalDesk) -> None:
    save(daily)

    counts = [digests(daily.desk).owe_due_digests(TUESDAY.replace(day=day)) for day in (10, 10, 11, 12)]

    assert counts == [1, 0, 0, 0]
    assert len(deliver_digest_notices(daily.desk)) == 1


def test_what_is_committed_just_after_a_digest_comes_in_one_of_its_own_soon(daily: PortalDesk) -> None:
    """Its transaction took its time from the clock before nine, and was committed after the digest."""
    save(daily)
    daily.desk.clock.now = TUESDAY.replace(hour=6, minute=30)
    assert digests(daily.desk).owe_due_digests(TUESDAY) == 1
    save(daily, INNER)

    counts = [
        digests(daily.desk).owe_due_digests(TUESDAY + timedelta(minutes=minutes))
        for minutes in (1, 14, 15, 16)
    ]

    assert counts == [0, 0, 1, 0]
    assert [line.title for line in deliver_digest_notices(daily.desk)[1].lines] == ["Inner.docx"]


def test_nothing_is_lost_once_it_is_forgotten_that_there_was_a_digest(daily: PortalDesk) -> None:
    """A digest is owed once for each cause: lines that are taken without a digest are gone."""
    save(daily)
    daily.desk.clock.now = TUESDAY.replace(hour=6, minute=30)
    assert digests(daily.desk).owe_due_digests(TUESDAY) == 1
    save(daily, INNER)
    with daily.desk.transactions() as work:
        work.idempotency_keys.forget(before=TUESDAY + REQUEST_RETENTION)
        work.commit()

    for minutes in (1, 30):
        digests(daily.desk).owe_due_digests(TUESDAY + timedelta(minutes=minutes))

    assert [line.title for notice in deliver_digest_notices(daily.desk) for line in notice.lines] == [
        "Policy.docx",
        "Inner.docx",
    ]


def test_who_was_down_for_days_catches_up_with_one(daily: PortalDesk) -> None:
    save(daily)
    daily.desk.clock.advance(days=2)
    save(daily, INNER)

    assert (
        digests(daily.desk).owe_due_digests(datetime(2026, 3, 15, 12, 0, 0, 345_678, tzinfo=UTC)) == 1
    )  # a Sunday

    [notice] = deliver_digest_notices(daily.desk)
    assert len(notice.lines) == 2


def test_any_number_of_workers_tell_it_once(daily: PortalDesk) -> None:
    save(daily)
    start, count = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        count.append(digests(daily.desk).owe_due_digests(TUESDAY))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(count) == 1
    assert len(deliver_digest_notices(daily.desk)) == 1


@ON_SQLITE
def test_what_there_is_no_room_for_is_counted(daily: PortalDesk) -> None:
    for number in range(MAX_LINES + 3):
        file = daily.portal.add_file(f"Policy {number}.docx", COMPLIANCE, by=BOB.id)
        daily.portal.save(file.id, by=BOB.id)
    daily.let_happen()

    digests(daily.desk).owe_due_digests(TUESDAY)

    [notice] = deliver_digest_notices(daily.desk)
    assert (len(notice.lines), notice.omitted_count) == (MAX_LINES, 3)


def test_a_digest_says_up_to_when_all_folders_of_its_route_are_complete(daily: PortalDesk) -> None:
    rules = Routes([replace(both_folders(), working_hours=HOURS, watch=(str(COMPLIANCE), str(OTHER)))])
    save(daily)
    swept = TUESDAY - timedelta(minutes=20)
    with daily.desk.transactions() as work:
        work.baselines.mark_swept(str(COMPLIANCE), swept_to=swept)
        work.baselines.save_start(str(OTHER), 0, finished_at=swept)
        work.baselines.mark_swept(str(OTHER), swept_to=swept - timedelta(minutes=5))
        work.commit()

    Digests(transactions=daily.desk.transactions, routes=rules).owe_due_digests(TUESDAY)

    assert deliver_digest_notices(daily.desk)[0].complete_until == swept - timedelta(minutes=5)


def test_a_digest_says_nothing_of_that_while_a_folder_was_not_looked_at(daily: PortalDesk) -> None:
    rules = Routes([replace(both_folders(), working_hours=HOURS, watch=(str(COMPLIANCE), str(OTHER)))])
    save(daily)

    Digests(transactions=daily.desk.transactions, routes=rules).owe_due_digests(TUESDAY)

    assert deliver_digest_notices(daily.desk)[0].complete_until is None


@ON_SQLITE
def test_a_channel_whose_digest_fails_holds_up_no_other_and_gets_it_later(daily: PortalDesk) -> None:
    subscribe(daily.desk, digest=True, target="C8")
    save(daily)
    unreadable = sa.update(digest_lines).where(digest_lines.c.target == "C8")
    with daily.desk.engine.begin() as connection:
        text = connection.execute(sa.select(digest_lines.c.said)).scalars().first()
        connection.execute(unreadable.values(said=[]))
    edges = RoundIsolation("digests")

    for minutes in (0, 1):
        with pytest.raises(ItemsFailed, match="1 failed, among them paper:C8"):
            post_each(daily, edges, TUESDAY + timedelta(minutes=minutes))

    assert [len(deliver_digest_notices(daily.desk, target)) for target in (READERS, "C8")] == [1, 0]
    with daily.desk.engine.begin() as connection:
        connection.execute(unreadable.values(said=text))
    post_each(daily, edges, TUESDAY + timedelta(minutes=2))
    assert [len(deliver_digest_notices(daily.desk, target)) for target in (READERS, "C8")] == [1, 1]


def post_each(portal_desk: PortalDesk, edges: RoundIsolation, now: datetime) -> None:
    """Post the digests as a worker does."""
    with edges.isolate_round() as edge:
        digests(portal_desk.desk).owe_due_digests(now, isolate=edge)


def test_two_folders_of_one_channel_are_one_digest_and_a_file_in_both_one_line(daily: PortalDesk) -> None:
    subscribe(daily.desk, QUARTER, title="2026 Q1", digest=True)
    save(daily, INNER)

    assert digests(daily.desk).owe_due_digests(TUESDAY) == 1

    [notice] = deliver_digest_notices(daily.desk)
    assert [line.title for line in notice.lines] == ["Inner.docx"]
    assert "2026 Q1" in notice.title


def test_who_unsubscribes_is_not_told_what_was_gathered(daily: PortalDesk) -> None:
    save(daily)
    with daily.desk.transactions() as work:
        work.subscriptions.drop("paper", READERS, str(COMPLIANCE))
        work.commit()

    assert digests(daily.desk).owe_due_digests(TUESDAY) == 0


def test_a_folder_of_no_route_any_more_goes_by_the_usual_hours(daily: PortalDesk) -> None:
    save(daily)
    daily.desk.routes = Routes([])

    assert digests(daily.desk).owe_due_digests(datetime(2026, 3, 10, 8, 59, 59, 345_678, tzinfo=UTC)) == 0
    assert digests(daily.desk).owe_due_digests(datetime(2026, 3, 10, 9, 0, 0, 345_678, tzinfo=UTC)) == 1
