"""The rows behind entries that belong to no review, and the claims of rounds that write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from reviews.ports.incomplete_periods import IncompletePeriod
from reviews.ports.owner_accounts import LossReason, OwnerPresence, OwnerState
from store.schema import round_claims
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.samples import START
from tests.threads import run_in_threads

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STATE = OwnerState(
    address="dana@example.com",
    presence=OwnerPresence.GONE,
    reason=LossReason.DISABLED,
    seen_at=START,
    unconfirmed_reason=LossReason.DISABLED,
    unconfirmed_since=START + MINUTE,
    asked_at=START + 2 * MINUTE,
    lookups=1,
)
PERIOD = IncompletePeriod(route="compliance", folder_id="1", since=START, is_recorded=False)


def claim(engine: sa.Engine, *, lease: timedelta = MINUTE, name: str = "owners") -> bool:
    with SqlUnitOfWork(engine) as work:
        is_claimed = work.round_claims.claim(name, lease=lease)
        work.commit()
    return is_claimed


def test_a_state_comes_back_as_it_went_in_and_is_followed_once(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        assert work.owner_states.save(STATE)
        assert not work.owner_states.save(STATE)
        assert work.owner_states.find(["Dana@Example.com", "no@example.com"]) == {STATE.address: STATE}
        back = replace(STATE, presence=OwnerPresence.PRESENT, reason=None, unconfirmed_reason=None, lookups=2)
        assert work.owner_states.list_gone(5) == [STATE]
        assert work.owner_states.save(back)
        assert not work.owner_states.save(back)
        assert work.owner_states.list_gone(5) == []


def test_the_state_of_an_owner_who_is_not_asked_for_any_more_is_forgotten(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        states, later = work.owner_states, START + 3 * MINUTE
        states.save(STATE)
        assert states.forget(before=START + 2 * MINUTE, kept_addresses=()) == 0
        assert states.forget(before=later, kept_addresses=[STATE.address]) == 0
        assert states.forget(before=later, kept_addresses=["other@example.com"]) == 1


def test_a_period_begins_is_recorded_and_ends_once(engine: sa.Engine) -> None:
    recorded = replace(PERIOD, is_recorded=True)
    with SqlUnitOfWork(engine) as work:
        periods = work.incomplete_periods
        assert [periods.begin(PERIOD), periods.begin(PERIOD)] == [True, False]
        assert [periods.mark_recorded(PERIOD), periods.mark_recorded(PERIOD)] == [True, False]
        assert periods.list_all() == [recorded]
        assert [periods.end(PERIOD), periods.end(recorded), periods.end(recorded)] == [False, True, False]


def test_the_beginning_of_a_period_moves_back_alone_and_only_until_it_is_recorded(engine: sa.Engine) -> None:
    earlier, later = (replace(PERIOD, since=START + each) for each in (-MINUTE, MINUTE))
    with SqlUnitOfWork(engine) as work:
        periods = work.incomplete_periods
        assert [periods.begin(PERIOD), periods.begin(later), periods.begin(earlier)] == [True, False, True]
        assert periods.list_all() == [earlier]
        assert periods.mark_recorded(earlier)
        assert not periods.begin(replace(earlier, since=START - DAY))
        assert periods.list_all() == [replace(earlier, is_recorded=True)]


def test_a_later_period_of_a_folder_is_not_the_one_before(engine: sa.Engine) -> None:
    with SqlUnitOfWork(engine) as work:
        work.incomplete_periods.begin(replace(PERIOD, since=START + MINUTE))

        assert not work.incomplete_periods.mark_recorded(PERIOD)
        assert not work.incomplete_periods.end(PERIOD)


def test_a_round_is_claimed_once_until_its_lease_is_over(engine: sa.Engine) -> None:
    assert [claim(engine), claim(engine), claim(engine, name="completeness")] == [True, False, True]
    assert not claim(engine)

    with engine.begin() as connection:
        connection.execute(sa.update(round_claims).values(taken_until=datetime.now(UTC) - MINUTE))

    assert [claim(engine), claim(engine)] == [True, False]


def test_a_round_that_a_wrong_clock_has_claimed_for_years_is_free(engine: sa.Engine) -> None:
    assert claim(engine, lease=1000 * MINUTE)

    assert claim(engine)


def test_of_workers_that_come_at_once_one_has_the_round(engine: sa.Engine) -> None:
    claim_round = partial(claim, engine)

    assert sorted(run_in_threads(4, lambda _: claim_round())) == [False, False, False, True]
