"""An authority timestamps the last checkpoint once a day."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from runtime.evidence.ledger_key import LedgerKeys
from runtime.evidence.timestamping import RETRY_INTERVAL
from runtime.evidence.timestamps import read_timestamp
from store import timestamps
from tests.edge.fake_authority import (
    REPLY_TYPE,
    FakeAuthority,
)
from tests.edge.loopback import Reply
from tests.runtime.timestamped_ledger import TimestampedLedger, read_roots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from tests.edge.loopback import Request

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def authority() -> Iterator[FakeAuthority]:
    with FakeAuthority() as fake:
        yield fake


@pytest.fixture
def signed(engine: sa.Engine, authority: FakeAuthority) -> TimestampedLedger:
    signed = TimestampedLedger(engine)
    signed.use_authority(authority)
    signed.grow(5)
    authority.time = signed.clock.now
    return signed


def reply_with(
    body: bytes = b"", status: int = 200, content_type: str = REPLY_TYPE
) -> Callable[[Request], Reply]:
    return lambda _request: Reply(status, body, content_type=content_type)


def test_the_whole_answer_is_kept_with_the_checkpoint_and_the_time(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    assert signed.timestamping.ask_due()

    stored = signed.find_timestamp()
    assert stored is not None
    assert (stored.day, stored.size) == (signed.clock.now.date(), 5)
    assert (stored.note, stored.at) == (signed.read_stored().note, signed.clock.now)
    assert stored.time == authority.time.replace(microsecond=0)
    read = read_timestamp(stored.response, stored.note.encode(), roots=read_roots(authority))
    assert (read.time, read.authority) == (stored.time, "CN=TSA,O=Example")


def test_it_is_asked_once_a_day_and_only_for_what_is_new(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    asked = [signed.timestamping.ask_due()]
    signed.grow()
    asked += [signed.timestamping.ask_due(), signed.ask_later(DAY), signed.ask_later(DAY)]
    signed.grow()
    asked += [signed.ask_later(SECOND)]

    assert asked == [True, False, True, False, True]
    assert authority.statuses == [200] * 3
    first = timestamps.find_timestamp(signed.engine, signed.clock.now.date() - 2 * DAY)
    assert first is not None
    assert first.size == 5
    assert (signed.find_timestamp() or first).size == 7
    assert timestamps.find_timestamp(signed.engine, signed.clock.now.date() - DAY) is not None


def test_a_ledger_without_a_signed_checkpoint_is_not_timestamped(
    engine: sa.Engine, authority: FakeAuthority
) -> None:
    unsigned = TimestampedLedger(engine, LedgerKeys())
    unsigned.use_authority(authority)
    asked = [unsigned.timestamping.ask_due()]
    unsigned.append()
    unsigned.maker.make()

    asked += [unsigned.timestamping.ask_due()]

    assert (asked, authority.requests) == ([False, False], [])


def test_of_several_processes_one_asks(signed: TimestampedLedger, authority: FakeAuthority) -> None:
    inside, done = threading.Event(), threading.Event()

    def wait(request: Request) -> Reply:
        inside.set()
        assert done.wait(30)
        return authority.reply_strictly(request)

    authority.answer = wait
    first = threading.Thread(target=signed.timestamping.ask_due)
    first.start()
    assert inside.wait(30)

    assert signed.timestamping.ask_due() is False
    done.set()
    first.join(30)
    assert signed.timestamping.ask_due() is False
    assert len(authority.requests) == 1


def test_after_a_failure_it_is_asked_again_in_ten_minutes(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    authority.answer = reply_with(status=503)
    asked, began = [signed.timestamping.ask_due()], signed.clock.now
    asked += [signed.ask_later(RETRY_INTERVAL - SECOND), signed.ask_later(SECOND)]
    failing = signed.read_attempt()
    authority.answer = None

    asked += [signed.ask_later(RETRY_INTERVAL)]

    assert asked == [True, False, True, True]
    assert (failing.failure, failing.failing_since) == ("it answers with an error (503)", began)
    assert failing.asked_at == began + RETRY_INTERVAL
    assert signed.find_timestamp() is not None
    assert (signed.read_attempt().failure, signed.read_attempt().failing_since) == (None, None)


def test_a_timestamp_of_a_later_day_by_a_clock_ahead_does_not_count(
    signed: TimestampedLedger, authority: FakeAuthority
) -> None:
    ahead = signed.clock.now + DAY
    for at in (ahead, signed.clock.now):
        signed.clock.now = authority.time = at
        assert signed.timestamping.ask_due()
        signed.grow()
        signed.clock.now = authority.time = at
        assert signed.timestamping.ask_due() is False

    assert authority.statuses == [200, 200]
    today = signed.clock.now.date()
    stored = [timestamps.find_timestamp(signed.engine, day) for day in (today, ahead.date())]
    last = [timestamps.find_last_timestamp(signed.engine, until=day) for day in (today, ahead.date())]
    assert None not in stored
    assert last == stored
