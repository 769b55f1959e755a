"""How retention runs: a step at a time, beside others, to the end of a pass and again later."""

from __future__ import annotations

import threading
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from reviews.identity import Person
from runtime.settings.settings import UnusableSettings, load, parse_settings
from runtime.wiring.wiring import Wiring
from runtime.worker.retention_rounds import (
    PASS_INTERVAL,
    Retention,
    RetentionRounds,
    RetentionRule,
    build_rules,
)
from store.retention import BATCH_SIZE, RetentionStep
from store.schema import events, past_events, people, reviews
from tests.databases import engine_on
from tests.journeys.processes import eventually
from tests.keys import SECRET_KEY
from tests.retention.removing import KEEP_PERIOD, count_rows, pass_days, remove_all, retention
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import event

if TYPE_CHECKING:
    from datetime import datetime

    from tests.reviews.desk import Desk

YEAR = timedelta(days=365)
WORKERS = 3
ONLY_ON_SQLITE = ("contributors = '['", "opened_at = 'never'", "title = x'ff'")
ROUTES = '[[route]]\nwatch = ["1"]\nowners = ["o@company.com"]\nnotify = ["console"]\n'


def remember(desk: Desk, number: int) -> None:
    with desk.transactions() as work:
        for each in range(number):
            work.people.remember(Person(id=f"p{each:04}", name="Sam"), at=desk.clock())
        work.commit()


def test_a_step_removes_a_part_and_says_that_there_is_more(desk: Desk) -> None:
    remember(desk, 2 * BATCH_SIZE + 5)
    pass_days(desk, 91)
    steps = retention(desk)

    left = [count_rows(desk, people)]
    while steps.remove_expired(now=desk.clock()):
        left.append(count_rows(desk, people))

    assert left == sorted(left, reverse=True)
    assert {before - after for before, after in pairwise(left)} == {0, BATCH_SIZE, 5}


def test_after_a_pass_it_rests_until_the_next_one_is_due(desk: Desk) -> None:
    steps = retention(desk)
    while steps.remove_expired(now=desk.clock()):
        pass
    remember(desk, 1)
    pass_days(desk, 91)
    rested = desk.clock() - timedelta(days=91) + PASS_INTERVAL

    assert not steps.remove_expired(now=rested - timedelta(seconds=1))
    assert count_rows(desk, people) == 1
    while steps.remove_expired(now=desk.clock()):
        pass
    assert count_rows(desk, people) == 0


def test_a_clock_that_is_set_back_by_a_year_does_not_put_the_next_pass_off_for_a_year(desk: Desk) -> None:
    steps = retention(desk)
    remember(desk, 1)
    ahead = desk.clock() + timedelta(days=365)
    while steps.remove_expired(now=ahead):
        pass
    remember(desk, 1)
    steps.remove_expired(now=desk.clock())
    pass_days(desk, 91)

    while steps.remove_expired(now=desk.clock()):
        pass

    assert count_rows(desk, people) == 0


def test_it_says_once_a_day_how_much_has_gone(desk: Desk) -> None:
    remember(desk, 3)
    pass_days(desk, 91)
    steps = retention(desk)
    with capture_logs() as lines:
        while steps.remove_expired(now=desk.clock()):
            pass
        for _ in range(2 * 24):
            desk.clock.advance(hours=1)
            while steps.remove_expired(now=desk.clock()):
                pass

    messages = [line for line in lines if line["event"] == "retention"]
    assert [line["removed"] for line in messages] == [{"people": 3}, {}]


def test_nothing_is_removed_where_all_is_kept_for_ever(desk: Desk) -> None:
    remember(desk, 1)
    desk.open(event())
    pass_days(desk, 9000)
    steps = Retention(build_rules(desk.engine, keep_events=None, keep_reviews=None), started_at=desk.clock())

    assert not steps.remove_expired(now=desk.clock())
    assert (count_rows(desk, people), count_rows(desk, events)) == (1 + 1, 1)


def test_a_rule_that_fails_keeps_nothing_else_from_being_removed(desk: Desk) -> None:
    remember(desk, 1)
    pass_days(desk, 91)

    def fail(_after: int, _now: datetime) -> RetentionStep:
        raise ZeroDivisionError

    rules = build_rules(desk.engine, keep_events=KEEP_PERIOD, keep_reviews=None)
    steps = Retention({"broken": RetentionRule(start=0, step=fail), **rules}, started_at=desk.clock())

    with pytest.raises(ZeroDivisionError):
        steps.remove_expired(now=desk.clock())
    while steps.remove_expired(now=desk.clock()):
        pass

    assert count_rows(desk, people) == 0


