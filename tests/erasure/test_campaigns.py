"""A person is erased from campaigns: from their people and reviews, and as the one who started them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.campaign import CampaignState
from reviews.campaigns.acknowledgement_rows import list_rows
from reviews.campaigns.starting import end_campaign
from reviews.identity import ERASED, Reviewer
from store.erasure.ledger_erasure import erase_from_ledger
from store.erasure.person_search import find_open_reviews, find_person
from store.schema import campaigns
from store.unit_of_work import SqlUnitOfWork
from tests.databases import ON_POSTGRESQL
from tests.erasure.erasing import erase, list_traces
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    CARLA,
    READERS,
    acknowledge,
    compute_progress,
    count_from_ledger,
    get_campaign,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.desk import Desk
from tests.reviews.people import make_proven_person
from tests.reviews.samples import OWNER, START, event, routes
from tests.threads import wait_for_locks

if TYPE_CHECKING:
    from reviews.campaign import Campaign

STARTER = Reviewer(name="Dana Ozola", email=OWNER, docspace_id="dana-0001")


@pytest.fixture
def desk(engine: sa.Engine) -> Desk:
    desk = Desk(engine, partial(SqlUnitOfWork, engine))
    desk.follow(routes(owners=(OWNER,)))
    put_documents(desk)
    return desk


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    """A running campaign of which everyone has acknowledged all documents."""
    started = start_campaign(desk, by=make_proven_person(STARTER))
    for review in list_campaign_reviews(desk, started):
        acknowledge(desk, review, *READERS)
    return started


def test_nothing_of_a_person_is_left_in_a_campaign_and_the_ledger_holds(
    desk: Desk, campaign: Campaign
) -> None:
    address, name = str(BRUNO.email), BRUNO.name
    assert list_traces(desk.engine, address, name) == [address, name]

    erase(desk.engine, address)

    assert list_traces(desk.engine, address, name) == []
    after = get_campaign(desk, campaign.id)
    assert (after.people, after.started_by) == ((ANNA.email, ERASED, CARLA.email), STARTER)


def test_what_an_erased_person_had_acknowledged_stays_counted(desk: Desk, campaign: Campaign) -> None:
    erase(desk.engine, str(BRUNO.email))

    after = get_campaign(desk, campaign.id)
    progress, packed = compute_progress(desk, after), count_from_ledger(desk, after)
    with desk.transactions(reading=True) as work:
        line = work.campaigns.compute_figures([after])[after.id]
        rows = list(list_rows(work, after))
    assert {(each.acknowledged, each.needed) for each in (progress, line, packed)} == {(9, 9)}
    assert [row.person for row in rows if row.acknowledged_at] == [ANNA.email, ERASED, CARLA.email] * 3
    assert [(each.address, each.acknowledged) for each in progress.people] == [
        (ANNA.email, 3),
        (CARLA.email, 3),
    ]


def test_who_started_a_campaign_is_erased_there_too(desk: Desk, campaign: Campaign) -> None:
    erase(desk.engine, OWNER)

    assert list_traces(desk.engine, OWNER, STARTER.name) == []
    assert get_campaign(desk, campaign.id).started_by == Reviewer(name=ERASED)
    assert get_campaign(desk, campaign.id).people == campaign.people


def test_an_open_review_of_a_campaign_is_in_the_way(desk: Desk) -> None:
    campaign = start_campaign(desk)
    first, second, third = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)

    person = find_person(desk.engine, str(BRUNO.email))
    assert find_open_reviews(desk.engine, person) == [second.id, third.id]

    desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)
    assert find_open_reviews(desk.engine, person) == []
    erase(desk.engine, str(BRUNO.email))
    assert list_traces(desk.engine, str(BRUNO.email)) == []


def test_new_content_asks_those_who_are_left(desk: Desk, campaign: Campaign) -> None:
    erase(desk.engine, str(BRUNO.email))
    desk.clock.advance(seconds=60)
    desk.portal.versions["501"] += 1
    desk.open(event(file_id="501", version=desk.portal.versions["501"]))

    review = list_campaign_reviews(desk, campaign)[0]
    assert review.owners == (ANNA.email, ERASED, CARLA.email)
    acknowledge(desk, review, ANNA, CARLA)

    progress = compute_progress(desk, get_campaign(desk, campaign.id))
    assert progress.is_complete
    assert [each.address for each in progress.people] == [ANNA.email, CARLA.email]
    assert desk.verdict().problem is None


def test_a_campaign_whose_row_was_changed_loses_the_person_alone(desk: Desk, campaign: Campaign) -> None:
    people = [str(BRUNO.email), "forged@example.com"]
    with desk.engine.begin() as connection:
        connection.execute(sa.update(campaigns).values(people=people))
    person = find_person(desk.engine, str(BRUNO.email))

    list(erase_from_ledger(desk.engine, person, now=lambda: START))

    assert get_campaign(desk, campaign.id).people == (ERASED, "forged@example.com")


@ON_POSTGRESQL
def test_a_campaign_can_end_while_a_person_is_erased_from_it(desk: Desk, campaign: Campaign) -> None:
    """A campaign is locked before the end of the ledger, so that none waits in a circle."""
    with ThreadPoolExecutor(1) as pool, desk.engine.connect() as onlooker:
        with desk.transactions() as work:
            locked = work.campaigns.get(campaign.id, lock=True)
            assert locked is not None
            outcome = pool.submit(erase, desk.engine, str(BRUNO.email))
            wait_for_locks(onlooker, 1)
            end_campaign(work, locked, by=None, at=desk.clock())
            work.commit()
        outcome.result(timeout=60)

    assert list_traces(desk.engine, str(BRUNO.email), BRUNO.name) == []
    assert get_campaign(desk, campaign.id).state is CampaignState.ENDED
    assert desk.verdict().problem is None
