"""A digest of reviews is owed once at each of its times, by any number of workers and after outages."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.digest_notices import DigestFigures
from reviews.digests.digest_contents import WEEK_COUNT
from runtime.worker.round_isolation import RoundIsolation
from runtime.worker.rounds import ItemsFailed
from store.schema import review_digests
from tests.reviews.review_digests import (
    CHANNEL,
    DAILY,
    TUESDAY,
    begin_daily,
    follow,
    list_digests,
    list_targets,
    make_commands,
    make_digests,
    make_owner,
    make_route,
    owe,
)
from tests.reviews.samples import OWNER, event
from tests.store.reads import list_statements

if TYPE_CHECKING:
    from reviews.routes.digest_times import DigestTimes
    from tests.reviews.desk import Desk


@pytest.fixture
def daily(desk: Desk) -> Desk:
    return begin_daily(desk)


def test_a_digest_is_owed_at_its_time_once(daily: Desk) -> None:
    worker = make_digests(daily)

    counts = [
        worker.owe_due_digests(TUESDAY + timedelta(seconds=seconds)) for seconds in (-1, 0, 1, 60, 3600)
    ]

    assert counts == [0, 1, 0, 0, 0]
    [digest] = list_digests(daily)
    assert (digest.title, digest.at, digest.since) == ("compliance", TUESDAY, TUESDAY - timedelta(days=1))
    assert digest.figures == DigestFigures(waiting=1)
    assert len(digest.weeks) == WEEK_COUNT
    assert digest.weeks[-1].begin == datetime(2026, 3, 9, tzinfo=UTC)


def test_a_worker_that_starts_anew_owes_none_again(daily: Desk) -> None:
    assert [owe(daily, TUESDAY), owe(daily, TUESDAY), owe(daily, TUESDAY + timedelta(minutes=1))] == [1, 0, 0]


@pytest.mark.parametrize("of_route", [DAILY, None], ids=["by a route", "by a command"])
def test_digests_come_again_after_a_clock_was_ahead_for_a_while(
    desk: Desk, of_route: DigestTimes | None
) -> None:
    follow(desk, make_route(digest=of_route))
    if of_route is None:
        make_commands(desk).choose(DAILY, CHANNEL, made_by="U1")
    owe(desk, desk.clock())
    desk.open(event())
    assert owe(desk, TUESDAY + timedelta(days=21)) == 1

    now = TUESDAY + timedelta(hours=1)
    with desk.transactions() as work:
        assert work.review_digests.move_back(now) == 1
        assert work.review_digests.move_back(now) == 0
        work.commit()

    assert [owe(desk, now + timedelta(days=days)) for days in range(3)] == [0, 1, 1]
    assert list_digests(desk)[-2].since == now


def test_clocks_that_differ_by_less_than_an_hour_owe_one_digest(daily: Desk) -> None:
    assert owe(daily, TUESDAY) == 1
    with daily.transactions() as work:
        assert work.review_digests.move_back(TUESDAY - timedelta(minutes=50)) == 0
        work.commit()

    assert owe(daily, TUESDAY - timedelta(minutes=50)) == 0
    assert owe(daily, TUESDAY) == 0


def test_a_clock_that_is_put_back_owes_none_again(daily: Desk) -> None:
    worker, wednesday = make_digests(daily), TUESDAY + timedelta(days=1)

    counts = [worker.owe_due_digests(at) for at in (wednesday, TUESDAY, wednesday)]

    assert counts == [1, 0, 0]


def test_an_outage_ends_with_one_digest_of_all_of_it(daily: Desk) -> None:
    assert owe(daily, TUESDAY) == 1

    assert owe(daily, TUESDAY + timedelta(days=3, hours=5)) == 1

    digest = list_digests(daily)[-1]
    assert (digest.since, digest.at) == (TUESDAY, TUESDAY + timedelta(days=3))


def test_none_comes_on_a_weekend_and_monday_has_all_of_it(daily: Desk) -> None:
    friday = TUESDAY + timedelta(days=3)

    counts = [owe(daily, friday + timedelta(days=days)) for days in range(4)]

    assert counts == [1, 0, 0, 1]
    assert list_digests(daily)[-1].since == friday


def test_any_number_of_workers_owe_it_once(daily: Desk) -> None:
    start, counts = threading.Barrier(4), []

    def work() -> None:
        worker = make_digests(daily)
        start.wait()
        counts.append(worker.owe_due_digests(TUESDAY))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == [0, 0, 0, 1]
    assert len(list_digests(daily)) == 1


def test_a_worker_that_has_looked_asks_one_question_until_the_next_time(daily: Desk) -> None:
    worker = make_digests(daily)
    worker.owe_due_digests(TUESDAY)

    statements = list_statements(daily.engine, lambda: worker.owe_due_digests(TUESDAY + timedelta(hours=1)))

    [statement] = [text for text, _ in statements if "review" in text]
    assert "review_digests.next_at <= " in statement


def test_a_digest_that_fails_keeps_no_other_from_being_owed(daily: Desk) -> None:
    commands = make_commands(daily)
    commands.choose(DAILY, CHANNEL, made_by="U1")
    commands.choose(DAILY, commands.find_place_of_person("paper", make_owner()), made_by="U1")
    with daily.engine.begin() as connection:
        of_channel = review_digests.c.target == "C1"
        values = {"times": "fortnightly", "next_at": TUESDAY - timedelta(hours=1)}
        connection.execute(sa.update(review_digests).where(of_channel).values(values))

    with (
        pytest.raises(ItemsFailed),
        RoundIsolation("digests").isolate_round() as isolation,
    ):
        make_digests(daily).owe_due_digests(TUESDAY, isolate=isolation)

    assert list_targets(daily) == [f"@{OWNER}"]
