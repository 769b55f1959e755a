"""Sessions that are written down: each counts until it is ended, forgotten or too old."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.people.sessions import MAX_SESSION_AGE, BrowserSessions
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START, Clock

if TYPE_CHECKING:
    import sqlalchemy as sa

KEY, OTHER = "a" * 64, "b" * 64
SECOND = timedelta(seconds=1)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def sessions(engine: sa.Engine, clock: Clock) -> BrowserSessions:
    return BrowserSessions(transactions=partial(SqlUnitOfWork, engine), clock=clock)


def test_a_session_counts_until_it_is_ended(sessions: BrowserSessions) -> None:
    before = sessions.is_open(KEY)
    sessions.begin(KEY)
    sessions.begin(OTHER)
    opened = sessions.is_open(KEY)

    sessions.end([KEY, KEY])

    assert (before, opened) == (False, True)
    assert (sessions.is_open(KEY), sessions.is_open(OTHER)) == (False, True)


def test_a_session_begins_and_the_one_before_it_ends_together(sessions: BrowserSessions) -> None:
    sessions.begin(KEY)

    sessions.begin(OTHER, previous_keys=[KEY])

    assert (sessions.is_open(KEY), sessions.is_open(OTHER)) == (False, True)


def test_no_session_lasts_longer_than_half_a_day(sessions: BrowserSessions, clock: Clock) -> None:
    sessions.begin(KEY)
    clock.advance(seconds=(MAX_SESSION_AGE - SECOND).total_seconds())
    young = sessions.is_open(KEY)
    clock.advance(seconds=1)

    assert (young, sessions.is_open(KEY)) == (True, False)


def test_sessions_that_have_run_out_are_forgotten(sessions: BrowserSessions, clock: Clock) -> None:
    sessions.begin(KEY)
    clock.advance(seconds=1)
    sessions.begin(OTHER)

    with sessions.transactions() as work:
        count = work.sessions.forget(before=clock())
        work.commit()

    assert (count, sessions.is_open(KEY), sessions.is_open(OTHER)) == (1, False, True)