@pytest.mark.parametrize("change", ["contributors = '[1]'", "marks = '5'", *ONLY_ON_SQLITE])
def test_a_review_that_can_not_be_read_stays_and_is_named_once_a_pass(desk: Desk, change: str) -> None:
    if change in ONLY_ON_SQLITE and desk.engine.dialect.name != "sqlite":
        return  # PostgreSQL refuses it
    for number in range(3):
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=f"f{number}"))))
    desk.deliver_all()
    pass_days(desk, 400)
    desk.open(event(file_id="new"))
    with desk.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE reviews SET {change} WHERE file_id = 'f0'")  # noqa: S608 - ours
    steps = retention(desk, keep_reviews=YEAR)

    named = []
    for _ in range(2):
        with capture_logs() as lines:
            while steps.remove_expired(now=desk.clock()):
                pass
        named.append([line["id"] for line in lines if line["event"] == "not_removed"])
        desk.clock.advance(hours=7)

    with desk.engine.connect() as connection:
        left = connection.execute(sa.select(reviews.c.id, reviews.c.file_id).order_by(reviews.c.seq)).all()
    assert [row.file_id for row in left] == ["f0", "new"]
    assert named == [[left[0].id]] * 2


def test_several_workers_at_once_remove_everything_once(desk: Desk, database_url: str) -> None:
    for number in range(30):
        file_id = f"f{number}"
        desk.answers.record_answer(build_answer_request(desk.open(event(file_id=file_id))))
        desk.intake.process(desk.newest_event().id)
    desk.deliver_all()
    remember(desk, 100)
    pass_days(desk, 400)
    desk.open(event(file_id="new"))
    barrier, troubles = threading.Barrier(WORKERS), list[BaseException]()

    def work() -> None:
        engine = engine_on(database_url)
        rules = build_rules(engine, keep_events=KEEP_PERIOD, keep_reviews=YEAR, min_kept=1)
        steps = Retention(rules, started_at=desk.clock())
        barrier.wait()
        try:
            while steps.remove_expired(now=desk.clock()):
                pass
        except BaseException as trouble:  # noqa: BLE001 - told by the thread that asserts
            troubles.append(trouble)
        engine.dispose()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert troubles == []
    remove_all(desk, keep_reviews=YEAR)
    assert [count_rows(desk, table) for table in (events, past_events, reviews)] == [1, 30, 1]
    verdict = desk.verdict()
    assert (verdict.problem, verdict.removed) == (None, 30)


def test_a_worker_does_the_steps_in_a_thread_of_its_own(desk: Desk, database_url: str) -> None:
    remember(desk, 3)  # by a clock of long ago
    settings = parse_settings({"database_url": database_url, "routes": ROUTES, "secret_key": SECRET_KEY})
    wiring = Wiring(settings)
    rounds = RetentionRounds(wiring, first_delay=0).rounds
    rounds.start()
    try:
        eventually(lambda: count_rows(desk, people) == 0)
    finally:
        rounds.stop()
        wiring.engine.dispose()


@pytest.mark.parametrize(
    ("text", "days"),
    [("90d", 90), ("30d", 30), (" 1095 d", 1095), ("forever", None), ("FOREVER", None)],
)
def test_how_long_things_are_kept_is_said_in_days(text: str, days: int | None) -> None:
    settings = load({"keep_events": text, "keep_reviews": text})

    period = None if days is None else timedelta(days=days)
    assert (settings.keep_events, settings.keep_reviews) == (period, period)


def test_what_is_left_empty_is_kept_as_if_nothing_was_said() -> None:
    settings = load({"keep_events": "", "keep_reviews": " "})

    assert (settings.keep_events, settings.keep_reviews) == (KEEP_PERIOD, None)


@pytest.mark.parametrize("text", ["90", "90h", "1y", "-90d", "0.5d", "never", "9999999d"])
@pytest.mark.parametrize("name", ["keep_events", "keep_reviews"])
def test_what_is_no_length_of_time_is_refused_in_a_sentence(name: str, text: str) -> None:
    with pytest.raises(UnusableSettings) as raised:
        load({name: text})

    assert (
        str(raised.value) == f"{name.upper()}: {text!r} is not a duration: write days as in 90d, or forever"
    )


@pytest.mark.parametrize("name", ["keep_events", "keep_reviews"])
def test_less_than_what_the_work_itself_needs_is_refused(name: str) -> None:
    with pytest.raises(UnusableSettings, match=f"^{name.upper()}: '29d' is shorter than 30d"):
        load({name: "29d"})
