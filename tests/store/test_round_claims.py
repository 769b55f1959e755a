"""A round that one process at a time makes: who is late takes it from no one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from store.round_claims import RoundClaim
from store.schema import timestamp_round

if TYPE_CHECKING:
    import sqlalchemy as sa

ROUND = RoundClaim(timestamp_round)
OVER = timedelta(minutes=-1)
"""A lease that is over when it is given."""
LEASE = timedelta(minutes=2)


def test_of_two_processes_one_makes_it_until_it_is_released(engine: sa.Engine) -> None:
    claimed_until = ROUND.claim(engine, LEASE)
    assert claimed_until is not None
    assert ROUND.claim(engine, LEASE) is None

    ROUND.release(engine, claimed_until)

    assert ROUND.claim(engine, LEASE) is not None


def test_a_process_whose_time_is_over_does_not_release_the_round_of_another(engine: sa.Engine) -> None:
    late, other = ROUND.claim(engine, OVER), ROUND.claim(engine, LEASE)
    assert late is not None
    assert other is not None

    ROUND.release(engine, late)
    assert ROUND.claim(engine, LEASE) is None

    ROUND.release(engine, other)
    assert ROUND.claim(engine, LEASE) is not None
