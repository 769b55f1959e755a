"""How the webhook stands is one row: one worker looks at a time, and every process reads what it found."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from store.schema import webhook_state
from store.webhook_watch import WebhookWatch
from tests.reviews.samples import START

if TYPE_CHECKING:
    from datetime import datetime

MINUTE = timedelta(minutes=1)


def taken(engine: sa.Engine) -> datetime:
    with engine.connect() as connection:
        at: datetime = connection.execute(sa.select(webhook_state.c.taken_at)).scalar_one()
    return at


def shift(engine: sa.Engine, by: timedelta) -> None:
    """Let the last look have been taken at another time."""
    at = taken(engine) + by
    with engine.begin() as connection:
        connection.execute(sa.update(webhook_state).values(taken_at=at))


def test_of_several_workers_one_takes_a_look(engine: sa.Engine) -> None:
    with ThreadPoolExecutor(4) as pool:
        looks = list(pool.map(lambda _: WebhookWatch(engine).claim_check(interval=MINUTE), range(4)))

    assert sorted(looks) == [False, False, False, True]


def test_the_next_look_is_taken_when_it_is_time(engine: sa.Engine) -> None:
    watch = WebhookWatch(engine)

    assert watch.claim_check(interval=MINUTE)
    assert not watch.claim_check(interval=MINUTE)
    shift(engine, -MINUTE)
    assert watch.claim_check(interval=MINUTE)
    assert not watch.claim_check(interval=MINUTE)


def test_a_look_that_a_wrong_clock_took_in_the_future_holds_up_no_other(engine: sa.Engine) -> None:
    watch = WebhookWatch(engine)
    watch.claim_check(interval=MINUTE)
    shift(engine, timedelta(days=1))

    assert watch.claim_check(interval=MINUTE)


def test_nothing_is_known_before_the_first_look_is_over(engine: sa.Engine) -> None:
    watch = WebhookWatch(engine)
    before = watch.get_last_check()
    watch.claim_check(interval=MINUTE)

    assert (before, watch.get_last_check()) == (None, None)


def test_what_a_look_found_is_kept_and_what_the_portal_does_not_say_stays(engine: sa.Engine) -> None:
    watch = WebhookWatch(engine)
    watch.record_check("in_order", "", last_success=START, healed=True)
    first = watch.get_last_check()
    watch.record_check("unknown", "the key may not", last_success=None)

    check = watch.get_last_check()

    assert first
    assert check
    assert (first.state, first.reason, first.last_success) == ("in_order", "", START)
    assert first.healed_at == first.checked_at
    assert (check.state, check.reason, check.last_success) == ("unknown", "the key may not", START)
    assert (check.healed_at, check.checked_at >= first.checked_at) == (first.healed_at, True)
    assert timedelta() <= check.age < MINUTE
