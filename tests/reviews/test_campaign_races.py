"""Campaigns while several processes work on them at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from tests.databases import ON_POSTGRESQL
from tests.reviews.campaigns import (
    list_campaign_reviews,
    put_documents,
    start_campaign,
)
from tests.reviews.samples import WATCHED, event
from tests.threads import wait_for_locks

if TYPE_CHECKING:
    from tests.reviews.desk import Desk


@ON_POSTGRESQL
def test_an_answer_is_not_lost_while_the_folder_goes(desk: Desk) -> None:
    """Reviews of a campaign are locked before its row, so that none waits in a circle."""
    put_documents(desk)
    campaign = start_campaign(desk)
    _first, second, _third = list_campaign_reviews(desk, campaign)
    desk.clock.advance(minutes=10)
    trashed = event(trigger="folder.trashed", file_id=f"folder:{WATCHED}", occurred_at=desk.clock())
    number = desk.receive(trashed)

    with ThreadPoolExecutor(1) as pool, desk.engine.connect() as onlooker:
        with desk.transactions() as work:
            assert work.reviews.lock(second.id) is not None
            outcome = pool.submit(desk.intake.process, number)
            wait_for_locks(onlooker, 1)
            work.campaigns.request_look(campaign.id, at=desk.clock())
            work.commit()
        assert outcome.result(timeout=60) is None

    with desk.transactions(reading=True) as work:
        after = work.reviews.get(second.id)
    assert after is not None
    assert after.state is ReviewState.CLOSED
    assert desk.verdict().findings == ()
