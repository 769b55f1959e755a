"""A worker that dies while it opens the reviews of a campaign leaves nothing out, and does nothing twice."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count
from typing import TYPE_CHECKING

import pytest

from reviews.campaigns.campaign_work import BATCH_SIZE
from reviews.notice import ReminderListNotice
from tests.databases import ON_SQLITE
from tests.reviews.campaigns import (
    PEOPLE,
    draft_campaign,
    get_campaign,
    list_campaign_reviews,
    put_documents,
    work_on_campaigns,
)
from tests.year.deaths import DyingUnitOfWork, KilledError

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

FILES = tuple(str(number) for number in range(500, 500 + BATCH_SIZE + 1))
COMMITS = 3
"""Two for the reviews, and one for the messages to the people."""


@ON_SQLITE
@pytest.mark.parametrize("point", range(1, 2 * COMMITS + 1))
def test_it_may_die_before_and_after_each_commit(desk: Desk, point: int) -> None:
    put_documents(desk, *FILES)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)
    points = count(1)
    dying = partial(DyingUnitOfWork, desk.engine, dies=lambda: next(points) == point)

    with pytest.raises(KilledError):
        replace(desk.campaign_work, transactions=dying).process_due()
    desk.clock.advance(minutes=1)
    work_on_campaigns(desk)
    desk.look()

    assert [review.file_id for review in list_campaign_reviews(desk, campaign)] == list(FILES)
    assert get_campaign(desk, campaign.id).documents == len(FILES)
    lists = [post.notice for post in desk.notices() if isinstance(post.notice, ReminderListNotice)]
    assert sorted(address for notice in lists for address in notice.mention) == sorted(PEOPLE)
    assert {len(notice.reminders) for notice in lists} == {len(FILES)}
    assert desk.verdict().findings == ()
    assert desk.verdict().problem is None
