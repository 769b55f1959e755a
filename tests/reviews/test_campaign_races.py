"""Campaigns while several processes work on them at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.kinds import ReviewState
from store.schema import ledger_head
from tests.databases import ON_POSTGRESQL
from tests.reviews.campaigns import (
    FILES,
    draft_campaign,
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


@ON_POSTGRESQL
@pytest.mark.parametrize("is_change_first", [True, False])
def test_no_one_is_asked_for_a_version_that_is_replaced_while_the_reviews_are_opened(
    desk: Desk, *, is_change_first: bool
) -> None:
    put_documents(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)
    desk.clock.advance(seconds=1)
    listed = desk.campaign_work.listing.list_documents(campaign.folder_id, campaign.route)
    desk.clock.advance(seconds=60)
    desk.portal.versions[FILES[0]] += 1
    number = desk.receive(event(file_id=FILES[0], version=desk.portal.versions[FILES[0]]))

    def handle_change() -> None:
        assert desk.intake.process(number) is None

    def open_reviews() -> None:
        desk.campaign_work.open_reviews(campaign.id, listed)

    jobs = [handle_change, open_reviews] if is_change_first else [open_reviews, handle_change]
    with ThreadPoolExecutor(2) as pool, desk.engine.begin() as connection:
        # Each gets as far as the ledger's head, unless it waits for the other one.
        connection.execute(sa.select(ledger_head).with_for_update())
        running = []
        for job in jobs:
            running.append(pool.submit(job))
            wait_for_locks(connection, len(running))
        connection.rollback()
        for each in running:
            each.result(timeout=60)

    versions = [(each.file_id, each.version_to) for each in list_campaign_reviews(desk, campaign)]
    assert versions == [(FILES[0], 9), (FILES[1], 8), (FILES[2], 8)]
    assert desk.verdict().findings == ()
