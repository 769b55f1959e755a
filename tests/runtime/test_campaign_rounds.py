"""Rounds over campaigns: those that fail hold up no other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from reviews.campaign import CampaignState
from reviews.campaigns.campaign_work import MAX_CAMPAIGNS_AT_ONCE
from reviews.delivery.post_once import MAX_CLOCK_ERROR
from reviews.errors import TryLater
from runtime.worker.campaign_rounds import CampaignRounds
from runtime.worker.rounds import ItemsFailed
from store.due_work import correct_due_times
from store.unit_of_work import SqlUnitOfWork
from tests.reviews.campaigns import draft_campaign, get_campaign, put_documents
from tests.reviews.desk import Desk

if TYPE_CHECKING:
    import sqlalchemy as sa


def test_campaigns_that_fail_hold_up_none_behind_them(engine: sa.Engine) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    put_documents(desk)
    for number in range(MAX_CAMPAIGNS_AT_ONCE):
        desk.campaigns.start(draft_campaign(desk, name=f"Policies {number}"), by=None)
    desk.clock.advance(seconds=1)
    last = desk.campaigns.start(draft_campaign(desk, name="The last one"), by=None)
    desk.portal.trouble["file"] = [ValueError("odd")] * MAX_CAMPAIGNS_AT_ONCE
    rounds = CampaignRounds(desk.campaign_work, lambda: desk.calls.append("woken"))

    with pytest.raises(ItemsFailed):
        rounds.process_some()
    assert rounds.process_some()

    assert get_campaign(desk, last.id).state is CampaignState.RUNNING


def test_a_campaign_that_was_put_off_by_a_clock_that_was_ahead_begins_once_it_is_right(
    engine: sa.Engine,
) -> None:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    put_documents(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)
    desk.clock.advance(days=1)
    desk.portal.trouble["file"] = [TryLater("later")]
    desk.campaign_work.process_due()
    desk.clock.advance(days=-1, minutes=1)

    assert correct_due_times(engine, now=desk.clock(), beyond=MAX_CLOCK_ERROR) == 1
    desk.campaign_work.process_due()

    assert get_campaign(desk, campaign.id).state is CampaignState.RUNNING
